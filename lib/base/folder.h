/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where what is not configuration and not in the database is kept: logs, caches. */
#pragma once

#include "base/mem.h"
#include "base/setting.h"

struct vdc_folder {
	enum vdc_setting setting; /* says which one, if it is set */
	const char *root;	  /* else for root: "/var/log/vdc" */
	const char *variable;	  /* else below that one's value: "XDG_STATE_HOME" */
	const char *home;	  /* else below the home folder: ".local/state" */
};

char *vdc_folder_path(const struct vdc_folder *folder); /* the caller frees it */

/* With the folders above it that are missing, for their owner and group only. */
void vdc_folder_make(char *path);
