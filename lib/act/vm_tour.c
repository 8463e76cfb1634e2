/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/vm_tour.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "act/look.h"
#include "act/vm_tour_part.h"
#include "base/setting.h"
#include "base/time.h"

#define SETTLES (2 * VDC_SECOND) /* a QEMU that does not like what it got ends before that */

struct vdc_tour_host vdc_tour_host_of(const struct vdc_host *host, struct vdc_arena *arena)
{
	struct vdc_target target =
		vdc_target_of(host, vdc_setting_number(VDC_SETTING_CONNECT_TIMEOUT), arena);

	return (struct vdc_tour_host){ target.id, target.name, target.uri };
}

const struct vdc_tour_host *vdc_tour_first(const struct vdc_tour *tour)
{
	return tour->from ?: tour->to;
}

int64_t vdc_tour_limit(const struct vdc_tour *tour)
{
	int64_t reach = vdc_setting_number(VDC_SETTING_CONNECT_TIMEOUT);

	size_t turns = (tour->n_others + TOUR_AT_ONCE - 1) / TOUR_AT_ONCE + 2;

	return tour->power.shutdown_us + 3 * VDC_POWER_CALL + (int64_t)turns * reach;
}

static int shut_down(const struct trip *trip, struct vdc_err *err)
{
	const struct vdc_power *power = &trip->tour->power;
	bool runs = false;
	int r = tour_runs_at(trip, trip->from, trip->tour->from, &runs, err);

	if (r || !runs)
		return r;
	r = vdc_power_persist(power, trip->errand, trip->from, err);
	return r ? r : vdc_power_off(power, trip->errand, trip->from, err);
}

/* As the host has it that ran it last, passwords included. */
static int definition(const struct trip *trip, char **ret, struct vdc_err *err)
{
	const struct vdc_power *power = &trip->tour->power;
	bool redefine = trip->tour->redefine && power->definition;
	int r = trip->from ? vdc_virt_definition(trip->from, power->vm_id, true, ret, err)
			   : -ENOENT;

	if (r == -ENOENT && !redefine)
		r = vdc_virt_definition(trip->to, power->vm_id, true, ret, err);
	if (r == -ENOENT && power->definition) {
		*ret = vdc_strdup(power->definition);
		r = 0;
	}
	return r;
}

/* Right before it is started: has anybody else started it? */
static int must_be_off(const struct trip *trip, struct vdc_err *err)
{
	const struct vdc_tour_host *found = NULL;
	bool runs = false;
	int r = tour_find(trip, &found, err);

	if (!r && !found)
		r = tour_runs_at(trip, trip->from, trip->tour->from, &runs, err);
	if (!r && runs)
		found = trip->tour->from;
	return r || !found ? r
			   : vdc_err_set(err, -EAGAIN, "VM %s was started on host %s meanwhile",
					 trip->tour->power.vm_name, found->name);
}

/* Where it runs, NULL: nowhere. */
static int tell(const struct trip *trip, const struct vdc_tour_host *where, bool settles,
		struct vdc_err *err)
{
	struct vdc_tour_end end = {
		.of_failure = settles ? VDC_TOUR_STARTING : 0,
		.settles = settles,
	};

	snprintf(end.host_id, sizeof(end.host_id), "%s", where ? where->id : "");
	return vdc_errand_tell(trip->errand, &end, sizeof(end), err);
}

static int has_started(const struct trip *trip, struct vdc_err *err)
{
	int64_t until = vdc_time_monotonic() + SETTLES;
	struct vdc_virt_now now;
	int r;

	do {
		usleep(200000);
		r = vdc_virt_now(trip->to, trip->tour->power.vm_id, &now, err);
		if (!r && vdc_power_is_off(&now))
			r = vdc_err_set(err, -EIO, "it ended at once (%s)", now.reason);
	} while (!r && vdc_time_monotonic() < until);
	return r;
}

static void tell_not_there(const struct trip *trip)
{
	static const struct vdc_tour_end end = { .of_failure = VDC_TOUR_NOT_THERE };

	vdc_errand_tell(trip->errand, &end, sizeof(end), NULL);
}

