/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/thin_domains.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "act/look.h"
#include "act/thin_part.h"
#include "base/setting.h"
#include "edge/host_thin.h"
#include "plan/thin_domain.h"

struct domains {
	const struct vdc_thin_options *options;
	struct vdc_arena *arena;
	struct thin_choice choice;
	struct vdc_objects disks;
	struct vdc_pool *pool;
	size_t asked, unread;
};

/* What lies below a domain's group, asked of a host. */
struct below {
	struct domains *of;
	struct vdc_target target;
	const char *group;
	struct vdc_thin_pools pools;
};

static int read_disks(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct domains *of = ctx;

	return vdc_gather(db, &vdc_disk_kind, NULL, NULL, of->arena, &of->disks, err);
}

static bool is_wanted(const struct domains *of, const struct vdc_storage_domain *domain)
{
	return of->choice.all ? domain->type == VDC_STORAGE_DOMAIN_DATA
			      : thin_is_chosen(&of->choice, domain);
}

static int work(void *ctx, struct vdc_sender *sender, struct vdc_err *err)
{
	const struct below *below = ctx;
	vdc_autobuf said = { 0 };
	int r = vdc_host_thin(below->target.shell, below->group, below->target.limit_us, &said,
			      err);

	if (!r)
		r = vdc_send(sender, vdc_buf_str(&said), said.len);
	return r;
}

static int got(void *ctx, const char *data, size_t len, struct vdc_err *err vdc_unused)
{
	struct below *below = ctx;
	vdc_autofree char *text = vdc_strndup(data, len);

	vdc_host_thin_parse(text, &below->pools, NULL);
	return 0;
}

static int ended(void *ctx, const struct vdc_err *failure, struct vdc_err *err vdc_unused)
{
	struct below *below = ctx;
	struct domains *of = below->of;
	struct vdc_err named = { 0 };

	if (below->pools.known)
		return 0;
	of->unread++;
	vdc_err_set(&named, failure->code ? failure->code : -EBADMSG,
		    "host %s, below volume group %s: %s", below->target.name, below->group,
		    failure->code ? vdc_err_text(failure) : "it answers something else");
	if (of->options->unread)
		of->options->unread(of->options->ctx, &named);
	return 0;
}

/* The first host that is up and sees it: of its data centre, as far as that is known. */
static const struct vdc_host *host_of(const struct domains *of)
{
	for (size_t i = 0; i < of->choice.hosts.n; i++) {
		const struct vdc_host *host = of->choice.hosts.objects[i];

		if (host->status == VDC_HOST_UP)
			return host;
	}
	return NULL;
}

static void ask(struct domains *of, const struct vdc_storage_domain *domain, struct below *below)
{
	const struct vdc_host *host = host_of(of);

	below->of = of;
	if (!domain->volume_group || !host)
		return;
	below->group = domain->volume_group;
	below->target = vdc_target_of(host, of->options->limit_us, of->arena);
	if (!below->target.shell && !below->target.local)
		return;
	vdc_pool_add(of->pool, &(struct vdc_task){
				       .ctx = below,
				       .work = work,
				       .got = got,
				       .ended = ended,
				       .limit_us = of->options->limit_us,
			       });
}

static int by_name(const void *left, const void *right)
{
	const struct vdc_thin_domain *a = *(const struct vdc_thin_domain *const *)left;
	const struct vdc_thin_domain *b = *(const struct vdc_thin_domain *const *)right;

	return strcmp(a->name, b->name);
}

static void finish(struct domains *of, const struct vdc_thin_disks *thin, const struct below *below,
		   struct vdc_thin_domains *ret)
{
	const struct vdc_objects *all = &of->choice.domains;

	ret->n = 0;
	ret->all = vdc_arena_alloc(of->arena, (all->n + 1) * sizeof(*ret->all));
	for (size_t i = 0; i < all->n; i++)
		if (is_wanted(of, all->objects[i]))
			ret->all[ret->n++] = vdc_thin_domain_of(
				all->objects[i], (const void *)of->disks.objects, of->disks.n,
				(const void *)thin->all, thin->n, &below[i].pools, of->arena);
	qsort(ret->all, ret->n, sizeof(*ret->all), by_name);
	ret->unread = of->unread + thin->unread;
}

static int check_names(const struct domains *of, struct vdc_err *err)
{
	const void *const *chosen = (const void *const *)(const void *)of->choice.chosen.data;

	for (size_t i = 0; i < of->choice.chosen.len / sizeof(*chosen); i++) {
		bool found = false;

		for (size_t k = 0; k < of->choice.domains.n; k++)
			found = found || of->choice.domains.objects[k] == chosen[i];
		if (!found)
			return vdc_err_set(err, -EINVAL, "--domains is about storage domains: %s",
					   of->options->names[i]);
	}
	return 0;
}

int vdc_thin_domains_look(struct vdc_db *db, const struct vdc_thin_options *options,
			  struct vdc_arena *arena, struct vdc_thin_domains *ret,
			  struct vdc_err *err)
{
	vdc_autopool *pool = vdc_pool_new(options->jobs);
	struct domains of = { .options = options, .arena = arena, .pool = pool };
	struct vdc_thin_disks thin = { 0 };
	struct below *below = NULL;
	int r = thin_choose(db, options, arena, &of.choice, err);

	if (!r)
		r = check_names(&of, err);
	if (!r)
		r = vdc_db_snapshot(db, read_disks, &of, err);
	if (!r)
		r = vdc_thin_look(db, options, arena, &thin, err);
	if (!r)
		below = vdc_arena_alloc(arena, (of.choice.domains.n + 1) * sizeof(*below));
	for (size_t i = 0; !r && i < of.choice.domains.n; i++)
		if (is_wanted(&of, of.choice.domains.objects[i]))
			ask(&of, of.choice.domains.objects[i], &below[i]);
	if (!r)
		r = vdc_pool_run(pool, -1, err);
	if (!r)
		finish(&of, &thin, below, ret);
	vdc_buf_free(&of.choice.chosen);
	return r;
}
