/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who the caller is, who is listed; passwords and their hashes. */
#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "edge/crypt.h"
#include "edge/user.h"
#include "unit.h"

/* Users that every system has, with numbers that are not root's. */
static const char one[] = "daemon", other[] = "bin";

static uid_t id_of(const char *name)
{
	const struct passwd *user = getpwnam(name);

	assert_non_null(user);
	return user->pw_uid;
}

static void a_plain_user_is_who_it_is(void **state)
{
	const struct vdc_user_evidence evidence = {
		.real = id_of(one), .login = id_of(other), .sudo_uid = "0", .sudo_user = "root"
	};

	(void)state;
	assert_int_equal(vdc_user_judge(&evidence), id_of(one));
}

static void root_is_whoever_logged_in(void **state)
{
	vdc_autofree char *sudo_uid = vdc_format("%u", id_of(other));
	struct vdc_user_evidence evidence = { .login = id_of(one),
					      .sudo_uid = sudo_uid,
					      .sudo_user = other };

	(void)state;
	assert_int_equal(vdc_user_judge(&evidence), id_of(one));
	evidence.login = 0;
	assert_int_equal(vdc_user_judge(&evidence), 0);
	evidence.login = 4294967295;
	assert_int_equal(vdc_user_judge(&evidence), id_of(other));
	evidence.login = -1;
	assert_int_equal(vdc_user_judge(&evidence), id_of(other));
}

static void evidence_of_sudo_that_does_not_fit_is_none(void **state)
{
	static const struct vdc_user_evidence bad[] = {
		{ .login = -1 },
		{ .login = -1, .sudo_uid = "77777", .sudo_user = one },
		{ .login = -1, .sudo_uid = "77777", .sudo_user = "no-such-user" },
		{ .login = -1, .sudo_uid = "", .sudo_user = one },
		{ .login = -1, .sudo_uid = "1x", .sudo_user = one },
		{ .login = -1, .sudo_uid = "4294967297", .sudo_user = one },
		{ .login = -1, .sudo_uid = "1" },
		{ .login = -1, .sudo_user = one },
		{ .login = 3999999999 }, /* nobody's number */
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(bad); i++)
		assert_int_equal(vdc_user_judge(&bad[i]), 0);
}

static void words_are_users_and_groups(void **state)
{
	(void)state;
	assert_true(vdc_user_listed("daemon", "root daemon"));
	assert_true(vdc_user_listed("daemon", "  %sys  %daemon "));
	assert_true(vdc_user_listed("root", "%root"));
	assert_false(vdc_user_listed("daemon", ""));
	assert_false(vdc_user_listed("daemon", "root daemonic %root daemo"));
	assert_false(vdc_user_listed("daemon", "% %no-such-group"));
	assert_false(vdc_user_listed("no-such-user", "%daemon"));
}

static struct vdc_secret *secret_of(const char *text)
{
	struct vdc_secret *secret = vdc_secret_new();

	secret->len = strlen(text);
	memcpy(secret->text, text, secret->len);
	return secret;
}

static void a_hash_knows_its_password(void **state)
{
	vdc_autosecret *right = secret_of("sesame open");
	vdc_autosecret *wrong = secret_of("sesame opem");
	char first[VDC_HASH_SIZE], second[VDC_HASH_SIZE];
	struct vdc_err err = { 0 };

	(void)state;
	assert_int_equal(vdc_crypt_hash(right, first, &err), 0);
	assert_int_equal(vdc_crypt_hash(right, second, &err), 0);
	assert_memory_equal(first, "$y$", 3);
	assert_string_not_equal(first, second);
	assert_int_equal(vdc_crypt_check(right, first, &err), 0);
	assert_int_equal(vdc_crypt_check(right, second, &err), 0);
	assert_int_equal(vdc_crypt_check(wrong, first, &err), -EKEYREJECTED);
	first[strlen(first) - 1] = '\0';
	assert_int_not_equal(vdc_crypt_check(right, first, &err), 0);
}

static void what_is_no_hash_matches_nothing(void **state)
{
	static const char *const bad[] = { "", "*", "!", "*0", "$y$", "$y$j9T$", "$9$x$y" };
	vdc_autosecret *password = secret_of("sesame open");
	vdc_autosecret *nothing = secret_of("");
	struct vdc_err err = { 0 };

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(bad); i++) {
		assert_int_not_equal(vdc_crypt_check(password, bad[i], &err), 0);
		assert_int_not_equal(vdc_crypt_check(nothing, bad[i], &err), 0);
	}
}

static void a_secret_is_wiped(void **state)
{
	vdc_autosecret *secret = secret_of("sesame open");
	static const struct vdc_secret empty;

	(void)state;
	vdc_secret_wipe(secret);
	assert_memory_equal(secret, &empty, sizeof(empty));
	vdc_secret_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_user_is_who_it_is),
		cmocka_unit_test(root_is_whoever_logged_in),
		cmocka_unit_test(evidence_of_sudo_that_does_not_fit_is_none),
		cmocka_unit_test(words_are_users_and_groups),
		cmocka_unit_test(a_hash_knows_its_password),
		cmocka_unit_test(what_is_no_hash_matches_nothing),
		cmocka_unit_test(a_secret_is_wiped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
