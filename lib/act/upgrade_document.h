/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The document of a plan (vdc-upgrade-plan(5)): read as rows, which anybody may have edited, and
 * written. */
#pragma once

#include "doc/doc.h"
#include "plan/upgrade_rows.h"

/*
 * Reads the rows into ARENA. NAME is what messages call the document. -EINVAL: it is no plan, or lacks
 * what a plan must have; nothing says yet that it fits any cluster.
 */
int vdc_upgrade_document_read(FILE *in, const char *name, struct vdc_arena *arena,
			      struct vdc_upgrade_rows *ret, struct vdc_err *err);

/* As vdc_upgrade_each_row, into OUT. */
int vdc_upgrade_document_write(const struct vdc_upgrade_snapshot *snapshot,
			       const struct vdc_upgrade_plan *plan,
			       const struct vdc_upgrade_page *page, FILE *out,
			       enum vdc_doc_format format, struct vdc_err *err);

/* ROWS again, as XML text in ARENA. */
int vdc_upgrade_document_text(const struct vdc_upgrade_rows *rows, struct vdc_arena *arena,
			      char **ret, struct vdc_err *err);
