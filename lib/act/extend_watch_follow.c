/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Storage domains whose figures change while they are watched. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "act/extend_watch_part.h"
#include "base/aide.h"
#include "base/time.h"

#define EVERY (10 * VDC_SECOND)

static const struct vdc_storage_domain *find(const struct vdc_extend_known *known, const char *id)
{
	for (size_t i = 0; i < known->n; i++)
		if (strcmp(known->domains[i]->id, id) == 0)
			return known->domains[i];
	return NULL;
}

static void tell_space(const struct watch_follow *follow, const struct vdc_storage_domain *domain,
		       int64_t space)
{
	follow->options->told(follow->options->ctx, &(struct vdc_thin_news){
							    .what = VDC_THIN_NEWS_SPACE,
							    .text = domain->name,
							    .from = domain->available,
							    .to = space,
						    });
}

/* A child that does not take it is about to be replaced by one that begins with it. */
static void send_figures(const struct watch_follow *follow, const struct vdc_storage_domain *domain,
			 bool larger)
{
	struct extend_figures figures = {
		.chunk = domain->extend_chunk,
		.percent = domain->extend_percent,
		.transport = domain->extend_transport,
		.larger = larger,
	};

	snprintf(figures.domain, sizeof(figures.domain), "%s", domain->id);
	snprintf(figures.group, sizeof(figures.group), "%s", domain->volume_group ?: "");
	vdc_aide_send(follow->fds[0], &figures, sizeof(figures));
}

/* The first of a name counts, as everywhere. */
static void compare(const struct watch_follow *follow, const struct vdc_extend_known *after,
		    bool begins)
{
	for (size_t i = 0; i < after->n; i++) {
		const struct vdc_storage_domain *domain = after->domains[i];
		struct vdc_extend_change change;

		if (find(after, domain->id) != domain)
			continue;
		change = vdc_extend_change_of(begins ? NULL : find(&follow->known, domain->id),
					      domain);
		if (change.space)
			tell_space(follow, domain, change.space);
		if (!begins && (change.figures || change.larger))
			send_figures(follow, domain, change.larger);
	}
}

static int look(void *ctx, const struct vdc_err *failure vdc_unused, struct vdc_err *err vdc_unused)
{
	struct watch_follow *follow = ctx;
	struct vdc_arena *arena = vdc_arena_new();
	struct vdc_extend_known now;

	vdc_pool_later(follow->pool, follow, look, EVERY);
	if (follow->options->read(follow->options->ctx, arena, &now, NULL)) {
		vdc_arena_free(arena);
		return 0;
	}
	compare(follow, &now, false);
	follow->known.domains = now.domains;
	follow->known.n = now.n;
	vdc_arena_free(follow->arena);
	follow->arena = arena;
	return 0;
}

int extend_watch_follow(struct watch_follow *follow, const struct vdc_extend_watch_options *options,
			struct vdc_pool *pool, struct vdc_err *err)
{
	*follow = (struct watch_follow){
		.options = options, .known = options->known, .pool = pool, .fds = { -1, -1 }
	};
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, follow->fds))
		return vdc_err_set(err, -errno, "socketpair: %m");
	compare(follow, &options->known, true);
	if (options->read)
		vdc_pool_later(pool, follow, look, EVERY);
	return 0;
}

void extend_watch_follow_end(struct watch_follow *follow)
{
	for (size_t i = 0; i < VDC_COUNT(follow->fds); i++)
		if (follow->fds[i] >= 0)
			close(follow->fds[i]);
	vdc_arena_free(follow->arena);
}
