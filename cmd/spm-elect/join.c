/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* spm-elect join and leave, on this host */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/time.h"
#include "cli/exit_code.h"
#include "cli/work.h"
#include "spm_elect.h"

/* An unclean death of the same name: 8 time-outs and 60 s, then the joining itself. */
#define JOIN_TIME (180 * VDC_SECOND)
#define LEAVE_TIME (60 * VDC_SECOND)
#define LOOK_TIME (10 * VDC_SECOND)

int spm_elect_read(struct vdc_call *call, const char *from, struct vdc_lockspaces *ret,
		   struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(call);
	FILE *in;
	int r;

	if (strcmp(from, "-") == 0)
		return vdc_lockspaces_read(stdin, "standard input", arena, ret, err);
	in = fopen(from, "re");
	if (!in)
		return vdc_err_set(err, -errno, "%s: %m", from);
	r = vdc_lockspaces_read(in, from, arena, ret, err);
	fclose(in);
	return r;
}

/* What is new takes the place of what has the same id. */
static void merge(struct vdc_call *call, const struct vdc_lockspaces *new,
		  struct vdc_lockspaces *spaces)
{
	struct vdc_lockspace **all = vdc_arena_alloc(
		vdc_call_arena(call), (spaces->n + new->n + 1) * sizeof(struct vdc_lockspace *));
	size_t n = spaces->n;

	if (n)
		memcpy(all, spaces->all, n * sizeof(struct vdc_lockspace *));
	for (size_t i = 0; i < new->n; i++) {
		size_t at = 0;

		while (at < n && strcmp(all[at]->id, new->all[i]->id) != 0)
			at++;
		all[at] = new->all[i];
		n += at == n;
	}
	*spaces = (struct vdc_lockspaces){ all, n };
}

/* A host id is changed by leaving with the old one. */
static int check_ids(const struct vdc_lockspaces *old, const struct vdc_lockspaces *new,
		     struct vdc_err *err)
{
	for (size_t i = 0; i < old->n; i++)
		for (size_t j = 0; j < new->n; j++)
			if (strcmp(old->all[i]->id, new->all[j]->id) == 0 &&
			    old->all[i]->host_id != new->all[j]->host_id &&
			    old->all[i]->state != VDC_LOCKSPACE_AWAY)
				return vdc_err_set(
					err, -EPERM,
					"this host is in the lockspace of domain %s with "
					"host id %lld, and is told %lld; spm-elect leave "
					"first",
					old->all[i]->name, (long long)old->all[i]->host_id,
					(long long)new->all[j]->host_id);
	return 0;
}

static bool has(const struct vdc_lockspaces *spaces, const char *id)
{
	for (size_t i = 0; i < spaces->n; i++)
		if (strcmp(spaces->all[i]->id, id) == 0)
			return true;
	return false;
}

/* SPACES: those of NEW only; OTHERS: the rest. */
static void pick(struct vdc_call *call, struct vdc_lockspaces *spaces,
		 const struct vdc_lockspaces *new, struct vdc_lockspaces *others)
{
	struct vdc_lockspace **all = vdc_arena_alloc(
		vdc_call_arena(call), (spaces->n + 1) * sizeof(struct vdc_lockspace *));
	size_t n = 0;

	others->all = vdc_arena_alloc(vdc_call_arena(call),
				      (spaces->n + 1) * sizeof(struct vdc_lockspace *));
	for (size_t i = 0; i < spaces->n; i++)
		if (has(new, spaces->all[i]->id))
			all[n++] = spaces->all[i];
		else
			others->all[others->n++] = spaces->all[i];
	*spaces = (struct vdc_lockspaces){ all, n };
}

static int take_in(struct vdc_call *call, const char *from, struct vdc_lockspaces *spaces,
		   struct vdc_lockspaces *others, struct vdc_err *err)
{
	struct vdc_lockspaces new = { 0 };
	int r = spm_elect_read(call, from, &new, err);

	if (r)
		return r;
	vdc_lockspaces_look(spaces, LOOK_TIME, vdc_call_arena(call));
	r = check_ids(spaces, &new, err);
	if (r)
		return r;
	merge(call, &new, spaces);
	if (vdc_given(call, "only"))
		pick(call, spaces, &new, others);
	return vdc_given(call, "dry-run") ? 0 : vdc_lockspaces_save(spaces, err);
}

/* What a document does not name is left before it is forgotten; one that is not left stays. */
static int leave_others(struct vdc_call *call, struct vdc_lockspaces *others,
			struct vdc_lockspaces *spaces, struct vdc_err *err)
{
	struct vdc_err *failures =
		vdc_arena_alloc(vdc_call_arena(call), (others->n + 1) * sizeof(*failures));
	struct vdc_lockspaces kept = { others->all, 0 };
	int r = vdc_lockspaces_leave(others, vdc_int_option(call, "timeout", LEAVE_TIME), failures,
				     err);

