/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/sync.h"

#include <errno.h>
#include <string.h>

#include "base/setting.h"
#include "base/time.h"

/* Of one host in a run: it shows a VM, the other host does not any more, it still does. */
#define READINGS 3

struct vdc_sync_options vdc_sync_options(void)
{
	return (struct vdc_sync_options){
		.jobs = (unsigned)vdc_setting_number(VDC_SETTING_SYNC_JOBS),
		.connect_us = vdc_setting_number(VDC_SETTING_CONNECT_TIMEOUT),
		.limit_us = vdc_setting_number(VDC_SETTING_SYNC_TIMEOUT),
		.refresh_us = 60 * VDC_SECOND,
		.grace = {
			.base = vdc_setting_number(VDC_SETTING_HOST_GRACE),
			.per_vm = vdc_setting_number(VDC_SETTING_HOST_GRACE_PER_VM),
			.spm = vdc_setting_number(VDC_SETTING_HOST_GRACE_SPM),
			.attempts = vdc_setting_number(VDC_SETTING_HOST_ATTEMPTS),
			.reboot = vdc_setting_number(VDC_SETTING_HOST_REBOOT_TIMEOUT),
			.settle = vdc_grace_default.settle,
			.error = vdc_grace_default.error,
		},
	};
}

static void prepare(struct vdc_sync_run *run, const struct vdc_host *host,
		    struct vdc_sync_host *ret)
{
	*ret = (struct vdc_sync_host){
		.run = run,
		.target = vdc_target_of(host, run->options->connect_us, run->arena),
		.heard = VDC_UNSET,
		.cluster_id = vdc_arena_strdup(run->arena, host->cluster.id),
		.may_be_away = host->status == VDC_HOST_DOWN ||
			       host->status == VDC_HOST_MAINTENANCE ||
			       host->status == VDC_HOST_REBOOT,
	};
	vdc_look_begin(&ret->look);
}

int vdc_sync_begin(struct vdc_sync_run *run, struct vdc_db *db,
		   const struct vdc_sync_options *options, const char *const *hosts, size_t n,
		   struct vdc_err *err)
{
	int r = vdc_virt_load(err);

	*run = (struct vdc_sync_run){
		.db = db,
		.options = options,
		.apply = {
			.grace = options->grace,
			.begun = vdc_time_now(),
			.catalogue = options->catalogue,
		},
		.arena = vdc_arena_new(),
		.claims = { .hosts = hosts, .n_hosts = n },
		.hosts = vdc_alloc((n + 1) * sizeof(*run->hosts)),
	};
	for (size_t i = 0; !r && i < n; i++) {
		vdc_autoarena *arena = vdc_arena_new();
		void *host;

		r = vdc_store_get(db, &vdc_host_kind, hosts[i], 0, arena, &host, err);
		if (!r)
			prepare(run, host, &run->hosts[run->n++]);
	}
	return r;
}

void vdc_sync_end(struct vdc_sync_run *run)
{
	vdc_pool_free(run->pool);
	for (size_t i = 0; i < run->n; i++)
		vdc_look_end(&run->hosts[i].look);
	vdc_claims_end(&run->claims);
	free(run->hosts);
	vdc_arena_free(run->arena);
}

/*
 * Whether the host itself failed to answer. A wrong URI, a refused password or a broken library says
 * nothing about the host, and must not make anybody fence it.
 */
static bool is_silence(int code)
{
	switch (code) {
	case -ECONNREFUSED:
	case -ECONNRESET:
	case -EHOSTUNREACH:
	case -ENETUNREACH:
	case -EHOSTDOWN:
	case -ETIMEDOUT:
	case -EPIPE:
	case -ENOENT: /* the socket of its libvirt */
		return true;
	default:
		return false;
	}
}

/* What a host said cannot be put into the database: its matter, and not that of the others. */
static bool is_content(int code)
{
	switch (code) {
	case -EBADMSG:
	case -EINVAL:
	case -EILSEQ:
	case -ERANGE:
	case -EEXIST:
	case -ENOENT:
		return true;
	default:
		return false;
	}
}

static void tell(const struct vdc_sync_host *host, const struct vdc_err *failure,
		 const struct vdc_applied *applied)
{
	const struct vdc_sync_options *options = host->run->options;
	struct vdc_sync_report report = {
		.host = host->target.name,
		.failure = failure->code ? failure : NULL,
		.applied = applied,
		.took = vdc_time_monotonic() - host->started,
	};

	if (options->told)
		options->told(options->ctx, &report);
}

static void keep_claims(struct vdc_sync_run *run, const struct vdc_applied *applied)
{
	for (size_t i = 0; i < applied->n_claims; i++) {
		const struct vdc_vm_claim *claim = &applied->claims[i];

		vdc_claims_keep(&run->claims, claim);
		for (size_t k = 0; claim->host && claim->ask && k < run->n; k++)
			if (strcmp(run->hosts[k].target.id, claim->ask) == 0)
				run->hosts[k].again = true;
	}
}

