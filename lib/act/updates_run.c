/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Updates of a host for whoever carries them out. */
#include <string.h>

#include "act/update.h"
#include "act/updates.h"
#include "base/buf.h"
#include "plan/update_state.h"
#include "store/events.h"

/* Later ones count: the virtualization packages come after the platform. */
static void add(struct vdc_updates_expected *expected, struct vdc_buf *packages,
		const struct vdc_update *update, bool *all_known)
{
	expected->n++;
	expected->needs_reboot = expected->needs_reboot || vdc_is_true(update->needs_reboot);
	if (update->libvirt_version)
		expected->libvirt_version = update->libvirt_version;
	if (update->qemu_version)
		expected->qemu_version = update->qemu_version;
	*all_known = *all_known && update->packages;
	if (update->packages)
		vdc_buf_printf(packages, "%s%s", packages->len ? "\n" : "", update->packages);
}

int vdc_updates_expected(struct vdc_db *db, const char *host_id, struct vdc_arena *arena,
			 struct vdc_updates_expected *ret, struct vdc_err *err)
{
	struct vdc_world *world = vdc_world_new(arena);
	struct vdc_updates_expected expected = { .n = 0 };
	struct vdc_update_state *states;
	vdc_autobuf packages = { 0 };
	bool all_known = true;
	struct vdc_cluster *cluster;
	struct vdc_host *host;
	size_t n;
	int r = vdc_updates_world(db, host_id, world, &host, &cluster, err);

	if (r)
		return r;
	n = vdc_plan_update_states(world, arena, &states);
	for (size_t i = 0; i < n; i++) {
		if (!states[i].waits) {
			add(&expected, &packages, states[i].update, &all_known);
			continue;
		}
		expected.n_waiting++;
		expected.waiting = expected.waiting ? expected.waiting : states[i].waits;
	}
	if (all_known && packages.len)
		expected.packages = vdc_arena_strdup(arena, vdc_buf_str(&packages));
	*ret = expected;
	return 0;
}

static bool is_of(const struct vdc_update_state *state, const char *job_id)
{
	return state->update->status == VDC_UPDATE_RUNNING && state->update->job_id &&
	       strcmp(state->update->job_id, job_id) == 0;
}

static int note(struct vdc_db *db, const struct vdc_update_state *state,
		const struct vdc_update *after, struct vdc_err *err)
{
	bool failed = after->status == VDC_UPDATE_FAILED;

	if (after->status == VDC_UPDATE_RUNNING)
		return 0;
	return vdc_event_note(db, failed ? VDC_SEVERITY_ERROR : VDC_SEVERITY_NORMAL,
			      failed ? "update_failed" : "update_done", &vdc_update_kind, after,
			      err, "%s %s of host %s %s%s%s (update %s)",
			      vdc_enum_word(&vdc_component_values, after->component),
			      after->version, state->host->name, failed ? "failed" : "is there",
			      after->message ? ": " : "", after->message ? after->message : "",
			      after->name);
}

static int mark(struct vdc_db *db, const struct vdc_update_state *state, const char *job_id,
		enum vdc_update_status status, const char *message, struct vdc_arena *arena,
		struct vdc_err *err)
{
	struct vdc_update *after = vdc_object_copy(&vdc_update_kind, state->update, arena);
	int r;

	after->status = status;
	after->job_id = vdc_arena_strdup(arena, job_id);
	after->message = vdc_arena_strdup(arena, message);
	r = vdc_update(db, &vdc_update_kind, state->update, after, arena, NULL, err);
	return r ? r : note(db, state, after, err);
}

int vdc_updates_mark(struct vdc_db *db, const char *host_id, const char *job_id,
		     enum vdc_update_status status, const char *message, struct vdc_arena *arena,
		     struct vdc_err *err)
{
	struct vdc_world *world = vdc_world_new(arena);
	struct vdc_update_state *states;
	struct vdc_cluster *cluster;
	struct vdc_host *host;
	size_t n, left = 0;
	int r = vdc_updates_world(db, host_id, world, &host, &cluster, err);

	if (r)
		return r;
	n = vdc_plan_update_states(world, arena, &states);
	for (size_t i = 0; i < n && !r; i++) {
		bool mine =
			status == VDC_UPDATE_RUNNING ? !states[i].waits : is_of(&states[i], job_id);

		if (mine)
			r = mark(db, &states[i], job_id, status, message, arena, err);
		left += !mine || status != VDC_UPDATE_DONE;
	}
	if (r || status != VDC_UPDATE_DONE || left || !vdc_is_true(host->update_available))
		return r;
	host->update_available = 0;
	return vdc_store_set(db, &vdc_host_kind, host->id,
			     vdc_kind_field(&vdc_host_kind, "update_available"), host, err);
}
