/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fence: power management and fencing of hosts. Man page fence(8), the flow: vdc-fencing(7). */
#include "fence.h"

static const struct vdc_option options[] = {
	{ .include = vdc_list_options },
	{ 0 },
};

static const struct vdc_verb verbs[] = {
	{ .name = "history",
	  .operands = "[HOST...]",
	  .max = -1,
	  .complete = "host",
	  .needs = VDC_NEEDS_DB_READ,
	  .help = "what was done to the power of hosts, by whom, and what came of it",
	  .run = fence_history },
	{ 0 },
};

static const struct vdc_command command = {
	.name = "fence",
	.help = "switch the power of hosts, and fence those that do not answer",
	.verbs = verbs,
	.options = options,
};

int main(int argc, char **argv)
{
	return vdc_command_main(&command, argc, argv);
}
