/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What would be done, in words. */
#include <errno.h>

#include "act/fence_power_part.h"

static const char *agents_of(struct fence_host *host)
{
	struct vdc_arena *arena = host->run->arena;
	const char *text = "";

	for (size_t i = 0; i < host->n; i++) {
		bool same = i && host->orders[i] == host->orders[i - 1];

		text = vdc_arena_format(arena, "%s%s%s", text,
					!i     ? ""
					: same ? " and "
					       : ", then ",
					fence_agent_text(host->calls[i].agent, arena));
	}
	return text;
}

static const char *proxies_of(const struct fence_host *host)
{
	struct vdc_arena *arena = host->run->arena;
	const char *text = "";

	for (int i = 0; i < host->n_proxies; i++)
		text = vdc_arena_format(arena, "%s%s%s%s", text, i ? ", then from " : "",
					host->proxies[i] ? "host " : "this machine",
					host->proxies[i] ? host->proxies[i]->name : "");
	return text;
}

int vdc_fence_preview(struct vdc_db *db, const struct vdc_fence_power_options *options,
		      const struct vdc_fence_wish *wish, struct vdc_arena *arena, const char **ret,
		      const char **refusal, struct vdc_err *err)
{
	struct vdc_fence_wish copy = *wish;
	struct fence_run run = { .db = db, .options = options, .arena = arena };
	struct fence_host host = { .run = &run, .wish = &copy };
	int r;

	run.boot_id = fence_boot_id(arena);
	*ret = *refusal = NULL;
	r = fence_read_host(&host, err);
	if (r)
		return r;
	*refusal = fence_why_not(&host);
	if (*refusal)
		return 0;
	r = fence_find_proxies(&host, err);
	if (r)
		return r;
	if (!host.n_proxies)
		*refusal = FENCE_NO_PROXY;
	else
		*ret = vdc_arena_format(arena, "%s; asked from %s", agents_of(&host),
					proxies_of(&host));
	return 0;
}
