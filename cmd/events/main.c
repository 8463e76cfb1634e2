/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* events: the audit log. Man page events(8); exit codes of vdc-utils(7). */
#include "events.h"

static const struct vdc_option options[] = {
	{ .name = "since", .arg = VDC_ARG_SINCE, .value = "TIME", .verbs = "list follow",
	  .help = "only from then on: a time, or a duration before now such as 1h" },
	{ .name = "until", .arg = VDC_ARG_SINCE, .value = "TIME", .verbs = "list",
	  .help = "only before that" },
	{ .name = "last", .arg = VDC_ARG_INT, .value = "N", .verbs = "list", .min = 1,
	  .max = INT32_MAX, .help = "only the N latest of them" },
	{ .name = "severity", .arg = VDC_ARG_CHOICE, .value = "WORD",
	  .choices = "normal warning error alert", .verbs = "list follow",
	  .help = "only of this severity or a worse one" },
	{ .name = "severity", .arg = VDC_ARG_CHOICE, .value = "WORD",
	  .choices = "normal warning error alert", .verbs = "add",
	  .help = "how bad it is; normal unless given" },
	{ .name = "correlation", .arg = VDC_ARG_TEXT, .value = "ID",
	  .help = "what it belongs to: the id that all events of one command share" },
	{ .name = "type", .arg = VDC_ARG_TEXT, .value = "WORD", .verbs = "add",
	  .help = "what happened, as a stable word for programs" },
	{ .name = "dry-run", .letter = 'N', .verbs = "add",
	  .help = "show the event and do not write it" },
	{ .include = vdc_list_options, .verbs = "list follow" },
	{ .include = vdc_format_options, .verbs = "add" },
	{ 0 },
};

static const struct vdc_verb verbs[] = {
	{ .name = "list", .operands = "[KIND NAME...]", .max = -1,
	  .complete = "of:event kind name", .needs = VDC_NEEDS_DB_READ,
	  .help = "list events, of all or of these objects, the oldest first",
	  .run = events_list },
	{ .name = "follow", .operands = "[KIND NAME...]", .max = -1,
	  .complete = "of:event kind name", .needs = VDC_NEEDS_DB_READ,
	  .help = "print new events as they come, until interrupted",
	  .run = events_follow },
	{ .name = "add", .operands = "TEXT [KIND NAME]", .min = 1, .max = 3,
	  .complete = "of:event text kind name", .needs = VDC_NEEDS_DB_WRITE,
	  .help = "write an event of your own, about an object if you like",
	  .run = events_add },
	{ 0 },
};

static const struct vdc_command command = {
	.name = "events",
	.help = "the audit log: what happened, when, to whom",
	.verbs = verbs,
	.options = options,
};

int main(int argc, char **argv)
{
	return vdc_command_main(&command, argc, argv);
}
