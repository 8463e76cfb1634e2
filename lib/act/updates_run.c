/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Updates of a host for whoever carries them out. */
#include <string.h>

#include "act/update.h"
#include "act/updates.h"
#include "base/buf.h"
#include "edge/shell.h"
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

static bool is_of(const struct vdc_update_state *state, enum vdc_update_status status,
		  const char *job_id)
{
	return state->update->status == status && job_id && state->update->job_id &&
	       strcmp(state->update->job_id, job_id) == 0;
}

/* It is the job's, or may become so: also what another job began, which is over if this one runs. */
static bool may_go(const struct vdc_update_state *state, const char *job_id)
{
	return !state->waits || (job_id && state->update->status == VDC_UPDATE_RUNNING) ||
	       is_of(state, VDC_UPDATE_FAILED, job_id);
}

int vdc_updates_expected(struct vdc_db *db, const char *host_id, const char *job_id,
			 struct vdc_arena *arena, struct vdc_updates_expected *ret,
			 struct vdc_err *err)
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
		if (may_go(&states[i], job_id)) {
			add(&expected, &packages, states[i].update, &all_known);
			continue;
		}
		expected.n_waiting++;
		expected.waiting = expected.waiting ? expected.waiting : states[i].waits;
		if (states[i].update->status == VDC_UPDATE_PENDING && !expected.blocked)
			expected.blocked = states[i].waits;
	}
	if (expected.n)
		expected.blocked = NULL;
	if (all_known && packages.len)
		expected.packages = vdc_arena_strdup(arena, vdc_buf_str(&packages));
	expected.exact = expected.packages &&
			 (expected.n_waiting || cluster->update_approval == VDC_APPROVAL_MANUAL);
	*ret = expected;
	return 0;
}

/* Each line of PACKAGES as a word; BY stands between name and version. */
static void add_packages(struct vdc_buf *out, const char *packages, char by)
{
	for (const char *line = packages; *line;) {
		size_t len = strcspn(line, "\n");
		vdc_autofree char *package = vdc_strndup(line, len);
		char *equals = strchr(package, '=');

		if (equals)
			*equals = by;
		vdc_buf_putc(out, ' ');
		vdc_shell_quote(out, package);
		line += len + (line[len] == '\n');
	}
}

char *vdc_updates_command(const struct vdc_updates_expected *expected, struct vdc_arena *arena)
{
	vdc_autobuf out = { 0 };

	if (!expected->exact)
		return NULL;
	vdc_buf_puts(&out, "if " VDC_SHELL_USES_APT "; then\n"
			   "export DEBIAN_FRONTEND=noninteractive\n"
			   "apt-get -q -o DPkg::Lock::Timeout=600 update && apt-get -q -y"
			   " -o DPkg::Lock::Timeout=600 -o Dpkg::Options::=--force-confdef"
			   " -o Dpkg::Options::=--force-confold --no-remove install");
	add_packages(&out, expected->packages, '=');
	vdc_buf_puts(&out, "\nelse dnf -q -y upgrade");
	add_packages(&out, expected->packages, '-');
	vdc_buf_puts(&out, "\nfi\n");
	return vdc_arena_strdup(arena, vdc_buf_str(&out));
}

/* Whether it becomes STATUS. */
static bool is_meant(const struct vdc_update_state *state, enum vdc_update_status status,
		     const char *job_id)
{
	return status == VDC_UPDATE_RUNNING ? may_go(state, job_id)
					    : is_of(state, VDC_UPDATE_RUNNING, job_id);
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
		bool mine = is_meant(&states[i], status, job_id);

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
