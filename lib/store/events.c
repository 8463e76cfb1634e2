/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/events.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/setting.h"
#include "base/time.h"
#include "base/uuid.h"
#include "edge/user.h"
#include "model/cluster.h"
#include "model/data_center.h"
#include "model/host.h"
#include "model/storage_domain.h"
#include "model/vm.h"
#include "store/statements.h"

/* A few at a time: no command is to pay for a year of neglect. */
static const char prune[] = "DELETE FROM events WHERE id IN ("
			    "SELECT id FROM events WHERE time < $1 "
			    "ORDER BY time NULLS FIRST LIMIT 100)";

const struct vdc_statement vdc_event_statements[] = {
	{ "prune events", prune },
	{ 0 },
};

const char *vdc_event_correlation(void)
{
	static char id[VDC_UUID_LEN + 1];
	const char *given = secure_getenv("VDC_CORRELATION_ID");

	if (!id[0] && given && vdc_uuid_valid(given))
		snprintf(id, sizeof(id), "%s", given);
	if (!id[0] && vdc_uuid_random(id) < 0)
		snprintf(id, sizeof(id), "%ld", (long)getpid());
	return id;
}

static void fill_in(struct vdc_event *event, struct vdc_arena *arena)
{
	if (event->time == VDC_UNSET)
		event->time = vdc_time_now();
	if (!event->actor)
		event->actor = vdc_arena_strdup(arena, vdc_user_caller());
	if (!event->origin)
		event->origin = vdc_arena_strdup(arena, program_invocation_short_name);
	if (!event->correlation_id)
		event->correlation_id = vdc_arena_strdup(arena, vdc_event_correlation());
	if (event->severity <= 0)
		event->severity = VDC_SEVERITY_NORMAL;
}

int vdc_event_add(struct vdc_db *db, struct vdc_event *event, struct vdc_arena *arena,
		  struct vdc_err *err)
{
	struct vdc_value before;
	int r;

	fill_in(event, arena);
	before = vdc_db_int(vdc_time_now() - vdc_setting_number(VDC_SETTING_EVENT_RETENTION));
	r = vdc_store_put(db, &vdc_event_kind, event, arena, err);
	return r ? r : vdc_db_run(db, prune, &before, 1, NULL, NULL, NULL, err);
}

/* The id of the object itself when it is a TARGET, else of the TARGET that it refers to. */
static char *place(const struct vdc_kind *kind, const void *object, const struct vdc_kind *target)
{
	if (kind == target)
		return (char *)(uintptr_t)vdc_object_id(object);
	for (size_t i = 0; i < kind->n_fields; i++) {
		const struct vdc_field *f = &kind->fields[i];

		if (f->type == VDC_REF && f->target == target && !strcmp(f->name, target->name))
			return vdc_ref_of(f, object)->id;
	}
	return NULL;
}

void vdc_event_about(struct vdc_event *event, const struct vdc_kind *kind, const void *object,
		     struct vdc_arena *arena)
{
	event->object_kind = vdc_arena_strdup(arena, kind->name);
	event->object_id = vdc_arena_strdup(arena, vdc_object_id(object));
	event->object_name = vdc_arena_strdup(arena, vdc_object_name(kind, object));
	event->data_center_id = place(kind, object, &vdc_data_center_kind);
	event->cluster_id = place(kind, object, &vdc_cluster_kind);
	event->host_id = place(kind, object, &vdc_host_kind);
	event->vm_id = place(kind, object, &vdc_vm_kind);
	event->storage_domain_id = place(kind, object, &vdc_storage_domain_kind);
}

int vdc_event_note(struct vdc_db *db, enum vdc_severity severity, const char *type,
		   const struct vdc_kind *kind, const void *object, struct vdc_err *err,
		   const char *fmt, ...)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_event *event = vdc_object_new(&vdc_event_kind, arena);
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	event->severity = severity;
	event->type = vdc_arena_strdup(arena, type);
	event->description = vdc_arena_strdup(arena, text);
	if (kind)
		vdc_event_about(event, kind, object, arena);
	return vdc_event_add(db, event, arena, err);
}
