/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* storage-health: whether hosts reach the storage of their data centre. Man page storage-health(8). */
#include "base/time.h"
#include "storage_health.h"

static const struct vdc_option options[] = {
	{ .include = vdc_list_options },
	{ .name = "findings",
	  .letter = 'f',
	  .help = "print what is wrong, instead of what each host reaches",
	  .excludes = "local" },
	{ .name = "from",
	  .arg = VDC_ARG_TEXT,
	  .value = "FILE",
	  .help = "the domains to read on this host, as a document; - is standard input",
	  .complete = "file",
	  .needs = "local" },
	{ .name = "local",
	  .help = "read on this host alone, without the database",
	  .needs = "from" },
	{ .name = "recover",
	  .letter = 'r',
	  .help = "bring back domains and hosts whose storage is there again",
	  .excludes = "local" },
	{ .name = "timeout",
	  .arg = VDC_ARG_DURATION,
	  .value = "TIME",
	  .help = "a domain that is not read within it is lost; storage.read-timeout of vdc.conf(5)",
	  .min = VDC_SECOND / 10,
	  .max = 60 * 60 * VDC_SECOND },
	{ 0 },
};

static const struct vdc_verb verbs[] = {
	{ .name = "",
	  .operands = "[DATA-CENTER|DOMAIN|HOST...]",
	  .max = -1,
	  .complete = "data-center|storage-domain|host",
	  .help = "have hosts read the storage domains of their data centre",
	  .run = storage_health_check },
	{ 0 },
};

static const struct vdc_command command = {
	.name = "storage-health",
	.help = "see whether hosts reach their storage, and act on it",
	.verbs = verbs,
	.options = options,
};

int main(int argc, char **argv)
{
	return vdc_command_main(&command, argc, argv);
}
