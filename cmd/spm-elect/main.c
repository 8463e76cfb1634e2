/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* spm-elect: the storage pool manager of a data centre. Man page spm-elect(8), leases: vdc-leases(7). */
#include "spm_elect.h"

static const struct vdc_option options[] = {
	{ .include = vdc_list_options },
	{ .name = "local", .help = "of this host, without a database" },
	{ .name = "dry-run",
	  .letter = 'N',
	  .help = "show what would be done and do nothing",
	  .verbs = "join leave" },
	{ .name = "from",
	  .arg = VDC_ARG_TEXT,
	  .value = "FILE",
	  .help = "lockspaces that this host is to know from now on; - is standard input",
	  .verbs = "init join",
	  .needs = "local",
	  .complete = "file" },
	{ .name = "timeout",
	  .arg = VDC_ARG_DURATION,
	  .value = "TIME",
	  .help = "how long it may take",
	  .verbs = "init join leave start stop",
	  .min = 1000000,
	  .max = INT64_C(3600000000) },
	{ .name = "drain-timeout",
	  .arg = VDC_ARG_DURATION,
	  .value = "TIME",
	  .help = "how long work under the lease may take to end when it is to stop",
	  .verbs = "start",
	  .min = 0,
	  .max = INT64_C(3600000000) },
	{ .name = "lver",
	  .arg = VDC_ARG_INT,
	  .value = "N",
	  .help = "take the lease only if its version is this one until then",
	  .verbs = "start" },
	{ .name = "least-lver",
	  .arg = VDC_ARG_INT,
	  .value = "N",
	  .help = "refuse a lease whose version was set back below this one",
	  .verbs = "start" },
	{ 0 },
};

static const struct vdc_verb verbs[] = {
	{ .name = "init",
	  .operands = "",
	  .help = "make lockspace and lease areas where there are none",
	  .run = spm_elect_init },
	{ .name = "join",
	  .operands = "",
	  .help = "be in the lockspaces of all storage domains, and renew",
	  .run = spm_elect_join },
	{ .name = "leave", .operands = "", .help = "leave them", .run = spm_elect_leave },
	{ .name = "status",
	  .operands = "[DATA-CENTER...]",
	  .max = -1,
	  .complete = "data-center",
	  .help = "who holds the role",
	  .run = spm_elect_status },
	{ .name = "start",
	  .operands = "[DOMAIN]",
	  .max = 1,
	  .help = "take the lease of the manager",
	  .run = spm_elect_start },
	{ .name = "stop",
	  .operands = "[DOMAIN]",
	  .max = 1,
	  .help = "wait for work under the lease, then release it",
	  .run = spm_elect_stop },
	{ 0 },
};

static const struct vdc_command command = {
	.name = "spm-elect",
	.help = "elect and run the storage pool manager of a data centre",
	.verbs = verbs,
	.options = options,
};

int main(int argc, char **argv)
{
	return vdc_command_main(&command, argc, argv);
}
