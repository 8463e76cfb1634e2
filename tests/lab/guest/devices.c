/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "tick.h"

static int is_device(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

void first_line(const char *path, char *line, size_t size)
{
	FILE *file = fopen(path, "re");

	if (!file || !fgets(line, (int)size, file))
		snprintf(line, size, "?");
	if (file)
		fclose(file);
	line[strcspn(line, "\n")] = '\0';
}

/* address/class of each, as the guest found them on its bus */
static size_t list_pci(char *text, size_t size)
{
	struct dirent **entries = NULL;
	int n = scandir("/sys/bus/pci/devices", &entries, is_device, alphasort);
	size_t used = 0;

	for (int i = 0; i < n; i++) {
		char path[300], class[32];

		snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/class", entries[i]->d_name);
		first_line(path, class, sizeof(class));
		if (used < size)
			used += (size_t)snprintf(text + used, size - used, "%s%s/%s",
						 used ? "," : "", entries[i]->d_name, class);
		free(entries[i]);
	}
	free(entries);
	return used;
}

void devices_report(const struct request *request, struct reply *reply)
{
	char pci[1900] = "", mac[32];

	(void)request;
	first_line("/sys/class/net/eth0/address", mac, sizeof(mac));
	if (list_pci(pci, sizeof(pci)) >= sizeof(pci))
		reply_error(reply, "there are too many devices for one line");
	else
		reply_ok(reply, "mac=%s pci=%s", mac, pci);
}
