/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cluster-upgrade run, of a data centre: all its clusters are planned, shown, and confirmed once. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/time.h"
#include "run.h"
#include "store/store.h"

/* Of how it is begun and followed; each cluster has the others. */
static const char not_handed_on[] = "background dry-run here json no-view xml yes";

struct beginning {
	struct vdc_call *call;
	const struct vdc_data_center *data_center;
	struct vdc_buf clusters; /* struct vdc_cluster * */
	const char *options;
	bool dry_run;
	FILE *out; /* of the plans; NULL: nobody wants them */
	/* Of all plans. */
	bool any_host;
	size_t n_planned, n_refused;
	int64_t hosts, moves, restarts, stops, duration;
};

static int add_cluster(void *ctx, const struct vdc_kind *kind vdc_unused, void *object,
		       struct vdc_err *err vdc_unused)
{
	vdc_buf_add(&((struct beginning *)ctx)->clusters, &object, sizeof(object));
	return 0;
}

static int read_clusters(struct beginning *b, struct vdc_err *err)
{
	int r = vdc_store_each_of(vdc_call_db(b->call), &vdc_cluster_kind,
				  vdc_kind_field(&vdc_cluster_kind, "data_center"),
				  b->data_center->id, 0, vdc_call_arena(b->call), add_cluster, b,
				  err);

	if (!r && b->clusters.len == 0)
		r = vdc_err_set(err, -EINVAL, "data-center %s has no cluster",
				b->data_center->name);
	return r;
}

static bool has_cluster(const struct beginning *b, const char *id)
{
	const struct vdc_cluster *const *clusters = (const void *)b->clusters.data;

	for (size_t i = 0; id && i < b->clusters.len / sizeof(*clusters); i++)
		if (strcmp(clusters[i]->id, id) == 0)
			return true;
	return false;
}

static int check_hosts(const struct beginning *b, struct vdc_err *err)
{
	const char *const *names;
	size_t n = cluster_upgrade_names(b->call, "hosts", &names);
	int r = 0;

	if (vdc_given(b->call, "hosts") && n == 0)
		return vdc_err_set(err, -EINVAL, "--hosts names no host");
	for (size_t i = 0; i < n && !r; i++) {
		void *host;

		r = vdc_store_get(vdc_call_db(b->call), &vdc_host_kind, names[i], 0,
				  vdc_call_arena(b->call), &host, err);
		if (!r && !has_cluster(b, ((const struct vdc_host *)host)->cluster.id))
			r = vdc_err_set(err, -ENOENT, "data-center %s has no host %s",
					b->data_center->name, names[i]);
	}
	return r;
}

static void add_plan(struct beginning *b, const struct vdc_upgrade *u)
{
	b->n_planned++;
	b->hosts += u->hosts;
	b->moves += vdc_given(b->call, "no-reboot") ? 0 : u->moves;
	b->restarts += u->restarts;
	b->stops += u->stops;
	b->duration += u->duration;
	if (b->out)
		cluster_upgrade_summary(u, b->out);
}

static int show_turn(struct beginning *b, struct vdc_data_center_turn *turn, struct vdc_err *err)
{
	int r = cluster_upgrade_plan_turn(b->call, turn, b->dry_run, err);

	if (r)
		return r;
	b->any_host = b->any_host || turn->any_host;
	if (!turn->nothing) {
		add_plan(b, turn->rows.upgrade);
		return cluster_upgrade_refuse_bare(b->call, turn->rows.upgrade, err);
	}
	if (b->out)
		fprintf(b->out, "cluster %s: nothing to upgrade: %s\n", turn->cluster->name,
			turn->nothing);
	return 0;
}

/* What is refused is said of all clusters at once. */
static int show_cluster(struct beginning *b, const struct vdc_cluster *cluster, struct vdc_err *err)
{
	struct vdc_data_center_turn turn = {
		.cluster = cluster,
		.options = b->options,
		.arena = vdc_arena_new(),
	};
	struct vdc_err refusal = { 0 };
	int r = show_turn(b, &turn, &refusal);

	vdc_arena_free(turn.arena);
	if (r == -EPERM) {
		vdc_log(VDC_LOG_ERROR, "cluster %s: %s", cluster->name, vdc_err_text(&refusal));
		b->n_refused++;
		return 0;
	}
	return r ? vdc_err_set(err, r, "%s", vdc_err_text(&refusal)) : 0;
}

