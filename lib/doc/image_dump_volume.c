/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "doc/image_dump_volume.h"

#include <string.h>

#include "base/number.h"
#include "base/utf8.h"
#include "base/words.h"
#include "model/disk.h"
#include "model/volume.h"

enum { GENERATION_MAX = 999 };

const char *vdc_dump_text(const struct vdc_node *node, const char *name)
{
	const char *text = vdc_node_text(node, name);

	if (!text || !*text || !strcmp(text, "None") || text[vdc_utf8_xml_span(text, strlen(text))])
		return NULL;
	return text;
}

bool vdc_dump_true(const struct vdc_node *node, const char *name)
{
	const char *text = vdc_node_text(node, name);

	return text && vdc_word_equal(text, "true");
}

int64_t vdc_dump_number(const struct vdc_node *node, const char *name, bool *odd)
{
	const char *text = vdc_dump_text(node, name);
	int64_t value;

	if (!text)
		return VDC_UNSET;
	if (vdc_int_parse(text, &value, NULL) < 0 || value < 0) {
		*odd = true;
		return VDC_UNSET;
	}
	return value;
}

uint8_t vdc_dump_word(const struct vdc_node *node, const char *name, const struct vdc_enum *values,
		      bool *odd)
{
	const char *text = vdc_dump_text(node, name);
	int64_t value = text ? vdc_enum_find(values, text) : 0;

	if (value >= 0)
		return (uint8_t)value;
	*odd = true;
	return 0;
}

/* False: there is none. WITHOUT is what the dumps write where the parent is not known. */
static bool read_id(const char *text, const char *without, struct vdc_uuid *ret, bool *odd)
{
	if (!text || !strcmp(text, without))
		return false;
	if (vdc_uuid_read(text, ret))
		return true;
	*odd = true;
	return false;
}

static void read_numbers(const struct vdc_node *node, struct vdc_storage_volume *volume, bool *odd)
{
	int64_t generation = vdc_dump_number(node, "generation", odd);
	int64_t sequence = vdc_dump_number(node, "sequence", odd);

	volume->capacity = vdc_dump_number(node, "capacity", odd);
	volume->apparent_size = vdc_dump_number(node, "apparentsize", odd);
	volume->true_size = vdc_dump_number(node, "truesize", odd);
	volume->created = vdc_dump_number(node, "ctime", odd);
	volume->slot = vdc_dump_number(node, "mdslot", odd);
	if (generation > GENERATION_MAX || sequence > UINT32_MAX)
		*odd = true;
	if (generation > 0 && generation <= GENERATION_MAX)
		volume->generation = (uint16_t)generation;
	if (sequence < 0 || sequence > UINT32_MAX)
		return;
	volume->sequence = (uint32_t)sequence;
	volume->flags |= VDC_STORAGE_VOLUME_HAS_SEQUENCE;
}

static void read_words(const struct vdc_node *node, struct vdc_storage_volume *volume, bool *odd)
{
	volume->status = vdc_dump_word(node, "status", &vdc_storage_volume_status_values, odd);
	volume->format = vdc_dump_word(node, "format", &vdc_disk_format_values, odd);
	volume->allocation = vdc_dump_word(node, "type", &vdc_allocation_values, odd);
	volume->voltype = vdc_dump_word(node, "voltype", &vdc_voltype_values, odd);
	volume->legality = vdc_dump_word(node, "legality", &vdc_legality_values, odd);
	volume->content_type = vdc_dump_word(node, "disktype", &vdc_disk_content_type_values, odd);
}

static void read_image(const struct vdc_node *node, const char *group,
		       struct vdc_storage_volume *volume, bool *odd)
{
	const char *text = vdc_dump_text(node, "image");
	struct vdc_uuid under;

	/* Where the metadata cannot be read a removed image keeps its prefix. */
	if (text && !strncmp(text, "_remove_me_", 11))
		text += strncmp(text + 11, "ZERO_", 5) ? 11 : 16;
	if (read_id(text, "unknown-image", &volume->image, odd))
		volume->flags |= VDC_STORAGE_VOLUME_HAS_IMAGE;
	if (!group || !vdc_uuid_read(group, &under))
		return;
	if (!(volume->flags & VDC_STORAGE_VOLUME_HAS_IMAGE)) {
		volume->image = under;
		volume->flags |= VDC_STORAGE_VOLUME_HAS_IMAGE;
	} else if (!vdc_uuid_equal(volume->image, under)) {
		volume->flags |= VDC_STORAGE_VOLUME_COPY;
	}
}

