/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ha-restart: starts the HA VMs of hosts that failed elsewhere. Man page ha-restart(8). */
#include "ha_restart.h"

/* Of both verbs that start something. */
static const struct vdc_option common[] = {
	{ .name = "accept-unknown",
	  .help = "also hosts of which something is unknown that counts" },
	{ .name = "wait",
	  .arg = VDC_ARG_DURATION,
	  .value = "TIME",
	  .help = "how long VMs are waited for that cannot start now" },
	{ 0 },
};

static const struct vdc_option options[] = {
	{ .include = vdc_list_options },
	{ .include = common, .verbs = "" },
	{ .include = common, .verbs = "resume" },
	{ .name = "all",
	  .letter = 'a',
	  .help = "all hosts whose VMs are to start elsewhere",
	  .verbs = "" },
	{ .name = "background",
	  .help = "in a process of its own, without waiting for it",
	  .verbs = "",
	  .excludes = "dry-run wait" },
	{ .name = "dry-run",
	  .letter = 'N',
	  .help = "show what would start where, or why not, and do nothing",
	  .verbs = "" },
	{ 0 },
};

static const struct vdc_verb verbs[] = {
	{ .name = "",
	  .operands = "[HOST...]",
	  .max = -1,
	  .complete = "host",
	  .needs = VDC_NEEDS_DB_WRITE,
	  .help = "start the HA VMs of hosts that are known to be down elsewhere",
	  .run = ha_restart_run },
	{ .name = "list",
	  .operands = "[HOST...]",
	  .max = -1,
	  .complete = "host",
	  .needs = VDC_NEEDS_DB_READ,
	  .help = "VMs that are to start elsewhere, and what they wait for",
	  .run = ha_restart_list },
	{ .name = "resume",
	  .operands = "[JOB...]",
	  .max = -1,
	  .complete = "job:ha-restart",
	  .needs = VDC_NEEDS_DB_WRITE,
	  .help = "go on with what a process left behind that was killed",
	  .run = ha_restart_resume },
	{ 0 },
};

static const struct vdc_command command = {
	.name = "ha-restart",
	.help = "start highly available virtual machines of failed hosts elsewhere",
	.verbs = verbs,
	.options = options,
};

int main(int argc, char **argv)
{
	return vdc_command_main(&command, argc, argv);
}
