/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/level_host.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/release.h"
#include "base/words.h"
#include "plan/level_part.h"

/* A machine type and all levels that have it. */
struct known_machine {
	const char *architecture, *name;
	vdc_level_set levels;
};

/* What the machine types of some host came to. */
struct judged {
	const char *architecture, *words;
	size_t len;
	vdc_level_set levels;
	struct judged *next;
};

struct vdc_level_judge {
	const struct vdc_level_family *family;
	struct vdc_arena *arena;
	struct known_machine *machines; /* by name */
	size_t n_machines;
	struct judged *judged;
};

/* What a host runs, in a form that can be compared. */
struct running {
	uint64_t agent, os, libvirt, qemu;
	const char *os_id, *architecture;
	vdc_level_set machines;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct known_machine *)a)->name,
		      ((const struct known_machine *)b)->name);
}

struct vdc_level_judge *vdc_level_judge_new(const struct vdc_level_family *family,
					    struct vdc_arena *arena)
{
	struct vdc_level_judge *judge = vdc_arena_alloc(arena, sizeof(*judge));
	size_t n = 0;

	for (size_t i = 0; i < family->n_levels; i++)
		n += family->levels[i].n_machines;
	*judge = (struct vdc_level_judge){ .family = family, .arena = arena };
	judge->machines = vdc_arena_alloc(arena, (n + 1) * sizeof(*judge->machines));
	for (size_t i = 0; i < family->n_levels; i++) {
		const struct vdc_level_entry *entry = &family->levels[i];

		for (size_t m = 0; m < entry->n_machines; m++)
			judge->machines[judge->n_machines++] = (struct known_machine){
				.architecture = entry->machines[m].architecture,
				.name = entry->machines[m].name,
				.levels = level_bit((int)i),
			};
	}
	qsort(judge->machines, judge->n_machines, sizeof(*judge->machines), by_name);
	return judge;
}

