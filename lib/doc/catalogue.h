/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The files of the catalogue of levels (vdc-levels(5)): *.xml in the order of their names, first
 * those that were installed with the program, then those of the site in /etc/vdc/levels.d. Where
 * VDC_LEVELS_DIR or the setting `levels-directory` names a directory: only those in it. A family
 * replaces the one of the same name that came before, and takes its place in the order.
 */
#pragma once

#include "model/catalogue.h"

/* -EBADMSG with file, line and column for what the schema does not allow, and for levels out of
 * order, unknown references, doubled names. *RET and all it points to lives in ARENA. */
int vdc_catalogue_read(struct vdc_arena *arena, const struct vdc_catalogue **ret,
		       struct vdc_err *err);
/* One file's text; FILE is for messages. For tests and for checking a file by hand. */
int vdc_catalogue_read_text(const char *text, size_t len, const char *file, struct vdc_arena *arena,
			    const struct vdc_catalogue **ret, struct vdc_err *err);
