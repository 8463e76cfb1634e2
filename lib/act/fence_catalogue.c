/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/fence_catalogue.h"

#include <errno.h>
#include <string.h>

#include "act/fence_cache.h"
#include "base/child.h"
#include "base/time.h"
#include "edge/fence_program.h"

/* An agent that is asked. */
struct asking {
	struct vdc_buf text; /* what vdc_task_text gathers */
	struct vdc_fence_program *program;
	struct vdc_arena *arena;
};

static int work(void *ctx, struct vdc_sender *sender, struct vdc_err *err)
{
	const struct asking *asking = ctx;
	vdc_autobuf text = { 0 };
	int r = vdc_fence_describe(asking->program->name, &text, err);

	return r ? r : vdc_send(sender, vdc_buf_str(&text), text.len);
}

static int ended(void *ctx, const struct vdc_err *failure, struct vdc_err *err vdc_unused)
{
	struct asking *asking = ctx;
	struct vdc_fence_program *program = asking->program;
	struct vdc_err why = *failure;

	if (!why.code)
		vdc_fence_metadata_read(vdc_buf_str(&asking->text), asking->text.len, asking->arena,
					&program->metadata, &why);
	if (why.code)
		program->failure = vdc_arena_strdup(asking->arena, vdc_err_text(&why));
	/* It may have been the machine that was too slow. */
	if (why.code == -ETIMEDOUT || why.code == -EIO)
		program->mtime_ns = 0;
	return 0;
}

/* The programs without metadata are asked for it. */
static int ask(struct vdc_fence_program *programs, size_t n, struct vdc_arena *arena,
	       struct vdc_err *err)
{
	vdc_autopool *pool = vdc_pool_new(vdc_processors());
	struct asking *all = vdc_arena_alloc(arena, (n + 1) * sizeof(*all));
	int r;

	for (size_t i = 0; i < n; i++) {
		if (programs[i].failure || programs[i].metadata.options)
			continue;
		all[i] = (struct asking){ .program = &programs[i], .arena = arena };
		vdc_pool_add(pool, &(struct vdc_task){
					   .ctx = &all[i],
					   .work = work,
					   .got = vdc_task_text,
					   .ended = ended,
					   .limit_us = 60 * VDC_SECOND,
				   });
	}
	r = vdc_pool_run(pool, -1, err);
	for (size_t i = 0; i < n; i++)
		vdc_buf_free(&all[i].text);
	return r;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct vdc_fence_program *)a)->name,
		      ((const struct vdc_fence_program *)b)->name);
}

/* What FILE says of itself as far as KNOWN has it; true: it has. */
static bool take(const struct vdc_fence_catalogue *known, const struct vdc_fence_file *file,
		 struct vdc_fence_program *ret)
{
	const struct vdc_fence_program key = { .name = file->name }, *has = NULL;

	if (known->n)
		has = bsearch(&key, known->programs, known->n, sizeof(key), by_name);
	*ret = (struct vdc_fence_program){ .name = file->name,
					   .mtime_ns = file->mtime_ns,
					   .size = file->size };
	if (!has || has->mtime_ns != file->mtime_ns || has->size != file->size)
		return false;
	*ret = *has;
	return true;
}

int vdc_fence_catalogue_read(struct vdc_arena *arena, struct vdc_fence_catalogue *ret,
			     struct vdc_err *err)
{
	struct vdc_fence_catalogue known, all = { 0 };
	struct vdc_fence_file *files;
	size_t taken = 0;
	int r = vdc_fence_files(arena, &files, &all.n, err);

	if (r)
		return r;
	vdc_fence_cache_load(arena, &known);
	all.programs = vdc_arena_alloc(arena, (all.n + 1) * sizeof(*all.programs));
	for (size_t i = 0; i < all.n; i++)
		taken += take(&known, &files[i], &all.programs[i]);
	if (taken < all.n)
		r = ask(all.programs, all.n, arena, err);
	if (r)
		return r;
	if (taken < all.n || taken < known.n)
		vdc_fence_cache_save(&all);
	*ret = all;
	return 0;
}

/* KNOWN with PROGRAM in it, in its place. */
static struct vdc_fence_catalogue with(const struct vdc_fence_catalogue *known,
				       const struct vdc_fence_program *program,
				       struct vdc_arena *arena)
{
	struct vdc_fence_catalogue all = {
		.programs = vdc_arena_alloc(arena, (known->n + 1) * sizeof(*all.programs)),
	};

	for (size_t i = 0; i < known->n; i++)
		if (strcmp(known->programs[i].name, program->name) != 0)
			all.programs[all.n++] = known->programs[i];
	all.programs[all.n++] = *program;
	qsort(all.programs, all.n, sizeof(*all.programs), by_name);
	return all;
}

int vdc_fence_catalogue_one(const char *name, struct vdc_arena *arena,
			    struct vdc_fence_program *ret, struct vdc_err *err)
{
	struct vdc_fence_catalogue known, all;
	struct vdc_fence_program program;
	struct vdc_fence_file file;
	int r = vdc_fence_file(name, arena, &file, err);

	if (r)
		return r;
	vdc_fence_cache_load(arena, &known);
	if (!take(&known, &file, &program)) {
		r = ask(&program, 1, arena, err);
		if (r)
			return r;
		all = with(&known, &program, arena);
		vdc_fence_cache_save(&all);
	}
	*ret = program;
	return 0;
}
