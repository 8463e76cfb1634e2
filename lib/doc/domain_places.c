/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the guest finds its devices. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/words.h"
#include "doc/domain_edit.h"
#include "edge/xml.h"

static unsigned number(const struct vdc_node *node, const char *name)
{
	const char *text = vdc_node_text(node, name);

	return text ? (unsigned)strtoul(text, NULL, 0) : 0;
}

static void add_place(struct vdc_buf *out, const struct vdc_node *device)
{
	const struct vdc_node *address = vdc_node_child(device, "address");
	const char *type = vdc_node_text(address, "type");
	const char *mac = vdc_node_text(device, "mac/address");

	if (type && strcmp(type, "pci") == 0)
		vdc_buf_printf(out, "%s%s@%04x:%02x:%02x.%x", out->len ? " " : "", device->name,
			       number(address, "domain") & 0xffff, number(address, "bus") & 0xff,
			       number(address, "slot") & 0xff, number(address, "function") & 0xf);
	if (mac)
		vdc_buf_printf(out, "%smac@%s", out->len ? " " : "", mac);
}

int vdc_domain_places(const char *xml, struct vdc_arena *arena, char **ret, struct vdc_err *err)
{
	vdc_autoarena *scratch = vdc_arena_new();
	const struct vdc_node *devices;
	vdc_autobuf out = { 0 };
	struct vdc_node *root;
	int r = vdc_xml_parse(xml, strlen(xml), scratch, &root, err);

	if (r)
		return r;
	devices = vdc_node_child(root, "devices");
	for (const struct vdc_node *n = devices ? devices->first : NULL; n; n = n->next)
		add_place(&out, n);
	*ret = vdc_arena_strdup(arena, vdc_buf_str(&out));
	return 0;
}

int vdc_domain_moved(const char *before, const char *after, struct vdc_arena *arena,
		     const char **ret, struct vdc_err *err)
{
	char *had, *has = NULL;
	const char *at, *word;
	size_t len;
	int r = vdc_domain_places(before, arena, &had, err);

	if (!r)
		r = vdc_domain_places(after, arena, &has, err);
	if (r)
		return r;
	for (at = had; (word = vdc_word_next(&at, &len));) {
		char *place = vdc_arena_strndup(arena, word, len);

		if (!vdc_words_have(has, place)) {
			*ret = place;
			return 0;
		}
	}
	*ret = NULL;
	return 0;
}
