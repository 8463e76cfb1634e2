/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VMs that are resumed or shut down, and what their hosts say of them afterwards. */
#include <errno.h>
#include <string.h>

#include "act/upgrade_fix_part.h"
#include "base/time.h"
#include "store/events.h"

#define TICK (VDC_SECOND / 4)
#define QUIET_TIME (10 * VDC_SECOND) /* then it is told what is waited for */

/* What goes on while the VM makes its way. */
struct trip {
	struct fix_vm *work;
	struct vdc_tour tour;
	struct vdc_errand_call call;
	struct vdc_tour_end end;
	struct vdc_err failure;
	int64_t began, told;
	const char *what; /* "to shut down" */
	bool over;
};

static int run_trip(void *ctx, struct vdc_errand *errand, struct vdc_virt *virt,
		    struct vdc_err *err)
{
	const struct trip *trip = ctx;

	return vdc_tour_make(&trip->tour, errand, virt, err);
}

static int trip_told(void *ctx, const char *data, size_t len, struct vdc_err *err)
{
	return vdc_tour_take(data, len, &((struct trip *)ctx)->end, err);
}

static int trip_ended(void *ctx, const struct vdc_err *failure, struct vdc_err *err vdc_unused)
{
	struct trip *trip = ctx;

	trip->failure = *failure;
	trip->over = true;
	return 0;
}

static void tell_wait(struct trip *trip, int64_t now)
{
	const struct vdc_upgrade_fix_options *options = trip->work->fixing->options;
	vdc_autoarena *arena = vdc_arena_new();

	trip->told = now;
	if (options->told)
		options->told(
			options->ctx,
			&(struct vdc_work_news){
				.kind = VDC_WORK_WAITS,
				.host = trip->call.host,
				.vm = trip->work->vm->name,
				.text = vdc_arena_format(
					arena, "for %lld s it has been asked %s",
					(long long)((now - trip->began) / VDC_SECOND), trip->what),
			});
}

static int tick(void *ctx, const struct vdc_err *failure vdc_unused, struct vdc_err *err vdc_unused)
{
	struct trip *trip = ctx;
	int64_t now = vdc_time_monotonic();

	if (trip->over)
		return 0;
	if (now - trip->told >= QUIET_TIME)
		tell_wait(trip, now);
	vdc_pool_later(trip->work->pool, trip, tick, TICK);
	return 0;
}

static int travel(struct trip *trip, struct vdc_err *err)
{
	struct fix_vm *work = trip->work;
	const struct vdc_tour_host *first = vdc_tour_first(&trip->tour);
	int r = vdc_virt_load(err);

	trip->call = fix_call(work, first);
	trip->call.limit_us = vdc_tour_limit(&trip->tour);
	trip->call.ctx = trip;
	trip->call.run = run_trip;
	trip->call.told = trip_told;
	trip->began = trip->told = vdc_time_monotonic();
	work->pool = vdc_pool_new(2);
	if (!r)
		r = vdc_errand_add(work->pool, &trip->call, trip_ended, work->fixing->arena, err);
	vdc_pool_later(work->pool, trip, tick, TICK);
	if (!r)
		r = vdc_pool_run(work->pool, -1, err);
	vdc_pool_free(work->pool);
	if (r || !trip->failure.code)
		return r;
	return vdc_err_set(err, trip->failure.code, "%s", vdc_err_text(&trip->failure));
}

static struct vdc_power power_of(const struct fix_vm *work)
{
	return (struct vdc_power){
		.vm_id = work->vm->id,
		.vm_name = work->vm->name,
		.shutdown_us = work->fixing->options->shutdown_us,
		.limit_option = "--shutdown-timeout",
	};
}

/* Its host says what became of it, whether it worked or not. */
static int note(const struct fix_vm *work, const struct fix_host *host, const char *what, int r,
		struct vdc_err *err)
{
	const struct fixing *fixing = work->fixing;
	int read = fix_read_host(fixing, host->host->id, r ? NULL : err);

