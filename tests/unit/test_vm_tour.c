/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who else may run a VM is asked before it is started: hosts of libvirt's test driver. One of a file has
 * domains of its own for each connection; all connections of a process to test:///default have the same.
 */
#include "act/vm_tour.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/time.h"
#include "unit.h"

#define VM "6695eb01-f6a4-8304-79aa-97f2502e193f" /* of test:///default, where it runs */

static char folder[] = "/tmp/vdc-test-tour-XXXXXX";
static char off_uri[80], on_uri[80];

static void write_node(const char *name, const char *runstate, char uri[static 80])
{
	char path[64];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	snprintf(uri, 80, "test://%s", path);
	out = fopen(path, "we");
	assert_non_null(out);
	fprintf(out,
		"<node><domain type='test' "
		"xmlns:test='http://libvirt.org/schemas/domain/test/1.0'><name>test</name>"
		"<uuid>" VM "</uuid><memory>65536</memory><os><type>hvm</type></os>"
		"<test:runstate>%s</test:runstate></domain></node>",
		runstate);
	assert_int_equal(fclose(out), 0);
}

static int write_nodes(void **state vdc_unused)
{
	if (!mkdtemp(folder))
		return -1;
	write_node("off", "5", off_uri);
	write_node("on", "1", on_uri);
	return 0;
}

static int remove_nodes(void **state vdc_unused)
{
	unlink(off_uri + strlen("test://"));
	unlink(on_uri + strlen("test://"));
	return rmdir(folder);
}

struct scene {
	struct vdc_tour tour;
	struct vdc_tour_end end;
	bool appears; /* it is started on test:///default as it is shut down elsewhere */
	int go[2], done[2];
};

static int told(void *ctx, const char *data, size_t len, struct vdc_err *err)
{
	return vdc_tour_take(data, len, &((struct scene *)ctx)->end, err);
}

static int make(void *ctx, struct vdc_errand *errand, struct vdc_virt *virt, struct vdc_err *err)
{
	return vdc_tour_make(&((struct scene *)ctx)->tour, errand, virt, err);
}

/* In the child, beside the tour: what somebody else does meanwhile. */
struct somebody {
	const struct scene *scene;
	struct vdc_virt *virt;
};

static void *start_it(void *ctx)
{
	const struct somebody *somebody = ctx;
	char c = 0;

	if (read(somebody->scene->go[0], &c, 1) == 1 && !vdc_virt_start(somebody->virt, VM, NULL))
		(void)!write(somebody->scene->done[1], &c, 1);
	return NULL;
}

static int make_beside(void *ctx, struct vdc_errand *errand, struct vdc_virt *virt,
		       struct vdc_err *err)
{
	struct somebody somebody = { .scene = ctx };
	pthread_t thread;
	int r = vdc_virt_open("test:///default", 0, &somebody.virt, err);

	if (!r)
		r = vdc_virt_destroy(somebody.virt, VM, err);
	if (!r)
		r = -pthread_create(&thread, NULL, start_it, &somebody);
	if (r)
		return r;
	close(somebody.scene->done[0]);
	r = make(ctx, errand, virt, err);
	pthread_cancel(thread);
	pthread_join(thread, NULL);
	vdc_virt_close(somebody.virt);
	return r;
}

/* The first effect is the power button, after the first look: now somebody else starts it. */
static int it_appears(void *ctx, struct vdc_err *err vdc_unused)
{
	struct scene *scene = ctx;
	char c = 0;

	if (!scene->appears)
		return 0;
	scene->appears = false;
	close(scene->done[1]);
	assert_int_equal(write(scene->go[1], &c, 1), 1);
	return read(scene->done[0], &c, 1) == 1 ? 0 : -EIO;
}

static int run(struct scene *scene, struct vdc_err *err)
{
	const struct vdc_tour_host *first = vdc_tour_first(&scene->tour);
	const struct vdc_errand_call call = {
		.host = first->name,
		.uri = first->uri,
		.connect_us = 150 * VDC_SECOND,
		.limit_us = 150 * VDC_SECOND,
		.ctx = scene,
		.run = scene->appears ? make_beside : make,
		.may = it_appears,
		.told = told,
	};

	scene->tour.power.vm_id = VM;
	scene->tour.power.vm_name = "test";
	scene->tour.power.shutdown_us = 60 * VDC_SECOND;
	return vdc_errand_run(&call, err);
}

static void what_nobody_runs_is_started(void **state vdc_unused)
{
	const struct vdc_tour_host b = { "b", "b", off_uri }, c = { "c", "c", off_uri };
	struct scene scene = { .tour = { .to = &b, .others = &c, .n_others = 1 } };
	struct vdc_err err = { 0 };

	assert_int_equal(run(&scene, &err), 0);
	assert_string_equal(scene.end.host_id, "b");
}

static void what_runs_elsewhere_stays_there(void **state vdc_unused)
{
	const struct vdc_tour_host b = { "b", "b", off_uri };
	const struct vdc_tour_host others[] = { { "c", "c", off_uri }, { "d", "d", on_uri } };
	struct scene scene = { .tour = { .to = &b, .others = others, .n_others = 2 } };
	struct vdc_err err = { 0 };

	assert_int_equal(run(&scene, &err), 0);
	assert_string_equal(scene.end.host_id, "d");
	assert_int_equal(scene.end.of_failure, 0);
}

static void what_appears_elsewhere_is_not_started(void **state vdc_unused)
{
	const struct vdc_tour_host a = { "a", "a", on_uri }, b = { "b", "b", off_uri };
	const struct vdc_tour_host c = { "c", "c", "test:///default" };
	struct scene scene = {
		.tour = { .from = &a, .to = &b, .others = &c, .n_others = 1 },
		.appears = true,
	};
	struct vdc_err err = { 0 };

	assert_int_equal(pipe(scene.go), 0);
	assert_int_equal(pipe(scene.done), 0);
	assert_int_equal(run(&scene, &err), -EAGAIN);
	assert_non_null(strstr(err.msg, "VM test was started on host c meanwhile"));
	assert_int_equal(scene.end.of_failure, 0);
}

static void who_does_not_answer_may_run_it(void **state vdc_unused)
{
	const struct vdc_tour_host b = { "b", "b", off_uri };
	const struct vdc_tour_host c = { "c", "c", "qemu+tcp://127.0.0.1:9/system" };
	struct scene scene = { .tour = { .to = &b, .others = &c, .n_others = 1 } };
	struct vdc_err err = { 0 };

	assert_int_equal(run(&scene, &err), -ECONNREFUSED);
	assert_non_null(strstr(err.msg, "asking host c"));
	assert_string_equal(scene.end.host_id, "");
	assert_int_equal(scene.end.of_failure, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_nobody_runs_is_started),
		cmocka_unit_test(what_runs_elsewhere_stays_there),
		cmocka_unit_test(what_appears_elsewhere_is_not_started),
		cmocka_unit_test(who_does_not_answer_may_run_it),
	};

	return cmocka_run_group_tests(tests, write_nodes, remove_nodes);
}