/* What was defined for a start that failed is nobody's. */
static int take_back(const struct trip *trip, bool defined, int code, struct vdc_err *err)
{
	const struct vdc_power *power = &trip->tour->power;
	struct vdc_virt_now now;
	int r = vdc_virt_now(trip->to, power->vm_id, &now, NULL);

	if (r || !vdc_power_is_off(&now))
		return vdc_err_set(err, -EAGAIN, "VM %s: nobody knows whether it was started: %s",
				   power->vm_name, vdc_err_text(err));
	tell_not_there(trip);
	if (defined && !vdc_errand_may(trip->errand, NULL))
		vdc_virt_undefine(trip->to, power->vm_id, NULL);
	return vdc_err_set(err, code == -ENOLCK ? code : -EIO,
			   "VM %s does not start on host %s: %s", power->vm_name,
			   trip->tour->to->name, vdc_err_text(err));
}

static int start(const struct trip *trip, struct vdc_err *err)
{
	static const struct vdc_tour_end starting = { .of_failure = VDC_TOUR_STARTING };
	const struct vdc_power *power = &trip->tour->power;
	vdc_autofree char *xml = NULL;
	bool defined = false;
	struct vdc_virt_now now;
	int r = vdc_virt_now(trip->to, power->vm_id, &now, err);

	if (!r)
		r = definition(trip, &xml, err);
	if (!r)
		r = must_be_off(trip, err);
	if (r)
		return tour_named(trip->tour->to, r, err);
	if (!now.known || trip->from || trip->tour->redefine) {
		r = vdc_errand_may(trip->errand, err) ?: vdc_virt_define(trip->to, xml, err);
		defined = !r && (trip->from || (trip->tour->redefine && !now.known));
	}
	if (!r)
		r = vdc_errand_tell(trip->errand, &starting, sizeof(starting), err);
	if (!r)
		r = vdc_power_on(power, trip->errand, trip->to, err);
	if (!r && trip->tour->tells_start)
		r = tell(trip, trip->tour->to, true, err);
	if (!r)
		r = has_started(trip, err);
	return r == -EBUSY || r == -EAGAIN || !r ? r : take_back(trip, defined, r, err);
}

/* It has one definition: where it runs. */
static int forget(const struct trip *trip, struct vdc_err *err)
{
	const char *id = trip->tour->power.vm_id;
	struct vdc_virt_now now;
	int r;

	if (!trip->from)
		return 0;
	r = vdc_virt_now(trip->from, id, &now, err);
	if (!r && now.known && vdc_power_is_off(&now))
		r = vdc_errand_may(trip->errand, err) ?: vdc_virt_undefine(trip->from, id, err);
	return tour_named(trip->tour->from, r, err);
}

static int make(const struct trip *trip, struct vdc_err *err)
{
	const struct vdc_tour *tour = trip->tour;
	const struct vdc_tour_host *runs = NULL;
	int r = tour_find(trip, &runs, err);

	if (!r && !runs)
		r = shut_down(trip, err);
	if (!r && !runs && tour->to) {
		r = start(trip, err);
		runs = tour->to;
	}
	if (!r && runs)
		r = forget(trip, err);
	return r ? r : tell(trip, runs, false, err);
}

int vdc_tour_make(const struct vdc_tour *tour, struct vdc_errand *errand, struct vdc_virt *virt,
		  struct vdc_err *err)
{
	struct trip trip = { .tour = tour, .errand = errand };
	bool runs = false;
	int r = tour_open_all(&trip, virt, err);

	if (!r)
		r = make(&trip, err);
	else if (!tour_runs_at(&trip, trip.from, tour->from, &runs, NULL) && runs)
		tell_not_there(&trip); /* whoever does not answer, it is where it was */
	for (size_t i = 0; i < tour->n_others; i++)
		vdc_virt_close(trip.others[i]);
	free(trip.others);
	if (trip.to != virt)
		vdc_virt_close(trip.to);
	return r;
}

int vdc_tour_take(const char *data, size_t len, struct vdc_tour_end *ret, struct vdc_err *err)
{
	if (len != sizeof(*ret))
		return vdc_err_set(err, -EBADMSG, "what became of a VM is garbled");
	memcpy(ret, data, len);
	return 0;
}
