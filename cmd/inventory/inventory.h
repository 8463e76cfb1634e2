/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the verbs of `inventory` share. */
#pragma once

#include "cli/command.h"

int inventory_init(struct vdc_call *call, struct vdc_err *err);
int inventory_add(struct vdc_call *call, struct vdc_err *err);
int inventory_set(struct vdc_call *call, struct vdc_err *err);
int inventory_remove(struct vdc_call *call, struct vdc_err *err);
int inventory_list(struct vdc_call *call, struct vdc_err *err);
int inventory_show(struct vdc_call *call, struct vdc_err *err);
int inventory_import(struct vdc_call *call, struct vdc_err *err);
int inventory_export(struct vdc_call *call, struct vdc_err *err);
int inventory_sync(struct vdc_call *call, struct vdc_err *err);
int inventory_accounts(struct vdc_call *call, struct vdc_err *err);
int inventory_passwd(struct vdc_call *call, struct vdc_err *err);
int inventory_check(struct vdc_call *call, struct vdc_err *err);

/* The kind that WORD names; -EINVAL lists the kinds there are. */
int inventory_kind(const char *word, const struct vdc_kind **ret, struct vdc_err *err);

/* "FIELD=VALUE" as one change of an object. */
struct assignment {
	const struct vdc_field *field;
	const char *value; /* "" removes the value */
};

/* -EINVAL for an unknown field, a missing '=', the id, or a field given twice. Lives in the call's
 * arena. */
int inventory_assignments(struct vdc_call *call, const struct vdc_kind *kind,
			  const char *const *words, int n, struct assignment **ret,
			  struct vdc_err *err);
