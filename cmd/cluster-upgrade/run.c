/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cluster-upgrade run, of a cluster: a plan, made now or read from a file, becomes a job. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "act/sync.h"
#include "base/buf.h"
#include "base/time.h"
#include "cli/findings.h"
#include "cli/progress.h"
#include "plan/upgrade_check.h"
#include "run.h"
#include "store/store.h"

struct making {
	struct cluster_upgrade_beginning *b;
	struct vdc_buf hosts, moves; /* pointers */
};

static int take_row(void *ctx, const struct vdc_kind *kind, const void *object,
		    struct vdc_err *err vdc_unused)
{
	struct making *making = ctx;
	void *copy = vdc_object_copy(kind, object, making->b->scene.arena);

	if (kind == &vdc_upgrade_kind)
		making->b->rows.upgrade = copy;
	else
		vdc_buf_add(kind == &vdc_upgrade_host_kind ? &making->hosts : &making->moves, &copy,
			    sizeof(copy));
	return 0;
}

/* The pointers in the arena, which the rows live in too; returns how many. */
static size_t keep(struct vdc_buf *pointers, struct vdc_arena *arena, void *ret)
{
	size_t len = pointers->len;
	void *kept = vdc_arena_alloc(arena, len + sizeof(void *));

	if (len)
		memcpy(kept, pointers->data, len);
	vdc_buf_free(pointers);
	*(void **)ret = kept;
	return len / sizeof(void *);
}

static int make_rows(struct cluster_upgrade_beginning *b, const struct vdc_upgrade_plan *plan,
		     struct vdc_err *err)
{
	const struct vdc_upgrade_page page = {
		.created = vdc_time_now(),
		.os_major = vdc_given(b->scene.call, "os-major"),
		.qemu = vdc_text_option(b->scene.call, "qemu"),
	};
	struct making making = { .b = b };
	int r = vdc_upgrade_each_row(&b->scene.snapshot, plan, &page, take_row, &making, err);

	b->rows.n_hosts = keep(&making.hosts, b->scene.arena, &b->rows.hosts);
	b->rows.n_moves = keep(&making.moves, b->scene.arena, &b->rows.moves);
	return r;
}

static int add_id(void *ctx, const struct vdc_kind *kind vdc_unused, void *object,
		  struct vdc_err *err vdc_unused)
{
	const char *id = vdc_object_id(object);

	vdc_buf_add(ctx, &id, sizeof(id));
	return 0;
}

static void tell_look(void *ctx, const struct vdc_sync_report *report)
{
	vdc_progress_step(ctx, "looked at host %s", report->host);
}

static int get_free_cluster(struct upgrade_scene *scene, void **ret, struct vdc_err *err)
{
	struct vdc_db *db = vdc_call_db(scene->call);
	int r = vdc_store_get(db, &vdc_cluster_kind, scene->name, 0, scene->arena, ret, err);

	return r ? r
		 : vdc_upgrade_is_free(db, vdc_object_id(*ret),
				       vdc_object_name(&vdc_cluster_kind, *ret), scene->arena, err);
}

static int refuse_busy(struct upgrade_scene *scene, struct vdc_err *err)
{
	void *cluster;

	return get_free_cluster(scene, &cluster, err);
}

/* What is planned is planned for the cluster as it is, and not as somebody saw it last. */
static int look_at_hosts(struct upgrade_scene *scene, struct vdc_err *err)
{
	struct vdc_sync_options options = vdc_sync_options();
	struct vdc_db *db = vdc_call_db(scene->call);
	struct vdc_sync_summary summary;
	vdc_autobuf ids = { 0 };
	void *cluster;
	int r = get_free_cluster(scene, &cluster, err);

	if (!r)
		r = vdc_store_each_of(db, &vdc_host_kind, vdc_kind_field(&vdc_host_kind, "cluster"),
				      vdc_object_id(cluster), 0, scene->arena, add_id, &ids, err);
	if (r)
		return r;
	options.told = tell_look;
	options.ctx = vdc_progress_new(ids.len / sizeof(char *));
	r = vdc_sync(db, &options, (const void *)ids.data, ids.len / sizeof(char *), &summary, err);
	vdc_progress_free(options.ctx);
	return r;
}

