/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/spm_view.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "act/sanlock_ask.h"

struct viewing {
	const struct vdc_spm_survey *survey;
	struct vdc_arena *arena;
	struct vdc_findings findings;
	const struct vdc_host *reader;	/* NULL: no host that answers is in the lockspace */
	struct vdc_lease_report report; /* of the reader; empty when there is none */
};

/* Without an owner nobody had to say how it is, and who lives is the more of interest. */
static const struct vdc_host *reader_of(const struct vdc_spm_survey *survey)
{
	if (survey->reader)
		return survey->reader->host;
	for (size_t i = 0; i < survey->n; i++)
		if (survey->seen[i].master && survey->seen[i].master->state == VDC_LOCKSPACE_JOINED)
			return survey->seen[i].host;
	return NULL;
}

static int ask_reader(struct viewing *v, int64_t limit_us, struct vdc_err *err)
{
	struct vdc_sanlock_asked asked = { .host = v->reader };
	int r;

	if (!v->reader)
		return 0;
	r = vdc_sanlock_ask(&asked, 1, VDC_SANLOCK_PEERS, limit_us, v->arena, err);
	if (!r && !asked.code)
		v->report = asked.report;
	return r;
}

/* last_live of who gave its id up is when that was. */
static void fill_life(const struct viewing *v, struct vdc_spm_view *view)
{
	const char *domain = v->survey->master ? v->survey->master->id : "";

	for (size_t i = 0; i < v->report.n; i++) {
		const struct vdc_lease_peer *peer = &v->report.peers[i];

		if (peer->host_id != view->host_id || strcmp(peer->lockspace, domain) != 0)
			continue;
		view->liveness = vdc_lease_liveness(peer);
		view->seen_by = vdc_arena_strdup(v->arena, v->reader->name);
		if (peer->last_live > 0 && v->report.now >= peer->last_live &&
		    !vdc_lease_is_given_up(peer))
			view->age = v->report.now - peer->last_live;
	}
}

static char *joined(struct vdc_arena *arena, const char *one, const char *between, const char *two)
{
	return one ? vdc_arena_format(arena, "%s%s%s", one, between, two)
		   : vdc_arena_strdup(arena, two);
}

static void add_problem(const struct viewing *v, struct vdc_spm_view *view, const char *text)
{
	view->problem = joined(v->arena, view->problem, "; ", text);
}

/* What of the findings is about the object ID. */
static void fill_findings(const struct viewing *v, struct vdc_spm_view *view, const char *id)
{
	for (size_t i = 0; i < v->findings.n; i++) {
		const struct vdc_finding *finding = v->findings.items[i];

		if (strcmp(finding->object_id, id) != 0)
			continue;
		view->findings = joined(v->arena, view->findings, " ", finding->code);
		add_problem(v, view, finding->text);
	}
}

static const char *name_of_id(const struct viewing *v, int64_t host_id)
{
	for (size_t i = 0; i < v->survey->n; i++)
		if (v->survey->seen[i].host->spm_id == host_id)
			return v->survey->seen[i].host->name;
	return vdc_arena_format(v->arena, "host id %" PRId64, host_id);
}

static const char *name_of_host(const struct viewing *v, const char *id)
{
	for (size_t i = 0; i < v->survey->n; i++)
		if (strcmp(v->survey->seen[i].host->id, id) == 0)
			return v->survey->seen[i].host->name;
	return id;
}

static const int64_t owner_liveness[] = {
	[VDC_SPM_LIVENESS_UNKNOWN] = VDC_LIVENESS_UNKNOWN,
	[VDC_SPM_LIVENESS_FREE] = VDC_LIVENESS_FREE,
	[VDC_SPM_LIVENESS_LIVE] = VDC_LIVENESS_LIVE,
	[VDC_SPM_LIVENESS_FAIL] = VDC_LIVENESS_FAIL,
	[VDC_SPM_LIVENESS_DEAD] = VDC_LIVENESS_DEAD,
};

static struct vdc_spm_view *view_lease(const struct viewing *v)
{
	const struct vdc_spm_survey *survey = v->survey;
	const struct vdc_spm_lease *lease = &survey->input.lease;
	struct vdc_spm_view *view = vdc_object_new(&vdc_spm_view_kind, v->arena);

