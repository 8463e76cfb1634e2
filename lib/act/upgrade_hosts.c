/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looking at hosts, emptying them, and bringing them back: the phases that act/drain.h does. */
#include <errno.h>
#include <string.h>

#include "act/look.h"
#include "act/sync.h"
#include "act/updates.h"
#include "act/upgrade_work.h"
#include "base/buf.h"
#include "doc/catalogue.h"

/* Ids without repetition, of hosts that exist. */
static void add_id(struct vdc_buf *ids, const char *id)
{
	const char *const *known = (const void *)ids->data;

	for (size_t i = 0; i < ids->len / sizeof(id); i++)
		if (strcmp(known[i], id) == 0)
			return;
	vdc_buf_add(ids, &id, sizeof(id));
}

static bool leaves_with(const struct vdc_upgrade_move *move, const struct upgrade_host *host)
{
	return move->wave == host->row->wave && move->from.id &&
	       strcmp(move->from.id, host->row->id) == 0;
}

int upgrade_look(struct upgrade_run *run, const char *const *ids, size_t n, struct vdc_err *err)
{
	struct vdc_sync_options options = vdc_sync_options();
	struct vdc_sync_summary summary;

	if (vdc_catalogue_read(run->arena, &options.catalogue, NULL))
		options.catalogue = NULL;
	return vdc_sync(run->db, &options, ids, n, &summary, err);
}

/* The hosts themselves, and those that their VMs are to go to. */
static int look_at_all(struct upgrade_run *run, struct upgrade_host **hosts, size_t n,
		       struct vdc_err *err)
{
	vdc_autobuf ids = { 0 };
	int r = 0;

	for (size_t i = 0; i < n; i++) {
		if (hosts[i]->host)
			add_id(&ids, hosts[i]->row->id);
		for (size_t k = 0; k < run->rows.n_moves; k++)
			if (leaves_with(run->rows.moves[k], hosts[i]) && run->rows.moves[k]->to.id)
				add_id(&ids, run->rows.moves[k]->to.id);
	}
	r = upgrade_look(run, (const void *)ids.data, ids.len / sizeof(char *), err);
	/* A destination that is gone is no longer one: the placement finds another. */
	if (r == -ENOENT) {
		vdc_buf_clear(&ids);
		for (size_t i = 0; i < n; i++)
			if (hosts[i]->host)
				add_id(&ids, hosts[i]->row->id);
		r = upgrade_look(run, (const void *)ids.data, ids.len / sizeof(char *), err);
	}
	for (size_t i = 0; i < n && !r; i++)
		r = upgrade_reload(hosts[i], err);
	return r;
}

/* A command for libvirt's test driver must not be run on this machine instead. */
static bool takes_commands(const struct upgrade_host *host)
{
	const struct vdc_target target = vdc_target_of(host->host, 0, host->run->arena);

	return target.shell || target.local;
}

static const char *unfit(const struct upgrade_host *host)
{
	const struct vdc_host *now = host->host;

	if (!now)
		return "it is not in the inventory any more";
	if (!now->cluster.id || strcmp(now->cluster.id, host->run->cluster->id) != 0)
		return "it is in another cluster now";
	if (!host->image && !takes_commands(host))
		return "it has no address for the remote shell; inventory set host gives it an "
		       "rsh_address";
	return NULL;
}

static void judge(struct upgrade_host *host)
{
	const struct vdc_host *now = host->host;

	host->failure = unfit(host);
	host->lasting = host->failure;
	if (!host->failure && now->status != VDC_HOST_UP && now->status != VDC_HOST_MAINTENANCE)
		host->failure =
			vdc_arena_format(host->run->arena, "it is %s%s%s",
					 vdc_enum_word(&vdc_host_status_values, now->status),
					 now->status_detail ? ": " : "",
					 now->status_detail ? now->status_detail : "");
}

/* Somebody has to approve them, or something else goes first. */
static int ask_updates(struct upgrade_host *host, struct vdc_err *err)
{
	struct vdc_updates_expected expected;
	int r;

	if (host->failure || host->image)
		return 0;
	r = vdc_updates_expected(host->run->db, host->row->id, host->run->job->id, host->run->arena,
				 &expected, err);
	if (!r && expected.blocked) {
		host->failure = vdc_arena_format(host->run->arena, "its update waits: %s",
						 expected.blocked);
		host->lasting = true;
	}
	return r;
}

int upgrade_check(struct upgrade_run *run, struct upgrade_host **hosts, size_t n,
		  struct vdc_err *err)
{
	int r = 0;

