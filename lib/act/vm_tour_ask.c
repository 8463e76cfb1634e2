/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Does any host of a tour run the VM? */
#include <stdlib.h>

#include "act/vm_tour_part.h"
#include "base/crew.h"

int tour_named(const struct vdc_tour_host *host, int r, struct vdc_err *err)
{
	return r ? vdc_err_prefix(err, "asking host %s: ", host->name), r : 0;
}

static int open_host(const struct vdc_tour_host *host, struct vdc_virt **ret, struct vdc_err *err)
{
	return tour_named(host, vdc_virt_open(host->uri, 0, ret, err), err);
}

/* Of a host that must say whether it runs the VM. */
struct asked {
	const struct trip *trip;
	bool runs;
	int r;
	struct vdc_err err;
};

/* All of the others at once: each of them may keep us waiting. */
static void ask_others(const struct trip *trip, void (*ask)(void *ctx, size_t i),
		       struct asked **answers)
{
	size_t n = trip->tour->n_others;

	*answers = vdc_alloc((n + 1) * sizeof(**answers));
	for (size_t i = 0; i < n; i++)
		(*answers)[i].trip = trip;
	vdc_crew(n, TOUR_AT_ONCE, ask, *answers);
}

static int failed(const struct asked *asked, struct vdc_err *err)
{
	return asked->r ? vdc_err_set(err, asked->r, "%s", vdc_err_text(&asked->err)) : 0;
}

static void open_other(void *ctx, size_t i)
{
	struct asked *asked = (struct asked *)ctx + i;
	const struct trip *trip = asked->trip;

	asked->r = open_host(&trip->tour->others[i], &trip->others[i], &asked->err);
}

int tour_open_all(struct trip *trip, struct vdc_virt *virt, struct vdc_err *err)
{
	const struct vdc_tour *tour = trip->tour;
	vdc_autofree struct asked *asked = NULL;
	int r = 0;

	trip->from = tour->from ? virt : NULL;
	trip->to = tour->from ? NULL : virt;
	trip->others = vdc_alloc((tour->n_others + 1) * sizeof(struct vdc_virt *));
	if (tour->to && !trip->to)
		r = open_host(tour->to, &trip->to, err);
	if (!r)
		ask_others(trip, open_other, &asked);
	for (size_t i = 0; i < tour->n_others && !r; i++)
		r = failed(&asked[i], err);
	return r;
}

int tour_runs_at(const struct trip *trip, struct vdc_virt *virt, const struct vdc_tour_host *host,
		 bool *ret, struct vdc_err *err)
{
	struct vdc_virt_now now;
	int r = virt ? vdc_virt_now(virt, trip->tour->power.vm_id, &now, err) : 0;

	*ret = virt && !r && now.known && !vdc_power_is_off(&now);
	return tour_named(host, r, err);
}

static void look_at_other(void *ctx, size_t i)
{
	struct asked *asked = (struct asked *)ctx + i;
	const struct trip *trip = asked->trip;

	asked->r = tour_runs_at(trip, trip->others[i], &trip->tour->others[i], &asked->runs,
				&asked->err);
}

int tour_find(const struct trip *trip, const struct vdc_tour_host **ret, struct vdc_err *err)
{
	const struct vdc_tour *tour = trip->tour;
	vdc_autofree struct asked *asked = NULL;
	bool runs = false;
	int r = tour_runs_at(trip, trip->to, tour->to, &runs, err);

	*ret = runs ? tour->to : NULL;
	if (r || runs)
		return r;
	ask_others(trip, look_at_other, &asked);
	for (size_t i = 0; i < tour->n_others && !r && !*ret; i++) {
		r = failed(&asked[i], err);
		if (!r && asked[i].runs)
			*ret = &tour->others[i];
	}
	return r;
}
