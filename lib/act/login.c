/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/login.h"

#include <errno.h>
#include <string.h>

#include "base/setting.h"
#include "base/time.h"
#include "edge/crypt.h"
#include "edge/pam.h"
#include "edge/user.h"
#include "store/accounts.h"
#include "store/events.h"

struct attempt {
	struct vdc_arena *arena;
	const char *name;
	const char *what;
	bool internal;
	bool counts; /* else it is only asked whether there could be a try */
	int64_t now;
	struct vdc_account account; /* as this try found it, and left it */
	struct vdc_err refusal;	    /* code 0: go on to the password */
};

static bool is_internal(const char *name)
{
	const char *at = strchr(name, '@');

	return at && at != name && strcmp(at, "@internal") == 0;
}

int vdc_login_account(const char *account, struct vdc_err *err)
{
	if (is_internal(account) && strlen(account) < 64)
		return 0;
	return vdc_err_set(err, -EINVAL,
			   "'%.60s' is not the name of an internal account such as %s", account,
			   VDC_LOGIN_ADMIN);
}

static int note(struct vdc_db *db, const struct attempt *attempt, enum vdc_severity severity,
		const char *type, const char *how, struct vdc_err *err)
{
	return vdc_event_note(db, severity, type, NULL, NULL, err, "%s, to confirm the %s: %s",
			      attempt->name, attempt->what, how);
}

static void refuse_locked(struct attempt *attempt, int code, const char *why)
{
	char until[VDC_TIME_LEN + 1];

	vdc_err_set(&attempt->refusal, code,
		    "%s%s is locked until %s after too many wrong passwords", why, attempt->name,
		    vdc_time_format(attempt->account.locked_until, until));
}

static bool is_locked(const struct attempt *attempt)
{
	return attempt->account.locked_until != VDC_UNSET &&
	       attempt->account.locked_until > attempt->now;
}

/* Who may not even attempt. */
static void judge(struct attempt *attempt)
{
	const char *administrators = vdc_setting_text(VDC_SETTING_ADMINISTRATORS);

	attempt->refusal = (struct vdc_err){ 0 };
	if (attempt->internal && !attempt->account.hash)
		vdc_err_set(&attempt->refusal, -ENOENT,
			    "there is no account '%s'; make it with: inventory passwd %s",
			    attempt->name, attempt->name);
	else if (!attempt->internal && !vdc_user_listed(attempt->name, administrators))
		vdc_err_set(&attempt->refusal, -EACCES,
			    "%s is no administrator (%s); an internal account can confirm: "
			    "--as %s",
			    attempt->name, administrators, VDC_LOGIN_ADMIN);
	else if (is_locked(attempt))
		refuse_locked(attempt, -EACCES, "");
}

/* What is said to people ends with a second. */
static int64_t whole_seconds(int64_t time)
{
	return (time + VDC_SECOND - 1) / VDC_SECOND * VDC_SECOND;
}

/* Counted as wrong until it is known to be right. */
static int count(struct vdc_db *db, struct attempt *attempt, struct vdc_err *err)
{
	struct vdc_account *account = &attempt->account;
	int64_t most = vdc_setting_number(VDC_SETTING_LOGIN_TRIES);
	char how[64];
	int r;

	if (account->locked_until != VDC_UNSET)
		account->wrong_tries = 0;
	account->locked_until = VDC_UNSET;
	if (++account->wrong_tries >= most)
		account->locked_until =
			whole_seconds(attempt->now + vdc_setting_number(VDC_SETTING_LOGIN_LOCK));
	r = vdc_account_put(db, account, err);
	snprintf(how, sizeof(how), "try %lld of %lld", (long long)account->wrong_tries,
		 (long long)most);
	return r ? r : note(db, attempt, VDC_SEVERITY_NORMAL, "login_tried", how, err);
}

static int begin(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct attempt *attempt = ctx;
	struct vdc_account *found = NULL;
	int r = vdc_account_get(db, attempt->name, attempt->arena, &found, err);

	if (r)
		return r;
	attempt->account = (struct vdc_account){ .name = (char *)(uintptr_t)attempt->name,
						 .locked_until = VDC_UNSET,
						 .changed = VDC_UNSET };
	if (found)
		attempt->account = *found;
	judge(attempt);
	if (attempt->refusal.code)
		return note(db, attempt, VDC_SEVERITY_WARNING, "login_refused",
			    vdc_err_text(&attempt->refusal), err);
	return attempt->counts ? count(db, attempt, err) : 0;
}

/* Whether there may be a try, which then is counted. */
static int open_try(struct vdc_db *db, const char *account, struct attempt *attempt,
		    struct vdc_err *err)
{
	int r = account ? vdc_login_account(account, err) : 0;

	attempt->internal = account;
	attempt->name = account ? account : vdc_user_caller();
	if (!r)
		r = vdc_db_now(db, &attempt->now, err);
	if (!r)
		r = vdc_db_transaction(db, begin, attempt, err);
	if (!r && attempt->refusal.code)
		r = vdc_err_set(err, attempt->refusal.code, "%s", vdc_err_text(&attempt->refusal));
	return r;
}

