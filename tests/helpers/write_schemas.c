/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * write_schemas rng|json [report]: prints the schema of the documents that we write: of the
 * inventory, or of what is only reported.
 */
#include <stdio.h>
#include <string.h>

#include "edge/json.h"
#include "edge/xml.h"
#include "model/finding.h"
#include "plan/level_report.h"
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

static void choose_kinds(struct schema_kinds *of, bool report)
{
	if (report)
		of->kinds[of->n++] = &vdc_finding_kind;
	for (const struct vdc_kind *const *k = vdc_level_report_kinds; report && *k; k++)
		of->kinds[of->n++] = *k;
	for (size_t i = 0; !report && i < vdc_n_kinds; i++)
		of->kinds[of->n++] = vdc_kinds[i];
	for (size_t i = 0; !report && i < vdc_n_document_kinds; i++)
		of->kinds[of->n++] = vdc_document_kinds[i];
}

static int write_rng(struct vdc_arena *arena, const struct schema_kinds *of, struct vdc_err *err)
{
	struct vdc_xml_writer *writer;
	int r = vdc_xml_writer_new(stdout, &writer, err);

	if (r < 0)
		return r;
	r = vdc_xml_node(writer, rng_schema(arena, of), err);
	if (r < 0) {
		vdc_xml_writer_close(writer, false, NULL);
		return r;
	}
	return vdc_xml_writer_close(writer, true, err);
}

static int write_json(struct vdc_arena *arena, const struct schema_kinds *of)
{
	vdc_autobuf text = { 0 };

	vdc_json_write(&text, json_schema(arena, of));
	return puts(vdc_buf_str(&text)) == EOF || fflush(stdout) ? -1 : 0;
}

int main(int argc, char **argv)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_err err = { 0 };
	struct schema_kinds kinds = { .n = 0 };

	if (argc < 2)
		return 2;
	choose_kinds(&kinds, argc > 2);
	if ((strcmp(argv[1], "rng") ? write_json(arena, &kinds) : write_rng(arena, &kinds, &err)) ==
	    0)
		return 0;
	fprintf(stderr, "write_schemas: %s\n", vdc_err_text(&err));
	return 1;
}
