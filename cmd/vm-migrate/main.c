/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * vm-migrate: moves running virtual machines. Man page vm-migrate(8); exit codes 0 to 8
 * (vdc-utils(7)).
 */
#include "cli/migration_options.h"
#include "vm_migrate.h"

static const struct vdc_option options[] = {
	{ .include = vdc_list_options },
	{ .include = vdc_migration_options, .verbs = "" },
	{ .name = "cluster",
	  .arg = VDC_ARG_TEXT,
	  .value = "CLUSTER",
	  .complete = "cluster",
	  .help = "to a host of this cluster",
	  .verbs = "",
	  .excludes = "to" },
	{ .name = "dry-run",
	  .letter = 'N',
	  .help = "show what would be done and do nothing",
	  .verbs = "" },
	{ .name = "explain",
	  .letter = 'e',
	  .help = "show what each host is worth as destination and do nothing",
	  .verbs = "" },
	{ .name = "from",
	  .arg = VDC_ARG_TEXT,
	  .value = "HOST",
	  .complete = "host",
	  .help = "those on this host; without names: all of them",
	  .verbs = "" },
	{ .name = "to",
	  .arg = VDC_ARG_TEXT,
	  .value = "HOST",
	  .complete = "host",
	  .help = "to this host; without it one is chosen",
	  .verbs = "" },
	{ 0 },
};

static const struct vdc_verb verbs[] = {
	{ .name = "",
	  .operands = "[VM...]",
	  .max = -1,
	  .complete = "vm",
	  .needs = VDC_NEEDS_DB_WRITE,
	  .help = "move virtual machines",
	  .run = vm_migrate_run },
	{ .name = "resume",
	  .operands = "[JOB...]",
	  .max = -1,
	  .complete = "job:vm-migrate",
	  .needs = VDC_NEEDS_DB_WRITE,
	  .help = "go on with what a process left behind that was killed",
	  .run = vm_migrate_resume },
	{ 0 },
};

static const struct vdc_command command = {
	.name = "vm-migrate",
	.help = "move running virtual machines to other hosts",
	.verbs = verbs,
	.options = options,
};

int main(int argc, char **argv)
{
	return vdc_command_main(&command, argc, argv);
}
