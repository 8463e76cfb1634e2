/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Agents are shell scripts here; what real ones say is in what they print. */
#include "edge/fence_call.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/proc.h"
#include "base/setting.h"
#include "base/time.h"
#include "unit.h"

static char directory[] = "/tmp/vdc-agents-XXXXXX";
static char *agent, *rsh, *notes;

static int make(void **state)
{
	(void)state;
	if (!mkdtemp(directory))
		return -1;
	agent = vdc_format("%s/fence_stub", directory);
	rsh = vdc_format("%s/rsh", directory);
	notes = vdc_format("%s/notes", directory);
	vdc_setting_set(VDC_SETTING_RSH, rsh, NULL);
	return vdc_setting_set(VDC_SETTING_FENCE_AGENT_DIRECTORY, directory, NULL);
}

static int remove_all(void **state)
{
	(void)state;
	unlink(agent);
	unlink(rsh);
	unlink(notes);
	free(agent);
	free(rsh);
	free(notes);
	return rmdir(directory);
}

static void write_program(const char *path, const char *body)
{
	vdc_autofree char *text = vdc_format("#!/bin/sh\n%s\n", body);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static struct vdc_fence_end ask(struct vdc_fence_call call, struct vdc_arena *arena)
{
	struct vdc_fence_end end = { 0 };

	call.program = "fence_stub";
	call.lines = call.lines ? call.lines : "";
	assert_int_equal(vdc_fence_call(&call, arena, &end, NULL), 0);
	assert_non_null(end.message);
	return end;
}

static struct vdc_fence_end answer(const char *action, const char *body, struct vdc_arena *arena)
{
	write_program(agent, body);
	return ask((struct vdc_fence_call){ .action = action, .limit_us = 20 * VDC_SECOND }, arena);
}

static const struct {
	const char *action, *body;
	enum vdc_fence_said said;
	enum vdc_fence_cause cause;
	const char *message;
} verdicts[] = {
	{ "status", "echo Status: ON", VDC_FENCE_SAID_ON, 0, "" },
	{ "status", "true", VDC_FENCE_SAID_ON, 0, "" },
	{ "status", "echo Status: OFF; exit 2", VDC_FENCE_SAID_OFF, 0, "" },
	{ "status", "exit 2", VDC_FENCE_SAID_OFF, 0, "" },
	{ "status", "echo Status: OFF; exit 0", VDC_FENCE_SAID_NOTHING, VDC_FENCE_CAUSE_OTHER,
	  "it ended with exit code 0 without a reason" },
	{ "status", "echo Status: ON; exit 2", VDC_FENCE_SAID_NOTHING, VDC_FENCE_CAUSE_OTHER,
	  "it ended with exit code 2 without a reason" },
	{ "status", "echo \"python3: can't open file '/x': [Errno 2]\" >&2; exit 2",
	  VDC_FENCE_SAID_NOTHING, VDC_FENCE_CAUSE_OTHER,
	  "python3: can't open file '/x': [Errno 2]" },
	{ "status",
	  "echo '/usr/sbin/fence_ipmilan:5: DeprecationWarning: pipes is deprecated' >&2\n"
	  "echo '  from pipes import quote' >&2; echo Status: OFF; exit 2",
	  VDC_FENCE_SAID_OFF, 0, "" },
	{ "status", "exit 1", VDC_FENCE_SAID_NOTHING, VDC_FENCE_CAUSE_OTHER,
	  "it ended with exit code 1 without a reason" },
	{ "status", "exit 3", VDC_FENCE_SAID_NOTHING, VDC_FENCE_CAUSE_OTHER,
	  "it ended with exit code 3 without a reason" },
	{ "status", "kill -9 $$", VDC_FENCE_SAID_NOTHING, VDC_FENCE_CAUSE_OTHER,
	  "it ended with exit code 137 without a reason" },
	{ "on", "echo 'Success: Already ON'", VDC_FENCE_SAID_DONE, 0, "" },
	{ "off", "exit 2", VDC_FENCE_SAID_NOTHING, VDC_FENCE_CAUSE_OTHER,
	  "it ended with exit code 2 without a reason" },
	{ "off",
	  "echo '2026-01-02 03:04:05,678 ERROR: Failed: Timed out waiting to power OFF' >&2\n"
	  "echo >&2; echo \"2026-01-02 03:04:05,679 ERROR: Please use '-h' for usage\" >&2; exit 1",
	  VDC_FENCE_SAID_NOTHING, VDC_FENCE_CAUSE_POWER, "Failed: Timed out waiting to power OFF" },
	{ "status",
	  "echo '2026-01-02 03:04:05,678 WARNING: Parse error: Ignoring unknown option x' >&2\n"
	  "echo '2026-01-02 03:04:05,678 ERROR: Unable to connect/login to fencing device' >&2\n"
	  "exit 1",
	  VDC_FENCE_SAID_NOTHING, VDC_FENCE_CAUSE_DEVICE,
	  "Unable to connect/login to fencing device" },
	{ "status", "echo 'x WARNING: Parse error: Ignoring unknown option x' >&2; exit 2",
	  VDC_FENCE_SAID_OFF, 0, "Parse error: Ignoring unknown option x" },
	{ "status",
	  "echo 'Traceback (most recent call last):' >&2; echo '  File \"x\", line 1' >&2\n"
	  "echo 'pexpect.exceptions.ExceptionPexpect: The command was not found or was not "
	  "executable: /usr/bin/telnet.' >&2; exit 1",
	  VDC_FENCE_SAID_NOTHING, VDC_FENCE_CAUSE_HELPER,
	  "pexpect.exceptions.ExceptionPexpect: The command was not found or was not "
	  "executable: /usr/bin/telnet." },
	{ "status", "echo 'x ERROR: Unable to run /usr/bin/ipmitool -I lan' >&2; exit 1",
	  VDC_FENCE_SAID_NOTHING, VDC_FENCE_CAUSE_HELPER,
	  "Unable to run /usr/bin/ipmitool -I lan" },
	{ "status", "echo 'root@bmc: Permission denied (password).' >&2; exit 1",
	  VDC_FENCE_SAID_NOTHING, VDC_FENCE_CAUSE_LOGIN,
	  "root@bmc: Permission denied (password)." },
	{ "status", "echo 'x ERROR: Failed: You have to enter fence address' >&2; exit 1",
	  VDC_FENCE_SAID_NOTHING, VDC_FENCE_CAUSE_OPTIONS,
	  "Failed: You have to enter fence address" },
	{ "status", "printf 'a\\033[2Jb\\377\\n' >&2; exit 1", VDC_FENCE_SAID_NOTHING,
	  VDC_FENCE_CAUSE_OTHER, "a [2Jb?" },
	{ "status", "exec >&- 2>&-; exit 1", VDC_FENCE_SAID_NOTHING, VDC_FENCE_CAUSE_OTHER,
	  "it ended with exit code 1 without a reason" },
	{ "status", "head -c 100000000 /dev/zero | tr '\\0' x; exit 1", VDC_FENCE_SAID_NOTHING,
	  VDC_FENCE_CAUSE_OTHER, "it ended with exit code 1 without a reason" },
};

/* KiB of this program, at most so far. */
static long most_memory(void)
{
	struct rusage usage;

	assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
	return usage.ru_maxrss;
}

static void ends_mean_what_they_mean(void **state)
{
	long before = most_memory();

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(verdicts); i++) {
		vdc_autoarena *arena = vdc_arena_new();
		struct vdc_fence_end end = answer(verdicts[i].action, verdicts[i].body, arena);

		if (end.said != verdicts[i].said || end.cause != verdicts[i].cause)
			fail_msg("%zu: said %u, cause %u", i, end.said, end.cause);
		assert_string_equal(end.message, verdicts[i].message);
	}
	/* One of them printed 100 MB. */
	assert_true(most_memory() - before < 50 * 1024);
}