const struct vdc_dump_found vdc_dump_found[] = {
	{ "odd", VDC_STORAGE_VOLUME_ODD },
	{ "copy", VDC_STORAGE_VOLUME_COPY },
	{ "foreign", VDC_STORAGE_VOLUME_FOREIGN },
	{ "no_metadata", VDC_STORAGE_VOLUME_NO_METADATA },
	{ "no_data", VDC_STORAGE_VOLUME_NO_DATA },
	{ "creating", VDC_STORAGE_VOLUME_CREATING },
	{ "stale", VDC_STORAGE_VOLUME_STALE },
};
const size_t vdc_dump_n_found = VDC_COUNT(vdc_dump_found);
const unsigned vdc_dump_found_flags = VDC_STORAGE_VOLUME_ODD | VDC_STORAGE_VOLUME_COPY |
				      VDC_STORAGE_VOLUME_FOREIGN | VDC_STORAGE_VOLUME_NO_METADATA |
				      VDC_STORAGE_VOLUME_NO_DATA | VDC_STORAGE_VOLUME_CREATING |
				      VDC_STORAGE_VOLUME_STALE;

static uint16_t read_found(const struct vdc_node *node)
{
	const char *words = vdc_dump_text(node, "found");
	uint16_t flags = 0;

	for (size_t i = 0; words && i < VDC_COUNT(vdc_dump_found); i++)
		if (vdc_words_have(words, vdc_dump_found[i].word))
			flags |= (uint16_t)vdc_dump_found[i].flag;
	return flags;
}

/* NULL: there is none. */
static const struct vdc_storage_header *read_header(const struct vdc_node *node,
						    struct vdc_arena *arena, bool *odd)
{
	struct vdc_storage_header *header;

	node = vdc_node_child(node, "header");
	if (!node)
		return NULL;
	header = vdc_arena_alloc(arena, sizeof(*header));
	*header = (struct vdc_storage_header){
		.backing = vdc_dump_text(node, "backing"),
		.capacity = vdc_dump_number(node, "capacity", odd),
		.format = vdc_dump_word(node, "format", &vdc_disk_format_values, odd),
		.compat = vdc_dump_word(node, "compat", &vdc_qcow_version_values, odd),
		.corrupt = vdc_dump_true(node, "corrupt"),
		.dirty = vdc_dump_true(node, "dirty"),
		.cut = vdc_dump_true(node, "cut"),
		.stale_bitmaps = vdc_dump_true(node, "stale_bitmaps"),
		.bitmaps_in_use = vdc_dump_true(node, "bitmaps_in_use"),
	};
	return header;
}

static const struct vdc_storage_tags *read_tags(const struct vdc_node *node,
						struct vdc_arena *arena, bool *odd)
{
	struct vdc_storage_tags tags, *kept;

	node = vdc_node_child(node, "tags");
	if (!node || !read_id(vdc_dump_text(node, "image"), "", &tags.image, odd) ||
	    !read_id(vdc_dump_text(node, "parent"), "", &tags.parent, odd))
		return NULL;
	kept = vdc_arena_alloc(arena, sizeof(*kept));
	*kept = tags;
	return kept;
}

struct vdc_storage_volume vdc_dump_volume(const struct vdc_node *node, struct vdc_uuid id,
					  const char *image, struct vdc_uuid domain,
					  struct vdc_arena *arena)
{
	struct vdc_storage_volume volume = vdc_storage_volume(id);
	struct vdc_uuid named;
	bool odd = false;

	read_words(node, &volume, &odd);
	read_numbers(node, &volume, &odd);
	read_image(node, image, &volume, &odd);
	if (read_id(vdc_dump_text(node, "parent"), "unknown-parent", &volume.parent, &odd))
		volume.flags |= VDC_STORAGE_VOLUME_HAS_PARENT;
	if (read_id(vdc_dump_text(node, "domain"), "", &named, &odd) && !vdc_uuid_blank(domain) &&
	    !vdc_uuid_equal(named, domain))
		volume.flags |= VDC_STORAGE_VOLUME_FOREIGN;
	volume.description = vdc_dump_text(node, "description");
	volume.flags |= read_found(node);
	volume.header = read_header(node, arena, &odd);
	volume.tags = read_tags(node, arena, &odd);
	if (odd)
		volume.flags |= VDC_STORAGE_VOLUME_ODD;
	return volume;
}
