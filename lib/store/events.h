/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The audit log. Every command that changes something adds its event in the transaction of the
 * change, so that there is never one without the other.
 */
#pragma once

#include "model/event.h"
#include "store/store.h"

/*
 * What an event does not say for itself is filled in: id, time, actor (the user who is logged in,
 * also under sudo), origin (the program), and the correlation id that all events of this process
 * share ($VDC_CORRELATION_ID where a caller gave one). Events older than the setting
 * event-retention are removed, a few with each new one.
 */
int vdc_event_add(struct vdc_db *db, struct vdc_event *event, struct vdc_arena *arena,
		  struct vdc_err *err);

/* What EVENT is about, and the data centre, cluster, host, ... that it concerns. */
void vdc_event_about(struct vdc_event *event, const struct vdc_kind *kind, const void *object,
		     struct vdc_arena *arena);

/*
 * The usual event: something happened to OBJECT of KIND (both NULL: to none). Where the object
 * belongs to a data centre, cluster, host, VM or storage domain, the event names it too. TYPE is a
 * stable word: "vm_added".
 */
int vdc_event_note(struct vdc_db *db, enum vdc_severity severity, const char *type,
		   const struct vdc_kind *kind, const void *object, struct vdc_err *err,
		   const char *fmt, ...) vdc_printf(7, 8);

const char *vdc_event_correlation(void); /* of this process */
