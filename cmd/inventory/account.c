/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* inventory accounts, inventory passwd */
#include <stdio.h>

#include "act/login.h"
#include "cli/list.h"
#include "cli/login.h"
#include "inventory.h"
#include "model/fields.h"
#include "store/accounts.h"

/* An account in the form that everything that is listed has; its hash is for nobody. */
struct shown_account {
	char *id;
	const char *type;
	int64_t wrong_tries;
	int64_t locked_until;
	int64_t changed;
};

#define NOUN struct shown_account
static const struct vdc_field fields[] = {
	VDC_F_TEXT(id, VDC_LISTED, .path = "@id", .title = "ACCOUNT", .help = "name"),
	VDC_F_TEXT(type, VDC_LISTED, .help = "internal, or a user of the system"),
	VDC_F_INT(wrong_tries, VDC_LISTED, .help = "wrong passwords in a row"),
	VDC_F_TIME(locked_until, VDC_LISTED, .help = "no password is taken before that"),
	VDC_F_TIME(changed, VDC_LISTED, .help = "when the password was set"),
};
static const struct vdc_kind account_kind =
	VDC_KIND("account", "accounts", "account", "whose password confirms what cannot be undone");

static int add_to_list(void *ctx, const struct vdc_account *account, struct vdc_err *err)
{
	struct shown_account row = {
		.id = account->name,
		.type = account->hash ? "internal" : "system",
		.wrong_tries = account->wrong_tries,
		.locked_until = account->locked_until,
		.changed = account->changed,
	};

	return vdc_list_add(ctx, &row, err);
}

int inventory_accounts(struct vdc_call *call, struct vdc_err *err)
{
	struct vdc_list *list;
	int r = vdc_list_new(call, &account_kind, &list, err);

	if (r == 0)
		r = vdc_account_each(vdc_call_db(call), vdc_call_arena(call), add_to_list, list,
				     err);
	return r < 0 ? r : vdc_list_end(list, err);
}

static void say(struct vdc_call *call, const char *done, const char *account)
{
	if (!vdc_given(call, "quiet"))
		printf("%s%s account %s\n", vdc_given(call, "dry-run") ? "would have " : "", done,
		       account);
}

static int remove_account(struct vdc_call *call, const char *account, struct vdc_err *err)
{
	bool dry_run = vdc_given(call, "dry-run");
	int r = dry_run ? 1 : vdc_confirm(call, err, "Remove account %s?", account);

	if (r <= 0)
		return r;
	r = vdc_login_remove(vdc_call_db(call), account, dry_run, err);
	if (r == 0)
		say(call, "removed", account);
	return r;
}

int inventory_passwd(struct vdc_call *call, struct vdc_err *err)
{
	vdc_autosecret *password = vdc_secret_new();
	const char *const *words;
	const char *account = vdc_call_operands(call, &words) ? words[0] : VDC_LOGIN_ADMIN;
	int r;

	if (vdc_given(call, "remove"))
		return remove_account(call, account, err);
	r = vdc_login_account(account, err);
	if (r == 0)
		r = vdc_new_password(call, account, password, err);
	if (r == 0)
		r = vdc_login_set(vdc_call_db(call), account, password, vdc_given(call, "dry-run"),
				  err);
	if (r == 0)
		say(call, "set the password of", account);
	return r;
}