	if (r || read)
		return r ? r : read;
	return vdc_event_note(fixing->db, VDC_SEVERITY_WARNING, "vm_fixed", &vdc_vm_kind, work->vm,
			      err, "VM %s was %s on host %s for an upgrade", work->vm->name, what,
			      host->host->name);
}

/* Where it may run as any other: its memory lies there, but somebody may have set it aside since. */
static int refuse(struct fix_vm *work, const struct fix_host *host, struct vdc_err *err)
{
	const struct vdc_place_query query = { .vm = work->vm,
					       .start = true,
					       .again = true,
					       .accept_unknown =
						       work->fixing->options->accept_unknown };
	const char *why;

	if (!vdc_place_refuses(work->scene.placement, &query, host->host, work->fixing->arena,
			       &why))
		return 0;
	return vdc_err_set(err, -EPERM, "host %s, which has its memory, cannot take it: %s",
			   host->host->name, why);
}

static int resume_at(struct fix_vm *work, const struct fix_host *host, struct vdc_err *err)
{
	struct vdc_arena *arena = work->fixing->arena;
	struct vdc_tour_host *others = vdc_arena_alloc(arena, (work->n + 1) * sizeof(*others));
	struct trip trip = {
		.work = work,
		.what = "to go on",
		.tour = { .power = power_of(work), .to = &host->at, .others = others },
	};
	int r = host->runs ? 0 : refuse(work, host, err);

	for (size_t i = 0; i < work->n; i++)
		if (&work->hosts[i] != host)
			others[trip.tour.n_others++] = work->hosts[i].at;
	if (!r && !host->runs)
		r = travel(&trip, err);
	return r;
}

static int stop_at(struct fix_vm *work, const struct fix_host *host, struct vdc_err *err)
{
	struct trip trip = {
		.work = work,
		.what = "to shut down",
		.tour = { .power = power_of(work), .from = &host->at },
	};
	char limit[VDC_TIME_LEN + 1];
	int r = travel(&trip, err);

	if (r != -ECANCELED)
		return r;
	return vdc_err_set(err, r,
			   "VM %s did not shut down within %s: see what it is doing, and shut it "
			   "down from inside",
			   work->vm->name,
			   vdc_duration_format(work->fixing->options->shutdown_us, limit));
}

static int resume(const struct fixing *fixing, struct vdc_err *err)
{
	struct fix_vm work = { 0 };
	const struct fix_host *host;
	int r = fix_open_vm(fixing, &work, err);

	if (!r)
		r = fix_find_memory(&work, &host, err);
	if (!r)
		r = note(&work, host, "resumed", resume_at(&work, host, err), err);
	vdc_scene_close(&work.scene);
	return r;
}

int fix_resume(const struct fixing *fixing, struct vdc_err *err)
{
	return fix_as_job(fixing, "to go on from its saved memory", resume, err);
}

/* Where the database has it. */
static int find_host(const struct fix_vm *work, const struct fix_host **ret, struct vdc_err *err)
{
	for (size_t i = 0; i < work->n; i++)
		if (work->vm->host.id && strcmp(work->hosts[i].at.id, work->vm->host.id) == 0) {
			*ret = &work->hosts[i];
			return 0;
		}
	return vdc_err_set(err, -EHOSTUNREACH, "VM %s runs on no host of its cluster that is up",
			   work->vm->name);
}

static int stop(const struct fixing *fixing, struct vdc_err *err)
{
	struct fix_vm work = { 0 };
	const struct fix_host *host = NULL;
	int r = fix_open_vm(fixing, &work, err);

	if (!r && work.vm->status == VDC_VM_SUSPENDED) {
		r = fix_find_memory(&work, &host, err);
		if (!r)
			r = resume_at(&work, host, err);
	} else if (!r) {
		r = find_host(&work, &host, err);
	}
	if (!r)
		r = stop_at(&work, host, err);
	if (host)
		r = note(&work, host, "shut down", r, err);
	vdc_scene_close(&work.scene);
	return r;
}

int fix_stop(const struct fixing *fixing, struct vdc_err *err)
{
	return fix_as_job(fixing, "to be shut down", stop, err);
}