	view->id = vdc_arena_strdup(v->arena,
				    survey->master ? survey->master->id : survey->data_center->id);
	view->data_center = vdc_arena_strdup(v->arena, survey->data_center->name);
	view->of = VDC_SPM_VIEW_LEASE;
	view->name = vdc_arena_strdup(v->arena, survey->master ? survey->master->name : "none");
	view->recorded = vdc_arena_strdup(
		v->arena,
		survey->input.recorded ? name_of_host(v, survey->input.recorded) : "nobody");
	if (lease->known) {
		view->lver = lease->lver;
		view->owner = vdc_arena_strdup(
			v->arena, lease->owner_id ? name_of_id(v, lease->owner_id) : "nobody");
	}
	if (lease->known && lease->owner_id) {
		view->host_id = lease->owner_id;
		fill_life(v, view);
		view->liveness = owner_liveness[lease->liveness];
	}
	if (survey->blind)
		add_problem(v, view, survey->blind);
	if (lease->known && !lease->owner_id)
		add_problem(v, view,
			    vdc_arena_format(v->arena, "nobody is the manager: spm-elect elect %s",
					     survey->data_center->name));
	fill_findings(v, view, survey->data_center->id);
	return view;
}

static void tell_difference(const struct viewing *v, const struct vdc_spm_seen *seen,
			    struct vdc_spm_view *view)
{
	const struct vdc_lockspace *master = seen->master;

	if (seen->failure)
		add_problem(v, view, seen->failure);
	else if (seen->asked && !master)
		add_problem(v, view, "it does not know the master domain: spm-elect join tells it");
	if (!master)
		return;
	if (master->problem)
		add_problem(v, view, master->problem);
	if (master->state != VDC_LOCKSPACE_JOINED && !master->problem)
		add_problem(v, view,
			    "it is not in the lockspace of the master domain: spm-elect "
			    "join brings it in");
	if (master->host_id != seen->host->spm_id)
		add_problem(
			v, view,
			vdc_arena_format(v->arena,
					 "it has number %" PRId64 " there, and %s in the database",
					 master->host_id,
					 seen->host->spm_id == VDC_UNSET ? "none" : "another one"));
}

static struct vdc_spm_view *view_host(const struct viewing *v, const struct vdc_spm_seen *seen)
{
	const struct vdc_host *host = seen->host;
	struct vdc_spm_view *view = vdc_object_new(&vdc_spm_view_kind, v->arena);

	view->id = vdc_arena_strdup(v->arena, host->id);
	view->data_center = vdc_arena_strdup(v->arena, v->survey->data_center->name);
	view->of = VDC_SPM_VIEW_HOST;
	view->name = vdc_arena_strdup(v->arena, host->name);
	view->status = host->status;
	view->host_id = host->spm_id;
	view->recorded =
		vdc_arena_strdup(v->arena, host->spm_status == VDC_SPM_SPM	    ? "spm"
					   : host->spm_status == VDC_SPM_CONTENDING ? "contending"
										    : "none");
	if (seen->master) {
		view->role = seen->master->role;
		view->lver = seen->master->held;
		view->watchdog = seen->master->watchdog;
	}
	fill_life(v, view);
	fill_findings(v, view, host->id);
	tell_difference(v, seen, view);
	return view;
}

int vdc_spm_view(const struct vdc_spm_survey *survey, int64_t limit_us, struct vdc_arena *arena,
		 struct vdc_spm_view ***ret, size_t *n, bool *found, struct vdc_err *err)
{
	struct viewing v = { .survey = survey, .arena = arena, .findings = { .arena = arena } };
	struct vdc_spm_view **views =
		vdc_arena_alloc(arena, (survey->n + 1) * sizeof(struct vdc_spm_view *));
	int r;

	v.reader = reader_of(survey);
	r = ask_reader(&v, limit_us, err);
	if (r)
		return r;
	vdc_spm_disagreements(&survey->input, &v.findings);
	views[0] = view_lease(&v);
	for (size_t i = 0; i < survey->n; i++)
		views[i + 1] = view_host(&v, &survey->seen[i]);
	*found = false;
	for (size_t i = 0; i <= survey->n; i++)
		*found = *found || views[i]->problem;
	*n = survey->n + 1;
	*ret = views;
	return 0;
}
