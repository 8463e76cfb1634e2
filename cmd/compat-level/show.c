/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* compat-level show: the levels of hosts, clusters and data centres, of the database or a document */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/list.h"
#include "compat.h"
#include "doc/doc.h"
#include "model/host.h"
#include "plan/level_report.h"

/* Levels as a text: most hosts have the same. */
struct spelt {
	const struct vdc_level_family *family;
	vdc_level_set set;
	char *text;
};

struct show {
	struct compat compat;
	struct spelt spelt;
	struct vdc_level_state state;
	bool *hosts, *clusters, *data_centers; /* which of the state's were asked for */
	struct vdc_list *list;		       /* the table, or ... */
	struct vdc_doc_writer *writer;	       /* ... the document */
};

static char *levels_of(struct show *show, const struct vdc_level_family *family, vdc_level_set set)
{
	struct spelt *spelt = &show->spelt;

	if (spelt->text && spelt->family == family && spelt->set == set)
		return spelt->text;
	*spelt = (struct spelt){ family, set,
				 (show->writer ? compat_levels_text : compat_levels_span)(
					 family, set, show->compat.arena) };
	return spelt->text;
}

static struct vdc_host_report *report_host(struct show *show, const struct vdc_host_state *state)
{
	const struct vdc_host *host = state->host;
	const struct vdc_level_family *family = state->family;
	struct vdc_host_report *r = vdc_object_new(&vdc_host_report_kind, show->compat.arena);

	r->id = host->id;
	r->name = host->name;
	r->cluster =
		compat_ref(&vdc_cluster_kind,
			   vdc_world_find(show->compat.world, &vdc_cluster_kind, host->cluster.id));
	if (!r->cluster.id)
		r->cluster = host->cluster;
	r->status = host->status;
	r->agent_version = host->agent_version;
	r->agent_major = host->agent_major;
	r->agent_minor = host->agent_minor;
	r->agent_build = host->agent_build;
	r->agent_revision = host->agent_revision;
	r->libvirt_version = host->libvirt_version;
	r->qemu_version = host->qemu_version;
	r->levels = levels_of(show, family, state->levels.can);
	r->reason = (char *)(uintptr_t)state->levels.reason;
	if (!state->levels.can)
		return r;
	r->level_family = (char *)(uintptr_t)family->name;
	r->level = family->levels[state->levels.newest].level;
	return r;
}

static struct vdc_cluster_report *report_cluster(struct show *show,
						 const struct vdc_cluster_offer *offer)
{
	const struct vdc_cluster *cluster = offer->cluster;
	struct vdc_cluster_report *r = vdc_object_new(&vdc_cluster_report_kind, show->compat.arena);

	r->id = cluster->id;
	r->name = cluster->name;
	r->data_center = compat_ref(
		&vdc_data_center_kind,
		vdc_world_find(show->compat.world, &vdc_data_center_kind, cluster->data_center.id));
	r->version = cluster->version;
	r->supported_versions = levels_of(show, offer->family, offer->supported);
	r->level_family = (char *)(uintptr_t)offer->family->name;
	r->least_host = compat_ref(&vdc_host_kind, offer->least);
	r->reason = (char *)(uintptr_t)offer->reason;
	return r;
}

static struct vdc_data_center_report *report_data_center(struct show *show,
							 const struct vdc_data_center_offer *offer)
{
	const struct vdc_data_center *dc = offer->data_center;
	struct vdc_data_center_report *r =
		vdc_object_new(&vdc_data_center_report_kind, show->compat.arena);

	r->id = dc->id;
	r->name = dc->name;
	r->version = dc->version;
	r->supported_versions = levels_of(show, offer->family, offer->supported);
	r->level_family = offer->family ? (char *)(uintptr_t)offer->family->name : NULL;
	r->reason = (char *)(uintptr_t)offer->reason;
	return r;
}

static int put_row(struct show *show, const struct vdc_level_row *row, struct vdc_err *err)
{
	return vdc_list_add(show->list, row, err);
}

static int show_data_center(struct show *show, const struct vdc_data_center_offer *offer,
			    struct vdc_err *err)
{
	const struct vdc_data_center_report *r = report_data_center(show, offer);
	char kind[] = "data-center";

	if (show->writer)
		return vdc_doc_write(show->writer, &vdc_data_center_report_kind, r, err);
	return put_row(show,
		       &(struct vdc_level_row){ r->id, kind, r->name, r->version, r->level_family,
						r->supported_versions, r->reason },
		       err);
}