int vdc_login_may(struct vdc_db *db, const char *account, const char *what, struct vdc_arena *arena,
		  char **name, struct vdc_err *err)
{
	struct attempt attempt = { .arena = arena, .what = what };
	int r = open_try(db, account, &attempt, err);

	if (!r)
		*name = vdc_arena_strdup(arena, attempt.name);
	return r;
}

static int note_wrong(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct attempt *attempt = ctx;

	return note(db, attempt, VDC_SEVERITY_WARNING,
		    is_locked(attempt) ? "login_locked" : "login_refused",
		    vdc_err_text(&attempt->refusal), err);
}

/* The password may have been changed meanwhile: what is there is kept. */
static int note_right(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct attempt *attempt = ctx;
	struct vdc_account *found = NULL;
	int r = vdc_account_get(db, attempt->name, attempt->arena, &found, err);

	if (!r && found && found->hash) {
		found->wrong_tries = 0;
		found->locked_until = VDC_UNSET;
		r = vdc_account_put(db, found, err);
	} else if (!r && found) {
		r = vdc_account_remove(db, attempt->name, err);
	}
	return r ? r : note(db, attempt, VDC_SEVERITY_NORMAL, "login_confirmed", "confirmed", err);
}

static int ask(const struct attempt *attempt, const struct vdc_secret *password,
	       struct vdc_err *err)
{
	if (attempt->internal)
		return vdc_crypt_check(password, attempt->account.hash, err);
	return vdc_pam_check(attempt->name, password, vdc_setting_number(VDC_SETTING_LOGIN_TIMEOUT),
			     err);
}

/* How the try ended: noted, and for the caller to hear. */
static int refused(struct vdc_db *db, struct attempt *attempt, struct vdc_err *err)
{
	int r;

	if (attempt->refusal.code == -EKEYREJECTED && is_locked(attempt))
		refuse_locked(attempt, -EACCES, "wrong password; ");
	r = vdc_db_transaction(db, note_wrong, attempt, err);
	return r ? r
		 : vdc_err_set(err, attempt->refusal.code, "%s", vdc_err_text(&attempt->refusal));
}

int vdc_login_check(struct vdc_db *db, const char *account, const struct vdc_secret *password,
		    const char *what, struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct attempt attempt = { .arena = arena, .what = what, .counts = true };
	int r = account ? 0 : vdc_pam_load(err); /* a missing module is not a try */

	if (!r)
		r = open_try(db, account, &attempt, err);
	if (r)
		return r;
	if (ask(&attempt, password, &attempt.refusal))
		return refused(db, &attempt, err);
	return vdc_db_transaction(db, note_right, &attempt, err);
}

struct change {
	struct vdc_arena *arena;
	const char *name;
	char *hash;
	bool dry_run; /* all of it is done and then taken back */
};

static int change_and_note(struct vdc_db *db, const struct change *change,
			   const struct vdc_account *account, struct vdc_err *err)
{
	int r = account ? vdc_account_put(db, account, err)
			: vdc_account_remove(db, change->name, err);

	if (!r)
		r = vdc_event_note(
			db, VDC_SEVERITY_WARNING, account ? "password_changed" : "account_removed",
			NULL, NULL, err,
			account ? "the password of account %s was set" : "account %s was removed",
			change->name);
	return r || !change->dry_run ? r : -ECANCELED;
}

static int run_change(struct vdc_db *db, vdc_db_fn *fn, struct change *change, struct vdc_err *err)
{
	int r = vdc_db_transaction(db, fn, change, err);

	return r == -ECANCELED ? 0 : r;
}

static int set(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct change *change = ctx;
	const struct vdc_account account = { .name = (char *)(uintptr_t)change->name,
					     .hash = change->hash,
					     .locked_until = VDC_UNSET,
					     .changed = vdc_time_now() };

	return change_and_note(db, change, &account, err);
}

int vdc_login_acceptable(const struct vdc_secret *password, struct vdc_err *err)
{
	if (password->len >= VDC_LOGIN_SHORTEST)
		return 0;
	return vdc_err_set(err, -EINVAL,
			   "the password is too short: it takes %d characters at least",
			   VDC_LOGIN_SHORTEST);
}

int vdc_login_set(struct vdc_db *db, const char *account, const struct vdc_secret *password,
		  bool dry_run, struct vdc_err *err)
{
	char hash[VDC_HASH_SIZE];
	struct change change = { .name = account, .hash = hash, .dry_run = dry_run };
	int r = vdc_login_account(account, err);

	if (!r)
		r = vdc_login_acceptable(password, err);
	if (!r)
		r = vdc_crypt_hash(password, hash, err);
	return r ? r : run_change(db, set, &change, err);
}

static int drop(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct change *change = ctx;
	struct vdc_account *found = NULL;
	int r = vdc_account_get(db, change->name, change->arena, &found, err);

	if (!r && !found)
		r = vdc_err_set(err, -ENOENT, "there is no account '%.60s'", change->name);
	return r ? r : change_and_note(db, change, NULL, err);
}

int vdc_login_remove(struct vdc_db *db, const char *account, bool dry_run, struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct change change = { .arena = arena, .name = account, .dry_run = dry_run };

	return run_change(db, drop, &change, err);
}
