/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/secret_ref.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "unit.h"

static char directory[] = "/tmp/vdc-secrets-XXXXXX";
static char *file, *reference;

static int make(void **state)
{
	(void)state;
	if (!mkdtemp(directory))
		return -1;
	file = vdc_format("%s/bmc", directory);
	reference = vdc_format("file:%s", file);
	return setenv("CREDENTIALS_DIRECTORY", directory, 1);
}

static int remove_all(void **state)
{
	(void)state;
	unlink(file);
	free(file);
	free(reference);
	return rmdir(directory);
}

static void put(const char *text, size_t len, mode_t mode)
{
	int fd;

	unlink(file); /* one that may not be written any more */
	fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), len);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void assert_reads(const char *what, const char *expected)
{
	vdc_autosecret *secret = vdc_secret_new();
	struct vdc_err err = { 0 };

	assert_int_equal(vdc_secret_read(what, secret, &err), 0);
	assert_string_equal(secret->text, expected);
	assert_int_equal(secret->len, strlen(expected));
}

/* The message has MENTIONS and not the contents. */
static void assert_refuses(const char *what, int code, const char *mentions)
{
	vdc_autosecret *secret = vdc_secret_new();
	struct vdc_err err = { 0 };

	assert_int_equal(vdc_secret_read(what, secret, &err), code);
	if (!strstr(err.msg, mentions))
		fail_msg("'%s' without '%s'", err.msg, mentions);
	assert_null(strstr(err.msg, "hunter2"));
}

static void a_file_is_read_without_its_line_feed(void **state)
{
	(void)state;
	put("hunter2\n", 8, 0600);
	assert_reads(reference, "hunter2");
	put("hunter2\r\n", 9, 0600);
	assert_reads(reference, "hunter2");
	put(" h\"u nt=er2", 11, 0400);
	assert_reads(reference, " h\"u nt=er2");
}

static void what_others_may_read_is_refused(void **state)
{
	(void)state;
	put("hunter2\n", 8, 0640);
	assert_refuses(reference, -EPERM, "chmod 600");
	put("hunter2\n", 8, 0604);
	assert_refuses(reference, -EPERM, "chmod 600");
}

static void what_would_be_two_lines_is_refused(void **state)
{
	char much[VDC_SECRET_SIZE + 1];

	(void)state;
	put("hunter2\naction=on\n", 18, 0600);
	assert_refuses(reference, -EINVAL, "more than one line");
	put("hunter2\raction=on", 17, 0600);
	assert_refuses(reference, -EINVAL, "more than one line");
	put("hunter2\n\n", 9, 0600);
	assert_refuses(reference, -EINVAL, "more than one line");
	put("hunt\0er2", 8, 0600);
	assert_refuses(reference, -EINVAL, "control character");
	put("\n", 1, 0600);
	assert_refuses(reference, -EINVAL, "nothing in it");
	memset(much, 'x', sizeof(much));
	put(much, sizeof(much), 0600);
	assert_refuses(reference, -EINVAL, "longer than");
	put(much, VDC_SECRET_SIZE, 0600);
	assert_refuses(reference, -EINVAL, "longer than");
}

static void a_program_says_it(void **state)
{
	(void)state;
	assert_reads("cmd:printf  hunter2%s -x", "hunter2-x");
	assert_reads("cmd:echo $(id) ;", "$(id) ;");
	assert_refuses("cmd:false", -EIO, "exit code 1");
	assert_refuses("cmd:no-such-program hunter2", -ENOENT, "no-such-program");
	assert_refuses("cmd:true", -EINVAL, "nothing in it");
	assert_refuses("cmd: ", -EINVAL, "no program");
	assert_refuses("cmd:printf hunter2\\nx", -EINVAL, "more than one line");
	assert_refuses("cmd:head -c 1000 /dev/zero", -EINVAL, "longer than");
}

static void a_credential_has_a_place(void **state)
{
	(void)state;
	put("hunter2\n", 8, 0440);
	assert_reads("cred:bmc", "hunter2");
	put("hunter2\n", 8, 0444);
	assert_refuses("cred:bmc", -EPERM, "chmod 600");
	assert_refuses("cred:no-such-credential", -ENOENT, "/etc/vdc/secrets/no-such-credential");
	assert_refuses("cred:../bmc", -EINVAL, "not the name");
	assert_refuses("cred:.bmc", -EINVAL, "not the name");
	assert_refuses("cred:", -EINVAL, "not the name");
}

static void other_texts_are_not_repeated(void **state)
{
	(void)state;
	assert_refuses("hunter2", -EINVAL, "file:PATH");
	assert_refuses("", -EINVAL, "file:PATH");
	assert_refuses("file:relative", -EINVAL, "absolute");
	assert_refuses("file:/", -EINVAL, "not a file");
	assert_refuses("file:/no/such/file", -ENOENT, "/no/such/file");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_read_without_its_line_feed),
		cmocka_unit_test(what_others_may_read_is_refused),
		cmocka_unit_test(what_would_be_two_lines_is_refused),
		cmocka_unit_test(a_program_says_it),
		cmocka_unit_test(a_credential_has_a_place),
		cmocka_unit_test(other_texts_are_not_repeated),
	};

	return cmocka_run_group_tests(tests, make, remove_all);
}