static int show_cluster(struct show *show, const struct vdc_cluster_offer *offer,
			struct vdc_err *err)
{
	const struct vdc_cluster_report *r = report_cluster(show, offer);
	char kind[] = "cluster";

	if (show->writer)
		return vdc_doc_write(show->writer, &vdc_cluster_report_kind, r, err);
	return put_row(show,
		       &(struct vdc_level_row){ r->id, kind, r->name, r->version, r->level_family,
						r->supported_versions, r->reason },
		       err);
}

static int show_host(struct show *show, const struct vdc_host_state *state, struct vdc_err *err)
{
	const struct vdc_host_report *r = report_host(show, state);
	char kind[] = "host";

	if (show->writer)
		return vdc_doc_write(show->writer, &vdc_host_report_kind, r, err);
	return put_row(show,
		       &(struct vdc_level_row){ r->id, kind, r->name, r->level, r->level_family,
						r->levels, r->reason },
		       err);
}

static int show_state(struct show *show, struct vdc_err *err)
{
	const struct vdc_level_state *state = &show->state;
	int r = 0;

	for (size_t i = 0; i < state->n_data_centers && !r; i++)
		r = show->data_centers[i] ? show_data_center(show, &state->data_centers[i], err)
					  : 0;
	for (size_t i = 0; i < state->n_clusters && !r; i++)
		r = show->clusters[i] ? show_cluster(show, &state->clusters[i], err) : 0;
	for (size_t i = 0; i < state->n_hosts && !r; i++)
		r = show->hosts[i] ? show_host(show, &state->hosts[i], err) : 0;
	return r;
}

static int print(struct show *show, struct vdc_err *err)
{
	enum vdc_output output = vdc_call_output(show->compat.call);
	int r, closed;

	if (output == VDC_OUTPUT_TABLE) {
		r = vdc_list_new(show->compat.call, &vdc_level_row_kind, &show->list, err);
		if (!r)
			r = show_state(show, err);
		return r ? r : vdc_list_end(show->list, err);
	}
	r = vdc_doc_writer_new(stdout, output == VDC_OUTPUT_JSON ? VDC_DOC_JSON : VDC_DOC_XML,
			       &show->writer, err);
	if (r)
		return r;
	r = show_state(show, err);
	closed = vdc_doc_writer_close(show->writer, r ? NULL : err);
	return r ? r : closed;
}

static bool is_called(const struct vdc_kind *kind, const void *object, const char *word)
{
	const char *id = vdc_object_id(object);

	return strcmp(vdc_object_name(kind, object), word) == 0 || (id && strcmp(id, word) == 0);
}

/* A cluster is shown with its hosts, a data centre with its clusters and their hosts. */
static void choose_cluster(struct show *show, size_t c)
{
	const struct vdc_cluster *cluster = show->state.clusters[c].cluster;

	show->clusters[c] = true;
	for (size_t i = 0; i < show->state.n_hosts; i++) {
		const char *id = show->state.hosts[i].host->cluster.id;

		if (id && cluster->id && strcmp(id, cluster->id) == 0)
			show->hosts[i] = true;
	}
}

static void choose_data_center(struct show *show, size_t d)
{
	const struct vdc_data_center *dc = show->state.data_centers[d].data_center;

	show->data_centers[d] = true;
	for (size_t i = 0; i < show->state.n_clusters; i++) {
		const char *id = show->state.clusters[i].cluster->data_center.id;

		if (id && dc->id && strcmp(id, dc->id) == 0)
			choose_cluster(show, i);
	}
}

static int choose(struct show *show, const char *word, struct vdc_err *err)
{
	const struct vdc_level_state *state = &show->state;
	size_t found = 0;

	for (size_t i = 0; i < state->n_data_centers; i++) {
		if (is_called(&vdc_data_center_kind, state->data_centers[i].data_center, word))
			choose_data_center(show, (found++, i));
	}
	for (size_t i = 0; i < state->n_clusters; i++) {
		if (is_called(&vdc_cluster_kind, state->clusters[i].cluster, word))
			choose_cluster(show, (found++, i));
	}
	for (size_t i = 0; i < state->n_hosts; i++) {
		if (is_called(&vdc_host_kind, state->hosts[i].host, word))
			show->hosts[(found++, i)] = true;
	}
	return found ? 0
		     : vdc_err_set(err, -ENOENT,
				   "there is no host, cluster or data centre '%.100s'", word);
}

