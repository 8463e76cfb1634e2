/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * image-discrepancies: what storage holds against what the database says.
 * Man page image-discrepancies(8); exit codes of vdc-utils(7).
 */
#include "base/time.h"
#include "image_discrepancies.h"

static const struct vdc_option options[] = {
	{ .include = vdc_list_options, .verbs = "" },
	{ .name = "all-domains",
	  .help = "compare domains of exports and ISO images, too",
	  .verbs = "" },
	{ .name = "baseline",
	  .arg = VDC_ARG_TEXT,
	  .value = "FILE",
	  .complete = "file",
	  .help = "only what is not in this file, which --json or --xml wrote",
	  .verbs = "" },
	{ .name = "check",
	  .help = "run qemu-img check on images in folders that nobody writes to",
	  .verbs = "" },
	{ .name = "confirm",
	  .arg = VDC_ARG_DURATION,
	  .value = "TIME",
	  .help = "read all again after that time, and tell what is still there; 5s for "
		  "folders unless given",
	  .verbs = "" },
	{ .name = "deep", .help = "look at the headers of images, too" },
	{ .name = "engine",
	  .arg = VDC_ARG_TEXT,
	  .value = "WHERE",
	  .help = "compare with the database of an oVirt or RHV engine: postgresql://... or "
		  "service=NAME",
	  .verbs = "",
	  .excludes = "inventory storage-only db" },
	{ .name = "fail-on",
	  .arg = VDC_ARG_CHOICE,
	  .value = "SEVERITY",
	  .choices = "info warning error data_loss_risk",
	  .help = "exit code 1 for this severity and worse; warning unless given",
	  .verbs = "" },
	{ .name = "ignore",
	  .arg = VDC_ARG_TEXT,
	  .value = "CODE|ID|FILE",
	  .complete = "file",
	  .repeat = true,
	  .help = "leave out a code, what is about this id, or what a file lists",
	  .verbs = "" },
	{ .name = "inventory",
	  .arg = VDC_ARG_TEXT,
	  .value = "FILE",
	  .complete = "file",
	  .help = "compare with this document instead of the database; - reads standard input",
	  .verbs = "" },
	{ .name = "recent",
	  .arg = VDC_ARG_DURATION,
	  .value = "TIME",
	  .help = "how long a new volume counts as being worked on; 10m unless given",
	  .verbs = "" },
	{ .name = "storage-only",
	  .help = "compare with nothing: only what is wrong with the storage itself",
	  .verbs = "",
	  .excludes = "inventory" },
	{ .name = "summary",
	  .help = "only how many findings there are",
	  .verbs = "",
	  .excludes = "json xml" },
	{ .name = "timeout",
	  .arg = VDC_ARG_DURATION,
	  .value = "TIME",
	  .help = "how long storage may be silent before a source is given up; 30s unless given",
	  .min = VDC_SECOND / 10,
	  .max = 60 * 60 * VDC_SECOND },
	{ .name = "tree",
	  .arg = VDC_ARG_TEXT,
	  .value = "VM|DISK",
	  .help = "draw the chains of its disks, with what was found at each volume",
	  .verbs = "",
	  .excludes = "json xml summary output select sort noheadings" },
	{ 0 },
};

static const struct vdc_verb verbs[] = {
	{ .name = "",
	  .operands = "[ID=]SOURCE...",
	  .min = 1,
	  .max = -1,
	  .complete = "file",
	  .help = "compare storage domains with the database",
	  .run = discrepancies_check },
	{ .name = "dump",
	  .operands = "SOURCE",
	  .min = 1,
	  .max = 1,
	  .complete = "file",
	  .help = "print what a storage domain holds, as a source for another run",
	  .run = discrepancies_dump },
	{ .name = "explain",
	  .operands = "[CODE...]",
	  .max = -1,
	  .help = "what a finding is, how it comes about, how people repair it",
	  .run = discrepancies_explain },
	{ 0 },
};

static const struct vdc_command command = {
	.name = "image-discrepancies",
	.help = "what storage holds against what the database says",
	.verbs = verbs,
	.options = options,
};

int main(int argc, char **argv)
{
	return vdc_command_main(&command, argc, argv);
}
