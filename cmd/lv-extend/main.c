/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lv-extend: thin volumes under running VMs. Man page lv-extend(8). */
#include "lv_extend.h"

#include "plan/lease_geometry.h"

static const struct vdc_option options[] = {
	{ .include = vdc_list_options, .verbs = "check mailbox-show" },
	{ .name = "over",
	  .arg = VDC_ARG_DURATION,
	  .value = "TIME",
	  .help = "measure for so long how fast they are written, 1s",
	  .verbs = "check",
	  .min = 100000,
	  .max = INT64_C(3600000000) },
	{ .name = "host",
	  .arg = VDC_ARG_TEXT,
	  .value = "HOST",
	  .help = "what the inventory calls this host",
	  .verbs = "watch",
	  .complete = "host" },
	{ .name = "host-id",
	  .arg = VDC_ARG_INT,
	  .value = "N",
	  .help = "the pages of the host with this number in the domain",
	  .verbs = "mailbox-clear",
	  .min = 1,
	  .max = VDC_MAILBOX_HOSTS - 1 },
	{ 0 },
};

static const struct vdc_verb verbs[] = {
	{ .name = "check",
	  .operands = "[HOST|VM|DOMAIN...]",
	  .max = -1,
	  .complete = "host|vm|storage-domain",
	  .needs = VDC_NEEDS_DB_READ,
	  .help = "how much room is left in the volumes of thin disks",
	  .run = lv_extend_check },
	{ .name = "serve",
	  .operands = "[DOMAIN]",
	  .max = 1,
	  .help = "extend what hosts ask for, while this one is the manager",
	  .run = lv_extend_serve },
	{ .name = "watch",
	  .needs = VDC_NEEDS_ROOT,
	  .help = "have the volumes of this host's VMs extended as they are written",
	  .run = lv_extend_watch },
	{ .name = "mailbox show",
	  .operands = "[DOMAIN]",
	  .max = 1,
	  .help = "what is in the mailbox of this host's master domain",
	  .run = lv_extend_mailbox_show },
	{ .name = "mailbox init",
	  .operands = "[DOMAIN]",
	  .max = 1,
	  .help = "empty all of it, as the manager",
	  .run = lv_extend_mailbox_init },
	{ .name = "mailbox clear",
	  .operands = "[DOMAIN]",
	  .max = 1,
	  .help = "empty the pages of one host, as the manager",
	  .run = lv_extend_mailbox_clear },
	{ 0 },
};

static const struct vdc_command command = {
	.name = "lv-extend",
	.help = "grow thin volumes under running VMs",
	.verbs = verbs,
	.options = options,
};

int main(int argc, char **argv)
{
	return vdc_command_main(&command, argc, argv);
}
