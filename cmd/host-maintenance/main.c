/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * host-maintenance: takes hosts away from their VMs, and brings them back. Man page
 * host-maintenance(8); exit codes 0 to 8 (vdc-utils(7)).
 */
#include "cli/migration_options.h"
#include "host_maintenance.h"

static const struct vdc_option options[] = {
	{ .include = vdc_list_options },
	{ .include = vdc_migration_options, .verbs = "enter leave" },
	{ .name = "dry-run",
	  .letter = 'N',
	  .help = "show what would become of every VM and do nothing",
	  .verbs = "enter leave" },
	{ .name = "force-off",
	  .help = "pull the plug of a VM that does not shut down in time",
	  .verbs = "enter" },
	{ .name = "no-reserve",
	  .help = "also when HA VMs are left that no other host could take",
	  .verbs = "enter" },
	{ .name = "no-restore",
	  .help = "VMs that moved away stay where they are; as without it",
	  .verbs = "leave",
	  .excludes = "restore" },
	{ .name = "reason",
	  .arg = VDC_ARG_TEXT,
	  .value = "TEXT",
	  .help = "why, for the events and for whoever asks",
	  .verbs = "enter" },
	{ .name = "restore",
	  .help = "bring the VMs home that moved away when it went",
	  .verbs = "leave" },
	{ .name = "shutdown-timeout",
	  .arg = VDC_ARG_DURATION,
	  .value = "TIME",
	  .help = "how long a VM may take to shut down",
	  .verbs = "enter",
	  .min = 1000000,
	  .max = INT64_C(86400000000) },
	{ 0 },
};

static const struct vdc_verb verbs[] = {
	{ .name = "enter",
	  .operands = "HOST...",
	  .min = 1,
	  .max = -1,
	  .complete = "host",
	  .needs = VDC_NEEDS_DB_WRITE,
	  .help = "empty hosts and put them into maintenance",
	  .run = host_maintenance_enter },
	{ .name = "leave",
	  .operands = "HOST...",
	  .min = 1,
	  .max = -1,
	  .complete = "host",
	  .needs = VDC_NEEDS_DB_WRITE,
	  .help = "look at hosts and bring them back",
	  .run = host_maintenance_leave },
	{ .name = "list",
	  .operands = "[HOST...]",
	  .max = -1,
	  .complete = "host",
	  .needs = VDC_NEEDS_DB_READ,
	  .help = "hosts that are away or on their way, since when and why",
	  .run = host_maintenance_list },
	{ .name = "resume",
	  .operands = "[JOB...]",
	  .max = -1,
	  .complete = "job:host-maintenance",
	  .needs = VDC_NEEDS_DB_WRITE,
	  .help = "go on with what a process left behind that was killed",
	  .run = host_maintenance_resume },
	{ 0 },
};

static const struct vdc_command command = {
	.name = "host-maintenance",
	.help = "take hosts away from their virtual machines, and bring them back",
	.verbs = verbs,
	.options = options,
};

int main(int argc, char **argv)
{
	return vdc_command_main(&command, argc, argv);
}
