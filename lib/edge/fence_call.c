/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/fence_call.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/setting.h"
#include "base/time.h"
#include "edge/fence_program.h"
#include "edge/fence_verdict.h"
#include "edge/secret_ref.h"
#include "edge/shell.h"
#include "model/fence_agent.h"

enum {
	MOST_OUTPUT = 64 * 1024,
	CANNOT_RUN = 126, /* timeout(1), env(1): found, and no program */
	NOT_FOUND = 127,
	TIMED_OUT = 124,
	KILLED = 128 + 9,
};

#define KILL_AFTER 2		     /* seconds, of timeout(1) */
#define SHELL_TIME (15 * VDC_SECOND) /* that the remote shell itself may take */

/* One call, made ready. */
struct calling {
	const struct vdc_fence_call *call;
	struct vdc_arena *arena;
	const char *path; /* of the agent */
	int64_t limit_us;
	struct vdc_buf input;
	struct vdc_secret *secret; /* as the agent reads it, with its line feed; NULL: none */
};

/* "action" in the lines would be heard last, and count. */
static bool names_action(const char *lines)
{
	for (const char *line = lines; *line; line += strspn(line, "\r\n")) {
		if (vdc_fence_line_names_action(line))
			return true;
		line += strcspn(line, "\r\n");
	}
	return false;
}

static int check(const struct vdc_fence_call *call, struct vdc_err *err)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz-";

	if (!vdc_fence_program_named(call->program))
		return vdc_err_set(err, -EINVAL, "%s: not the name of a fence agent",
				   call->program);
	if (!*call->action || call->action[strspn(call->action, plain)])
		return vdc_err_set(err, -EINVAL, "%s: not an action of a fence agent",
				   call->action);
	if (names_action(call->lines))
		return vdc_err_set(err, -EINVAL, "%s: its options may not name an action",
				   call->program);
	return 0;
}

/* fencing.py trims a value and takes a pair of quotes from it: what would suffer is put in another. */
static void guard(struct vdc_secret *secret)
{
	size_t len = secret->len;
	char first = secret->text[0], last = secret->text[len - 1];
	bool quote = (first == '"' && last == '"') || strchr(" \t", first) || strchr(" \t", last);

	if (quote) {
		memmove(secret->text + 1, secret->text, len);
		secret->text[0] = secret->text[len + 1] = '"';
		len += 2;
	}
	secret->text[len++] = '\n';
	secret->text[len] = '\0';
	secret->len = len;
}

/* The text of the secret as it would be repeated. */
static void unguard(struct vdc_secret *secret)
{
	if (secret->len && secret->text[secret->len - 1] == '\n')
		secret->text[--secret->len] = '\0';
	if (secret->len > 2 && secret->text[0] == '"' && secret->text[secret->len - 1] == '"') {
		memmove(secret->text, secret->text + 1, secret->len - 2);
		secret->len -= 2;
		secret->text[secret->len] = '\0';
	}
}

static int read_secret(struct calling *calling, struct vdc_err *err)
{
	struct vdc_secret *secret = calling->secret = vdc_secret_new();
	int r = vdc_secret_read(calling->call->password, secret, err);

	if (!r && secret->len + 4 > sizeof(secret->text))
		r = vdc_err_set(err, -EINVAL, "the password is longer than %zu bytes",
				sizeof(secret->text) - 4);
	if (!r)
		guard(secret);
	return r;
}

static void write_input(struct calling *calling)
{
	const struct vdc_fence_call *call = calling->call;
	const char *name = call->password_name ? call->password_name : "password";
	size_t len = strlen(call->lines);

	vdc_buf_printf(&calling->input, "action=%s\n%s", call->action, call->lines);
	if (len && call->lines[len - 1] != '\n')
		vdc_buf_putc(&calling->input, '\n');
	if (calling->secret)
		vdc_buf_printf(&calling->input, "%s=", name);
}

static struct vdc_fence_end failed(struct calling *calling, enum vdc_fence_cause cause,
				   const char *message)
{
	return (struct vdc_fence_end){
		.said = VDC_FENCE_SAID_NOTHING,
		.cause = cause,
		.message = vdc_arena_strdup(calling->arena, message),
	};
}

static struct vdc_fence_end out_of_time(struct calling *calling)
{
	char limit[VDC_TIME_LEN + 1], text[VDC_TIME_LEN + 64];

