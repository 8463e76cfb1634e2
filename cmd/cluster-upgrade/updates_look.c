/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cluster-upgrade updates --check: the hosts themselves are asked. */
#include "act/updates.h"
#include "base/buf.h"
#include "base/log.h"
#include "cli/exit_code.h"
#include "cli/progress.h"
#include "updates.h"

struct looking {
	struct vdc_arena *arena;
	struct vdc_buf ids; /* const char * each */
	struct vdc_progress *progress;
	size_t done;
};

static int choose(void *ctx, const struct vdc_kind *kind vdc_unused, void *host,
		  struct vdc_err *err vdc_unused)
{
	struct looking *looking = ctx;
	const char *id = vdc_arena_strdup(looking->arena, vdc_object_id(host));

	vdc_buf_add(&looking->ids, &id, sizeof(id));
	return 0;
}

static int choose_hosts(const struct updates_scene *scene, struct looking *looking,
			struct vdc_err *err)
{
	struct vdc_db *db = vdc_call_db(scene->call);

	if (!scene->cluster_id)
		return vdc_store_each(db, &vdc_host_kind, 0, NULL, choose, looking, err);
	return vdc_store_each_of(db, &vdc_host_kind, vdc_kind_field(&vdc_host_kind, "cluster"),
				 scene->cluster_id, 0, NULL, choose, looking, err);
}

static void told(void *ctx, const struct vdc_updates_report *report)
{
	struct looking *looking = ctx;
	const struct vdc_update_change *change = report->change;

	vdc_progress_step(looking->progress, "host %s", report->host);
	vdc_progress_done(looking->progress, ++looking->done);
	if (report->failure)
		vdc_log(VDC_LOG_WARNING, "host %s was not looked at: %s", report->host,
			vdc_err_text(report->failure));
	for (size_t i = 0; change && i < change->n_refusals; i++)
		vdc_log(VDC_LOG_WARNING, "host %s does not get %s %s: %s", report->host,
			vdc_enum_word(&vdc_component_values, change->refusals[i].offer->component),
			change->refusals[i].offer->version, change->refusals[i].why);
}

static int exit_of(const struct vdc_updates_summary *summary)
{
	if (!summary->failed)
		return 0;
	return summary->failed < summary->hosts ? VDC_EXIT_PARTLY : (int)vdc_exit_of(summary->code);
}

int cluster_upgrade_look(const struct updates_scene *scene, struct vdc_err *err)
{
	struct looking looking = { .arena = scene->arena };
	struct vdc_updates_options options = vdc_updates_options();
	struct vdc_updates_summary summary;
	const char *const *hosts;
	size_t n;
	int r = choose_hosts(scene, &looking, err);

	options.told = told;
	options.ctx = &looking;
	options.jobs = (unsigned)vdc_int_option(scene->call, "jobs", options.jobs);
	hosts = (const char *const *)(const void *)looking.ids.data;
	n = looking.ids.len / sizeof(*hosts);
	if (!r) {
		looking.progress = vdc_progress_new(n);
		r = vdc_updates_look(vdc_call_db(scene->call), &options, hosts, n, &summary, err);
		vdc_progress_free(looking.progress);
	}
	vdc_buf_free(&looking.ids);
	return r ? r : exit_of(&summary);
}
