/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/crew.h"

#include <pthread.h>

#include "unit.h"

enum { THINGS = 100 };

struct work {
	int done[THINGS];
	pthread_mutex_t lock;
	pthread_cond_t came;
	size_t inside, most, together;
};

static void come_in(struct work *work)
{
	pthread_mutex_lock(&work->lock);
	work->inside++;
	if (work->inside > work->most)
		work->most = work->inside;
	pthread_cond_broadcast(&work->came);
	/* The first ones go on when so many are here. */
	while (work->most < work->together)
		pthread_cond_wait(&work->came, &work->lock);
	work->inside--;
	pthread_mutex_unlock(&work->lock);
}

static void do_one(void *ctx, size_t i)
{
	struct work *work = ctx;

	come_in(work);
	work->done[i]++;
}

static struct work run(size_t n, unsigned at_once, size_t together)
{
	struct work work = {
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.came = PTHREAD_COND_INITIALIZER,
		.together = together,
	};

	vdc_crew(n, at_once, do_one, &work);
	for (size_t i = 0; i < THINGS; i++)
		assert_int_equal(work.done[i], i < n);
	return work;
}

static void each_is_done_once(void **state)
{
	(void)state;
	run(0, 8, 0);
	run(1, 8, 1);
	run(THINGS, 1, 1);
	run(THINGS, 8, 0);
	run(3, 100, 0);
}

static void so_many_at_once_and_no_more(void **state)
{
	(void)state;
	assert_int_equal(run(THINGS, 8, 8).most, 8);
	assert_int_equal(run(3, 8, 3).most, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_done_once),
		cmocka_unit_test(so_many_at_once_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
