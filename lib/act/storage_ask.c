/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/storage_ask.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act/look.h"
#include "act/storage_read.h"
#include "base/child.h"
#include "base/setting.h"
#include "base/time.h"
#include "base/utf8.h"
#include "doc/doc.h"
#include "edge/host_storage.h"
#include "edge/shell.h"
#include "plan/domain_place.h"

#define MARGIN (5 * VDC_SECOND)
enum { NO_SUCH_COMMAND = 127, MOST_DETAIL = 300 };

/* How a host answered: the first byte of what the child sends. */
enum { BY_DOCUMENT = 'd', BY_LINES = 'l' };

struct asking {
	const struct vdc_domain_reading *const *questions;
	size_t n;
	int64_t each_us, way_us;
	const char *document; /* the questions */
	size_t document_len;
	const char *timeout; /* "30000ms" */
	struct vdc_arena *arena;
};

struct one {
	const struct asking *asking;
	struct vdc_storage_asked *asked;
	struct vdc_target target;
	struct vdc_buf said;
};

/* The directory that has the domain's own one, which its id names. */
static char *mount_of(const struct vdc_storage_domain *domain, struct vdc_arena *arena)
{
	size_t tail = strlen("//dom_md/metadata") + strlen(domain->id), len;
	char *metadata;

	if (vdc_storage_domain_place(domain, "metadata", arena, &metadata, NULL))
		return NULL;
	len = strlen(metadata) - tail;
	return len ? vdc_arena_strndup(arena, metadata, len) : vdc_arena_strdup(arena, "/");
}

struct vdc_domain_reading *vdc_storage_question(const struct vdc_storage_domain *domain,
						struct vdc_arena *arena)
{
	struct vdc_domain_reading *ret = vdc_object_new(&vdc_domain_reading_kind, arena);

	ret->id = vdc_arena_strdup(arena, domain->id);
	ret->name = vdc_arena_strdup(arena, domain->name);
	ret->storage_format = domain->storage_format > 0 ? domain->storage_format : VDC_UNSET;
	if (domain->volume_group || vdc_storage_is_block(domain->storage_type))
		ret->volume_group = vdc_arena_strdup(arena, domain->volume_group ?: domain->id);
	else
		ret->path = mount_of(domain, arena);
	return ret->path || ret->volume_group ? ret : NULL;
}

static int by_command(const struct one *one, struct vdc_proc_end *end, struct vdc_err *err)
{
	const struct asking *asking = one->asking;
	const char *const argv[] = { "storage-health", "--local",   "--from",	     "-",
				     "--json",	       "--timeout", asking->timeout, NULL };
	const struct vdc_shell shell = {
		.address = one->target.shell,
		.argv = argv,
		.input = asking->document,
		.input_len = asking->document_len,
		.limit_us = asking->each_us + asking->way_us,
		.most_output = 1024 * 1024,
	};

	return vdc_shell_run(&shell, end, err);
}

/* In the child. */
static int work(void *ctx, struct vdc_sender *sender, struct vdc_err *err)
{
	const struct one *one = ctx;
	const struct asking *asking = one->asking;
	vdc_autobuf text = { 0 };
	vdc_autoend end = { 0 };
	int r;

	if (!one->target.shell && !one->target.local)
		return vdc_err_set(err, -EHOSTUNREACH, "it has no address for the remote shell");
	r = by_command(one, &end, err);
	if (r == -ENOENT || (!r && end.status == NO_SUCH_COMMAND)) {
		vdc_buf_putc(&text, BY_LINES);
		r = vdc_host_storage(one->target.shell, asking->questions, asking->n,
				     asking->each_us, asking->each_us + asking->way_us, &text, err);
	} else if (!r && end.status > 1) {
		r = vdc_err_set(err, -EIO, "storage-health on the host: %s",
				vdc_proc_complaint(&end));
	} else if (!r) {
		vdc_buf_putc(&text, BY_DOCUMENT);
		vdc_buf_add(&text, end.out.data, end.out.len);
	}
	return r ? r : vdc_send(sender, text.data, text.len);
}

static int got(void *ctx, const char *data, size_t len, struct vdc_err *err vdc_unused)
{
	struct one *one = ctx;

	vdc_buf_add(&one->said, data, len);
	return 0;
}

static int64_t not_negative(int64_t value)
{
	return value < 0 ? VDC_UNSET : value;
}

/* What a host says is not believed further than it can be. */
static void take_over(const struct vdc_domain_reading *said, struct vdc_domain_reading *into,
		      struct vdc_arena *arena)
{
	size_t len = said->problem ? strcspn(said->problem, "\n") : 0;