static char *noted(struct vdc_arena *arena)
{
	char *text = vdc_arena_alloc(arena, 4096);
	int fd = open(notes, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_true(read(fd, text, 4095) >= 0);
	close(fd);
	unlink(notes);
	return text;
}

static void note_input(const char *more)
{
	vdc_autofree char *body = vdc_format("cat >%s; %s", notes, more);

	write_program(agent, body);
}

static void the_action_comes_first_and_the_password_last(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_fence_call call = { .action = "off",
				       .lines = "ipaddr=bmc\nlanplus=1",
				       .password = "cmd:echo hunter2" };

	(void)state;
	note_input("");
	ask(call, arena);
	assert_string_equal(noted(arena), "action=off\nipaddr=bmc\nlanplus=1\npassword=hunter2\n");
	call.password_name = "passwd";
	call.lines = "";
	call.password = "cmd:printf \\040a\\042";
	ask(call, arena);
	assert_string_equal(noted(arena), "action=off\npasswd=\" a\"\"\n");
	call.password = NULL;
	ask(call, arena);
	assert_string_equal(noted(arena), "action=off\n");
}

static void a_repeated_password_is_hidden(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_fence_call call = { .action = "on", .password = "cmd:printf \\042hunter2\\042" };
	struct vdc_fence_end end;

	(void)state;
	write_program(agent, "while read -r line; do echo \"unknown $line\" >&2; done; exit 1");
	end = ask(call, arena);
	assert_string_equal(end.message, "unknown action=on");
	write_program(agent, "read -r a; read -r line; echo \"unknown $line\" >&2; exit 1");
	end = ask(call, arena);
	assert_string_equal(end.message, "unknown password=\"*********\"");
	call.password = "cmd:echo hunter2";
	end = ask(call, arena);
	assert_string_equal(end.message, "unknown password=*******");
}

static void without_its_password_nothing_runs(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_fence_call call = { .action = "off", .password = "file:/no/such/file" };
	struct vdc_fence_end end;

	(void)state;
	note_input("");
	end = ask(call, arena);
	assert_int_equal(end.said, VDC_FENCE_SAID_NOTHING);
	assert_int_equal(end.cause, VDC_FENCE_CAUSE_SECRET);
	assert_non_null(strstr(end.message, "/no/such/file"));
	assert_int_equal(access(notes, F_OK), -1);
}

static void nothing_names_another_program_or_action(void **state)
{
	static const struct vdc_fence_call calls[] = {
		{ .program = "stub", .action = "status", .lines = "" },
		{ .program = "fence_../../bin/sh", .action = "status", .lines = "" },
		{ .program = "fence_stub", .action = "off\naction=on", .lines = "" },
		{ .program = "fence_stub", .action = "", .lines = "" },
		{ .program = "fence_stub", .action = "status", .lines = "a=b\r\n action = off" },
		{ .program = "fence_stub", .action = "status", .lines = "a=b\ractioN=off" },
		{ .program = "fence_stub",
		  .action = "status",
		  .lines = "a=b\n\xe2\x80\xa8" "action=off" },
	};
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_fence_end end = { 0 };

	(void)state;
	write_program(agent, "true");
	for (size_t i = 0; i < VDC_COUNT(calls); i++)
		assert_int_equal(vdc_fence_call(&calls[i], arena, &end, NULL), -EINVAL);
}

static void an_agent_that_is_not_there_is_named(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_fence_end end = { 0 };
	struct vdc_fence_call call = { .program = "fence_none", .action = "status", .lines = "" };

	(void)state;
	assert_int_equal(vdc_fence_call(&call, arena, &end, NULL), 0);
	assert_int_equal(end.cause, VDC_FENCE_CAUSE_NO_AGENT);
	assert_non_null(strstr(end.message, "fence_none on this machine"));
	write_program(rsh, "shift; exec sh -c \"$1\"");
	call.address = "h1";
	assert_int_equal(vdc_fence_call(&call, arena, &end, NULL), 0);
	assert_int_equal(end.cause, VDC_FENCE_CAUSE_NO_AGENT);
	assert_non_null(strstr(end.message, "fence_none on h1"));
}

/* The process that an agent left to itself, and that wrote its id into the notes. */
static void assert_gone(struct vdc_arena *arena)
{
	pid_t pid = (pid_t)atoi(noted(arena));
	int64_t until = vdc_time_monotonic() + 10 * VDC_SECOND;

	assert_true(pid > 1);
	while (kill(pid, 0) == 0 && vdc_time_monotonic() < until)
		usleep(1000);
	assert_int_equal(kill(pid, 0), -1);
}

static void at_its_limit_it_is_killed_with_its_helpers(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	vdc_autofree char *body = vdc_format("sleep 1000 & echo $! >%s; wait", notes);
	struct vdc_fence_call call = { .action = "status", .limit_us = VDC_SECOND };
	struct vdc_fence_end end;

	(void)state;
	write_program(agent, body);
	end = ask(call, arena);
	assert_int_equal(end.said, VDC_FENCE_SAID_NOTHING);
	assert_int_equal(end.cause, VDC_FENCE_CAUSE_TIME);
	assert_string_equal(end.message, "killed, as it did not end within 1s");
	assert_gone(arena);
	write_program(rsh, "shift; exec sh -c \"$1\"");
	call.address = "h1";
	end = ask(call, arena);
	assert_int_equal(end.cause, VDC_FENCE_CAUSE_TIME);
	assert_gone(arena);
}

static void note_surroundings(void)
{
	vdc_autofree char *body =
		vdc_format("cat >/dev/null; echo \"$LC_ALL $PYTHONWARNINGS\" >%s", notes);

	write_program(agent, body);
}

static void a_proxy_is_sent_the_same(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_fence_call call = { .address = "h1",
				       .action = "status",
				       .lines = "ipaddr=bmc\n",
				       .password = "cmd:echo hunter2" };
	struct vdc_fence_end end;

	(void)state;
	write_program(rsh, "shift; exec sh -c \"$1\"");
	note_input("exit 2");
	end = ask(call, arena);
	assert_int_equal(end.said, VDC_FENCE_SAID_OFF);
	assert_string_equal(noted(arena), "action=status\nipaddr=bmc\npassword=hunter2\n");
	note_surroundings();
	ask(call, arena);
	assert_string_equal(noted(arena), "C.UTF-8 ignore\n");
	write_program(rsh,
		      "echo 'ssh: connect to host h1 port 22: No route to host' >&2; exit 255");
	end = ask(call, arena);
	assert_int_equal(end.said, VDC_FENCE_SAID_NOTHING);
	assert_int_equal(end.cause, VDC_FENCE_CAUSE_PROXY);
	assert_string_equal(end.message, "h1: ssh: connect to host h1 port 22: No route to host");
}

/* While the agent runs it looks for what is in the file FOR, and says where it stands. */
static char *found_while_it_runs(const char *file, const struct vdc_fence_call *call,
				 struct vdc_arena *arena)
{
	const char *source = getenv("VDC_TEST_SRC");
	vdc_autofree char *body = vdc_format("cat >/dev/null\n%s/tests/lib/search-memory %d %s >%s",
					     source ? source : ".", (int)getpid(), file, notes);
	struct vdc_fence_end end;

	write_program(agent, body);
	end = ask(*call, arena);
	assert_string_equal(end.message, "");
	return noted(arena);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void the_password_is_in_no_memory_that_is_dumped(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	const char *secret = vdc_arena_format(arena, "%s/secret", directory);
	const char *decoy = vdc_arena_format(arena, "%s/decoy", directory);
	struct vdc_proc make = { 0 };
	vdc_autoend end = { 0 };
	struct vdc_fence_call call = { .action = "status",
				       .password = vdc_arena_format(arena, "file:%s", secret) };

	(void)state;
	/* Not in this program's own memory. */
	write_file(secret, "");
	make.argv =
		(const char *const[]){ "sh", "-c", "head -c 12 /dev/urandom | od -An -tx1 >\"$0\"",
				       secret, NULL };
	assert_int_equal(vdc_proc_run(&make, &end, NULL), 0);
	write_file(decoy, "ipaddr=decoy");
	call.lines = "ipaddr=decoy\n";
	assert_string_equal(found_while_it_runs(secret, &call, arena), "");
	assert_non_null(strstr(found_while_it_runs(decoy, &call, arena), "memory"));
	call.password = vdc_arena_format(arena, "cmd:cat %s", secret);
	assert_string_equal(found_while_it_runs(secret, &call, arena), "");
	unlink(secret);
	unlink(decoy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends_mean_what_they_mean),
		cmocka_unit_test(the_action_comes_first_and_the_password_last),
		cmocka_unit_test(a_repeated_password_is_hidden),
		cmocka_unit_test(without_its_password_nothing_runs),
		cmocka_unit_test(nothing_names_another_program_or_action),
		cmocka_unit_test(an_agent_that_is_not_there_is_named),
		cmocka_unit_test(at_its_limit_it_is_killed_with_its_helpers),
		cmocka_unit_test(a_proxy_is_sent_the_same),
		cmocka_unit_test(the_password_is_in_no_memory_that_is_dumped),
	};

	return cmocka_run_group_tests(tests, make, remove_all);
}