/* All that stands against it, as `check` says it. */
static int refuse_blocked(const struct upgrade_scene *scene, struct vdc_err *err)
{
	enum { NAMED = 3 };
	bool any_load = vdc_given(scene->call, "accept-high-load");
	struct vdc_upgrade_question question;
	struct vdc_findings findings = { .arena = scene->arena };
	vdc_autobuf text = { 0 };
	size_t n = 0;
	int r;

	cluster_upgrade_question(scene, &question);
	question.images = vdc_given(scene->call, "image");
	vdc_plan_upgrade_check(&question, &findings);
	r = vdc_find_images(scene->call, scene->world, scene->snapshot.cluster->data_center.id,
			    &findings, err);
	if (r)
		return r;
	for (size_t i = 0; i < findings.n; i++) {
		if (findings.items[i]->severity < VDC_FINDING_ERROR ||
		    (any_load && strcmp(findings.items[i]->code, "CPU_SHORT") == 0))
			continue;
		if (n++ < NAMED)
			vdc_buf_printf(&text, "%s%s", text.len ? "; " : "",
				       findings.items[i]->text);
	}
	if (n == 0)
		return 0;
	if (n > NAMED)
		vdc_buf_printf(&text, "; and %zu more", n - NAMED);
	return vdc_err_set(err, -EPERM, "%s; cluster-upgrade check %s says what to do",
			   vdc_buf_str(&text), scene->snapshot.cluster->name);
}

static int make_plan(struct cluster_upgrade_beginning *b, struct vdc_err *err)
{
	bool dry_run = vdc_given(b->scene.call, "dry-run");
	struct vdc_upgrade_plan plan;
	int r = cluster_upgrade_make(&b->scene, dry_run ? refuse_busy : look_at_hosts, &plan, err);

	if (!r)
		r = refuse_blocked(&b->scene, err);
	return r ? r : make_rows(b, &plan, err);
}

static bool is_file(const char *word)
{
	return strcmp(word, "-") == 0 || strchr(word, '/') || access(word, F_OK) == 0;
}

/* A plan was made with limits of its own. */
static int refuse_limits(struct vdc_call *call, const char *path, struct vdc_err *err)
{
	static const char *const limits[] = {
		"all",	    "ha-reserve", "hosts", "max-unavailable", "memory-ceiling",
		"os-major", "qemu"
	};

	for (size_t i = 0; i < VDC_COUNT(limits); i++)
		if (vdc_given(call, limits[i]))
			return vdc_err_set(err, -EINVAL,
					   "--%s: the plan %s is made already; give it to "
					   "cluster-upgrade plan, which makes a new one",
					   limits[i], path);
	return 0;
}

int cluster_upgrade_prepare(struct cluster_upgrade_beginning *b, struct vdc_upgrade_options *ret,
			    struct vdc_err *err)
{
	int r;

	b->scene.checks = true;
	r = make_plan(b, err);
	return r ? r : cluster_upgrade_run_choice(b->scene.call, b->rows.upgrade, ret, err);
}

int cluster_upgrade_refuse_bare(struct vdc_call *call, const struct vdc_upgrade *upgrade,
				struct vdc_err *err)
{
	int64_t n = upgrade->waves_without_reserve;

	if (n == VDC_UNSET || n == 0 || vdc_given(call, "accept-no-reserve"))
		return 0;
	return vdc_err_set(err, -EPERM,
			   "during %" PRId64 " of %" PRId64
			   " waves no more host of cluster %s can be lost; --accept-no-reserve "
			   "takes that risk",
			   n, upgrade->waves, upgrade->cluster.name);
}

