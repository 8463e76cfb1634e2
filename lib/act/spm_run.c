/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What joining and leaving have in common: the hosts, their data centres, and what a host answers. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act/spm_command.h"
#include "act/spm_join_part.h"
#include "base/time.h"
#include "store/store.h"

/* Above the limit of what runs at the host: the child is killed when the shell does not end. */
#define MARGIN (10 * VDC_SECOND)

void spm_fail(struct spm_move *move, int code, const char *problem)
{
	move->member->code = code;
	move->member->problem = problem;
}

void spm_fail_by(struct spm_move *move, const struct vdc_err *why)
{
	spm_fail(move, why->code, vdc_arena_strdup(move->run->arena, vdc_err_text(why)));
}

bool spm_has_domain(const struct vdc_spm_storage *storage, const char *id)
{
	for (size_t i = 0; i < storage->n; i++)
		if (strcmp(storage->domains[i]->id, id) == 0)
			return true;
	return false;
}

static int storage_of(struct spm_run *run, const char *data_center,
		      const struct vdc_spm_storage **ret, struct vdc_err *err)
{
	struct vdc_spm_storage *storage = &run->storages[run->n_storages];
	int r;

	for (size_t i = 0; i < run->n_storages; i++) {
		*ret = &run->storages[i];
		if (strcmp((*ret)->data_center->id, data_center) == 0)
			return 0;
	}
	r = vdc_spm_storage(run->db, data_center, run->arena, storage, err);
	if (r)
		return r;
	run->n_storages++;
	*ret = storage;
	return 0;
}

/* What the inventory lacks is the host's failure; what the database has, ours. */
static int open_one(struct spm_run *run, struct spm_move *move, struct vdc_err *err)
{
	const char *data_center;
	struct vdc_err why = { 0 };
	int r = vdc_spm_data_center(run->db, move->member->host, run->arena, &data_center, &why);

	if (!r)
		r = storage_of(run, data_center, &move->storage, &why);
	if (r && r != -ENOENT && r != -EINVAL)
		return vdc_err_set(err, r, "%s", vdc_err_text(&why));
	if (r)
		spm_fail_by(move, &why);
	return 0;
}

int spm_run_open(struct spm_run *run, struct vdc_spm_member_host *hosts, size_t n,
		 struct vdc_err *err)
{
	int r = 0;

	run->moves = vdc_arena_alloc(run->arena, (n + 1) * sizeof(*run->moves));
	run->storages = vdc_arena_alloc(run->arena, (n + 1) * sizeof(*run->storages));
	run->n = n;
	run->pool = vdc_pool_new(run->options->jobs);
	for (size_t i = 0; i < n && !r; i++) {
		struct spm_move *move = &run->moves[i];
		const int64_t limit = run->options->timeout_us;

		hosts[i] = (struct vdc_spm_member_host){
			.host = hosts[i].host,
			.spm_id = hosts[i].host->spm_id,
		};
		*move = (struct spm_move){
			.run = run,
			.member = &hosts[i],
			.target = vdc_target_of(hosts[i].host, limit + MARGIN, run->arena),
		};
		r = open_one(run, move, err);
	}
	return r;
}

void spm_run_close(struct spm_run *run)
{
	vdc_pool_free(run->pool);
	for (size_t i = 0; i < run->n; i++) {
		vdc_buf_free(&run->moves[i].refused);
		vdc_buf_free(&run->moves[i].document);
		vdc_buf_free(&run->moves[i].text);
	}
}

int spm_make_document(struct spm_move *move, struct vdc_err *err)
{
	struct vdc_spm_member_host *member = move->member;
	size_t len = 0;
	char *text = NULL;
	FILE *out;
	int r = vdc_spm_member_of(move->storage, member->host, member->spm_id, move->run->arena,
				  &member->spaces, err);

	if (r)
		return r;
	out = open_memstream(&text, &len);
	if (!out)
		return vdc_err_set(err, -errno, "open_memstream: %m");
	r = vdc_lockspaces_write(out, &member->spaces, err);
	fclose(out);
	vdc_buf_clear(&move->document);
	vdc_buf_add(&move->document, text, len);
	free(text);
	return r;
}

