/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/migration_options.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

const struct vdc_option vdc_migration_options[] = {
	{ .name = "accept-unknown",
	  .help = "also hosts of which something is unknown that counts" },
	{ .name = "auto-converge",
	  .arg = VDC_ARG_CHOICE,
	  .value = "yes|no",
	  .choices = "yes no",
	  .help = "slow a VM down that writes faster than it can be moved" },
	{ .name = "bandwidth",
	  .arg = VDC_ARG_SIZE,
	  .value = "SIZE",
	  .help = "most that one migration sends per second; 0: no limit" },
	{ .name = "compressed",
	  .arg = VDC_ARG_CHOICE,
	  .value = "yes|no",
	  .choices = "yes no",
	  .help = "compress what is sent" },
	{ .name = "disks-are-shared",
	  .help = "move also where libvirt cannot see that both hosts reach the disks" },
	{ .name = "downtime",
	  .arg = VDC_ARG_DURATION,
	  .value = "TIME",
	  .help = "longest pause of a VM at the end",
	  .min = 1000,
	  .max = INT64_C(2000000000) },
	{ .name = "encrypted",
	  .arg = VDC_ARG_CHOICE,
	  .value = "yes|no",
	  .choices = "yes no",
	  .help = "encrypt what is sent" },
	{ .name = "incoming",
	  .arg = VDC_ARG_INT,
	  .value = "N",
	  .help = "migrations to one host at once",
	  .min = 1,
	  .max = 1000 },
	{ .name = "outgoing",
	  .arg = VDC_ARG_INT,
	  .value = "N",
	  .help = "migrations away from one host at once",
	  .min = 1,
	  .max = 1000 },
	{ .name = "post-copy",
	  .arg = VDC_ARG_CHOICE,
	  .value = "yes|no",
	  .choices = "yes no",
	  .help = "instead of giving up, let it run at its destination before all memory is there" },
	{ .name = "retries",
	  .arg = VDC_ARG_INT,
	  .value = "N",
	  .help = "other hosts that are tried when one fails",
	  .max = 8 },
	{ .name = "stall-timeout",
	  .arg = VDC_ARG_DURATION,
	  .value = "TIME",
	  .help = "time without progress that ends a migration",
	  .min = 1000000,
	  .max = INT64_C(86400000000) },
	{ .name = "timeout-per-gib",
	  .arg = VDC_ARG_DURATION,
	  .value = "TIME",
	  .help = "time that a migration may take per GiB of memory",
	  .min = 100000,
	  .max = INT64_C(86400000000) },
	{ 0 },
};

/* Options that are numbers: where they go. */
static const struct {
	const char *name;
	size_t offset;
	int64_t divide; /* durations are microseconds, downtime is milliseconds */
	enum { NUMBER, SWITCH, FLAG } how;
} numbers[] = {
#define MEMBER(member) offsetof(struct vdc_migrate_options, member)
	{ "accept-unknown", MEMBER(accept_unknown), 1, FLAG },
	{ "auto-converge", MEMBER(auto_converge), 1, SWITCH },
	{ "bandwidth", MEMBER(bandwidth), 1, NUMBER },
	{ "compressed", MEMBER(compressed), 1, SWITCH },
	{ "disks-are-shared", MEMBER(unsafe), 1, FLAG },
	{ "downtime", MEMBER(downtime_ms), 1000, NUMBER },
	{ "encrypted", MEMBER(encrypted), 1, SWITCH },
	{ "incoming", MEMBER(incoming), 1, NUMBER },
	{ "outgoing", MEMBER(outgoing), 1, NUMBER },
	{ "post-copy", MEMBER(post_copy), 1, SWITCH },
	{ "retries", MEMBER(retries), 1, NUMBER },
	{ "stall-timeout", MEMBER(stall), 1, NUMBER },
	{ "timeout-per-gib", MEMBER(timeout_per_gib), 1, NUMBER },
#undef MEMBER
};

static int64_t *member(struct vdc_migrate_options *options, size_t i)
{
	return (int64_t *)((uintptr_t)options + numbers[i].offset);
}

struct vdc_migrate_options vdc_migration_options_read(const struct vdc_call *call)
{
	struct vdc_migrate_options options = vdc_migrate_options();

	for (size_t i = 0; i < VDC_COUNT(numbers); i++) {
		const char *name = numbers[i].name;

		if (!vdc_given(call, name))
			continue;
		if (numbers[i].how == FLAG)
			*member(&options, i) = 1;
		else if (numbers[i].how == SWITCH)
			*member(&options, i) = strcmp(vdc_text_option(call, name), "yes") == 0;
		else
			*member(&options, i) = vdc_int_option(call, name, 0) / numbers[i].divide;
	}
	return options;
}

void vdc_migration_options_write(const struct vdc_migrate_options *options, struct vdc_buf *out)
{
	struct vdc_migrate_options copy = *options;

	for (size_t i = 0; i < VDC_COUNT(numbers); i++)
		if (*member(&copy, i) != VDC_UNSET)
			vdc_buf_printf(out, "%s=%" PRId64 "\n", numbers[i].name, *member(&copy, i));
}

void vdc_migration_options_parse(const char *text, struct vdc_migrate_options *ret)
{
	for (const char *line = text; line && *line;) {
		const char *equals = strchr(line, '='), *end = strchrnul(line, '\n');

		for (size_t i = 0; equals && i < VDC_COUNT(numbers); i++)
			if (strlen(numbers[i].name) == (size_t)(equals - line) &&
			    strncmp(numbers[i].name, line, (size_t)(equals - line)) == 0)
				*member(ret, i) = strtoll(equals + 1, NULL, 10);
		line = *end ? end + 1 : end;
	}
}
