/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/child.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/proc.h"
#include "base/time.h"
#include "unit.h"

/* What one task did, as the parent saw it. */
struct seen {
	struct vdc_pool *pool;
	struct vdc_task task;
	struct vdc_buf text;
	size_t messages;
	size_t ends;
	struct vdc_err last;
	int again;
};

static int got(void *ctx, const char *data, size_t len, struct vdc_err *err)
{
	struct seen *seen = ctx;

	(void)err;
	seen->messages++;
	vdc_buf_add(&seen->text, data, len);
	return 0;
}

static int ended(void *ctx, const struct vdc_err *failure, struct vdc_err *err)
{
	struct seen *seen = ctx;

	(void)err;
	seen->ends++;
	seen->last = *failure;
	if (seen->again-- > 0)
		vdc_pool_add(seen->pool, &seen->task);
	return 0;
}

typedef int work_fn(void *ctx, struct vdc_sender *sender, struct vdc_err *err);

static struct vdc_task task_of(struct seen *seen, work_fn *work)
{
	return (struct vdc_task){ .ctx = seen, .work = work, .got = got, .ended = ended };
}

static int say_hello(void *ctx, struct vdc_sender *sender, struct vdc_err *err)
{
	(void)ctx;
	(void)err;
	return vdc_is_child() ? vdc_send(sender, "hello ", 6) ?: vdc_send(sender, "world", 5)
			      : -EPERM;
}

static int refuse(void *ctx, struct vdc_sender *sender, struct vdc_err *err)
{
	(void)ctx;
	(void)sender;
	return vdc_err_set(err, -ECONNREFUSED, "host h2: connection refused");
}

static int crash(void *ctx, struct vdc_sender *sender, struct vdc_err *err)
{
	(void)ctx;
	(void)sender;
	(void)err;
	raise(SIGKILL);
	return 0;
}

static int hang(void *ctx, struct vdc_sender *sender, struct vdc_err *err)
{
	(void)ctx;
	(void)err;
	vdc_send(sender, "begun", 5);
	for (;;)
		pause();
	return 0;
}

static int send_much(void *ctx, struct vdc_sender *sender, struct vdc_err *err)
{
	size_t len = 5000000;
	char *data = vdc_alloc(len);

	(void)ctx;
	(void)err;
	memset(data, 'm', len);
	return vdc_send(sender, data, len);
}

static int nap(void *ctx, struct vdc_sender *sender, struct vdc_err *err)
{
	(void)ctx;
	(void)sender;
	(void)err;
	usleep(300000);
	return 0;
}

static void run_one(struct seen *seen, struct vdc_task task)
{
	vdc_autopool *pool = vdc_pool_new(4);

	seen->pool = pool;
	seen->task = task;
	vdc_pool_add(pool, &task);
	assert_int_equal(vdc_pool_run(pool, -1, NULL), 0);
}

static void messages_arrive_in_order(void **state)
{
	struct seen seen = { 0 };

	(void)state;
	run_one(&seen, task_of(&seen, say_hello));
	assert_int_equal(seen.messages, 2);
	assert_string_equal(seen.text.data, "hello world");
	assert_int_equal(seen.ends, 1);
	assert_int_equal(seen.last.code, 0);
	vdc_buf_free(&seen.text);
}

static void an_error_arrives_with_its_words(void **state)
{
	struct seen seen = { 0 };

	(void)state;
	run_one(&seen, task_of(&seen, refuse));
	assert_int_equal(seen.last.code, -ECONNREFUSED);
	assert_string_equal(seen.last.msg, "host h2: connection refused");
}

static void a_crash_is_an_error(void **state)
{
	struct seen seen = { 0 };

	(void)state;
	run_one(&seen, task_of(&seen, crash));
	assert_int_equal(seen.last.code, -EIO);
	assert_non_null(strstr(seen.last.msg, "signal 9"));
}

static void silence_has_a_limit(void **state)
{
	struct seen seen = { 0 };
	struct vdc_task task = task_of(&seen, hang);
	int64_t begun = vdc_time_monotonic();

	(void)state;
	task.quiet_us = VDC_SECOND / 5;
	run_one(&seen, task);
	assert_int_equal(seen.last.code, -ETIMEDOUT);
	assert_int_equal(seen.messages, 1);
	assert_true(vdc_time_monotonic() - begun < 3 * VDC_SECOND);
	vdc_buf_free(&seen.text);
}

static int be_mute(void *ctx, struct vdc_sender *sender, struct vdc_err *err)
{
	(void)ctx;
	(void)sender;
	(void)err;
	for (;;)
		pause();
	return 0;
}

