/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* write_schemas rng|json: prints the schema of the documents that we write. */
#include <stdio.h>
#include <string.h>

#include "edge/json.h"
#include "edge/xml.h"
#include "schema.h"

struct vdc_node *set(struct vdc_arena *arena, struct vdc_node *parent, const char *name,
		     const char *text)
{
	struct vdc_node *node = vdc_node_add(arena, parent, name);

	node->text = text;
	node->attribute = true;
	return node;
}

bool is_required(const struct vdc_layout *layout)
{
	if (layout->field && layout->field->flags & VDC_REQUIRED)
		return true;
	for (const struct vdc_layout *kid = layout->first; kid; kid = kid->next)
		if (is_required(kid))
			return true;
	return false;
}

static int write_rng(struct vdc_arena *arena, struct vdc_err *err)
{
	struct vdc_xml_writer *writer;
	int r = vdc_xml_writer_new(stdout, &writer, err);

	if (r < 0)
		return r;
	r = vdc_xml_node(writer, rng_schema(arena), err);
	if (r < 0) {
		vdc_xml_writer_close(writer, false, NULL);
		return r;
	}
	return vdc_xml_writer_close(writer, true, err);
}

static int write_json(struct vdc_arena *arena)
{
	vdc_autobuf text = { 0 };

	vdc_json_write(&text, json_schema(arena));
	return puts(vdc_buf_str(&text)) == EOF || fflush(stdout) ? -1 : 0;
}

int main(int argc, char **argv)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_err err = { 0 };

	if (argc != 2)
		return 2;
	if ((strcmp(argv[1], "rng") ? write_json(arena) : write_rng(arena, &err)) == 0)
		return 0;
	fprintf(stderr, "write_schemas: %s\n", vdc_err_text(&err));
	return 1;
}
