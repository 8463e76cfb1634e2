/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "act/apply.h"
#include "act/spm_command.h"
#include "act/spm_join_part.h"
#include "base/time.h"
#include "model/domain_reach.h"
#include "model/vm.h"
#include "plan/host_status.h"
#include "plan/spm_host_id.h"
#include "plan/vm_status.h"
#include "store/events.h"

/* sanlock refuses to leave while a lease is held; but one after the other, so that some would be left. */
static int check(struct spm_move *move, struct vdc_err *err)
{
	const struct vdc_host *host = move->member->host;
	struct vdc_arena *arena = move->run->arena;
	struct vdc_objects vms = { 0 };
	const struct vdc_vm *first = NULL;
	size_t n = 0;
	int r = vdc_gather(move->run->db, &vdc_vm_kind, "host", host->id, arena, &vms, err);

	for (size_t i = 0; i < vms.n && !r; i++) {
		const struct vdc_vm *vm = vms.objects[i];

		if (!vm->lease_storage_domain.id || !vdc_vm_is_active(vm->status))
			continue;
		first = first ?: vm;
		n++;
	}
	if (r)
		return r;
	if (host->spm_status == VDC_SPM_SPM || host->spm_status == VDC_SPM_CONTENDING)
		spm_fail(move, -EPERM,
			 vdc_arena_format(
				 arena,
				 "it is the storage pool manager of data centre %s; spm-elect "
				 "release hands that over",
				 move->storage->data_center->name));
	else if (n)
		spm_fail(
			move, -EPERM,
			vdc_arena_format(arena,
					 "%zu VMs that have leases run there, %s is one; move them "
					 "first: host-maintenance enter %s",
					 n, first->name, host->name));
	return 0;
}

/* In the child. */
static int work(void *ctx, struct vdc_sender *sender, struct vdc_err *err)
{
	return spm_work(ctx, "leave", "--forget", sender, err);
}

static bool has_left(const struct vdc_spm_member_host *member)
{
	for (size_t i = 0; i < member->spaces.n; i++)
		if (member->spaces.all[i]->state != VDC_LOCKSPACE_AWAY)
			return false;
	return true;
}

static int clear_reaches(struct vdc_db *db, const struct spm_move *move, struct vdc_err *err)
{
	const struct vdc_field *field =
		vdc_kind_field(&vdc_domain_reach_kind, "lockspace_generation");
	struct vdc_objects reaches = { 0 };
	int r = vdc_gather(db, &vdc_domain_reach_kind, "host", move->member->host->id,
			   move->run->arena, &reaches, err);

	for (size_t i = 0; i < reaches.n && !r; i++) {
		struct vdc_domain_reach *reach = reaches.objects[i];

		if (reach->lockspace_generation == VDC_UNSET)
			continue;
		reach->lockspace_generation = VDC_UNSET;
		r = vdc_store_set(db, &vdc_domain_reach_kind, reach->id, field, reach, err);
	}
	return r;
}

static int note(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct spm_move *move = ctx;
	const struct vdc_host *host = move->member->host;
	struct vdc_host *copy = vdc_object_copy(&vdc_host_kind, host, move->run->arena);
	int r;

	if (move->member->code)
		return vdc_event_note(db, VDC_SEVERITY_WARNING, "host_leave_failed", &vdc_host_kind,
				      host, err, "Host %s did not leave the lockspaces: %s",
				      host->name, move->member->problem ?: "no reason was given");
	copy->spm_id = VDC_UNSET;
	r = vdc_store_set(db, &vdc_host_kind, host->id, vdc_kind_field(&vdc_host_kind, "spm_id"),
			  copy, err);
	if (!r)
		r = clear_reaches(db, move, err);
	if (r || host->spm_id == VDC_UNSET)
		return r;
	return vdc_event_note(db, VDC_SEVERITY_NORMAL, "host_left", &vdc_host_kind, host, err,
			      "Host %s %s; host id %lld is free again", host->name,
			      move->run->options->dead ? "never returns to its lockspaces"
						       : "left its lockspaces",
			      (long long)host->spm_id);
}

