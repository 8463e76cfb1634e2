/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hosts that live are told to take the ids of a dead one: `spm-elect free-leases --local` over the remote
 * shell, with the document on its standard input. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act/spm_command.h"
#include "act/spm_free_part.h"
#include "base/time.h"
#include "doc/doc.h"
#include "edge/shell.h"

enum { MOST_OUTPUT = 1 << 20 };

#define MARGIN (2 * VDC_SECOND)

static int run(const struct spm_freeing *f, struct vdc_buf *out, struct vdc_err *err)
{
	static const char *const argv[] = { "spm-elect", "free-leases", "--local", "--json", NULL };
	const struct vdc_shell shell = {
		.address = f->target.shell,
		.argv = argv,
		.input = f->document,
		.input_len = strlen(f->document),
		.limit_us = f->target.limit_us,
		.most_output = MOST_OUTPUT,
	};
	vdc_autoend end = { 0 };
	int r;

	if (!f->target.shell && !f->target.local)
		return vdc_err_set(err, -EHOSTUNREACH, "it has no address for the remote shell");
	r = vdc_shell_run(&shell, &end, err);
	if (r)
		return r;
	/* Whatever its exit code: what came of each lockspace stands in what it prints. */
	if (end.out.len) {
		vdc_buf_add(out, end.out.data, end.out.len);
		return 0;
	}
	return vdc_err_set(err, -EIO, "%s", vdc_spm_complaint(&end));
}

static int work(void *ctx, struct vdc_sender *sender, struct vdc_err *err)
{
	vdc_autobuf out = { 0 };
	int r = run(ctx, &out, err);

	return r ? r : vdc_send(sender, vdc_buf_str(&out), out.len);
}

static int got(void *ctx, const char *data, size_t len, struct vdc_err *err vdc_unused)
{
	vdc_buf_add(&((struct spm_freeing *)ctx)->answer, data, len);
	return 0;
}

static bool is_open(const struct vdc_dead_lease *lease)
{
	return !lease->result || lease->result == VDC_DEAD_LEASE_AWAY ||
	       lease->result == VDC_DEAD_LEASE_FAILED;
}

static void take_one(struct spm_freeing *f, const struct vdc_dead_lease *said)
{
	for (size_t i = 0; i < f->leases.n; i++) {
		struct vdc_dead_lease *lease = f->leases.all[i];

		if (strcmp(lease->id, said->id) != 0 || !is_open(lease))
			continue;
		/* That one is not in it says less than what another one tried. */
		if (said->result == VDC_DEAD_LEASE_AWAY && lease->result == VDC_DEAD_LEASE_FAILED)
			continue;
		lease->result = said->result ?: VDC_DEAD_LEASE_FAILED;
		lease->freed = said->freed;
		lease->message = said->message
					 ? vdc_arena_format(f->arena, "host %s: %s",
							    f->helpers[f->at]->name, said->message)
					 : NULL;
		if (lease->result == VDC_DEAD_LEASE_FREED)
			f->free->by = f->helpers[f->at]->name;
	}
}

static int take(struct spm_freeing *f, struct vdc_err *err)
{
	struct vdc_dead_leases said;
	FILE *in = fmemopen(f->answer.data, f->answer.len, "r");
	int r;

	if (!in)
		return vdc_err_set(err, -errno, "fmemopen: %m");
	r = vdc_dead_leases_read(in, "what it says", f->arena, &said, err);
	fclose(in);
	for (size_t i = 0; i < said.n && !r; i++)
		take_one(f, said.all[i]);
	return r;
}

static bool any_open(const struct spm_freeing *f)
{
	for (size_t i = 0; i < f->leases.n; i++)
		if (is_open(f->leases.all[i]))
			return true;
	return false;
}

static int write_open(const struct spm_freeing *f, FILE *out, struct vdc_err *err)
{
	struct vdc_doc_writer *writer;
	int r = vdc_doc_writer_new(out, VDC_DOC_JSON, &writer, err), closed;

	if (r)
		return r;
	for (size_t i = 0; i < f->leases.n && !r; i++) {
		struct vdc_dead_lease *asked;

		if (!is_open(f->leases.all[i]))
			continue;
		asked = vdc_object_copy(&vdc_dead_lease_kind, f->leases.all[i], f->arena);
		asked->result = 0;
		asked->freed = VDC_UNSET;
		asked->message = NULL;
		asked->off_for = vdc_time_now() - f->host->proven_down;
		if (asked->off_for < 0) /* the clock was set back */
			asked->off_for = 0;
		r = vdc_doc_write(writer, &vdc_dead_lease_kind, asked, err);
	}
	closed = vdc_doc_writer_close(writer, r ? NULL : err);
	return r ? r : closed;
}

static int make_document(struct spm_freeing *f, struct vdc_err *err)
{
	size_t len = 0;
	char *text = NULL;
	FILE *out = open_memstream(&text, &len);
	int r;

	if (!out)
		return vdc_err_set(err, -errno, "open_memstream: %m");
	r = write_open(f, out, err);
	fclose(out);
	if (!r)
		f->document = vdc_arena_strdup(f->arena, text);
	free(text);
	return r;
}

static int ended(void *ctx, const struct vdc_err *failure, struct vdc_err *err)
{
	struct spm_freeing *f = ctx;
	struct vdc_err why = *failure;

	if (!why.code)
		take(f, &why);
	if (why.code) {
		f->failure = vdc_arena_format(f->arena, "host %s: %s", f->helpers[f->at]->name,
					      vdc_err_text(&why));
		spm_free_say(f, f->failure);
	}
	f->at++;
	return spm_free_ask(f, err);
}

int spm_free_ask(struct spm_freeing *f, struct vdc_err *err)
{
	int64_t left = f->until - vdc_time_monotonic();
	int r;

	if (!any_open(f) || f->at == f->n_helpers || left < VDC_SECOND)
		return spm_free_conclude(f, err);
	f->target = vdc_target_of(f->helpers[f->at], left, f->arena);
	vdc_buf_free(&f->answer);
	f->answer = (struct vdc_buf){ 0 };
	r = make_document(f, err);
	/* The power was proven a moment ago; that the job is ours, less than a second ago. */
	if (!r)
		r = vdc_job_check(f->lease, f->db, err);
	if (r)
		return r;
	vdc_pool_add(f->pool, &(struct vdc_task){
				      .ctx = f,
				      .work = work,
				      .got = got,
				      .ended = ended,
				      .limit_us = left + MARGIN,
			      });
	return 0;
}
