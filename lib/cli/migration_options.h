/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How migrations are to be done, as options of every command that makes some, and as text in a job. */
#pragma once

#include "act/migrate.h"
#include "base/buf.h"
#include "cli/command.h"

extern const struct vdc_option vdc_migration_options[]; /* to include */

struct vdc_migrate_options vdc_migration_options_read(const struct vdc_call *call);

/* Lines "name=number" of what is set; and back, over what RET has. */
void vdc_migration_options_write(const struct vdc_migrate_options *options, struct vdc_buf *out);
void vdc_migration_options_parse(const char *text, struct vdc_migrate_options *ret);