/* The first of that name: several levels and architectures may have it. */
static size_t first_named(const struct vdc_level_judge *judge, const char *word, size_t len)
{
	size_t low = 0, high = judge->n_machines;

	while (low < high) {
		size_t mid = (low + high) / 2;
		const char *name = judge->machines[mid].name;
		int order = strncmp(name, word, len);

		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static vdc_level_set levels_of_word(const struct vdc_level_judge *judge, const char *architecture,
				    const char *word, size_t len)
{
	vdc_level_set levels = 0;

	for (size_t i = first_named(judge, word, len); i < judge->n_machines; i++) {
		const struct known_machine *m = &judge->machines[i];

		if (strncmp(m->name, word, len) != 0)
			break;
		if (!m->name[len] && level_same_architecture(m->architecture, architecture))
			levels |= m->levels;
	}
	return levels;
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static vdc_level_set levels_of_machines(struct vdc_level_judge *judge, const struct vdc_host *host)
{
	const char *words = host->machine_types;
	size_t len = words ? strlen(words) : 0;
	struct judged *judged;

	if (!len)
		return 0;
	for (judged = judge->judged; judged; judged = judged->next)
		if (judged->len == len && memcmp(judged->words, words, len) == 0 &&
		    same_text(judged->architecture, host->architecture))
			return judged->levels;
	judged = vdc_arena_alloc(judge->arena, sizeof(*judged));
	*judged = (struct judged){ host->architecture, words, len, 0, judge->judged };
	judge->judged = judged;
	for (const char *w; (w = vdc_word_next(&words, &len));)
		judged->levels |= levels_of_word(judge, host->architecture, w, len);
	return judged->levels;
}

/* The full text, else the numbers that older documents have instead. */
static uint64_t release_of(const char *text, int64_t major, int64_t minor, int64_t build,
			   int64_t revision)
{
	vdc_autofree char *numbers = NULL;

	if (text && *text)
		return vdc_release_parse(text);
	if (major < 0)
		return 0;
	numbers = vdc_format("%" PRId64 ".%" PRId64 ".%" PRId64 ".%" PRId64, major,
			     minor > 0 ? minor : 0, build > 0 ? build : 0,
			     revision > 0 ? revision : 0);
	return vdc_release_parse(numbers);
}

static struct running what_runs(struct vdc_level_judge *judge, const struct vdc_host *host)
{
	return (struct running){
		.agent = release_of(host->agent_version, host->agent_major, host->agent_minor,
				    host->agent_build, host->agent_revision),
		.os = release_of(host->os_version, host->os_major, host->os_minor, 0, 0),
		.libvirt = vdc_release_parse(host->libvirt_version),
		.qemu = vdc_release_parse(host->qemu_version),
		.os_id = host->os_type,
		.architecture = host->architecture,
		.machines = levels_of_machines(judge, host),
	};
}

/* What is not known is no evidence. */
static bool in_range(uint64_t have, uint64_t from, uint64_t below)
{
	if (!from && !below)
		return true;
	return have && have >= from && (!below || have < below);
}

/* The API writes "RHEL" and "oVirt Node" for what os-release calls rhel and ovirt-node. */
static int letter(char c)
{
	return c == ' ' || c == '_' ? '-' : tolower((unsigned char)c);
}

static bool is_one_of(const char *os, const char *ids)
{
	size_t len, i;

	for (const char *id; os && (id = vdc_word_next(&ids, &len));) {
		for (i = 0; i < len && os[i] && letter(os[i]) == letter(id[i]); i++)
			;
		if (i == len && !os[i])
			return true;
	}
	return false;
}

static bool supports(const struct vdc_level_support *need, const struct running *host, int level)
{
	if (need->os_ids && (!is_one_of(host->os_id, need->os_ids) ||
			     !in_range(host->os, need->os_from, need->os_below)))
		return false;
	if (need->architecture &&
	    (!host->architecture ||
	     !level_same_architecture(need->architecture, host->architecture)))
		return false;
	if (need->machine && !(host->machines & level_bit(level)))
		return false;
	return in_range(host->agent, need->agent_from, need->agent_below) &&
	       in_range(host->libvirt, need->libvirt_from, need->libvirt_below) &&
	       in_range(host->qemu, need->qemu_from, need->qemu_below);
}

static vdc_level_set supported(const struct vdc_level_family *family, const struct running *host)
{
	vdc_level_set can = 0;

	for (size_t i = 0; i < family->n_levels; i++) {
		const struct vdc_level_entry *entry = &family->levels[i];

		for (size_t s = 0; s < entry->n_supports; s++)
			if (supports(&entry->supports[s], host, (int)i))
				can |= level_bit((int)i);
	}
	return can;
}

static const char *why_none(const struct vdc_level_judge *judge, const struct vdc_host *host,
			    const struct running *run)
{
	struct level_list runs = { .separator = ", " };
	const char *text;

	if (run->agent && host->agent_version)
		level_list_add(&runs, "agent %s", host->agent_version);
	if (run->libvirt)
		level_list_add(&runs, "libvirt %s", host->libvirt_version);
	if (run->qemu)
		level_list_add(&runs, "QEMU %s", host->qemu_version);
	text = level_list_text(&runs, judge->arena);
	if (!text)
		return "nothing is known of what it runs";
	return vdc_arena_format(judge->arena, "%s reach no level of family %s", text,
				judge->family->name);
}

struct vdc_host_levels vdc_plan_host_levels(struct vdc_level_judge *judge,
					    const struct vdc_host *host)
{
	struct running run = what_runs(judge, host);
	struct vdc_host_levels levels = { .can = supported(judge->family, &run) };

	levels.newest = level_highest(levels.can);
	levels.now = level_host_counts(host->status) ? levels.can : 0;
	if (!level_host_counts(host->status))
		levels.reason = host->status > 0
					? vdc_arena_format(judge->arena, "it is %s",
							   vdc_enum_word(&vdc_host_status_values,
									 host->status))
					: "its status is not known";
	else if (!levels.can)
		levels.reason = why_none(judge, host, &run);
	return levels;
}
