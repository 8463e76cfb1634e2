/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of machine types: maker and chipset in front, a release behind: pc-q35-rhel8.3.0. */
#include <string.h>

#include "base/release.h"
#include "base/words.h"
#include "plan/vm_upgrade.h"

const char *vdc_machine_chipset(const char *machine)
{
	if (!machine)
		return "";
	if (strstr(machine, "q35"))
		return "q35";
	if (strcmp(machine, "pc") == 0 || strncmp(machine, "pc-", 3) == 0)
		return "i440fx";
	return "";
}

/* What stands before the release: "pc-q35-", "pc-q35-rhel"; all of an unversioned one. */
static size_t line_of(const char *machine, size_t len)
{
	size_t end = len;

	while (end && strchr("0123456789.", machine[end - 1]))
		end--;
	return end < len && strchr("0123456789", machine[end]) ? end : len;
}

/* The line of MACHINE with another chipset: "pc-i440fx-rhel" -> "pc-q35-rhel". */
static char *line_for(const char *machine, const char *chipset, struct vdc_arena *arena)
{
	const char *had = vdc_machine_chipset(machine), *at = strstr(machine, had);
	size_t len = line_of(machine, strlen(machine));

	if (!chipset || strcmp(chipset, had) == 0)
		return vdc_arena_strndup(arena, machine, len);
	if (!*had || !at || at >= machine + len)
		return vdc_arena_format(arena, "pc-%s-", chipset);
	return vdc_arena_format(arena, "%.*s%s%.*s", (int)(at - machine), machine, chipset,
				(int)(machine + len - at - (ptrdiff_t)strlen(had)),
				at + strlen(had));
}

/* RHEL numbers its types by its own releases, and "pc-q35-2.10" is newer than "pc-q35-2.9". */
const char *vdc_machine_newest(const char *words, const char *machine, const char *chipset,
			       struct vdc_arena *arena)
{
	const char *line = line_for(machine, chipset, arena), *best = NULL, *word;
	size_t prefix = strlen(line), len, best_len = 0;
	uint64_t newest = 0;

	while (words && (word = vdc_word_next(&words, &len))) {
		vdc_autofree char *release = NULL;
		uint64_t number;

		if (line_of(word, len) != prefix || strncmp(word, line, prefix) != 0)
			continue;
		release = vdc_strndup(word + prefix, len - prefix);
		number = vdc_release_parse(release);
		if (number <= newest)
			continue;
		newest = number;
		best = word;
		best_len = len;
	}
	return best ? vdc_arena_strndup(arena, best, best_len) : NULL;
}
