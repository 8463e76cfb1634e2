/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A command that is no use: what every command inherits from lib/cli, for tests/cli. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/number.h"
#include "base/setting.h"
#include "base/time.h"
#include "cli/command.h"
#include "cli/list.h"
#include "cli/login.h"
#include "cli/progress.h"
#include "base/session.h"
#include "model/host.h"

/* exit CODE */
static int run_exit(struct vdc_call *call, struct vdc_err *err)
{
	const char *const *operands;
	int64_t code = 0;

	vdc_call_operands(call, &operands);
	if (vdc_int_parse(operands[0], &code, err))
		return -EINVAL;
	return code < 0 ? vdc_err_set(err, (int)code, "it went wrong") : (int)code;
}

/* bad-document */
static int run_bad_document(struct vdc_call *call, struct vdc_err *err)
{
	(void)call;
	return vdc_err_at(err, -EBADMSG, 12, 7, "hosts.xml:12:7: the end of host is missing");
}

/* list N: hosts, the last of them first; every third one is down. */
static int run_list(struct vdc_call *call, struct vdc_err *err)
{
	const char *const *operands;
	struct vdc_list *list;
	int64_t n;
	int r;

	vdc_call_operands(call, &operands);
	if (vdc_int_parse(operands[0], &n, err))
		return -EINVAL;
	r = vdc_list_new(call, &vdc_host_kind, &list, err);
	for (; n > 0 && !r; n--) {
		struct vdc_host *host = vdc_object_new(&vdc_host_kind, vdc_call_arena(call));

		host->name = vdc_arena_format(vdc_call_arena(call), "h%d", (int)n);
		host->memory = n << 30;
		host->status = n % 3 ? VDC_HOST_UP : VDC_HOST_NON_RESPONSIVE;
		host->comment = vdc_given(call, "long") ?
					vdc_arena_strdup(vdc_call_arena(call),
							 "a comment that goes on and on and on "
							 "and on, until the line is full") :
					NULL;
		r = vdc_list_add(list, host, err);
	}
	return r ? r : vdc_list_end(list, err);
}

/* ask */
static int run_ask(struct vdc_call *call, struct vdc_err *err)
{
	int r = vdc_confirm(call, err, "Really?");

	if (r >= 0)
		puts(r ? "yes" : "no");
	return r < 0 ? r : 0;
}

/* confirm */
static int run_confirm(struct vdc_call *call, struct vdc_err *err)
{
	int r = vdc_confirm_login(call, "end of the thing", err, "It is irreversible.");

	if (r == 0)
		puts("confirmed");
	return r;
}

/* steps: three seconds of work in thirty steps. */
static int run_steps(struct vdc_call *call, struct vdc_err *err)
{
	struct vdc_progress *progress = vdc_progress_new(30);
	int r = 0;

	for (size_t i = 0; i < 30 && !r; i++) {
		struct vdc_wait wait;

		vdc_progress_step(progress, "step %zu", i + 1);
		if (i == 10)
			vdc_log(VDC_LOG_WARNING, "a message in between");
		vdc_wait_begin(&wait, NULL, VDC_SECOND, "the next step");
		r = vdc_wait_pause(&wait, VDC_SECOND / 10, err);
		vdc_progress_done(progress, i + 1);
	}
	vdc_progress_free(progress);
	puts("done");
	(void)call;
	return r;
}

/* wait --limit: for what never comes. */
static int run_wait(struct vdc_call *call, struct vdc_err *err)
{
	struct vdc_wait wait;
	int r;

	vdc_wait_begin(&wait, NULL, vdc_int_option(call, "limit", VDC_SECOND), "host h1 to start");
	do {
		r = vdc_wait_pause(&wait, VDC_SECOND, err);
	} while (!r);
	return r;
}

/* show and set: the words that arrived. */
static int run_show(struct vdc_call *call, struct vdc_err *err)
{
	static const char *const options[] = { "db", "file", "host", "how", "output" };
	const char *const *operands;
	int n = vdc_call_operands(call, &operands);

	(void)err;
	fputs("showed", stdout);
	for (int i = 0; i < n; i++)
		printf(" [%s]", operands[i]);
	for (size_t i = 0; i < VDC_COUNT(options); i++) {
		if (vdc_given(call, options[i]))
			printf(" %s=[%s]", options[i], vdc_text_option(call, options[i]));
	}
	putchar('\n');
	return 0;
}

