/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "doc/volume_metadata.h"

#include <string.h>

#include "base/number.h"
#include "base/utf8.h"
#include "doc/domain_checksum.h"
#include "model/disk.h"
#include "model/storage_domain.h"
#include "model/volume.h"

enum { SECTOR = 512, LINE_MAX_BYTES = 1024 };

/* One line, trimmed; both are empty where it is none. */
struct line {
	char key[64];
	char value[LINE_MAX_BYTES];
};

static void copy_trimmed(const char *from, size_t len, char *to, size_t size)
{
	while (len && strchr(" \t\r", *from))
		from++, len--;
	while (len && strchr(" \t\r", from[len - 1]))
		len--;
	if (len >= size)
		len = 0;
	memcpy(to, from, len);
	to[len] = '\0';
}

/* The next line; false at the end of the text, or at EOF. NULs fill a slot up. */
static bool next_line(const char **text, size_t *left, struct line *line)
{
	const char *end = memchr(*text, '\n', *left), *equals;
	size_t len = end ? (size_t)(end - *text) : *left;

	if (!*left || !**text || (len >= 3 && !memcmp(*text, "EOF", 3)))
		return false;
	*line = (struct line){ "", "" };
	equals = memchr(*text, '=', len);
	if (equals) {
		size_t key = (size_t)(equals - *text);

		copy_trimmed(*text, key, line->key, sizeof(line->key));
		copy_trimmed(equals + 1, len - key - 1, line->value, sizeof(line->value));
	}
	if (line->value[vdc_utf8_xml_span(line->value, strlen(line->value))])
		*line = (struct line){ "", "" };
	len += end ? 1 : 0;
	*text += len;
	*left -= len;
	return true;
}

/* What every volume has. */
enum seen {
	SEEN_SIZE = 1 << 0,
	SEEN_CTIME = 1 << 1,
	SEEN_DISKTYPE = 1 << 2,
	SEEN_DOMAIN = 1 << 3,
	SEEN_FORMAT = 1 << 4,
	SEEN_IMAGE = 1 << 5,
	SEEN_LEGALITY = 1 << 6,
	SEEN_PARENT = 1 << 7,
	SEEN_TYPE = 1 << 8,
	SEEN_VOLTYPE = 1 << 9,
	SEEN_ALL = (1 << 10) - 1,
};

struct reader {
	struct vdc_storage_volume *volume;
	struct vdc_uuid domain;
	struct vdc_arena *arena;
	unsigned seen;
	bool in_bytes; /* CAP was there, SIZE counts no more */
	bool bad;
};

static bool number(struct reader *r, const char *text, int64_t most, int64_t *ret)
{
	int64_t value;

	if (vdc_int_parse(text, &value, NULL) < 0 || value < 0 || value > most) {
		r->bad = true;
		return false;
	}
	*ret = value;
	return true;
}

static uint8_t word(struct reader *r, const struct vdc_enum *values, const char *text)
{
	int64_t value = vdc_enum_find(values, text);

	if (value > 0)
		return (uint8_t)value;
	r->volume->flags |= VDC_STORAGE_VOLUME_ODD;
	return 0;
}

static unsigned take_id(struct reader *r, const char *key, const char *value)
{
	struct vdc_uuid id;

	if (!vdc_uuid_read(value, &id)) {
		r->bad = true;
		return 0;
	}
	if (*key == 'D') {
		if (!vdc_uuid_blank(r->domain) && !vdc_uuid_equal(id, r->domain))
			r->volume->flags |= VDC_STORAGE_VOLUME_FOREIGN;
		return SEEN_DOMAIN;
	}
	if (*key == 'I') {
		r->volume->image = id;
		r->volume->flags |= VDC_STORAGE_VOLUME_HAS_IMAGE;
		return SEEN_IMAGE;
	}
	r->volume->parent = id;
	r->volume->flags |= VDC_STORAGE_VOLUME_HAS_PARENT;
	return SEEN_PARENT;
}

static unsigned take_number(struct reader *r, const char *key, const char *value)
{
	struct vdc_storage_volume *volume = r->volume;
	bool cap = !strcmp(key, "CAP");
	int64_t n;

	if (!strcmp(key, "CTIME"))
		return number(r, value, INT64_MAX, &volume->created) ? SEEN_CTIME : 0;
	if (!strcmp(key, "GEN")) {
		if (number(r, value, 999, &n))
			volume->generation = (uint16_t)n;
		return 0;
	}
	if (!strcmp(key, "SEQ")) {
		if (number(r, value, UINT32_MAX, &n))
			volume->sequence = (uint32_t)n;
		volume->flags |= VDC_STORAGE_VOLUME_HAS_SEQUENCE;
		return 0;
	}
	if (r->in_bytes && !cap)
		return 0;
	if (!number(r, value, cap ? INT64_MAX : INT64_MAX / SECTOR, &n))
		return 0;
	r->in_bytes = cap;
	volume->capacity = cap ? n : n * SECTOR;
	return SEEN_SIZE;
}