	for (size_t i = 0; i < n && !r; i++)
		r = upgrade_reload(hosts[i], err);
	if (!r)
		r = look_at_all(run, hosts, n, err);
	for (size_t i = 0; i < n && !r; i++) {
		judge(hosts[i]);
		r = ask_updates(hosts[i], err);
	}
	return r;
}

/* News of what is below, with a look whether somebody wants something meanwhile. */
static void told(void *ctx, const struct vdc_work_news *news)
{
	struct upgrade_run *run = ctx;
	struct vdc_err failure = { 0 };

	upgrade_tell(run, news);
	/* What fails here fails again where it can be returned. */
	upgrade_listen(run, &failure);
}

struct vdc_drain_options upgrade_drain_options(struct upgrade_run *run)
{
	struct vdc_drain_options options = {
		.migrate = vdc_migrate_options(),
		.shutdown_us = run->options.shutdown_us,
		.force_off = run->options.force_off,
		.no_reserve = run->options.no_reserve,
		.reason = run->job->description,
		.told = told,
		.ctx = run,
	};

	options.migrate.stop_fd = run->wake;
	options.migrate.stop_taken = upgrade_stop_taken;
	options.migrate.ctx = run;
	options.migrate.unsafe = run->options.unsafe ? 1 : VDC_UNSET;
	options.migrate.any_load = run->options.any_load;
	options.migrate.accept_unknown = run->options.accept_unknown ? 1 : VDC_UNSET;
	return options;
}

static void wish(const struct upgrade_host *host, struct vdc_drain_host *ret)
{
	const struct vdc_upgrade_rows *rows = &host->run->rows;
	struct vdc_drain_wish *wishes;
	size_t n = 0;

	for (size_t i = 0; i < rows->n_moves; i++)
		n += leaves_with(rows->moves[i], host);
	wishes = vdc_arena_alloc(host->run->arena, (n + 1) * sizeof(*wishes));
	for (size_t i = 0; i < rows->n_moves; i++) {
		const struct vdc_upgrade_move *move = rows->moves[i];

		if (leaves_with(move, host))
			wishes[ret->n_wishes++] =
				(struct vdc_drain_wish){ move->vm.id, move->to.id };
	}
	ret->wishes = wishes;
}

int upgrade_drain(struct upgrade_run *run, struct upgrade_host **hosts, size_t n,
		  struct vdc_err *err)
{
	struct vdc_drain_options options = upgrade_drain_options(run);
	struct vdc_drain_host *drains = vdc_arena_alloc(run->arena, (n + 1) * sizeof(*drains));
	int r;

	options.give_up = run->closing;
	for (size_t i = 0; i < n; i++) {
		drains[i].id = hosts[i]->row->id;
		drains[i].number = hosts[i]->number + UPGRADE_DRAIN_STEPS;
		wish(hosts[i], &drains[i]);
	}
	r = vdc_drain_hosts(run->db, run->lease, &options, drains, n, run->arena, err);
	for (size_t i = 0; i < n && !r; i++) {
		hosts[i]->interrupted = drains[i].end == VDC_DRAIN_STOPPED;
		if (drains[i].end == VDC_DRAIN_REFUSED || drains[i].end == VDC_DRAIN_FAILED)
			hosts[i]->failure = drains[i].reason;
		r = upgrade_reload(hosts[i], err);
	}
	return r;
}

int upgrade_activate(struct upgrade_run *run, struct upgrade_host **hosts, size_t n,
		     struct vdc_err *err)
{
	struct vdc_drain_options options = upgrade_drain_options(run);
	struct vdc_activate_host *back = vdc_arena_alloc(run->arena, (n + 1) * sizeof(*back));
	int r = 0;

	for (size_t i = 0; i < n && !r; i++) {
		back[i].id = hosts[i]->row->id;
		back[i].number = hosts[i]->number + UPGRADE_ACTIVATE_STEPS;
		back[i].taken_back = hosts[i]->rolling_back || hosts[i]->at <= VDC_UPGRADE_UPDATE;
		r = upgrade_set_status(hosts[i], VDC_HOST_MAINTENANCE, NULL, err);
	}
	if (!r)
		r = vdc_activate_hosts(run->db, run->lease, &options, back, n, run->arena, err);
	for (size_t i = 0; i < n && !r; i++) {
		if (back[i].end != VDC_ACTIVATE_UP)
			hosts[i]->failure = back[i].reason;
		r = upgrade_reload(hosts[i], err);
	}
	return r;
}