/* settings */
static int run_settings(struct vdc_call *call, struct vdc_err *err)
{
	(void)call;
	(void)err;
	for (enum vdc_setting i = 0; i < VDC_N_SETTINGS; i++)
		printf("%s\t%s\n", vdc_setting_name(i),
		       vdc_setting_text(i) ? vdc_setting_text(i) : "");
	return 0;
}

/* database */
static int run_database(struct vdc_call *call, struct vdc_err *err)
{
	(void)err;
	puts(vdc_db_where(vdc_call_db(call)));
	return 0;
}

/* session: a process that outlives this one, and its terminal. */
static int run_session(struct vdc_call *call, struct vdc_err *err)
{
	struct vdc_session session;
	char *text;
	int r = vdc_session_start("thing", &session, err);

	if (r)
		return r;
	if (session.is_runner) {
		vdc_session_report(&session, 0, "begun");
		sleep(2);
		puts("still there");
		return 0;
	}
	r = vdc_session_wait(&session, 10 * VDC_SECOND, vdc_call_arena(call), &text, err);
	if (!r) {
		printf("%s, logs to %s\n", text, session.log ? session.log : "nothing");
		fflush(stdout);
		sleep(20);
	}
	vdc_session_close(&session);
	return r;
}

static const struct vdc_verb verbs[] = {
	{ .name = "exit", .operands = "CODE", .min = 1, .max = 1, .run = run_exit,
	  .help = "end with that exit code, or with that error if it is negative" },
	{ .name = "bad-document", .run = run_bad_document, .help = "complain of a document" },
	{ .name = "list", .operands = "N", .min = 1, .max = 1, .run = run_list,
	  .complete = "of:host", .help = "list so many hosts" },
	{ .name = "show", .operands = "KIND [NAME...]", .min = 1, .max = -1, .run = run_show,
	  .complete = "kind name", .help = "show the operands" },
	{ .name = "set", .operands = "KIND NAME FIELD=VALUE...", .min = 2, .max = -1,
	  .run = run_show, .complete = "kind name assignment", .help = "show the operands" },
	{ .name = "box open", .operands = "NAME", .min = 1, .max = 1, .run = run_show,
	  .complete = "host", .help = "show the operand" },
	{ .name = "box shut", .run = run_show, .help = "show nothing" },
	{ .name = "ask", .run = run_ask, .help = "ask a question" },
	{ .name = "confirm", .operands = "[FILE]", .max = 1, .run = run_confirm,
	  .needs = VDC_NEEDS_DB_WRITE, .help = "ask for a password" },
	{ .name = "steps", .run = run_steps, .help = "show progress" },
	{ .name = "wait", .run = run_wait, .help = "wait for what never comes" },
	{ .name = "session", .run = run_session, .help = "go on without a terminal" },
	{ .name = "settings", .run = run_settings, .help = "show the settings" },
	{ .name = "database", .run = run_database, .needs = VDC_NEEDS_DB_READ,
	  .help = "show which database it is" },
	{ 0 },
};

static const struct vdc_option options[] = {
	{ .include = vdc_list_options, .verbs = "list show" },
	{ .include = vdc_change_options, .verbs = "ask" },
	{ .include = vdc_login_options, .verbs = "confirm" },
	{ .name = "long", .verbs = "list", .help = "with a long comment" },
	{ .name = "limit", .verbs = "wait", .arg = VDC_ARG_DURATION, .value = "TIME",
	  .help = "how long" },
	{ .name = "how", .verbs = "wait show box-open", .arg = VDC_ARG_CHOICE, .value = "HOW",
	  .choices = "soft hard", .help = "in which way" },
	{ .name = "file", .verbs = "show", .arg = VDC_ARG_TEXT, .value = "FILE",
	  .complete = "file", .help = "a file" },
	{ .name = "host", .verbs = "show", .arg = VDC_ARG_TEXT, .value = "HOST",
	  .complete = "host", .help = "a host" },
	{ 0 },
};

int main(int argc, char **argv)
{
	static const struct vdc_command thing = {
		.name = "thing", .help = "shows what commands have in common",
		.verbs = verbs, .options = options,
	};

	return vdc_command_main(&thing, argc, argv);
}
