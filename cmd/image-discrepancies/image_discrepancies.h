/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the verbs of `image-discrepancies` share. */
#pragma once

#include "act/image_read.h"
#include "act/image_verify.h"
#include "cli/command.h"
#include "plan/image_tree.h"

int discrepancies_check(struct vdc_call *call, struct vdc_err *err);
int discrepancies_dump(struct vdc_call *call, struct vdc_err *err);
int discrepancies_explain(struct vdc_call *call, struct vdc_err *err);

/* The operands, as --deep and --timeout say. */
int discrepancies_sources(struct vdc_call *call, struct vdc_image_source **ret, size_t *n,
			  struct vdc_err *err);

/* What there is to compare. */
struct sources {
	struct vdc_image_source *all;
	size_t n;
};

/* One reading of everything. */
struct pass {
	struct vdc_call *call;
	struct vdc_engine *engine; /* to compare with, NULL */
	const struct sources *sources;
	struct vdc_image_check *check;
	struct vdc_image_result result;
	size_t unreadable;
	size_t open, unchecked; /* images, with --check */
	struct vdc_image_tree *trees;
	size_t n_trees;
};

/* The sources into the check; fails only when none could be read. What fails is said, and counted. */
int discrepancies_read(struct pass *pass, struct vdc_err *err);

/* What is not to be told. */
struct ignored;

/* By --ignore and --baseline; -EINVAL: a word or line that means nothing, or has no reason. */
int discrepancies_ignored(struct vdc_call *call, struct ignored **ret, struct vdc_err *err);
bool discrepancies_is_ignored(const struct ignored *ignored, const struct vdc_discrepancy *found);
void discrepancies_ignored_free(struct ignored *ignored); /* NULL is fine */

/* What is shown: a result, less what is ignored. */
struct shown {
	const struct vdc_image_result *result;
	bool *hidden; /* one for each finding */
	size_t n_hidden;
	size_t unreadable;			       /* sources */
	size_t open, unchecked;			       /* images, with --check */
	size_t counts[VDC_FINDING_DATA_LOSS_RISK + 1]; /* by severity, of those that are shown */
	size_t n;				       /* of those */
	int code;				       /* with which the command ends */
	const struct vdc_image_tree *trees;	       /* to draw instead */
	size_t n_trees;
};

/* One chain or more of a disk, with what is shown of it. */
void discrepancies_print_tree(const struct shown *shown, const struct vdc_image_tree *tree);

int discrepancies_print(struct vdc_call *call, const struct shown *shown, struct vdc_err *err);