	for (size_t i = 0; i < others->n && !r; i++) {
		if (!failures[i].code)
			continue;
		vdc_log(VDC_LOG_WARNING, "the lockspace of domain %s was not left: %s",
			others->all[i]->name, vdc_err_text(&failures[i]));
		others->all[kept.n++] = others->all[i];
	}
	if (r || !kept.n)
		return r;
	merge(call, &kept, spaces);
	return vdc_lockspaces_save(spaces, err);
}

static int say_problems(const struct vdc_lockspaces *spaces)
{
	for (size_t i = 0; i < spaces->n; i++)
		if (spaces->all[i]->problem)
			vdc_log(VDC_LOG_ERROR, "lockspace of domain %s: %s", spaces->all[i]->name,
				spaces->all[i]->problem);
	return 0;
}

static int finish(struct vdc_call *call, struct vdc_lockspaces *spaces,
		  const struct vdc_err *failures, struct vdc_err *err)
{
	enum vdc_exit *codes =
		vdc_arena_alloc(vdc_call_arena(call), (spaces->n + 1) * sizeof(*codes));
	int r;

	vdc_lockspaces_look(spaces, LOOK_TIME, vdc_call_arena(call));
	for (size_t i = 0; i < spaces->n; i++) {
		codes[i] = failures[i].code ? vdc_exit_of(failures[i].code) : VDC_EXIT_OK;
		if (failures[i].code == -EEXIST) {
			spaces->all[i]->taken = true;
			codes[i] = VDC_EXIT_REFUSED;
		}
		if (failures[i].code)
			spaces->all[i]->problem =
				vdc_arena_strdup(vdc_call_arena(call), vdc_err_text(&failures[i]));
	}
	r = vdc_given(call, "quiet") ? say_problems(spaces) : spm_elect_print(call, spaces, err);
	return r < 0 ? r : (int)vdc_work_exit(codes, spaces->n);
}

static struct vdc_err *new_failures(struct vdc_call *call, const struct vdc_lockspaces *spaces)
{
	return vdc_arena_alloc(vdc_call_arena(call), (spaces->n + 1) * sizeof(struct vdc_err));
}

int spm_elect_join_local(struct vdc_call *call, struct vdc_err *err)
{
	const char *from = vdc_text_option(call, "from");
	struct vdc_lockspaces spaces, others = { 0 };
	struct vdc_err *failures;
	int r = spm_elect_load(call, &spaces, err);

	if (!r && from)
		r = take_in(call, from, &spaces, &others, err);
	if (r)
		return r;
	if (!spaces.n)
		vdc_log(VDC_LOG_NOTICE, "this host knows no lockspace; spm-elect join HOST, where "
					"the database is, tells it");
	failures = new_failures(call, &spaces);
	if (vdc_given(call, "dry-run"))
		return finish(call, &spaces, failures, err);
	if (others.n)
		r = leave_others(call, &others, &spaces, err);
	if (!r)
		r = vdc_lockspaces_join(&spaces, vdc_int_option(call, "timeout", JOIN_TIME),
					failures, err);
	return r ? r : finish(call, &spaces, failures, err);
}

/* Those that are not left are remembered, so that the next one can. */
static int forget(const struct vdc_lockspaces *spaces, const struct vdc_err *failures,
		  struct vdc_arena *arena, struct vdc_err *err)
{
	struct vdc_lockspaces kept = {
		vdc_arena_alloc(arena, (spaces->n + 1) * sizeof(struct vdc_lockspace *)), 0
	};

	for (size_t i = 0; i < spaces->n; i++)
		if (failures[i].code)
			kept.all[kept.n++] = spaces->all[i];
	return vdc_lockspaces_save(&kept, err);
}

int spm_elect_leave_local(struct vdc_call *call, struct vdc_err *err)
{
	const char *from = vdc_text_option(call, "from");
	struct vdc_lockspaces spaces, more = { 0 };
	struct vdc_err *failures;
	int r = spm_elect_load(call, &spaces, err);

	if (!r && from)
		r = spm_elect_read(call, from, &more, err);
	if (r)
		return r;
	/* What the host itself knows is what it joined with. */
	merge(call, &spaces, &more);
	spaces = more;
	failures = new_failures(call, &spaces);
	if (vdc_given(call, "dry-run"))
		return finish(call, &spaces, failures, err);
	r = vdc_lockspaces_leave(&spaces, vdc_int_option(call, "timeout", LEAVE_TIME), failures,
				 err);
	if (!r && vdc_given(call, "forget"))
		r = forget(&spaces, failures, vdc_call_arena(call), err);
	return r ? r : finish(call, &spaces, failures, err);
}