static void the_first_message_has_a_limit_of_its_own(void **state)
{
	struct seen mute = { 0 }, seen = { 0 };
	struct vdc_task task = task_of(&mute, be_mute), other = task_of(&seen, hang);

	(void)state;
	task.first_us = VDC_SECOND / 5;
	run_one(&mute, task);
	assert_int_equal(mute.last.code, -ETIMEDOUT);
	other.first_us = VDC_SECOND / 5;
	other.limit_us = VDC_SECOND / 2;
	run_one(&seen, other);
	assert_int_equal(seen.messages, 1);
	assert_int_equal(seen.last.code, -ETIMEDOUT);
	vdc_buf_free(&seen.text);
}

static void a_long_message_is_one_message(void **state)
{
	struct seen seen = { 0 };

	(void)state;
	run_one(&seen, task_of(&seen, send_much));
	assert_int_equal(seen.messages, 1);
	assert_int_equal(seen.text.len, 5000000);
	vdc_buf_free(&seen.text);
}

static void a_task_can_be_added_again_when_it_ended(void **state)
{
	struct seen seen = { .again = 2 };

	(void)state;
	run_one(&seen, task_of(&seen, say_hello));
	assert_int_equal(seen.ends, 3);
	assert_int_equal(seen.messages, 6);
	vdc_buf_free(&seen.text);
}

static int64_t time_of_eight_naps(unsigned at_once, unsigned burst, int64_t pace)
{
	vdc_autopool *pool = vdc_pool_new(at_once);
	struct seen seen = { 0 };
	struct vdc_task task = task_of(&seen, nap);
	int64_t begun = vdc_time_monotonic();

	vdc_pool_pace(pool, burst, pace);
	for (int i = 0; i < 8; i++)
		vdc_pool_add(pool, &task);
	assert_int_equal(vdc_pool_run(pool, -1, NULL), 0);
	assert_int_equal(seen.ends, 8);
	return vdc_time_monotonic() - begun;
}

static void so_many_run_at_once_and_no_more(void **state)
{
	(void)state;
	assert_true(time_of_eight_naps(8, 0, 0) < 8 * 300000);
	assert_true(time_of_eight_naps(4, 0, 0) >= 2 * 300000);
}

static void beyond_a_burst_they_begin_one_after_another(void **state)
{
	(void)state;
	assert_true(time_of_eight_naps(8, 2, 100000) >= 2 * 300000);
}

static void it_begins_when_it_may(void **state)
{
	struct seen seen = { 0 };
	struct vdc_task task = task_of(&seen, say_hello);
	int64_t begun = vdc_time_monotonic();

	(void)state;
	task.not_before = begun + VDC_SECOND / 4;
	run_one(&seen, task);
	assert_true(vdc_time_monotonic() - begun >= VDC_SECOND / 4);
	vdc_buf_free(&seen.text);
}

static void stopping_ends_the_children(void **state)
{
	vdc_autopool *pool = vdc_pool_new(4);
	struct seen seen = { 0 };
	struct vdc_task task = task_of(&seen, hang);
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], "x", 1), 1);
	vdc_pool_add(pool, &task);
	assert_int_equal(vdc_pool_run(pool, fds[0], NULL), 0);
	assert_int_equal(seen.ends, 0);
	close(fds[0]);
	close(fds[1]);
}

static int run_a_program(void *ctx, struct vdc_sender *sender, struct vdc_err *err)
{
	vdc_autofree char *script = vdc_format("(sleep 1; echo late >%s) & sleep 100", (char *)ctx);
	struct vdc_proc proc = { .argv = (const char *const[]){ "sh", "-c", script, NULL } };
	struct vdc_proc_end end;

	(void)sender;
	return vdc_proc_run(&proc, &end, err);
}

static void programs_of_a_killed_child_go_with_it(void **state)
{
	char path[] = "/tmp/vdc-child-XXXXXX";
	vdc_autopool *pool = vdc_pool_new(1);
	struct vdc_task task = { .ctx = path, .work = run_a_program, .limit_us = VDC_SECOND / 5 };
	int fd = mkstemp(path);

	(void)state;
	vdc_pool_add(pool, &task);
	assert_int_equal(vdc_pool_run(pool, -1, NULL), 0);
	sleep(2);
	assert_int_equal(lseek(fd, 0, SEEK_END), 0);
	close(fd);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_arrive_in_order),
		cmocka_unit_test(an_error_arrives_with_its_words),
		cmocka_unit_test(a_crash_is_an_error),
		cmocka_unit_test(silence_has_a_limit),
		cmocka_unit_test(the_first_message_has_a_limit_of_its_own),
		cmocka_unit_test(a_long_message_is_one_message),
		cmocka_unit_test(a_task_can_be_added_again_when_it_ended),
		cmocka_unit_test(so_many_run_at_once_and_no_more),
		cmocka_unit_test(beyond_a_burst_they_begin_one_after_another),
		cmocka_unit_test(it_begins_when_it_may),
		cmocka_unit_test(stopping_ends_the_children),
		cmocka_unit_test(programs_of_a_killed_child_go_with_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
