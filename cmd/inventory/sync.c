/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* inventory sync: the real hosts into the database. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "act/sync.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/time.h"
#include "cli/exit_code.h"
#include "doc/catalogue.h"
#include "cli/progress.h"
#include "inventory.h"
#include "model/cluster.h"

struct chosen {
	struct vdc_arena *arena;
	struct vdc_buf ids; /* const char * each */
};

/* How things are told while it runs. */
struct telling {
	struct vdc_db *db;
	bool quiet;
	int64_t said_away;
};

static int choose(void *ctx, const struct vdc_kind *kind, void *host, struct vdc_err *err)
{
	struct chosen *chosen = ctx;
	const char *id = vdc_arena_strdup(chosen->arena, vdc_object_id(host));

	(void)kind;
	(void)err;
	vdc_buf_add(&chosen->ids, &id, sizeof(id));
	return 0;
}

static int choose_named(struct vdc_call *call, const char *const *names, int n,
			struct chosen *chosen, struct vdc_err *err)
{
	int r = 0;

	for (int i = 0; !r && i < n; i++) {
		void *host;

		r = vdc_store_get(vdc_call_db(call), &vdc_host_kind, names[i], 0, chosen->arena,
				  &host, err);
		if (!r)
			r = choose(chosen, &vdc_host_kind, host, err);
	}
	return r;
}

static int choose_cluster(struct vdc_call *call, const char *name, struct chosen *chosen,
			  struct vdc_err *err)
{
	void *cluster;
	int r = vdc_store_get(vdc_call_db(call), &vdc_cluster_kind, name, 0, chosen->arena,
			      &cluster, err);

	if (r)
		return r;
	return vdc_store_each_of(vdc_call_db(call), &vdc_host_kind,
				 vdc_kind_field(&vdc_host_kind, "cluster"), vdc_object_id(cluster),
				 0, NULL, choose, chosen, err);
}

static int choose_hosts(struct vdc_call *call, struct chosen *chosen, struct vdc_err *err)
{
	const char *cluster = vdc_text_option(call, "cluster");
	const char *const *names;
	int n = vdc_call_operands(call, &names);

	if (n && (cluster || vdc_given(call, "all")))
		return vdc_err_set(err, -EINVAL, "name hosts, or --cluster, or --all: one of them");
	if (n)
		return choose_named(call, names, n, chosen, err);
	if (cluster)
		return choose_cluster(call, cluster, chosen, err);
	if (vdc_given(call, "all"))
		return vdc_store_each(vdc_call_db(call), &vdc_host_kind, 0, NULL, choose, chosen,
				      err);
	return vdc_err_set(err, -EINVAL, "which hosts? Name them, or --cluster CLUSTER, or --all");
}

/* A line for each host as soon as it was read, so that the slow ones do not hide the others. */
static void say_host(const struct vdc_sync_report *report)
{
	char took[VDC_TIME_LEN + 1];
	const struct vdc_applied *applied = report->applied;
	const char *why = report->failure   ? vdc_err_text(report->failure)
			  : applied->detail ? applied->detail
					    : NULL;

	printf("%s: %s", report->host,
	       applied ? vdc_enum_word(&vdc_host_status_values, applied->status) : "not read");
	if (!report->failure)
		printf(", %zu VM%s, %s", applied->vms, applied->vms == 1 ? "" : "s",
		       vdc_duration_format(report->took, took));
	printf("%s%s\n", why ? ": " : "", why ? why : "");
}

static void say_news(const char *before, const char *news)
{
	for (const char *end; news && *news; news = *end ? end + 1 : end) {
		end = news + strcspn(news, "\n");
		printf("%s%.*s\n", before, (int)(end - news), news);
	}
	fflush(stdout);
}

static void told(void *ctx, const struct vdc_sync_report *report)
{
	const struct telling *telling = ctx;

	if (telling->quiet)
		return;
	say_host(report);
	say_news("  ", report->applied ? report->applied->news : NULL);
}

/* What happens while it watches: only what is news, with the time. */
static void told_change(void *ctx, const struct vdc_sync_report *report)
{
	const struct telling *telling = ctx;
	char now[VDC_TIME_LEN + 1], before[VDC_TIME_LEN + 2];

	if (telling->quiet)
		return;
	vdc_time_format(vdc_time_now() / VDC_SECOND * VDC_SECOND, now);
	snprintf(before, sizeof(before), "%s ", now);
	if (!report->applied)
		printf("%s%s: not read: %s\n", before, report->host,
		       vdc_err_text(report->failure));
	say_news(before, report->applied ? report->applied->news : NULL);
}

/* A wait for the database that lasts is said, and its end then too. */
static void told_away(void *ctx, int64_t waited, const struct vdc_err *why)
{
	struct telling *telling = ctx;

	if (why) {
		vdc_wait_say_away(&telling->said_away, telling->db, waited);
	} else if (telling->said_away) {
		telling->said_away = 0;
		vdc_log(VDC_LOG_NOTICE, "database %s is back, looking at all hosts again",
			vdc_db_where(telling->db));
	}
}

/* Interrupting is how watching ends: it is no error. */
static int interrupted(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	return signalfd(-1, &signals, SFD_CLOEXEC);
}

static int watch(struct vdc_call *call, struct vdc_sync_options *options, const char *const *hosts,
		 size_t n, struct vdc_err *err)
{
	int stop = interrupted(), r;

	if (stop < 0)
		return vdc_err_set(err, -errno, "signalfd: %m");
	options->told = told_change;
	options->away = told_away;
	r = vdc_sync_watch(vdc_call_db(call), options, hosts, n, stop, err);
	close(stop);
	return r;
}

static int once(struct vdc_call *call, const struct vdc_sync_options *options,
		const char *const *hosts, size_t n, struct vdc_err *err)
{
	struct vdc_sync_summary summary;
	int r = vdc_sync(vdc_call_db(call), options, hosts, n, &summary, err);

	if (r || !summary.failed)
		return r;
	return summary.read ? VDC_EXIT_PARTLY : VDC_EXIT_UNREACHABLE;
}

/* What hosts do is read all the same when the files of levels have a slip. */
static const struct vdc_catalogue *read_catalogue(struct vdc_call *call)
{
	const struct vdc_catalogue *catalogue = NULL;
	struct vdc_err err = { 0 };

	if (vdc_catalogue_read(vdc_call_arena(call), &catalogue, &err) < 0)
		vdc_log(VDC_LOG_WARNING, "%s; the levels of hosts are not judged",
			vdc_err_text(&err));
	return catalogue;
}

int inventory_sync(struct vdc_call *call, struct vdc_err *err)
{
	struct chosen chosen = { .arena = vdc_call_arena(call) };
	struct vdc_sync_options options = vdc_sync_options();
	struct telling telling = { .db = vdc_call_db(call), .quiet = vdc_given(call, "quiet") };
	const char *const *hosts;
	size_t n;
	int r = choose_hosts(call, &chosen, err);

	options.catalogue = read_catalogue(call);
	options.told = told;
	options.ctx = &telling;
	options.jobs = (unsigned)vdc_int_option(call, "jobs", options.jobs);
	options.connect_us = vdc_int_option(call, "timeout", options.connect_us);
	if (options.limit_us < options.connect_us)
		options.limit_us = options.connect_us;
	hosts = (const char *const *)(const void *)chosen.ids.data;
	n = chosen.ids.len / sizeof(*hosts);
	if (!r && n)
		r = vdc_given(call, "watch") ? watch(call, &options, hosts, n, err)
					     : once(call, &options, hosts, n, err);
	vdc_buf_free(&chosen.ids);
	return r;
}
