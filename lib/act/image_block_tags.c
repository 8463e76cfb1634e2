/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "act/image_block_part.h"
#include "base/number.h"

/* The next of them, separated by commas; NULL at the end. */
static const char *next(const char **tags, size_t *len)
{
	const char *tag = *tags;

	if (!*tag)
		return NULL;
	*len = strcspn(tag, ",");
	*tags = tag + *len + (tag[*len] ? 1 : 0);
	return tag;
}

static bool begins(const char *tag, size_t len, const char *with, const char **rest)
{
	size_t n = strlen(with);

	if (len < n || memcmp(tag, with, n) != 0)
		return false;
	*rest = tag + n;
	return true;
}

static bool read_id(const char *text, size_t len, struct vdc_uuid *ret)
{
	char id[VDC_UUID_LEN + 1];

	if (len != VDC_UUID_LEN)
		return false;
	memcpy(id, text, len);
	id[len] = '\0';
	return vdc_uuid_read(id, ret);
}

static void take_image(const char *text, size_t len, struct image_tags *tags)
{
	static const char *const prefixes[] = { "_remove_me_ZERO_", "_remove_me_" };
	const char *rest;

	for (size_t i = 0; i < VDC_COUNT(prefixes) && !tags->removed; i++) {
		if (!begins(text, len, prefixes[i], &rest))
			continue;
		tags->removed = true;
		len -= (size_t)(rest - text);
		text = rest;
	}
	tags->has_image = read_id(text, len, &tags->image);
}

static void take_slot(const char *text, size_t len, struct image_tags *tags)
{
	char number[24];

	if (!len || len >= sizeof(number))
		return;
	memcpy(number, text, len);
	number[len] = '\0';
	if (vdc_int_parse(number, &tags->slot, NULL) < 0 || tags->slot < 0)
		tags->slot = VDC_UNSET;
}

struct image_tags image_tags_read(const char *text)
{
	struct image_tags tags = { .slot = VDC_UNSET };
	const char *tag, *rest;
	size_t len;

	while ((tag = next(&text, &len))) {
		if (begins(tag, len, "IU_", &rest))
			take_image(rest, len - 3, &tags);
		else if (begins(tag, len, "PU_", &rest))
			tags.has_parent = read_id(rest, len - 3, &tags.parent);
		else if (begins(tag, len, "MD_", &rest))
			take_slot(rest, len - 3, &tags);
		else if (len == 22 && begins(tag, len, "OVIRT_VOL_INITIALIZING", &rest))
			tags.creating = true;
	}
	return tags;
}

/* LVM's tags have no room for most characters: those are "&NUMBER&". */
static void decode(const char *text, size_t len, struct vdc_buf *out)
{
	for (size_t i = 0; i < len; i++) {
		size_t digits = 0;
		unsigned code = 0;

		while (text[i] == '&' && digits < 3 && i + 1 + digits < len &&
		       text[i + 1 + digits] >= '0' && text[i + 1 + digits] <= '9')
			code = code * 10 + (unsigned)(text[i + 1 + digits++] - '0');
		if (!digits || i + 1 + digits >= len || text[i + 1 + digits] != '&' || code > 255 ||
		    code == '\n') {
			vdc_buf_putc(out, text[i]);
			continue;
		}
		vdc_buf_putc(out, (char)code);
		i += digits + 1;
	}
	vdc_buf_putc(out, '\n');
}

bool image_tags_of_domain(const char *tags, struct vdc_buf *out)
{
	bool domain = false;
	const char *tag, *rest;
	size_t len;

	while ((tag = next(&tags, &len))) {
		if (len == 19 && begins(tag, len, "RHAT_storage_domain", &rest))
			domain = true;
		else if (begins(tag, len, "MDT_", &rest))
			decode(rest, len - 4, out);
	}
	return domain;
}
