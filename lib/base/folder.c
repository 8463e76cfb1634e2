/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/folder.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *vdc_folder_path(const struct vdc_folder *folder)
{
	const char *set = vdc_setting_text(folder->setting);
	const char *place = secure_getenv(folder->variable);
	const char *home = secure_getenv("HOME");

	if (set)
		return vdc_strdup(set);
	if (geteuid() == 0)
		return vdc_strdup(folder->root);
	if (place && place[0] == '/')
		return vdc_format("%s/vdc", place);
	return vdc_format("%s/%s/vdc", home ? home : "", folder->home);
}

void vdc_folder_make(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0750);
		*slash = '/';
	}
	mkdir(path, 0750);
}
