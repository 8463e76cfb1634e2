/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/login.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "act/login.h"
#include "cli/password.h"

const struct vdc_option vdc_password_options[] = {
	{ .name = "password-file",
	  .arg = VDC_ARG_TEXT,
	  .value = "FILE",
	  .complete = "file",
	  .help = "take the password from the first line of this file" },
	{ 0 },
};

const struct vdc_option vdc_login_options[] = {
	{ .name = "as",
	  .arg = VDC_ARG_TEXT,
	  .value = "ACCOUNT",
	  .help = "confirm with the password of an internal account such as admin@internal" },
	{ .include = vdc_password_options },
	{ 0 },
};

static bool reads_a_document(struct vdc_call *call)
{
	const char *const *words;
	int n = vdc_call_operands(call, &words);

	for (int i = 0; i < n; i++)
		if (!strcmp(words[i], "-"))
			return true;
	return false;
}

static int read_file(struct vdc_call *call, const char *path, struct vdc_secret *ret,
		     struct vdc_err *err)
{
	if (!strcmp(path, "-") && reads_a_document(call))
		return vdc_err_set(err, -EINVAL,
				   "standard input cannot be both the document and the password "
				   "file");
	return vdc_password_read(path, ret, err);
}

/* On the terminal: until it is right, locked, or given up. */
static int ask_and_check(struct vdc_call *call, const char *account, const char *name,
			 const char *what, struct vdc_err *err)
{
	vdc_autosecret *password = vdc_secret_new();
	struct vdc_err why = { 0 };
	int r;

	for (;;) {
		r = vdc_password_ask(password, err, "Password of %s", name);
		if (r)
			return r;
		r = vdc_login_check(vdc_call_db(call), account, password, what, &why);
		vdc_secret_wipe(password);
		if (r != -EKEYREJECTED)
			break;
		vdc_password_say(vdc_err_text(&why));
	}
	return r ? vdc_err_set(err, r, "%s", vdc_err_text(&why)) : 0;
}

static int check_file(struct vdc_call *call, const char *path, const char *account,
		      const char *what, struct vdc_err *err)
{
	vdc_autosecret *password = vdc_secret_new();
	int r = read_file(call, path, password, err);

	return r ? r : vdc_login_check(vdc_call_db(call), account, password, what, err);
}

int vdc_confirm_login(struct vdc_call *call, const char *what, struct vdc_err *err, const char *fmt,
		      ...)
{
	const char *account = vdc_text_option(call, "as");
	const char *path = vdc_text_option(call, "password-file");
	char risk[2048], *name;
	va_list args;
	int r = vdc_login_may(vdc_call_db(call), account, what, vdc_call_arena(call), &name, err);

	if (r)
		return r;
	if (path)
		return check_file(call, path, account, what, err);
	va_start(args, fmt);
	vsnprintf(risk, sizeof(risk), fmt, args);
	va_end(args);
	vdc_password_say(risk);
	return ask_and_check(call, account, name, what, err);
}

static int ask_twice(const char *account, struct vdc_secret *ret, struct vdc_err *err)
{
	vdc_autosecret *again = vdc_secret_new();
	int r = vdc_password_ask(ret, err, "New password of %s", account);

	if (!r)
		r = vdc_login_acceptable(ret, err);
	if (!r)
		r = vdc_password_ask(again, err, "The same again");
	if (!r && strcmp(ret->text, again->text) != 0)
		r = vdc_err_set(err, -EINVAL, "the two passwords are not the same");
	return r;
}

int vdc_new_password(struct vdc_call *call, const char *account, struct vdc_secret *ret,
		     struct vdc_err *err)
{
	const char *path = vdc_text_option(call, "password-file");

	return path ? read_file(call, path, ret, err) : ask_twice(account, ret, err);
}