int spm_work(const struct spm_move *move, const char *verb, const char *more,
	     struct vdc_sender *sender, struct vdc_err *err)
{
	vdc_autofree char *limit = vdc_format(
		"--timeout=%llds", (long long)(move->run->options->timeout_us / VDC_SECOND));
	const char *const argv[] = { "spm-elect", verb,	    "--local", "--json", limit,
				     more,	  "--from", "-",       NULL };
	const char *const bare[] = { "spm-elect", verb, "--local", "--json", limit, more, NULL };
	vdc_autobuf out = { 0 };
	int status = 0;
	int r = vdc_spm_command(&move->target, move->document.len ? argv : bare, &move->document,
				&out, &status, err);

	if (!r)
		r = vdc_send(sender, &status, sizeof(status));
	return r || !out.len ? r : vdc_send(sender, vdc_buf_str(&out), out.len);
}

static int got(void *ctx, const char *data, size_t len, struct vdc_err *err vdc_unused)
{
	struct spm_move *move = ctx;

	if (move->has_status)
		vdc_buf_add(&move->text, data, len);
	else if (len == sizeof(move->status))
		memcpy(&move->status, data, len);
	move->has_status = true;
	return 0;
}

void spm_add(struct spm_move *move,
	     int (*work)(void *ctx, struct vdc_sender *sender, struct vdc_err *err),
	     int (*ended)(void *ctx, const struct vdc_err *failure, struct vdc_err *err))
{
	move->running = true;
	vdc_pool_add(move->run->pool,
		     &(struct vdc_task){
			     .ctx = move,
			     .work = work,
			     .got = got,
			     .ended = ended,
			     .limit_us = move->run->options->timeout_us + 2 * MARGIN,
		     });
}

int spm_run_end(struct spm_run *run, struct vdc_err *err)
{
	int r = vdc_pool_run(run->pool, run->options->stop_fd, err);

	for (size_t i = 0; i < run->n && !r; i++)
		if (run->moves[i].running)
			spm_fail(
				&run->moves[i], -ECANCELED,
				"somebody asked to stop; what the host was told it may do all the same");
	return r;
}

/* Without the host's name, which stands beside it. */
static const char *without_name(const struct spm_move *move, const char *text)
{
	const char *prefix =
		vdc_arena_format(move->run->arena, "host %s: ", move->member->host->name);
	size_t len = strlen(prefix);

	return text + (strncmp(text, prefix, len) ? 0 : len);
}

static void gather_problems(struct spm_move *move)
{
	struct vdc_spm_member_host *member = move->member;
	vdc_autobuf text = { 0 };
	size_t bad = 0;

	for (size_t i = 0; i < member->spaces.n; i++) {
		const struct vdc_lockspace *space = member->spaces.all[i];

		if (!space->problem)
			continue;
		vdc_buf_printf(&text, "%s%s%s%s", bad++ ? "; " : "",
			       member->spaces.n > 1 ? space->name : "",
			       member->spaces.n > 1 ? ": " : "", space->problem);
	}
	if (bad)
		member->problem = vdc_arena_strdup(move->run->arena, vdc_buf_str(&text));
	member->partly = bad && bad < member->spaces.n;
}

void spm_take_answer(struct spm_move *move, const struct vdc_err *failure)
{
	struct vdc_spm_member_host *member = move->member;
	struct vdc_err why = *failure;

	if (!why.code)
		vdc_spm_command_read(&move->text, move->run->arena, &member->spaces, &why);
	if (why.code) {
		spm_fail(
			move, why.code,
			vdc_arena_strdup(move->run->arena, without_name(move, vdc_err_text(&why))));
	} else {
		member->code = vdc_spm_command_code(move->status);
		gather_problems(move);
	}
	vdc_buf_clear(&move->text);
	move->running = move->has_status = false;
}
