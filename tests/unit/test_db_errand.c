/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Effects at a host of libvirt's test driver, for the owner of a job and for nobody else. */
#include "act/errand.h"

#include <unistd.h>

#include "base/setting.h"
#include "base/time.h"
#include "scratch_store.h"

#define TEST_UUID "6695eb01-f6a4-8304-79aa-97f2502e193f"

static struct vdc_errand_call call_of(struct scratch *s, struct vdc_job_lease *lease)
{
	return (struct vdc_errand_call){
		.host = "h1",
		.uri = "test:///default",
		.connect_us = 150 * VDC_SECOND,
		.limit_us = 150 * VDC_SECOND,
		.db = s->db,
		.lease = lease,
	};
}

static struct vdc_job_lease *new_lease(struct scratch *s)
{
	struct vdc_job_lease *lease = NULL;
	struct vdc_err err = { 0 };
	const char *id;

	must(vdc_store_migrate(s->db, &err), &err);
	id = put(s->db, &vdc_job_kind, OBJECT(&vdc_job_kind, "action", "vm-upgrade"));
	must(vdc_job_acquire(s->db, id, VDC_JOB_TTL, &lease, &err), &err);
	return lease;
}

/* On a busy machine the answer can be too old each time. */
static int may(struct vdc_errand *errand, struct vdc_err *err)
{
	int r;

	do
		r = vdc_errand_may(errand, err);
	while (r == -EAGAIN);
	return r;
}

/* Stops the VM when it may, and tells the parent how it is then. */
static int stop_vm(void *ctx vdc_unused, struct vdc_errand *errand, struct vdc_virt *virt,
		   struct vdc_err *err)
{
	struct vdc_virt_now now;
	int r = may(errand, err);

	if (!r)
		r = vdc_virt_destroy(virt, TEST_UUID, err);
	if (!r)
		r = vdc_virt_now(virt, TEST_UUID, &now, err);
	return r ? r : vdc_errand_tell(errand, now.reason, strlen(now.reason), err);
}

static int keep_news(void *ctx, const char *data, size_t len, struct vdc_err *err vdc_unused)
{
	*(char **)ctx = vdc_arena_strndup(arena, data, len);
	return 0;
}

static void the_owner_does_it_and_hears_of_it(void **state)
{
	struct vdc_err err = { 0 };
	struct vdc_errand_call call;
	char *news = NULL;
	SCRATCH(s);

	call = call_of(s, new_lease(s));
	call.run = stop_vm;
	call.told = keep_news;
	call.ctx = &news;
	must(vdc_errand_run(&call, &err), &err);
	assert_string_equal(news, "destroyed");
	vdc_job_release(call.lease, s->db);
}

static void who_lost_the_job_does_nothing_any_more(void **state)
{
	struct vdc_err err = { 0 };
	struct vdc_errand_call call;
	char *news = NULL;
	SCRATCH(s);

	call = call_of(s, new_lease(s));
	call.run = stop_vm;
	call.told = keep_news;
	call.ctx = &news;
	script(s->db, "UPDATE job_leases SET token = token + 1, owner = 'somebody else'");
	assert_int_equal(vdc_errand_run(&call, &err), -EBUSY);
	assert_non_null(strstr(err.msg, "somebody else"));
	assert_null(news);
	vdc_job_release(call.lease, NULL);
}

static int ask_for_nothing(void *ctx vdc_unused, struct vdc_errand *errand vdc_unused,
			   struct vdc_virt *virt, struct vdc_err *err)
{
	return vdc_virt_start(virt, "00000000-0000-0000-0000-000000000001", err);
}

static void what_goes_wrong_names_the_host(void **state)
{
	struct vdc_err err = { 0 };
	struct vdc_errand_call call;
	SCRATCH(s);

	call = call_of(s, NULL);
	call.run = ask_for_nothing;
	assert_int_equal(vdc_errand_run(&call, &err), -ENOENT);
	assert_int_equal(strncmp(err.msg, "host h1: libvirt: ", 18), 0);
	call.uri = "qemu+tcp://127.0.0.1:9/system";
	assert_int_equal(vdc_errand_run(&call, &err), -ECONNREFUSED);
}

static int sleep_on(void *ctx vdc_unused, struct vdc_errand *errand vdc_unused,
		    struct vdc_virt *virt vdc_unused, struct vdc_err *err vdc_unused)
{
	sleep(600);
	return 0;
}

static void a_call_that_hangs_is_ended_at_its_limit(void **state)
{
	struct vdc_err err = { 0 };
	struct vdc_errand_call call;
	SCRATCH(s);

	call = call_of(s, NULL);
	call.run = sleep_on;
	call.limit_us = VDC_SECOND;
	/* Long before it would end by itself, and this program is ended. */
	assert_int_equal(vdc_errand_run(&call, &err), -ETIMEDOUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_both(the_owner_does_it_and_hears_of_it),
		on_both(who_lost_the_job_does_nothing_any_more),
		on_sqlite(what_goes_wrong_names_the_host),
		on_sqlite(a_call_that_hangs_is_ended_at_its_limit),
	};

	return cmocka_run_group_tests(tests, new_arena, free_arena);
}