static int nothing_to_upgrade(const struct beginning *b, struct vdc_err *err)
{
	if (!b->any_host)
		return vdc_err_set(err, -EINVAL, "data-center %s has no host",
				   b->data_center->name);
	return vdc_err_set(err, -EINVAL,
			   "no host of data-center %s is known to have an update; name hosts with "
			   "--hosts, or take --all",
			   b->data_center->name);
}

static int show_plans(struct beginning *b, struct vdc_err *err)
{
	const struct vdc_cluster *const *clusters = (const void *)b->clusters.data;
	size_t n = b->clusters.len / sizeof(*clusters);
	int r = 0;

	for (size_t i = 0; i < n && !r; i++)
		r = show_cluster(b, clusters[i], err);
	if (r)
		return r;
	if (b->n_refused)
		return vdc_err_set(err, -EPERM,
				   "%zu of %zu clusters of data-center %s cannot be upgraded now",
				   b->n_refused, n, b->data_center->name);
	return b->n_planned ? 0 : nothing_to_upgrade(b, err);
}

static int confirm(const struct beginning *b, struct vdc_err *err)
{
	char time[VDC_TIME_LEN + 1];

	return vdc_confirm(
		b->call, err,
		"Upgrade %" PRId64 " hosts of %zu cluster%s of data-center %s%s? %" PRId64
		" live migrations, %" PRId64 " VMs restarted, %" PRId64
		" off meanwhile, about %s.%s",
		b->hosts, b->n_planned, b->n_planned == 1 ? "" : "s", b->data_center->name,
		b->n_planned == 1 ? "" : ", one cluster after another", b->moves, b->restarts,
		b->stops, vdc_duration_format(b->duration * VDC_SECOND, time),
		vdc_given(b->call, "raise-level")
			? " The levels of the clusters, and then its own, are raised, and "
			  "cannot be lowered again."
			: "");
}

static int begin(const struct beginning *b, struct vdc_err *err)
{
	const struct vdc_data_center_request request = {
		.data_center = b->data_center,
		.clusters = (const void *)b->clusters.data,
		.n_clusters = b->clusters.len / sizeof(void *),
		.options = b->options,
		.raise_level = vdc_given(b->call, "raise-level"),
	};
	char *job;
	int r = confirm(b, err);

	if (r <= 0)
		return r ? r : vdc_err_set(err, -ECANCELED, "nothing was done");
	r = vdc_data_center_upgrade_begin(vdc_call_db(b->call), &request, vdc_call_arena(b->call),
					  &job, err);
	return r ? r : cluster_upgrade_carry_out(b->call, job, err);
}

/* Standard output is data where it is a stream. */
static FILE *out_of_plans(struct vdc_call *call)
{
	if (vdc_given(call, "quiet"))
		return NULL;
	return vdc_call_output(call) == VDC_OUTPUT_TABLE ? stdout : stderr;
}

int cluster_upgrade_run_data_center(struct vdc_call *call,
				    const struct vdc_data_center *data_center, struct vdc_err *err)
{
	struct beginning b = {
		.call = call,
		.data_center = data_center,
		.dry_run = vdc_given(call, "dry-run"),
		.out = out_of_plans(call),
	};
	int r = vdc_data_center_upgrade_is_free(vdc_call_db(call), data_center,
						vdc_call_arena(call), err);

	if (!r)
		r = vdc_call_options(call, not_handed_on, &b.options, err);
	if (!r)
		r = read_clusters(&b, err);
	if (!r)
		r = check_hosts(&b, err);
	if (!r)
		r = show_plans(&b, err);
	if (!r && !b.dry_run)
		r = begin(&b, err);
	vdc_buf_free(&b.clusters);
	return r;
}
