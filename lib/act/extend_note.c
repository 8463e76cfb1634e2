/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/extend_note.h"

#include <errno.h>

#include "base/size.h"
#include "base/time.h"
#include "model/vm.h"
#include "store/events.h"

static const char *size(int64_t bytes, struct vdc_arena *arena)
{
	char text[VDC_SIZE_LEN + 1];

	return vdc_arena_strdup(arena, vdc_size_format(bytes, text));
}

static const char *duration(int64_t us, struct vdc_arena *arena)
{
	char text[VDC_TIME_LEN + 1];

	return vdc_arena_strdup(arena, vdc_duration_format(us, text));
}

const char *vdc_extend_say(const struct vdc_thin_news *news, struct vdc_arena *arena)
{
	const char *text = news->text ? news->text : "";

	switch ((enum vdc_thin_news_what)news->what) {
	case VDC_THIN_NEWS_BEGUN:
		return vdc_arena_format(arena, "%lld thin disks are watched", (long long)news->to);
	case VDC_THIN_NEWS_EXTENDED:
		return vdc_arena_format(arena, "extended from %s to %s within %lld ms",
					size(news->from, arena), size(news->to, arena),
					(long long)news->took / 1000);
	case VDC_THIN_NEWS_PAUSED:
		return "paused for want of space";
	case VDC_THIN_NEWS_RESUMED:
		return "goes on, there is space";
	case VDC_THIN_NEWS_REFUSED:
		return vdc_arena_format(arena,
					"the storage pool manager does not extend it to %s%s%s",
					size(news->to, arena), *text ? ": " : "", text);
	case VDC_THIN_NEWS_IMPROBABLE:
		return vdc_arena_format(
			arena,
			"its figures cannot be (%s of %s written), nothing is "
			"extended; see whether the image is damaged: qemu-img check",
			size(news->to, arena), size(news->from, arena));
	case VDC_THIN_NEWS_UNASKED:
		return vdc_arena_format(arena, "nobody can be asked to extend %s: %s",
					news->path ? news->path : "it", text);
	case VDC_THIN_NEWS_FAILED:
		return vdc_arena_strdup(arena, text);
	case VDC_THIN_NEWS_WAY:
		return news->text ? vdc_arena_format(arena,
						     "the storage pool manager cannot be asked: %s",
						     text)
				  : "the storage pool manager can be asked again";
	case VDC_THIN_NEWS_SPACE:
		return vdc_arena_format(
			arena, "storage domain %s: %s: %s are free", text,
			news->to == VDC_STORAGE_SPACE_OK    ? "there is enough space again"
			: news->to == VDC_STORAGE_SPACE_LOW ? "its space runs low"
							    : "its space is critically low",
			news->from == VDC_UNSET ? "?" : size(news->from, arena));
	case VDC_THIN_NEWS_ENDED:
		return vdc_arena_format(arena, "nothing is watched for %s: %s",
					duration(news->took, arena), text);
	}
	return text;
}

static const struct {
	const char *type; /* NULL: nothing that is kept */
	enum vdc_severity severity;
} kept[] = {
	[VDC_THIN_NEWS_PAUSED] = { "vm_out_of_space", VDC_SEVERITY_ERROR },
	[VDC_THIN_NEWS_RESUMED] = { "vm_has_space", VDC_SEVERITY_NORMAL },
	[VDC_THIN_NEWS_REFUSED] = { "disk_not_extended", VDC_SEVERITY_WARNING },
	[VDC_THIN_NEWS_IMPROBABLE] = { "disk_improbable", VDC_SEVERITY_ERROR },
	[VDC_THIN_NEWS_UNASKED] = { "disk_not_extended", VDC_SEVERITY_ERROR },
	[VDC_THIN_NEWS_ENDED] = { NULL, VDC_SEVERITY_NORMAL },
};

struct noting {
	const struct vdc_thin_news *news;
	struct vdc_arena *arena;
};

static int note(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct noting *noting = ctx;
	const struct vdc_thin_news *news = noting->news;
	void *vm = NULL;
	int r = vdc_store_get(db, &vdc_vm_kind, news->vm_id, 0, noting->arena, &vm, err);

	if (r && r != -ENOENT)
		return r;
	return vdc_event_note(db, kept[news->what].severity, kept[news->what].type,
			      vm ? &vdc_vm_kind : NULL, vm, err, "VM %s, disk %s: %s", news->vm,
			      news->target ? news->target : "-",
			      vdc_extend_say(news, noting->arena));
}

int vdc_extend_note(struct vdc_db *db, const struct vdc_thin_news *news, struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct noting noting = { news, arena };

	if (!kept[news->what].type || !news->vm_id)
		return 0;
	return vdc_db_transaction(db, note, &noting, err);
}
