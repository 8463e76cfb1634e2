/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the verbs of `events` share. */
#pragma once

#include "cli/command.h"
#include "model/event.h"

int events_list(struct vdc_call *call, struct vdc_err *err);
int events_follow(struct vdc_call *call, struct vdc_err *err);
int events_add(struct vdc_call *call, struct vdc_err *err);

/* KIND NAME of the operands from FIRST on. Object NULL: not in the database (any more). */
struct events_object {
	const struct vdc_kind *kind;
	const char *name;
	void *object;
};

/* The kind that WORD names; -EINVAL with the nearest one. */
int events_kind(const char *word, const struct vdc_kind **ret, struct vdc_err *err);

/* Which events are wanted, by options and operands. */
struct events_filter {
	int64_t since, until;
	int64_t severity; /* at least; 0 = any */
	const char *correlation;
	struct events_object *objects;
	size_t n_objects;
};

int events_filter_read(struct vdc_call *call, struct events_filter *ret, struct vdc_err *err);
bool events_filter_takes(const struct events_filter *filter, const struct vdc_event *event);