	len = len < MOST_DETAIL ? len : MOST_DETAIL;
	into->problem = said->problem ? vdc_arena_strndup(arena, said->problem,
							  vdc_utf8_span(said->problem, len))
				      : NULL;
	into->latency = said->problem ? VDC_UNSET : not_negative(said->latency);
	into->available = not_negative(said->available);
	into->used = not_negative(said->used);
}

static int take_document(struct one *one, const char *text, size_t len, struct vdc_err *err)
{
	const struct asking *asking = one->asking;
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_domain_readings said = { 0 };
	FILE *in = fmemopen((void *)(uintptr_t)text, len ? len : 1, "r");
	int r;

	if (!in)
		return vdc_err_set(err, -errno, "reading its answer: %m");
	r = vdc_domain_readings_load(in, "its answer", arena, &said, err);
	fclose(in);
	for (size_t i = 0; i < said.n && !r; i++)
		for (size_t k = 0; k < asking->n; k++)
			if (strcmp(said.all[i]->id, asking->questions[k]->id) == 0)
				take_over(said.all[i], one->asked->readings[k], asking->arena);
	return r;
}

static int understand(struct one *one, struct vdc_err *err)
{
	const struct asking *asking = one->asking;
	const char *text = vdc_buf_str(&one->said);

	if (one->said.len && text[0] == BY_LINES)
		return vdc_host_storage_parse(text + 1, one->asked->readings, asking->n,
					      asking->each_us, asking->arena, err);
	if (one->said.len > 1)
		return take_document(one, text + 1, one->said.len - 1, err);
	return vdc_err_set(err, -EBADMSG, "it said nothing");
}

static int ended(void *ctx, const struct vdc_err *failure, struct vdc_err *err vdc_unused)
{
	struct one *one = ctx;
	struct vdc_err why = *failure;

	if (!why.code)
		understand(one, &why);
	if (why.code)
		one->asked->failure = vdc_arena_strdup(one->asking->arena, vdc_err_text(&why));
	vdc_buf_free(&one->said);
	return 0;
}

static int write_document(struct asking *asking, struct vdc_err *err)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, &asking->document_len);
	struct vdc_doc_writer *writer;
	int r = vdc_doc_writer_new(out, VDC_DOC_JSON, &writer, err), closed;

	if (r) {
		fclose(out);
		free(text);
		return r;
	}
	for (size_t i = 0; i < asking->n && !r; i++)
		r = vdc_doc_write(writer, &vdc_domain_reading_kind, asking->questions[i], err);
	closed = vdc_doc_writer_close(writer, r ? NULL : err);
	fclose(out);
	asking->document = vdc_arena_strndup(asking->arena, text, asking->document_len);
	free(text);
	return r ? r : closed;
}

static void prepare(struct vdc_storage_asked *asked, const struct asking *asking)
{
	struct vdc_arena *arena = asking->arena;

	asked->failure = NULL;
	asked->readings = vdc_arena_alloc(arena, (asking->n + 1) * sizeof(*asked->readings));
	for (size_t i = 0; i < asking->n; i++)
		asked->readings[i] =
			vdc_object_copy(&vdc_domain_reading_kind, asking->questions[i], arena);
}

int vdc_storage_ask(struct vdc_storage_asked *asked, size_t n,
		    const struct vdc_domain_reading *const *questions, size_t n_questions,
		    int64_t each_us, struct vdc_arena *arena, struct vdc_err *err)
{
	vdc_autopool *pool = vdc_pool_new((unsigned)vdc_setting_number(VDC_SETTING_SYNC_JOBS));
	struct asking asking = {
		.questions = questions,
		.n = n_questions,
		.each_us = each_us,
		.way_us = 2 * vdc_setting_number(VDC_SETTING_CONNECT_TIMEOUT),
		.timeout = vdc_arena_format(arena, "%" PRId64 "ms", each_us / 1000),
		.arena = arena,
	};
	int r = write_document(&asking, err);

	for (size_t i = 0; i < n && !r; i++) {
		struct one *one = vdc_arena_alloc(arena, sizeof(*one));

		prepare(&asked[i], &asking);
		*one = (struct one){
			.asking = &asking,
			.asked = &asked[i],
			.target = vdc_target_of(asked[i].host, asking.way_us, arena),
		};
		vdc_pool_add(pool, &(struct vdc_task){
					   .ctx = one,
					   .work = work,
					   .got = got,
					   .ended = ended,
					   .limit_us = 2 * (each_us + asking.way_us) + MARGIN,
				   });
	}
	return r ? r : vdc_pool_run(pool, -1, err);
}
