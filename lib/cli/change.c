/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/change.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "store/events.h"

static int apply(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct vdc_change *change = ctx;
	int r;

	vdc_buf_clear(&change->report);
	r = change->apply(db, change, err);
	/* A dry run does everything and then takes it back. */
	return r == 0 && vdc_given(change->call, "dry-run") ? -ECANCELED : r;
}

int vdc_change_run(struct vdc_change *change, struct vdc_err *err)
{
	int r = vdc_db_transaction(vdc_call_db(change->call), apply, change, err);

	if (r == -ECANCELED)
		r = 0;
	if (r == 0 && !vdc_given(change->call, "quiet"))
		fputs(vdc_buf_str(&change->report), stdout);
	vdc_buf_free(&change->report);
	return r;
}

void vdc_change_say(struct vdc_change *change, const char *done, const char *fmt, ...)
{
	char text[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	vdc_buf_printf(&change->report, "%s%s %s\n",
		       vdc_given(change->call, "dry-run") ? "would have " : "", done, text);
}

int vdc_change_note(struct vdc_db *db, struct vdc_change *change, const struct vdc_kind *kind,
		    const void *object, const char *done, struct vdc_err *err)
{
	const char *name = vdc_object_name(kind, object);
	char type[64];

	vdc_change_say(change, done, "%s %s", kind->word, name);
	snprintf(type, sizeof(type), "%s_%s", kind->name, done);
	return vdc_event_note(db, VDC_SEVERITY_NORMAL, type, kind, object, err, "%s %s was %s",
			      kind->word, name, done);
}
