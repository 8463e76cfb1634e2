/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The files of the catalogue of levels (vdc-levels(5)): the directory that VDC_LEVELS_DIR or the
 * configuration's `levels-directory` names, else SYSCONFDIR/vdc/levels.d, else, where that has no
 * file, the ones shipped in pkgdatadir. Files *.xml in the order of their names; a family in a later file replaces one of the
 * same name.
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