static bool *flags(struct show *show, size_t n, bool all)
{
	bool *ret = vdc_arena_alloc(show->compat.arena, n + 1);

	memset(ret, all, n);
	return ret;
}

static int show_chosen(struct show *show, const char *const *words, int n, struct vdc_err *err)
{
	int r = vdc_plan_level_state(show->compat.world, show->compat.catalogue, show->compat.arena,
				     &show->state, err);

	if (r)
		return r;
	show->hosts = flags(show, show->state.n_hosts, n == 0);
	show->clusters = flags(show, show->state.n_clusters, n == 0);
	show->data_centers = flags(show, show->state.n_data_centers, n == 0);
	for (int i = 0; i < n && !r; i++)
		r = choose(show, words[i], err);
	return r ? r : print(show, err);
}

static bool is_ours(const struct vdc_kind *kind)
{
	const struct vdc_kind *const *k = vdc_level_world_kinds;

	while (*k && *k != kind)
		k++;
	return *k;
}

static int take(void *ctx, const struct vdc_kind *kind, void *object, struct vdc_place place,
		struct vdc_arena *arena, struct vdc_err *err)
{
	struct compat *compat = ctx;

	(void)place;
	(void)arena;
	(void)err;
	if (is_ours(kind))
		vdc_world_add(compat->world, kind, vdc_object_copy(kind, object, compat->arena));
	return 0;
}

/* Documents by hand refer by name: in a world everything does by id. */
static void resolve(const struct compat *compat, const struct vdc_kind *kind,
		    const struct vdc_kind *target, const char *field)
{
	const struct vdc_field *f = vdc_kind_field(kind, field);
	void *const *all;
	size_t n = vdc_world_all(compat->world, kind, &all);

	for (size_t i = 0; i < n; i++) {
		struct vdc_ref *ref = vdc_ref_of(f, all[i]);
		const void *object =
			ref->id || !ref->name ? NULL : compat_find(compat, target, ref->name);

		if (object)
			ref->id = (char *)(uintptr_t)vdc_object_id(object);
	}
}

/* What has no id is known by its name. */
static struct vdc_world *with_ids(const struct compat *compat)
{
	struct vdc_world *world = vdc_world_new(compat->arena);

	for (const struct vdc_kind *const *k = vdc_level_world_kinds; *k; k++) {
		void *const *all;
		size_t n = vdc_world_all(compat->world, *k, &all);

		for (size_t i = 0; i < n; i++) {
			char **id = vdc_text_of(&(*k)->fields[0], all[i]);

			if (!*id)
				*id = (char *)(uintptr_t)vdc_object_name(*k, all[i]);
			vdc_world_add(world, *k, all[i]);
		}
	}
	return world;
}

static int read_document(struct compat *compat, struct vdc_err *err)
{
	const struct vdc_doc_options options = { .name = "standard input", .hint = &vdc_host_kind };
	void *const *all;
	size_t n = 0;
	int r;

	compat->world = vdc_world_new(compat->arena);
	r = vdc_doc_read(stdin, &options, take, compat, err);
	if (r)
		return r;
	for (const struct vdc_kind *const *k = vdc_level_world_kinds; *k; k++)
		n += vdc_world_all(compat->world, *k, &all);
	if (!n)
		return vdc_err_set(err, -EBADMSG,
				   "standard input: no host, cluster or data centre is in the "
				   "document");
	compat->world = with_ids(compat);
	resolve(compat, &vdc_host_kind, &vdc_cluster_kind, "cluster");
	resolve(compat, &vdc_cluster_kind, &vdc_data_center_kind, "data_center");
	return 0;
}

int compat_show(struct vdc_call *call, struct vdc_err *err)
{
	struct show show = { 0 };
	const char *const *words;
	int n = vdc_call_operands(call, &words);
	bool document = n && strcmp(words[0], "-") == 0;
	int r;

	if (document) {
		r = compat_open(&show.compat, call, err);
		if (!r)
			r = read_document(&show.compat, err);
	} else {
		r = vdc_call_open_db(call, VDC_NEEDS_DB_READ, err);
		if (!r)
			r = compat_open_world(&show.compat, call, vdc_level_world_kinds, err);
	}
	return r ? r : show_chosen(&show, words + document, n - document, err);
}