static unsigned take_word(struct reader *r, const char *key, const char *value)
{
	struct vdc_storage_volume *volume = r->volume;

	if (!strcmp(key, "DISKTYPE")) {
		volume->content_type = word(r, &vdc_disk_content_type_values, value);
		return SEEN_DISKTYPE;
	}
	if (!strcmp(key, "FORMAT")) {
		volume->format = word(r, &vdc_disk_format_values, value);
		return SEEN_FORMAT;
	}
	if (!strcmp(key, "LEGALITY")) {
		volume->legality = word(r, &vdc_legality_values, value);
		return SEEN_LEGALITY;
	}
	if (!strcmp(key, "TYPE")) {
		volume->allocation = word(r, &vdc_allocation_values, value);
		return SEEN_TYPE;
	}
	volume->voltype = word(r, &vdc_voltype_values, value);
	return SEEN_VOLTYPE;
}

static const struct {
	const char *key;
	unsigned (*take)(struct reader *r, const char *key, const char *value);
} keys[] = {
	{ "CAP", take_number },	  { "SIZE", take_number },   { "CTIME", take_number },
	{ "GEN", take_number },	  { "SEQ", take_number },    { "DOMAIN", take_id },
	{ "IMAGE", take_id },	  { "PUUID", take_id },	     { "DISKTYPE", take_word },
	{ "FORMAT", take_word },  { "LEGALITY", take_word }, { "TYPE", take_word },
	{ "VOLTYPE", take_word },
};

static void take_line(struct reader *r, const struct line *line)
{
	if (!strcmp(line->key, "DESCRIPTION") && *line->value)
		r->volume->description = vdc_arena_strdup(r->arena, line->value);
	for (size_t i = 0; i < VDC_COUNT(keys); i++)
		if (!strcmp(line->key, keys[i].key))
			r->seen |= keys[i].take(r, line->key, line->value);
}

void vdc_volume_metadata_read(const char *text, size_t len, struct vdc_uuid domain,
			      struct vdc_arena *arena, struct vdc_storage_volume *volume)
{
	struct reader reader = { .volume = volume, .domain = domain, .arena = arena };
	struct line line;

	while (next_line(&text, &len, &line))
		take_line(&reader, &line);
	volume->status = reader.bad || reader.seen != SEEN_ALL ? VDC_STORAGE_VOLUME_INVALID
							       : VDC_STORAGE_VOLUME_OK;
}

static void take_of_domain(struct vdc_storage_self *self, const struct line *line,
			   struct vdc_arena *arena)
{
	const char *value = line->value;

	if (!strcmp(line->key, "SDUUID"))
		self->has_id = vdc_uuid_read(value, &self->id);
	else if (!strcmp(line->key, "DESCRIPTION") && *value)
		self->name = vdc_arena_strdup(arena, value);
	else if (!strcmp(line->key, "POOL_UUID") && *value)
		self->pool = vdc_arena_strdup(arena, value);
	else if (!strcmp(line->key, "POOL_DOMAINS") && *value)
		self->pool_map = vdc_arena_strdup(arena, value);
	else if (!strcmp(line->key, "MASTER_VERSION"))
		vdc_int_parse(value, &self->master_version, NULL);
	else if (!strcmp(line->key, "ROLE"))
		self->master = vdc_word_equal(value, "master");
	else if (!strcmp(line->key, "CLASS"))
		self->class = vdc_enum_find(&vdc_storage_class_values, value);
	else if (!strcmp(line->key, "TYPE"))
		self->type = vdc_enum_find(&vdc_storage_type_values, value);
	else if (!strcmp(line->key, "BLOCK_SIZE"))
		vdc_int_parse(value, &self->block_size, NULL);
	else if (!strcmp(line->key, "ALIGNMENT"))
		vdc_int_parse(value, &self->alignment, NULL);
	else if (!strcmp(line->key, "VERSION"))
		self->format = vdc_storage_format_of(value);
}

void vdc_domain_metadata_read(const char *text, size_t len, struct vdc_arena *arena,
			      struct vdc_storage_self *ret)
{
	struct vdc_storage_self self = {
		.block_size = VDC_UNSET,
		.alignment = VDC_UNSET,
		.checksum_wrong = vdc_domain_checksum_is_wrong(text, len),
	};
	struct line line;

	while (next_line(&text, &len, &line))
		take_of_domain(&self, &line, arena);
	if (self.class < 0)
		self.class = 0;
	if (self.type < 0)
		self.type = 0;
	*ret = self;
}
