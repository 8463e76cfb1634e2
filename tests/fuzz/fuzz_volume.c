/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Metadata of a volume and of a domain, tags of LVM, and the header of an image. The first byte chooses. */
#include <stdlib.h>
#include <string.h>

#include "act/image_block_part.h"
#include "base/utf8.h"
#include "doc/image_header.h"
#include "doc/volume_metadata.h"
#include "fuzz.h"

static void check_text(const char *text)
{
	if (text && text[vdc_utf8_xml_span(text, strlen(text))])
		abort();
}

static void check_metadata(const char *text, size_t len, struct vdc_arena *arena)
{
	struct vdc_storage_volume volume = vdc_storage_volume((struct vdc_uuid){ 1, 2 });

	vdc_volume_metadata_read(text, len, (struct vdc_uuid){ 3, 4 }, arena, &volume);
	check_text(volume.description);
	if (volume.generation > 999 || (volume.capacity < 0 && volume.capacity != VDC_UNSET))
		abort();
	if (volume.status == VDC_STORAGE_VOLUME_OK && volume.capacity == VDC_UNSET)
		abort();
}

static void check_domain(const char *text, size_t len, struct vdc_arena *arena)
{
	struct vdc_storage_self self;

	vdc_domain_metadata_read(text, len, arena, &self);
	check_text(self.name);
	if (self.type < 0 || self.class < 0 || self.format < 0)
		abort();
}

static void check_header(const char *bytes, size_t len, struct vdc_arena *arena)
{
	struct vdc_storage_header header;

	if (!vdc_image_header_read(bytes, len, 1 << 20, arena, &header))
		return;
	check_text(header.backing);
	if (header.capacity < 0 || (header.backing && strchr(header.backing, '/')))
		abort();
}

/* What the tags of a group say is text of a domain, the rest are numbers. */
static void check_tags(const char *bytes, size_t len, struct vdc_arena *arena)
{
	const char *tags = vdc_arena_strndup(arena, bytes, len);
	struct image_tags read = image_tags_read(tags);
	vdc_autobuf text = { 0 };

	if (read.slot < 0 && read.slot != VDC_UNSET)
		abort();
	if (image_tags_of_domain(tags, &text) && text.len)
		check_domain(text.data, text.len, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	vdc_autoarena *arena = vdc_arena_new();
	const char *text = (const char *)data + 1;

	if (!size)
		return 0;
	if (data[0] == 'm')
		check_metadata(text, size - 1, arena);
	else if (data[0] == 'd')
		check_domain(text, size - 1, arena);
	else if (data[0] == 't')
		check_tags(text, size - 1, arena);
	else
		check_header(text, size - 1, arena);
	return 0;
}
