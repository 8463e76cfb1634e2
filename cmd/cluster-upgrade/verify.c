/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cluster-upgrade plan --verify: a document, which anybody may have edited, and the cluster now. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/release.h"
#include "cluster_upgrade.h"
#include "doc/doc.h"

struct document {
	struct vdc_arena *arena;
	const char *name;
	struct vdc_upgrade *upgrade;
	struct vdc_buf hosts, moves; /* pointers */
};

/* The reader lets an object lack what the database would ask for; a reference is by id here. */
static int check_fields(const struct vdc_kind *kind, const void *object, struct vdc_place place,
			struct vdc_err *err)
{
	for (size_t i = 0; i < kind->n_fields; i++) {
		const struct vdc_field *f = &kind->fields[i];
		bool set = vdc_value_is_set(f, object);

		if (set && f->type == VDC_REF)
			set = vdc_ref_of(f, object)->id;
		else if (!(f->flags & VDC_REQUIRED))
			continue;
		if (!set && (f->flags & VDC_REQUIRED || vdc_value_is_set(f, object)))
			return vdc_err_at(err, -EINVAL, place.line, place.column, "%s has no %s%s",
					  kind->name, f->name,
					  f->type == VDC_REF ? " with an id" : "");
	}
	return 0;
}

static int take(void *ctx, const struct vdc_kind *kind, void *object, struct vdc_place place,
		struct vdc_arena *arena vdc_unused, struct vdc_err *err)
{
	struct document *document = ctx;
	void *copy;
	int r;

	if (kind != &vdc_upgrade_kind && kind != &vdc_upgrade_host_kind &&
	    kind != &vdc_upgrade_move_kind)
		return vdc_err_at(err, -EINVAL, place.line, place.column,
				  "<%s> is no part of a plan", kind->name);
	r = check_fields(kind, object, place, err);
	if (r)
		return r;
	copy = vdc_object_copy(kind, object, document->arena);
	if (kind == &vdc_upgrade_host_kind) {
		vdc_buf_add(&document->hosts, &copy, sizeof(copy));
	} else if (kind == &vdc_upgrade_move_kind) {
		vdc_buf_add(&document->moves, &copy, sizeof(copy));
	} else {
		if (document->upgrade)
			return vdc_err_at(err, -EINVAL, place.line, place.column,
					  "the document has two plans");
		document->upgrade = copy;
	}
	return 0;
}

static int read_document(const char *path, struct document *document, struct vdc_err *err)
{
	static const struct vdc_kind *const kinds[] = { &vdc_upgrade_kind, &vdc_upgrade_host_kind,
							&vdc_upgrade_move_kind, NULL };
	bool is_stdin = strcmp(path, "-") == 0;
	struct vdc_doc_options options = { .kinds = kinds };
	FILE *in = is_stdin ? stdin : fopen(path, "re");
	int r;

	document->name = options.name = is_stdin ? "standard input" : path;
	if (!in)
		return vdc_err_set(err, errno == EACCES ? -EACCES : -EINVAL, "%s: %s", path,
				   strerror(errno));
	r = vdc_doc_read(in, &options, take, document, err);
	if (!is_stdin)
		fclose(in);
	if (!r && !document->upgrade)
		r = vdc_err_set(err, -EINVAL, "%s: the document has no <upgrade>: it is no plan",
				document->name);
	return r;
}

static struct vdc_upgrade_rows rows_of(const struct document *document)
{
	return (struct vdc_upgrade_rows){
		.upgrade = document->upgrade,
		.hosts = (void *)document->hosts.data,
		.n_hosts = document->hosts.len / sizeof(void *),
		.moves = (void *)document->moves.data,
		.n_moves = document->moves.len / sizeof(void *),
	};
}

/* The limits are those of the plan; of its hosts those that are still there. */
static void choose(struct upgrade_scene *scene, const struct vdc_upgrade_rows *rows)
{
	struct vdc_upgrade_choice *choice = &scene->choice;
	const char **hosts = vdc_arena_alloc(scene->arena, rows->n_hosts * sizeof(*hosts));

	choice->max_away = rows->upgrade->max_away;
	choice->ceiling = rows->upgrade->ceiling;
	choice->ha_reserve = rows->upgrade->ha_reserve;
	choice->qemu = vdc_release_parse(rows->upgrade->qemu);
	choice->hosts = hosts;
	for (size_t i = 0; i < rows->n_hosts; i++) {
		const struct vdc_upgrade_host_row *row = rows->hosts[i];
		const struct vdc_host *host = vdc_world_find(scene->world, &vdc_host_kind, row->id);

		if (row->wave != VDC_UNSET && host && host->cluster.id &&
		    strcmp(host->cluster.id, choice->cluster_id) == 0)
			hosts[choice->n_hosts++] = row->id;
	}
}

static int hold(struct upgrade_scene *scene, const struct vdc_upgrade_rows *rows,
		struct vdc_err *err)
{
	struct vdc_upgrade_plan plan;
	int r;

	choose(scene, rows);
	r = cluster_upgrade_snapshot(scene, err);
	if (!r)
		r = vdc_upgrade_from_rows(rows, &scene->snapshot, scene->arena, &plan, err);
	if (!r)
		r = cluster_upgrade_unblocked(scene, err);
	if (!r)
		r = vdc_plan_upgrade_replay(&scene->snapshot.input, &plan, err);
	if (r)
		return r;
	if (vdc_given(scene->call, "simulate"))
		cluster_upgrade_timeline(&scene->snapshot, &plan);
	else if (!vdc_given(scene->call, "quiet"))
		printf("the plan fits cluster %s: %" PRIu32 " waves, %" PRIu32 " moves\n",
		       scene->snapshot.cluster->name, plan.n_waves, plan.moves);
	return 0;
}

/* A cluster that the command line names must be the one of the plan. */
static int find_cluster(struct upgrade_scene *scene, const struct document *document,
			struct vdc_err *err)
{
	const char *const *words;
	int n = vdc_call_operands(scene->call, &words);
	int r;

	scene->name = n ? words[0] : document->upgrade->cluster.id;
	r = cluster_upgrade_read(scene, err);
	if (!r && strcmp(scene->choice.cluster_id, document->upgrade->cluster.id) != 0)
		r = vdc_err_set(err, -EPERM, "%s: the plan is for another cluster than %s",
				document->name, scene->name);
	return r;
}

int cluster_upgrade_verify(struct vdc_call *call, struct vdc_err *err)
{
	struct upgrade_scene scene = {
		.call = call,
		.arena = vdc_call_arena(call),
		.choice = vdc_upgrade_choice_default,
	};
	struct document document = { .arena = scene.arena };
	struct vdc_upgrade_rows rows;
	int r = read_document(vdc_text_option(call, "verify"), &document, err);

	scene.choice.accept_unknown = vdc_given(call, "accept-unknown");
	if (!r)
		r = find_cluster(&scene, &document, err);
	if (!r) {
		rows = rows_of(&document);
		r = hold(&scene, &rows, err);
	}
	cluster_upgrade_close(&scene);
	vdc_buf_free(&document.hosts);
	vdc_buf_free(&document.moves);
	return r;
}