static int ended(void *ctx, const struct vdc_err *failure, struct vdc_err *err)
{
	struct spm_move *move = ctx;
	struct vdc_spm_member_host *member = move->member;
	int r;

	spm_take_answer(move, failure);
	/* Not until it is out of all of them is its number another host's. */
	if (!member->code && !has_left(member))
		spm_fail(move, -EAGAIN, "it is still in a lockspace");
	r = vdc_db_transaction(move->run->db, note, move, err);
	if (!r && !member->code)
		member->spm_id = VDC_UNSET;
	return r;
}

static bool is_dead(const struct spm_move *move, const struct vdc_lease_report *reports,
		    const char **alive)
{
	const struct vdc_host *host = move->member->host;

	if (host->spm_id == VDC_UNSET ||
	    (vdc_host_is_known_down(host) && host->power_status == VDC_POWER_OFF))
		return true;
	for (size_t i = 0; i < move->storage->n; i++) {
		const struct vdc_storage_domain *domain = move->storage->domains[i];

		*alive = domain->name;
		if (!vdc_spm_host_id_is_dead(reports, move->run->n_asked, domain->id, host->spm_id))
			return false;
	}
	return move->storage->n > 0;
}

static int bury(struct spm_move *move, const struct vdc_lease_report *reports, struct vdc_err *err)
{
	struct vdc_spm_member_host *member = move->member;
	const char *alive = "(none)";
	int r;

	if (member->host->status == VDC_HOST_UP)
		spm_fail(move, -EPERM, "it is up: spm-elect leave without --dead asks it");
	else if (!is_dead(move, reports, &alive))
		spm_fail(
			move, -EPERM,
			vdc_arena_format(
				move->run->arena,
				"its power is not proven off, and nobody says that its host id "
				"%lld counts as dead in the lockspace of domain %s: fence off %s, or "
				"wait until others call it dead (spm-elect hosts)",
				(long long)member->spm_id, alive, member->host->name));
	if (member->code || move->run->options->dry_run)
		return 0;
	r = vdc_db_transaction(move->run->db, note, move, err);
	if (!r)
		member->spm_id = VDC_UNSET;
	return r;
}

static int bury_all(struct spm_run *run, struct vdc_err *err)
{
	struct vdc_lease_report *reports;
	int r;

	run->asked = vdc_arena_alloc(run->arena,
				     (run->n_storages * SPM_WITNESSES + 1) * sizeof(*run->asked));
	r = spm_add_witnesses(run, err);
	if (!r)
		r = vdc_sanlock_ask(run->asked, run->n_asked, VDC_SANLOCK_PEERS, 0, run->arena,
				    err);
	/* Of one that does not answer it is empty: it is in no lockspace. */
	reports = vdc_arena_alloc(run->arena, (run->n_asked + 1) * sizeof(*reports));
	for (size_t i = 0; i < run->n_asked && !r; i++)
		if (!run->asked[i].code)
			reports[i] = run->asked[i].report;
	for (size_t i = 0; i < run->n && !r; i++) {
		if (!run->moves[i].member->code)
			r = check(&run->moves[i], err);
		if (!r && !run->moves[i].member->code)
			r = bury(&run->moves[i], reports, err);
	}
	return r;
}

/* What it has forgotten it leaves too: it is told of all that the database knows. */
static int begin(struct spm_move *move, struct vdc_err *err)
{
	int r = check(move, err);

	if (r || move->member->code)
		return r;
	if (move->member->spm_id != VDC_UNSET)
		spm_make_document(move, NULL);
	if (!move->run->options->dry_run)
		spm_add(move, work, ended);
	return 0;
}

int vdc_spm_leave(struct vdc_db *db, const struct vdc_spm_join_options *options,
		  struct vdc_spm_member_host *hosts, size_t n, struct vdc_arena *arena,
		  struct vdc_err *err)
{
	struct spm_run run = { .db = db, .options = options, .arena = arena };
	int r = spm_run_open(&run, hosts, n, err);

	if (!r && options->dead)
		r = bury_all(&run, err);
	for (size_t i = 0; i < run.n && !r && !options->dead; i++)
		if (!hosts[i].code)
			r = begin(&run.moves[i], err);
	if (!r)
		r = spm_run_end(&run, err);
	spm_run_close(&run);
	return r;
}
