/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "act/sync.h"
#include "act/update.h"
#include "act/upgrade_fix_part.h"
#include "doc/catalogue.h"
#include "store/events.h"

static const char *text_of(const struct vdc_upgrade_fix *fix, const void *object,
			   struct vdc_arena *arena)
{
	char scratch[VDC_SCRATCH];
	const char *text = vdc_value_is_set(fix->field, object)
				   ? vdc_value_text(fix->field, object, scratch)
				   : NULL;

	return text ? vdc_arena_strdup(arena, text) : "nothing";
}

static int note(struct vdc_db *db, const struct fixing *fixing, const void *after, const char *was,
		struct vdc_err *err)
{
	const struct vdc_upgrade_fix *fix = fixing->fix;
	const char *type = vdc_arena_format(fixing->arena, "%s_changed", fix->kind->name);

	return vdc_event_note(db, VDC_SEVERITY_NORMAL, type, fix->kind, after, err,
			      "%s of %s %s was set to %s for an upgrade; it was %s",
			      fix->field->name, fix->kind->word, vdc_object_name(fix->kind, after),
			      text_of(fix, after, fixing->arena), was);
}

static int change(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct fixing *fixing = ctx;
	const struct vdc_upgrade_fix *fix = fixing->fix;
	const char *was;
	void *before, *after;
	int r = vdc_store_get(db, fix->kind, vdc_object_id(fix->object), VDC_WITH_LONG,
			      fixing->arena, &before, err);

	if (r)
		return r;
	was = text_of(fix, before, fixing->arena);
	after = vdc_object_copy(fix->kind, before, fixing->arena);
	if (fix->value)
		r = vdc_value_parse(fix->field, fix->value, after, fixing->arena, err);
	else
		*vdc_text_of(fix->field, after) = NULL;
	if (r || strcmp(was, text_of(fix, after, fixing->arena)) == 0)
		return r; /* somebody was faster, or another fix that it followed from */
	if (strcmp(was, text_of(fix, fix->object, fixing->arena)) != 0)
		return vdc_err_set(err, -EAGAIN,
				   "%s of %s %s was changed meanwhile to %s: run the check again",
				   fix->field->name, fix->kind->word,
				   vdc_object_name(fix->kind, before), was);
	r = vdc_update(db, fix->kind, before, after, fixing->arena, NULL, err);
	return r ? r : note(db, fixing, after, was, err);
}

static void keep_failure(void *ctx, const struct vdc_sync_report *report)
{
	struct vdc_err *err = ctx;

	if (report->failure)
		vdc_err_set(err, -EHOSTUNREACH, "%s", vdc_err_text(report->failure));
}

int fix_read_host(const struct fixing *fixing, const char *id, struct vdc_err *err)
{
	struct vdc_sync_options options = vdc_sync_options();
	struct vdc_sync_summary summary;
	struct vdc_err failure = { 0 };
	int r;

	options.told = keep_failure;
	options.ctx = &failure;
	if (vdc_catalogue_read(fixing->arena, &options.catalogue, NULL))
		options.catalogue = NULL;
	r = vdc_sync(fixing->db, &options, &id, 1, &summary, err);
	if (r || summary.read)
		return r;
	return vdc_err_set(err, -EHOSTUNREACH, "%s", vdc_err_text(&failure));
}

int fix_field(const struct fixing *fixing, struct vdc_err *err)
{
	struct fixing one = *fixing;

	return vdc_db_transaction(fixing->db, change, &one, err);
}

static int fix_read(const struct fixing *fixing, struct vdc_err *err)
{
	return fix_read_host(fixing, vdc_object_id(fixing->fix->object), err);
}

int vdc_upgrade_fix(struct vdc_db *db, const struct vdc_upgrade_fix *fix,
		    const struct vdc_upgrade_fix_options *options, struct vdc_arena *arena,
		    struct vdc_err *err)
{
	static fix_fn *const ways[] = {
		[VDC_FIX_SET] = fix_field,	 [VDC_FIX_DEFINE] = fix_define,
		[VDC_FIX_READ] = fix_read,	 [VDC_FIX_UPDATES] = fix_updates,
		[VDC_FIX_RESUME] = fix_resume,	 [VDC_FIX_STOP] = fix_stop,
		[VDC_FIX_MOVE] = fix_move,	 [VDC_FIX_ACTIVATE] = fix_activate,
		[VDC_FIX_STORAGE] = fix_storage, [VDC_FIX_SOFT] = fix_soft,
	};
	const struct fixing fixing = { .db = db, .fix = fix, .options = options, .arena = arena };

	return ways[fix->way](&fixing, err);
}
