/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A dump of a storage domain, and the whole check of what it says. */
#include <stdlib.h>

#include "doc/image_dump.h"
#include "fuzz.h"
#include "model/disk.h"
#include "plan/image_check.h"

static int take_volume(void *ctx, const struct vdc_storage_volume *volume, struct vdc_err *err)
{
	(void)err;
	if (volume->capacity < 0 && volume->capacity != VDC_UNSET)
		abort();
	if (volume->generation > 999 || volume->format > VDC_DISK_RAW ||
	    volume->status > VDC_STORAGE_VOLUME_REMOVED)
		abort();
	vdc_image_check_volume(ctx, volume);
	return 0;
}

static int take_lease(void *ctx, const struct vdc_storage_lease *lease, struct vdc_err *err)
{
	(void)err;
	vdc_image_check_lease(ctx, lease);
	return 0;
}

static int take_vm_lease(void *ctx, const struct vdc_storage_vm_lease *lease, struct vdc_err *err)
{
	(void)err;
	vdc_image_check_vm_lease(ctx, lease);
	return 0;
}

static int take_file(void *ctx, const struct vdc_storage_file *file, struct vdc_err *err)
{
	(void)err;
	vdc_image_check_file(ctx, file);
	return 0;
}

static int take_self(void *ctx, const struct vdc_storage_self *self, struct vdc_err *err)
{
	return vdc_image_check_self(ctx, self, err);
}

/* Every finding is one of a domain or of none, and has a code that can be explained. */
static void check_result(const struct vdc_image_result *result)
{
	size_t n = result->n_loose;

	for (size_t i = 0; i < result->n_domains; i++)
		n += result->domains[i].n;
	if (n != result->n)
		abort();
	for (size_t i = 0; i < result->n; i++)
		if (!vdc_image_code_find(result->items[i]->code) || !result->items[i]->text)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct vdc_image_check_options options = {
		.now = 1790000000, .recent = 600, .secret = 1, .all_domains = true
	};
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_image_check *check = vdc_image_check_new(arena, &options);
	const struct vdc_image_dump_sink sink = {
		.ctx = check,
		.volume = take_volume,
		.lease = take_lease,
		.vm_lease = take_vm_lease,
		.file = take_file,
		.self = take_self,
	};
	struct vdc_image_result result;
	struct vdc_source source;

	vdc_source_of_text(&source, (const char *)data, size);
	vdc_image_check_begin(check, "input");
	if (vdc_image_dump_read(&source, &sink, NULL) < 0)
		vdc_image_check_drop(check);
	vdc_image_check_end(check, &result);
	check_result(&result);
	vdc_image_check_free(check);
	return 0;
}