int vdc_sync_apply(struct vdc_sync_host *host, const struct vdc_err *failure, struct vdc_err *err)
{
	struct vdc_sync_run *run = host->run;
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_apply_input input = {
		.host_id = host->target.id,
		.look = failure->code ? NULL : &host->look,
		.failure = failure,
		.seen = host->heard,
		.claims = &run->claims,
	};
	struct vdc_applied applied;
	bool judged = !failure->code || is_silence(failure->code);
	struct vdc_err refused = { 0 };
	int r = judged ? vdc_apply(run->db, &run->apply, &input, arena, &applied, &refused) : 0;

	if (is_content(r)) {
		tell(host, &refused, NULL);
		r = 0;
	} else if (r) {
		r = vdc_err_set(err, r, "%s", vdc_err_text(&refused));
	} else {
		tell(host, failure, judged ? &applied : NULL);
		if (judged)
			keep_claims(run, &applied);
	}
	if (!failure->code && !refused.code && host->look.has_host)
		host->answered = true;
	vdc_look_end(&host->look);
	vdc_look_begin(&host->look);
	return r;
}

static int work(void *ctx, struct vdc_sender *sender, struct vdc_err *err)
{
	struct vdc_sync_host *host = ctx;

	return vdc_look_read(&host->target, sender, err);
}

static int got(void *ctx, const char *data, size_t len, struct vdc_err *err)
{
	struct vdc_sync_host *host = ctx;

	(void)err;
	if (!host->garbled.code)
		vdc_look_take(&host->look, data, len, &host->garbled);
	return 0;
}

static int ended(void *ctx, const struct vdc_err *failure, struct vdc_err *err)
{
	struct vdc_sync_host *host = ctx;

	return vdc_sync_apply(host, host->garbled.code ? &host->garbled : failure, err);
}

static int run_pool(struct vdc_sync_run *run, bool only_again, struct vdc_err *err)
{
	int r;

	run->pool = vdc_pool_new(run->options->jobs);
	for (size_t i = 0; i < run->n; i++) {
		struct vdc_sync_host *host = &run->hosts[i];

		if (only_again && !host->again)
			continue;
		host->again = false;
		host->started = vdc_time_monotonic();
		vdc_pool_add(run->pool, &(struct vdc_task){
						.ctx = host,
						.work = work,
						.got = got,
						.ended = ended,
						.first_us = run->options->connect_us,
						.limit_us = run->options->limit_us,
						.quiet_us = run->options->quiet_us,
					});
	}
	r = vdc_pool_run(run->pool, -1, err);
	vdc_pool_free(run->pool);
	run->pool = NULL;
	return r;
}

static int find_silent(void *ctx, const struct vdc_kind *kind, void *object, struct vdc_err *err)
{
	struct vdc_sync_run *run = ctx;
	const struct vdc_host *host = object;

	(void)kind;
	(void)err;
	if (host->status == VDC_HOST_DOWN)
		return 0;
	for (size_t i = 0; i < run->n; i++)
		if (strcmp(run->hosts[i].target.id, host->id) == 0)
			return run->hosts[i].answered ? 0 : 1;
	return 1;
}

/* Only when all hosts of a cluster have spoken it is certain that none has a VM. */
static int note_losses(struct vdc_sync_run *run, const char *cluster_id, struct vdc_err *err)
{
	size_t changes = 0;
	int r = vdc_store_each_of(run->db, &vdc_host_kind,
				  vdc_kind_field(&vdc_host_kind, "cluster"), cluster_id, 0, NULL,
				  find_silent, run, err);

	if (r)
		return r > 0 ? 0 : r;
	return vdc_apply_losses(run->db, &run->apply, cluster_id, &changes, err);
}

static int note_all_losses(struct vdc_sync_run *run, struct vdc_err *err)
{
	int r = 0;

	for (size_t i = 0; !r && i < run->n; i++) {
		const char *cluster = run->hosts[i].cluster_id;
		bool first = true;

		for (size_t k = 0; k < i; k++)
			first = first && strcmp(run->hosts[k].cluster_id, cluster) != 0;
		if (first)
			r = note_losses(run, cluster, err);
	}
	return r;
}

static bool any_again(const struct vdc_sync_run *run)
{
	for (size_t i = 0; i < run->n; i++)
		if (run->hosts[i].again)
			return true;
	return false;
}

static struct vdc_sync_summary summary_of(const struct vdc_sync_run *run)
{
	struct vdc_sync_summary summary = { .hosts = run->n };

	for (size_t i = 0; i < run->n; i++) {
		summary.read += run->hosts[i].answered;
		summary.failed += !run->hosts[i].answered && !run->hosts[i].may_be_away;
	}
	return summary;
}

int vdc_sync(struct vdc_db *db, const struct vdc_sync_options *options, const char *const *hosts,
	     size_t n, struct vdc_sync_summary *ret, struct vdc_err *err)
{
	struct vdc_sync_run run;
	int r = vdc_sync_begin(&run, db, options, hosts, n, err);

	if (!r)
		r = run_pool(&run, false, err);
	for (int more = READINGS - 1; !r && more > 0 && any_again(&run); more--)
		r = run_pool(&run, true, err);
	if (!r)
		r = note_all_losses(&run, err);
	if (!r)
		*ret = summary_of(&run);
	vdc_sync_end(&run);
	return r;
}
