/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What an engine writes into the metadata of a volume about its disk (ovirt-engine, bll,
 * MetadataDiskDescriptionHandler): {"DiskAlias":"...","DiskDescription":"...","Enc":"N"} in 210 bytes at
 * most. Bit 0 of N says that the alias is written in hexadecimal digits of UTF-16LE, bit 1 that the
 * description is; what there is no room for is cut off, the description first.
 */
#include <string.h>

#include "base/json_node.h"
#include "base/number.h"
#include "plan/image_part.h"

enum {
	ROOM = 210,
	SLACK = 16
}; /* bytes; what cannot be cut nearer: a character of 8 digits, an escape */

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The next unit of UTF-16 in hexadecimal digits, the low byte first; -1: there is none. */
static int next_unit(const char **text)
{
	int value = 0;

	for (int i = 0; i < 4; i++)
		if (digit((*text)[i]) < 0)
			return -1;
	for (int i = 0; i < 4; i++)
		value |= digit((*text)[i]) << (i ^ 1) * 4;
	*text += 4;
	return value;
}

static char *put(char *out, unsigned c)
{
	if (c < 0x80) {
		*out++ = (char)c;
		return out;
	}
	if (c >= 0x10000) {
		*out++ = (char)(0xf0 | c >> 18);
		*out++ = (char)(0x80 | (c >> 12 & 0x3f));
	} else if (c >= 0x800) {
		*out++ = (char)(0xe0 | c >> 12);
	}
	*out++ = (char)(c >= 0x800 ? 0x80 | (c >> 6 & 0x3f) : 0xc0 | c >> 6);
	*out++ = (char)(0x80 | (c & 0x3f));
	return out;
}

/* As UTF-8, which takes no more room than the digits. */
static char *decode(struct vdc_arena *arena, const char *text)
{
	char *ret = vdc_arena_alloc(arena, strlen(text) + 1), *out = ret;
	int unit, low;

	while ((unit = next_unit(&text)) >= 0) {
		if ((unit & 0xfc00) == 0xd800 && (low = next_unit(&text)) >= 0)
			unit = 0x10000 + ((unit & 0x3ff) << 10) + (low & 0x3ff);
		out = put(out, (unsigned)unit);
	}
	*out = '\0';
	return ret;
}

static bool same_member(struct vdc_arena *arena, const char *storage, const char *database,
			bool encoded, bool full)
{
	size_t len;

	if (!storage)
		return true;
	if (encoded)
		storage = decode(arena, storage);
	database = database ? database : "";
	len = strlen(storage);
	return strncmp(storage, database, len) == 0 && (full || !database[len]);
}

static const struct vdc_node *members(struct vdc_arena *arena, const char *text)
{
	static const struct vdc_node at = { .name = "" };
	struct vdc_node *node = NULL;

	return vdc_json_nodes(text, strlen(text), &at, arena, &node, NULL) ? NULL : node;
}

/* Volumes that another program made, snapshots and those of OVFs have texts that no disk is named in. */
bool vdc_image_same_description(struct vdc_arena *arena, const char *storage, const char *database)
{
	const struct vdc_node *a = members(arena, storage), *b = members(arena, database);
	const char *alias = a ? vdc_node_text(a, "DiskAlias") : NULL;
	const char *word = a ? vdc_node_text(a, "Enc") : NULL;
	bool full = strlen(storage) + SLACK >= ROOM;
	int64_t encoded = 0;

	if (!alias || !b)
		return true;
	if (word && vdc_int_parse(word, &encoded, NULL) < 0)
		return true;
	return same_member(arena, alias, vdc_node_text(b, "DiskAlias"), encoded & 1, full) &&
	       same_member(arena, vdc_node_text(a, "DiskDescription"),
			   vdc_node_text(b, "DiskDescription"), encoded & 2, full);
}
