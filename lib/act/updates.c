/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looking for updates of many hosts at once, each in a process of its own. */
#include "act/updates.h"

#include <errno.h>
#include <string.h>

#include "act/look.h"
#include "base/setting.h"
#include "base/time.h"
#include "edge/host_updates.h"

/* Above the limit of what runs at the host: the child is killed when the shell does not end. */
#define MARGIN (10 * VDC_SECOND)

struct looked {
	struct look *all;
	struct vdc_target target;
	const char *platform, *virtualization; /* versions that it has, as the database knows */
	bool may_be_away;		       /* it is down or in maintenance */
	struct vdc_buf text;
};

struct look {
	struct vdc_db *db;
	const struct vdc_updates_options *options;
	struct vdc_arena *arena;
	struct looked *hosts;
	size_t n;
	struct vdc_updates_summary summary;
};

struct vdc_updates_options vdc_updates_options(void)
{
	return (struct vdc_updates_options){
		.jobs = (unsigned)vdc_setting_number(VDC_SETTING_SYNC_JOBS),
		.limit_us = vdc_setting_number(VDC_SETTING_UPDATES_TIMEOUT),
		.command = vdc_setting_text(VDC_SETTING_UPDATES_COMMAND),
	};
}

static int work(void *ctx, struct vdc_sender *sender, struct vdc_err *err)
{
	struct looked *host = ctx;
	const struct vdc_updates_options *options = host->all->options;
	vdc_autobuf text = { 0 };
	int r;

	if (!host->target.shell && !host->target.local)
		return vdc_err_set(err, -EHOSTUNREACH, "it has no address for the remote shell");
	if (options->command)
		r = vdc_host_updates_of_command(host->target.shell, options->command,
						options->limit_us, &text, err);
	else
		r = vdc_host_updates(host->target.shell, options->limit_us, &text, err);
	return r ? r : vdc_send(sender, vdc_buf_str(&text), text.len);
}

static int got(void *ctx, const char *data, size_t len, struct vdc_err *err vdc_unused)
{
	struct looked *host = ctx;

	vdc_buf_add(&host->text, data, len);
	return 0;
}

/* What the host says of itself counts more than what the database remembers. */
static int offers_of_packages(const struct looked *host, struct vdc_arena *arena,
			      struct vdc_update_offers *ret, struct vdc_err *err)
{
	struct vdc_offer_host has = { host->platform, host->virtualization };
	struct vdc_host_facts facts;
	int r = vdc_host_facts_parse(vdc_buf_str(&host->text), arena, &facts, err);

	if (r)
		return r;
	if (facts.os_version)
		has.platform = facts.os_version;
	return vdc_plan_offers_of_packages(vdc_buf_str(&host->text), &has, arena, ret, err);
}

static int offers_of_command(const struct looked *host, struct vdc_arena *arena,
			     struct vdc_update_offers *ret, struct vdc_err *err)
{
	int r = vdc_plan_offers_of_command(vdc_buf_str(&host->text), arena, ret, err);

	if (r)
		return vdc_err_prefix(err, "the command of the setting updates.command: ");
	for (size_t i = 0; i < ret->n; i++)
		ret->items[i].installed = ret->items[i].component == VDC_COMPONENT_PLATFORM
						  ? host->platform
						  : host->virtualization;
	return 0;
}

static void tell(struct looked *host, const struct vdc_err *failure,
		 const struct vdc_update_change *change)
{
	const struct vdc_updates_options *options = host->all->options;
	struct vdc_updates_summary *summary = &host->all->summary;
	const struct vdc_updates_report report = {
		.host = host->target.name,
		.failure = failure,
		.change = change,
	};

	if (failure && !host->may_be_away) {
		bool same = !summary->failed++ || summary->code == failure->code;

		summary->code = same ? failure->code : -EIO;
	}
	if (options->told)
		options->told(options->ctx, &report);
}

static int ended(void *ctx, const struct vdc_err *failure, struct vdc_err *err)
{
	struct looked *host = ctx;
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_update_offers offers;
	struct vdc_update_change change;
	struct vdc_err garbled = *failure;
	int r = failure->code;

	if (!r)
		r = host->all->options->command
			    ? offers_of_command(host, arena, &offers, &garbled)
			    : offers_of_packages(host, arena, &offers, &garbled);
	if (r) {
		tell(host, &garbled, NULL);
		return 0;
	}
	r = vdc_updates_record(host->all->db, host->target.id, &offers, arena, &change, err);
	if (r)
		return vdc_err_prefix(err, "host %s: ", host->target.name);
	tell(host, NULL, &change);
	return 0;
}

static int prepare(struct look *look, const char *id, struct vdc_err *err)
{
	struct looked *ret = &look->hosts[look->n];
	const struct vdc_host *host;
	void *found;
	int r = vdc_store_get(look->db, &vdc_host_kind, id, 0, look->arena, &found, err);

	if (r)
		return r;
	host = found;
	*ret = (struct looked){
		.all = look,
		.target = vdc_target_of(host, look->options->limit_us, look->arena),
		.platform = host->os_version,
		.virtualization = host->qemu_version,
		.may_be_away = host->status == VDC_HOST_DOWN ||
			       host->status == VDC_HOST_MAINTENANCE ||
			       host->status == VDC_HOST_REBOOT,
	};
	look->n++;
	return 0;
}

static int run(struct look *look, struct vdc_err *err)
{
	vdc_autopool *pool = vdc_pool_new(look->options->jobs);

	for (size_t i = 0; i < look->n; i++)
		vdc_pool_add(pool, &(struct vdc_task){
					   .ctx = &look->hosts[i],
					   .work = work,
					   .got = got,
					   .ended = ended,
					   .limit_us = look->options->limit_us + MARGIN,
				   });
	return vdc_pool_run(pool, -1, err);
}

int vdc_updates_look(struct vdc_db *db, const struct vdc_updates_options *options,
		     const char *const *hosts, size_t n, struct vdc_updates_summary *ret,
		     struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct look look = {
		.db = db,
		.options = options,
		.arena = arena,
		.hosts = vdc_arena_alloc(arena, (n + 1) * sizeof(*look.hosts)),
		.summary = { .hosts = n },
	};
	int r = 0;

	for (size_t i = 0; i < n && !r; i++)
		r = prepare(&look, hosts[i], err);
	if (!r)
		r = run(&look, err);
	for (size_t i = 0; i < look.n; i++)
		vdc_buf_free(&look.hosts[i].text);
	if (!r)
		*ret = look.summary;
	return r;
}
