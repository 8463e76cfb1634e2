/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/spm_join.h"

#include <errno.h>
#include <string.h>

#include "act/spm_join_part.h"

static bool is_witness(const struct spm_run *run, const struct vdc_host *host)
{
	if (host->status != VDC_HOST_UP || host->spm_id == VDC_UNSET)
		return false;
	for (size_t i = 0; i < run->n; i++)
		if (strcmp(run->moves[i].member->host->id, host->id) == 0)
			return false;
	return true;
}

int spm_add_witnesses(struct spm_run *run, struct vdc_err *err)
{
	int r = 0;

	for (size_t i = 0; i < run->n_storages && !r; i++) {
		const struct vdc_host *const *hosts = NULL;
		size_t n = 0, taken = 0;

		r = vdc_spm_hosts(run->db, run->storages[i].data_center->id, run->arena, &hosts, &n,
				  err);
		for (size_t k = 0; k < n && !r && taken < SPM_WITNESSES; k++) {
			if (!is_witness(run, hosts[k]))
				continue;
			run->asked[run->n_asked++].host = hosts[k];
			taken++;
		}
	}
	return r;
}

static void check_sanlock(struct spm_move *move)
{
	const struct vdc_sanlock_asked *asked = move->asked;
	struct vdc_arena *arena = move->run->arena;
	const char *name = vdc_spm_sanlock_name(move->member->host);
	struct vdc_lockspace space = { .sanlock_name = vdc_arena_strdup(arena, name) };
	struct vdc_err err = { 0 };

	if (asked->code == -ENOENT)
		spm_fail(move, -ECONNREFUSED,
			 vdc_arena_format(arena,
					  "%s: put \"our_host_name = %s\" into "
					  "/etc/sanlock/sanlock.conf there, then systemctl enable "
					  "--now sanlock",
					  asked->failure, name));
	else if (asked->code)
		spm_fail(move, asked->code, asked->failure);
	else if (asked->report.name && vdc_lockspace_check_name(&space, asked->report.name, &err))
		spm_fail_by(move, &err);
}

/* What their sanlock says: whether a host can join at all, and who is where. */
static int ask(struct spm_run *run, struct vdc_err *err)
{
	size_t most = run->n + run->n_storages * SPM_WITNESSES + 1;
	int r;

	run->asked = vdc_arena_alloc(run->arena, most * sizeof(*run->asked));
	for (size_t i = 0; i < run->n; i++) {
		if (run->moves[i].member->code)
			continue;
		run->moves[i].asked = &run->asked[run->n_asked];
		run->asked[run->n_asked++].host = run->moves[i].member->host;
	}
	r = spm_add_witnesses(run, err);
	if (!r)
		r = vdc_sanlock_ask(run->asked, run->n_asked, VDC_SANLOCK_PEERS, 0, run->arena,
				    err);
	for (size_t i = 0; i < run->n && !r; i++)
		if (!run->moves[i].member->code)
			check_sanlock(&run->moves[i]);
	return r;
}

/* In the child. */
static int work(void *ctx, struct vdc_sender *sender, struct vdc_err *err)
{
	return spm_work(ctx, "join", "--only", sender, err);
}

/* Whether a host that we do not know has its number. */
static bool is_taken(const struct spm_move *move)
{
	for (size_t i = 0; i < move->member->spaces.n; i++)
		if (vdc_is_true(move->member->spaces.all[i]->taken))
			return true;
	return false;
}

/* Its number is in the database, and perhaps that is right: it is not changed behind anybody's back. */
static void advise(struct spm_move *move)
{
	struct vdc_spm_member_host *member = move->member;

	member->problem = vdc_arena_format(move->run->arena,
					   "%s; spm-elect leave %s, then join, gives it another",
					   member->problem, member->host->name);
}

static int again(struct spm_move *move, struct vdc_err *err)
{
	vdc_buf_add(&move->refused, &move->member->spm_id, sizeof(int64_t));
	move->member->code = 0;
	move->member->problem = NULL;
	move->member->partly = false;
	return spm_number(move->run, &move, 1, err);
}

/* It may say what it likes; that it is in all of them it must say. */
static void check_answer(struct spm_move *move)
{
	const struct vdc_spm_member_host *member = move->member;

	for (size_t i = 0; i < move->storage->n && !member->code; i++) {
		const struct vdc_storage_domain *domain = move->storage->domains[i];
		bool in = false;

		for (size_t k = 0; k < member->spaces.n; k++) {
			const struct vdc_lockspace *space = member->spaces.all[k];

			in = in || (strcmp(space->id, domain->id) == 0 &&
				    space->host_id == member->spm_id &&
				    space->state == VDC_LOCKSPACE_JOINED);
		}
		if (!in)
			spm_fail(move, -EIO,
				 vdc_arena_format(move->run->arena,
						  "it does not say that it is in the lockspace of "
						  "domain %s",
						  domain->name));
	}
}

