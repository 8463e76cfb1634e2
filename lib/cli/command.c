/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"

#include <errno.h>
#include <locale.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/setting.h"
#include "cli/call.h"
#include "cli/exit_code.h"
#include "cli/progress.h"
#include "cli/stdio.h"
#include "edge/conf.h"
#include "store/store.h"

static void set_up_log(const struct vdc_call *call)
{
	enum vdc_log_level most = VDC_LOG_NOTICE;

	if (vdc_given(call, "debug"))
		most = VDC_LOG_DEBUG;
	else if (vdc_given(call, "verbose"))
		most = VDC_LOG_INFO;
	else if (vdc_given(call, "quiet"))
		most = VDC_LOG_ERROR;
	vdc_log_setup(call->command->name, most);
}

static int need_root(const struct vdc_call *call, struct vdc_err *err)
{
	if (!(call->verb->needs & VDC_NEEDS_ROOT) || geteuid() == 0)
		return 0;
	return vdc_err_set(err, -EACCES, "%s %s must be run as root", call->command->name,
			   call->verb->name);
}

int vdc_call_open_another(struct vdc_call *call, unsigned needs, struct vdc_db **ret,
			  struct vdc_err *err)
{
	const char *given = vdc_text_option(call, "db");
	vdc_autofree char *where = given ? vdc_strdup(given) : vdc_store_default();

	return vdc_store_open(where, needs & VDC_NEEDS_DB_WRITE ? 0 : VDC_DB_READ_ONLY, ret, err);
}

int vdc_call_open_db(struct vdc_call *call, unsigned needs, struct vdc_err *err)
{
	int r;

	if (call->db || !(needs & (VDC_NEEDS_DB_READ | VDC_NEEDS_DB_WRITE)))
		return 0;
	r = vdc_call_open_another(call, needs, &call->db, err);
	if (!r)
		vdc_db_set_reconnect(call->db, VDC_DB_RECONNECT, vdc_wait_say_away,
				     &call->said_away);
	return r;
}

/* Commands that this one starts work with the same. */
static void hand_on(const struct vdc_call *call, const char *option, const char *variable)
{
	const char *given = vdc_text_option(call, option);

	if (given)
		setenv(variable, given, 1);
}

static int run(struct vdc_call *call, int argc, char **argv, struct vdc_err *err)
{
	int r = vdc_call_parse(call, argc, argv, err);

	if (r || call->finished)
		return r;
	set_up_log(call);
	hand_on(call, "db", "VDC_DB");
	hand_on(call, "config", "VDC_CONF");
	r = need_root(call, err);
	if (!r)
		r = vdc_conf_load(vdc_text_option(call, "config"), err);
	if (!r)
		r = vdc_call_open_db(call, call->verb->needs, err);
	if (!r)
		r = call->verb->run(call, err);
	return r;
}

/* The one place where an error is said. */
static int report(const struct vdc_err *err, int code)
{
	if ((code == -EPIPE || vdc_stdout_failed()) && vdc_stdout_broken())
		return VDC_EXIT_FINDINGS; /* no news for whoever closed it */
	if (vdc_stdout_failed()) {
		vdc_log(VDC_LOG_ERROR, "standard output: %s", strerror(-code));
		vdc_stdout_forget();
	} else {
		vdc_log(VDC_LOG_ERROR, "%s", vdc_err_text(err));
	}
	return (int)vdc_exit_of(code);
}

int vdc_command_main(const struct vdc_command *command, int argc, char **argv)
{
	struct vdc_call call = { .command = command };
	struct vdc_err err = { 0 };
	int r;

	vdc_stdio_open();
	/* The character set only: numbers and messages stay as documents and scripts want them. */
	setlocale(LC_CTYPE, "");
	vdc_log_setup(command->name, VDC_LOG_WARNING);
	if (vdc_command_hidden(command, argc, argv))
		return vdc_stdio_close(VDC_EXIT_OK);
	call.arena = vdc_arena_new();
	r = run(&call, argc, argv, &err);
	if (call.finished)
		r = 0;
	if (r < 0) {
		err.code = err.code ? err.code : r;
		r = report(&err, r);
	}
	vdc_lists_free(call.lists);
	vdc_db_close(call.db);
	vdc_arena_free(call.arena);
	return vdc_stdio_close(r);
}
