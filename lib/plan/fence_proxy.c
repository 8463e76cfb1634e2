/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/fence_proxy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fnv.h"
#include "base/words.h"
#include "model/cluster.h"

enum source { DIRECT, CLUSTER, DC, OTHER_DC, N_SOURCES };

static const char *const source_words[] = { "direct", "cluster", "dc", "other_dc" };

struct candidate {
	const struct vdc_host *host;
	bool up;
	uint64_t order;
};

struct search {
	const struct vdc_fence_proxy_question *question;
	const struct vdc_host **found;
	size_t n;
};

const char *vdc_fence_proxy_unfit(const struct vdc_host *host, struct vdc_arena *arena)
{
	const char *word = vdc_enum_word(&vdc_host_status_values, host->status);

	if (host->status == VDC_HOST_UP || host->status == VDC_HOST_MAINTENANCE)
		return NULL;
	if (host->status != VDC_HOST_NON_OPERATIONAL)
		return vdc_arena_format(arena, "it is %s", word[0] ? word : "in no known status");
	if (host->reason == VDC_REASON_NETWORK_UNREACHABLE ||
	    host->reason == VDC_REASON_NETWORK_INTERFACE_IS_DOWN)
		return vdc_arena_format(arena, "it is %s: %s", word,
					vdc_enum_word(&vdc_host_reason_values, host->reason));
	return NULL;
}

static uint64_t mix(uint64_t hash, const char *text)
{
	return vdc_fnv(hash, text, strlen(text));
}

static uint64_t order_of(const struct vdc_host *victim, const struct vdc_host *host)
{
	uint64_t hash = mix(mix(VDC_FNV_START, victim->id), host->id);

	hash ^= hash >> 32;
	hash *= UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 29;
}

static int compare(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->up != y->up)
		return x->up ? -1 : 1;
	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	return strcmp(x->host->id, y->host->id);
}

static const char *data_center_of(const struct vdc_world *world, const struct vdc_host *host)
{
	const struct vdc_cluster *cluster =
		vdc_world_find(world, &vdc_cluster_kind, host->cluster.id);

	return cluster ? cluster->data_center.id : NULL;
}

static bool same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

static bool is_of(const struct search *search, enum source source, const struct vdc_host *host)
{
	const struct vdc_host *victim = search->question->victim;
	const struct vdc_world *world = search->question->world;
	bool in_cluster = same(host->cluster.id, victim->cluster.id);
	bool in_dc = same(data_center_of(world, host), data_center_of(world, victim));

	return source == CLUSTER ? in_cluster : source == DC ? in_dc : !in_dc;
}

static bool has(const struct search *search, const struct vdc_host *host)
{
	for (size_t i = 0; i < search->n; i++)
		if (search->found[i] == host)
			return true;
	return false;
}

static void add(struct search *search, const struct vdc_host *host)
{
	if (!has(search, host))
		search->found[search->n++] = host;
}

static void add_source(struct search *search, enum source source, struct vdc_arena *arena)
{
	const struct vdc_host *victim = search->question->victim;
	struct candidate *candidates;
	void *const *hosts;
	size_t n = vdc_world_all(search->question->world, &vdc_host_kind, &hosts), found = 0;

	candidates = vdc_arena_alloc(arena, (n + 1) * sizeof(*candidates));
	for (size_t i = 0; i < n; i++) {
		const struct vdc_host *host = hosts[i];

		if (same(host->id, victim->id) || vdc_fence_proxy_unfit(host, arena) ||
		    !is_of(search, source, host))
			continue;
		candidates[found++] = (struct candidate){
			.host = host,
			.up = host->status == VDC_HOST_UP,
			.order = order_of(victim, host),
		};
	}
	qsort(candidates, found, sizeof(*candidates), compare);
	for (size_t i = 0; i < found; i++)
		add(search, candidates[i].host);
}

/* One that was named serves in whatever status: whoever named it knows more. */
static int add_named(struct search *search, const char *name, struct vdc_err *err)
{
	const struct vdc_host *victim = search->question->victim;
	void *const *hosts;
	size_t n = vdc_world_all(search->question->world, &vdc_host_kind, &hosts);

	for (size_t i = 0; i < n; i++) {
		const struct vdc_host *host = hosts[i];

		if (!same(host->name, name) && !same(host->id, name))
			continue;
		if (same(host->id, victim->id))
			return vdc_err_set(err, -EINVAL,
					   "host %s cannot be its own proxy: name another one",
					   victim->name);
		add(search, host);
		return 0;
	}
	return vdc_err_set(err, -EINVAL,
			   "proxy \"%s\" is none of cluster, dc, other_dc, direct, nor a host",
			   name);
}

static int add_word(struct search *search, const char *word, struct vdc_arena *arena,
		    struct vdc_err *err)
{
	for (enum source source = 0; source < N_SOURCES; source++) {
		if (!vdc_word_equal(word, source_words[source]))
			continue;
		if (source != DIRECT)
			add_source(search, source, arena);
		else if (!search->question->is_here)
			add(search, NULL);
		return 0;
	}
	return add_named(search, word, err);
}

int vdc_fence_proxies(const struct vdc_fence_proxy_question *question, struct vdc_arena *arena,
		      const struct vdc_host *const **ret, struct vdc_err *err)
{
	struct search search = { .question = question };
	const char *words = question->sources, *word;
	void *const *hosts;
	size_t len, n = vdc_world_all(question->world, &vdc_host_kind, &hosts);
	int r = 0;

	search.found = vdc_arena_alloc(arena, (n + 2) * sizeof(*search.found));
	while (!r && (word = vdc_word_next(&words, &len)))
		r = add_word(&search, vdc_arena_strndup(arena, word, len), arena, err);
	if (r)
		return r;
	*ret = search.found;
	return (int)search.n;
}