static int hold_plan(struct cluster_upgrade_beginning *b, const char *path, struct vdc_err *err)
{
	struct vdc_upgrade_plan plan;
	int r = refuse_limits(b->scene.call, path, err);

	b->scene.name = NULL;
	b->scene.checks = true;
	if (!r)
		r = cluster_upgrade_hold(&b->scene, path, refuse_busy, &b->rows, &plan, err);
	return r ? r : refuse_blocked(&b->scene, err);
}

/* It fits the cluster as somebody saw it last; does it fit the cluster as it is? */
static int hold_again(struct cluster_upgrade_beginning *b, struct vdc_err *err)
{
	struct vdc_upgrade_plan plan;
	int r = look_at_hosts(&b->scene, err);

	if (!r)
		r = cluster_upgrade_hold_again(&b->scene, &b->rows, &plan, err);
	return r ? r : refuse_blocked(&b->scene, err);
}

static int get_rows(struct cluster_upgrade_beginning *b, const char *word,
		    struct vdc_upgrade_options *options, struct vdc_err *err)
{
	struct vdc_call *call = b->scene.call;
	int r;

	b->scene.name = word;
	if (!is_file(word))
		return cluster_upgrade_prepare(b, options, err);
	r = hold_plan(b, word, err);
	if (!r)
		r = cluster_upgrade_run_choice(call, b->rows.upgrade, options, err);
	if (r || vdc_given(call, "dry-run"))
		return r;
	r = cluster_upgrade_refuse_bare(call, b->rows.upgrade, err);
	return r ? r : hold_again(b, err);
}

static int confirm(const struct cluster_upgrade_beginning *b, struct vdc_err *err)
{
	const struct vdc_upgrade *u = b->rows.upgrade;
	struct vdc_call *call = b->scene.call;
	char time[VDC_TIME_LEN + 1];

	return vdc_confirm(call, err,
			   "Upgrade %" PRId64 " hosts of cluster %s in %" PRId64 " waves? %" PRId64
			   " live migrations, %" PRId64 " VMs restarted, %" PRId64
			   " off meanwhile, about %s.%s",
			   u->hosts, u->cluster.name, u->waves,
			   vdc_given(call, "no-reboot") ? 0 : u->moves, u->restarts, u->stops,
			   vdc_duration_format(u->duration * VDC_SECOND, time),
			   vdc_given(call, "raise-level")
				   ? " Its level is raised then, and cannot be lowered again."
				   : "");
}

static int begin(struct cluster_upgrade_beginning *b, const struct vdc_upgrade_options *options,
		 struct vdc_err *err)
{
	struct vdc_call *call = b->scene.call;
	char *job;
	int r = confirm(b, err);

	if (r <= 0)
		return r ? r : vdc_err_set(err, -ECANCELED, "nothing was done");
	r = vdc_upgrade_begin(vdc_call_db(call), &b->rows, options, b->scene.arena, &job, err);
	return r ? r : cluster_upgrade_carry_out(call, job, err);
}

static int run_cluster(struct vdc_call *call, const char *word, struct vdc_err *err)
{
	struct cluster_upgrade_beginning b = { .scene = { .call = call,
							  .arena = vdc_call_arena(call) } };
	bool dry_run = vdc_given(call, "dry-run");
	struct vdc_upgrade_options options;
	int r = get_rows(&b, word, &options, err);

	if (!r && dry_run)
		cluster_upgrade_summary(b.rows.upgrade, stdout);
	if (!r)
		r = cluster_upgrade_refuse_bare(call, b.rows.upgrade, err);
	if (!r && !dry_run)
		r = begin(&b, &options, err);
	cluster_upgrade_close(&b.scene);
	return r;
}

int cluster_upgrade_run(struct vdc_call *call, struct vdc_err *err)
{
	struct vdc_data_center *data_center = NULL;
	const char *const *words;
	int r;

	vdc_call_operands(call, &words);
	r = is_file(words[0]) ? 0 : cluster_upgrade_object(call, words[0], &data_center, err);
	if (r)
		return r;
	return data_center ? cluster_upgrade_run_data_center(call, data_center, err)
			   : run_cluster(call, words[0], err);
}
