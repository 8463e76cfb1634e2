/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/upgrade_fix.h"

#include <errno.h>
#include <string.h>

#include "act/sync.h"
#include "act/update.h"
#include "doc/catalogue.h"
#include "store/events.h"

struct fixing {
	const struct vdc_upgrade_fix *fix;
	struct vdc_arena *arena;
};

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
	if (strcmp(was, text_of(fix, fix->object, fixing->arena)) != 0)
		return vdc_err_set(err, -EAGAIN,
				   "%s of %s %s was changed meanwhile to %s: run the check again",
				   fix->field->name, fix->kind->word,
				   vdc_object_name(fix->kind, before), was);
	after = vdc_object_copy(fix->kind, before, fixing->arena);
	if (fix->value)
		r = vdc_value_parse(fix->field, fix->value, after, fixing->arena, err);
	else
		*vdc_text_of(fix->field, after) = NULL;
	if (!r)
		r = vdc_update(db, fix->kind, before, after, fixing->arena, NULL, err);
	return r ? r : note(db, fixing, after, was, err);
}

static void keep_failure(void *ctx, const struct vdc_sync_report *report)
{
	struct vdc_err *err = ctx;

	if (report->failure)
		vdc_err_set(err, -EHOSTUNREACH, "%s", vdc_err_text(report->failure));
}

static int read_host(struct vdc_db *db, const struct vdc_upgrade_fix *fix, struct vdc_arena *arena,
		     struct vdc_err *err)
{
	struct vdc_sync_options options = vdc_sync_options();
	const char *id = vdc_object_id(fix->object);
	struct vdc_sync_summary summary;
	struct vdc_err failure = { 0 };
	int r;

	options.told = keep_failure;
	options.ctx = &failure;
	if (vdc_catalogue_read(arena, &options.catalogue, NULL))
		options.catalogue = NULL;
	r = vdc_sync(db, &options, &id, 1, &summary, err);
	if (r || summary.read)
		return r;
	return vdc_err_set(err, -EHOSTUNREACH, "%s", vdc_err_text(&failure));
}

int vdc_upgrade_fix(struct vdc_db *db, const struct vdc_upgrade_fix *fix, struct vdc_arena *arena,
		    struct vdc_err *err)
{
	struct fixing fixing = { fix, arena };

	return fix->field ? vdc_db_transaction(db, change, &fixing, err)
			  : read_host(db, fix, arena, err);
}