static int begin(struct spm_move *move, struct vdc_err *err);

static int try_another(struct spm_move *move, struct vdc_err *err)
{
	int r = again(move, err);

	return r || move->member->code ? r : begin(move, err);
}

/* In the child: out of those in which the number was free. */
static int work_out(void *ctx, struct vdc_sender *sender, struct vdc_err *err)
{
	return spm_work(ctx, "leave", "--forget", sender, err);
}

static int is_out(void *ctx, const struct vdc_err *failure, struct vdc_err *err)
{
	struct spm_move *move = ctx;

	spm_take_answer(move, failure);
	return move->member->code ? spm_note_joined(move, err) : try_another(move, err);
}

static bool is_in_one(const struct spm_move *move)
{
	for (size_t i = 0; i < move->member->spaces.n; i++)
		if (move->member->spaces.all[i]->state != VDC_LOCKSPACE_AWAY)
			return true;
	return false;
}

static int ended(void *ctx, const struct vdc_err *failure, struct vdc_err *err)
{
	struct spm_move *move = ctx;

	spm_take_answer(move, failure);
	check_answer(move);
	if (is_taken(move) && !move->numbered && move->member->problem)
		advise(move);
	if (!is_taken(move) || !move->numbered)
		return spm_note_joined(move, err);
	if (!is_in_one(move))
		return try_another(move, err);
	spm_add(move, work_out, is_out);
	return 0;
}

static int begin(struct spm_move *move, struct vdc_err *err)
{
	struct vdc_err why = { 0 };
	int r = spm_make_document(move, &why);

	if (r && r != -EINVAL)
		return vdc_err_set(err, r, "%s", vdc_err_text(&why));
	if (r)
		spm_fail_by(move, &why);
	else if (!move->storage->n)
		spm_fail(move, -ENOENT,
			 vdc_arena_format(move->run->arena,
					  "data centre %s has no data domain that is attached",
					  move->storage->data_center->name));
	else if (!move->run->options->dry_run)
		spm_add(move, work, ended);
	return 0;
}

/* A host that came from another data centre may have brought it along. */
static int check_unique(struct spm_move *move, struct vdc_err *err)
{
	const struct vdc_host *own = move->member->host, *const * hosts;
	size_t n;
	int r = vdc_spm_hosts(move->run->db, move->storage->data_center->id, move->run->arena,
			      &hosts, &n, err);

	for (size_t i = 0; i < n && !r; i++)
		if (hosts[i]->spm_id == own->spm_id && strcmp(hosts[i]->id, own->id) != 0)
			spm_fail(move, -EPERM,
				 vdc_arena_format(
					 move->run->arena,
					 "its host id %lld is also that of host %s; spm-elect "
					 "leave %s, then join, gives it another",
					 (long long)own->spm_id, hosts[i]->name, own->name));
	return r;
}

static int number(struct spm_run *run, struct vdc_err *err)
{
	vdc_autofree struct spm_move **moves = vdc_alloc((run->n + 1) * sizeof(*moves));
	size_t n = 0;
	int r = 0;

	for (size_t i = 0; i < run->n && !r; i++) {
		struct spm_move *move = &run->moves[i];

		if (move->member->code)
			continue;
		if (move->member->spm_id == VDC_UNSET)
			moves[n++] = move;
		else
			r = check_unique(move, err);
	}
	return r ? r : spm_number(run, moves, n, err);
}

static int carry_out(struct spm_run *run, struct vdc_err *err)
{
	int r = ask(run, err);

	if (!r)
		r = number(run, err);
	for (size_t i = 0; i < run->n && !r; i++)
		if (!run->moves[i].member->code)
			r = begin(&run->moves[i], err);
	return r ? r : spm_run_end(run, err);
}

int vdc_spm_join(struct vdc_db *db, const struct vdc_spm_join_options *options,
		 struct vdc_spm_member_host *hosts, size_t n, struct vdc_arena *arena,
		 struct vdc_err *err)
{
	struct spm_run run = { .db = db, .options = options, .arena = arena };
	int r = spm_run_open(&run, hosts, n, err);

	if (!r)
		r = carry_out(&run, err);
	spm_run_close(&run);
	return r;
}