	snprintf(text, sizeof(text), "killed, as it did not end within %s",
		 vdc_duration_format(calling->limit_us, limit));
	return failed(calling, VDC_FENCE_CAUSE_TIME, text);
}

static struct vdc_fence_end judge(struct calling *calling, const struct vdc_proc_end *end)
{
	struct vdc_fence_output output = {
		.action = calling->call->action,
		.status = end->status,
		.out = end->out.data,
		.err = end->err.data,
		.secret = calling->secret,
	};

	if (calling->secret)
		unguard(calling->secret);
	return vdc_fence_verdict(&output, calling->arena);
}

static struct vdc_fence_end not_installed(struct calling *calling)
{
	const char *where = calling->call->address;

	return failed(calling, VDC_FENCE_CAUSE_NO_AGENT,
		      vdc_arena_format(calling->arena, "there is no %s on %s", calling->path,
				       where ? where : "this machine"));
}

static struct vdc_fence_end run_here(struct calling *calling)
{
	struct vdc_proc proc = {
		.argv = (const char *const[]){ calling->path, NULL },
		.env = vdc_fence_surroundings(calling->arena),
		.input = calling->input.data,
		.input_len = calling->input.len,
		.secret = calling->secret,
		.limit_us = calling->limit_us,
		.most_output = MOST_OUTPUT,
		.keep_end = true,
	};
	vdc_autoend end = { 0 };
	struct vdc_err why = { 0 };
	int r = vdc_proc_run(&proc, &end, &why);

	if (r == -ETIMEDOUT)
		return out_of_time(calling);
	if (r == -ENOENT || r == -EACCES)
		return not_installed(calling);
	if (r)
		return failed(calling, VDC_FENCE_CAUSE_OTHER, vdc_err_text(&why));
	return judge(calling, &end);
}

/* What timeout(1) says of itself, as far as it is about the agent. */
static bool is_missing(struct calling *calling, const struct vdc_proc_end *end)
{
	return (end->status == CANNOT_RUN || end->status == NOT_FOUND) &&
	       strncmp(end->err.data, "timeout: ", 9) == 0 && strstr(end->err.data, calling->path);
}

static struct vdc_fence_end run_there(struct calling *calling)
{
	int64_t seconds = (calling->limit_us + VDC_SECOND - 1) / VDC_SECOND;
	struct vdc_shell shell = {
		.address = calling->call->address,
		.argv =
			(const char *const[]){
				"env", VDC_FENCE_LOCALE, VDC_FENCE_QUIET, "timeout", "-k",
				vdc_arena_format(calling->arena, "%d", KILL_AFTER),
				vdc_arena_format(calling->arena, "%lld", (long long)seconds),
				calling->path, NULL },
		.input = calling->input.data,
		.input_len = calling->input.len,
		.secret = calling->secret,
		.limit_us = (seconds + KILL_AFTER) * VDC_SECOND + SHELL_TIME,
		.most_output = MOST_OUTPUT,
		.keep_end = true,
	};
	vdc_autoend end = { 0 };
	struct vdc_err why = { 0 };
	int r = vdc_shell_run(&shell, &end, &why);

	if (r)
		return failed(calling, VDC_FENCE_CAUSE_PROXY, vdc_err_text(&why));
	if (end.status == TIMED_OUT || end.status == KILLED)
		return out_of_time(calling);
	if (is_missing(calling, &end))
		return not_installed(calling);
	return judge(calling, &end);
}

int vdc_fence_call(const struct vdc_fence_call *call, struct vdc_arena *arena,
		   struct vdc_fence_end *ret, struct vdc_err *err)
{
	struct calling calling = {
		.call = call,
		.arena = arena,
		.limit_us = call->limit_us > 0
				    ? call->limit_us
				    : vdc_setting_number(VDC_SETTING_FENCE_AGENT_TIMEOUT),
	};
	struct vdc_err why = { 0 };
	int r = check(call, err);

	if (r)
		return r;
	calling.path = vdc_fence_program_path(call->program, arena);
	if (call->password && read_secret(&calling, &why)) {
		*ret = failed(&calling, VDC_FENCE_CAUSE_SECRET, vdc_err_text(&why));
	} else {
		write_input(&calling);
		*ret = call->address ? run_there(&calling) : run_here(&calling);
	}
	vdc_buf_free(&calling.input);
	vdc_secret_free(calling.secret);
	return 0;
}
