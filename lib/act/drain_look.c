/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hosts by their own word. */
#include <errno.h>
#include <string.h>

#include "act/drain_part.h"
#include "doc/catalogue.h"

static void told(void *ctx, const struct vdc_sync_report *report)
{
	struct drain_run *run = ctx;

	for (size_t i = 0; i < run->n; i++)
		if (strcmp(run->hosts[i].host->name, report->host) == 0)
			run->hosts[i].unread =
				report->failure ? vdc_arena_strdup(run->arena,
								   vdc_err_text(report->failure))
						: NULL;
}

static int read_again(struct drain_host *host, struct vdc_err *err)
{
	void *found;
	int r = vdc_store_get(host->run->db, &vdc_host_kind, host->host->id, 0, host->run->arena,
			      &found, err);

	if (!r)
		host->host = found;
	return r;
}

int drain_look(struct drain_run *run, struct vdc_err *err)
{
	struct vdc_sync_options options = vdc_sync_options();
	const char **ids = vdc_arena_alloc(run->arena, (run->n + 1) * sizeof(*ids));
	struct vdc_sync_summary summary;
	size_t n = 0;
	int r;

	if (vdc_catalogue_read(run->arena, &options.catalogue, NULL))
		options.catalogue = NULL;
	options.told = told;
	options.ctx = run;
	for (size_t i = 0; i < run->n; i++)
		if (!run->hosts[i].over)
			ids[n++] = run->hosts[i].host->id;
	r = n ? vdc_sync(run->db, &options, ids, n, &summary, err) : 0;
	for (size_t i = 0; i < run->n && !r; i++)
		if (!run->hosts[i].over)
			r = read_again(&run->hosts[i], err);
	return r;
}
