/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/image_sweep.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "act/image_read.h"
#include "act/look.h"
#include "act/storage_ask.h"
#include "act/storage_read.h"
#include "base/setting.h"
#include "base/time.h"
#include "model/cluster.h"
#include "plan/domain_place.h"

#define RECENT 600 /* seconds: a new volume is being worked on for so long */
#define PAUSE (2 * VDC_SECOND)

enum { MOST_HOSTS = 3 };

struct sweep {
	struct vdc_db *db;
	const struct vdc_world *world;
	const char *data_center;
	struct vdc_arena *arena;
	const struct vdc_storage_domain **domains;
	struct vdc_domain_reading **readings; /* of those; NULL: none is possible */
	size_t n;
	const char
		*hosts[MOST_HOSTS]; /* addresses of those that may reach what is not reached here */
	size_t n_hosts;
};

/* One reading of all. */
struct pass {
	struct vdc_image_check *check;
	struct vdc_image_result result;
	struct vdc_image_unread *unread;
	size_t n_unread;
	int64_t until; /* on the monotonic clock */
};

static void find_domains(struct sweep *sweep)
{
	void *const *all;
	size_t n = vdc_world_all(sweep->world, &vdc_storage_domain_kind, &all);

	sweep->domains = vdc_arena_alloc(sweep->arena, (n + 1) * sizeof(*sweep->domains));
	sweep->readings = vdc_arena_alloc(sweep->arena, (n + 1) * sizeof(*sweep->readings));
	for (size_t i = 0; i < n; i++)
		if (vdc_storage_domain_matters(all[i], sweep->data_center))
			sweep->domains[sweep->n++] = all[i];
}

/* Which of them answer at all. */
static int knock(struct sweep *sweep, struct vdc_err *err)
{
	struct vdc_domain_readings readings = {
		.all = vdc_arena_alloc(sweep->arena, (sweep->n + 1) * sizeof(*readings.all)),
	};

	for (size_t i = 0; i < sweep->n; i++) {
		sweep->readings[i] = vdc_storage_question(sweep->domains[i], sweep->arena);
		if (sweep->readings[i])
			readings.all[readings.n++] = sweep->readings[i];
	}
	return vdc_storage_read(&readings, vdc_setting_number(VDC_SETTING_STORAGE_READ_TIMEOUT),
				sweep->arena, err);
}

static struct vdc_image_check *new_check(struct vdc_arena *arena)
{
	struct vdc_image_check_options options = {
		.now = vdc_time_now() / VDC_SECOND,
		.recent = RECENT,
		.database = true,
		.stamps = true,
	};

	if (getrandom(&options.secret, sizeof(options.secret), GRND_NONBLOCK) < 0)
		options.secret = (uint64_t)vdc_time_monotonic();
	return vdc_image_check_new(arena, &options);
}

/* Its directory where it is mounted, or "vg:GROUP"; NULL when it has neither. */
static const char *place_of(const struct vdc_storage_domain *domain,
			    const struct vdc_domain_reading *reading, struct vdc_arena *arena)
{
	static const char tail[] = "/dom_md/metadata";
	char *metadata;
	size_t len;

	if (reading->volume_group)
		return vdc_arena_format(arena, "vg:%s", reading->volume_group);
	if (vdc_storage_domain_place(domain, "metadata", arena, &metadata, NULL))
		return NULL;
	len = strlen(metadata);
	return len > strlen(tail) && strcmp(metadata + len - strlen(tail), tail) == 0
		       ? vdc_arena_strndup(arena, metadata, len - strlen(tail))
		       : NULL;
}

static bool may_ask(const struct sweep *sweep, const struct vdc_host *host)
{
	const struct vdc_cluster *cluster =
		host->status == VDC_HOST_UP
			? vdc_world_find(sweep->world, &vdc_cluster_kind, host->cluster.id)
			: NULL;

	return cluster && cluster->data_center.id &&
	       strcmp(cluster->data_center.id, sweep->data_center) == 0;
}

/* Hosts mount it, as any of the data centre does: some that can be asked. */
static void find_hosts(struct sweep *sweep)
{
	int64_t limit = vdc_setting_number(VDC_SETTING_CONNECT_TIMEOUT);
	void *const *hosts;
	size_t n = vdc_world_all(sweep->world, &vdc_host_kind, &hosts);

	for (size_t i = 0; i < n && sweep->n_hosts < MOST_HOSTS; i++) {
		struct vdc_target target;

		if (!may_ask(sweep, hosts[i]))
			continue;
		target = vdc_target_of(hosts[i], limit, sweep->arena);
		if (target.shell && !strchr(target.shell, ':')) /* which would end the address */
			sweep->hosts[sweep->n_hosts++] = target.shell;
	}
}

static int read_place(const struct sweep *sweep, struct pass *pass, size_t i, const char *place,
		      struct vdc_err *why)
{
	const char *word = vdc_arena_format(sweep->arena, "%s=%s", sweep->domains[i]->id, place);
	struct vdc_image_source *source;
	int r = vdc_image_sources(&word, 1, vdc_setting_number(VDC_SETTING_STORAGE_READ_TIMEOUT),
				  sweep->arena, &source, why);

	if (r)
		return r;
	source->until = pass->until;
	return vdc_image_read_source(pass->check, source, why);
}

/* Other domains had the time that this one needs. */
static const char *too_late(const struct sweep *sweep)
{
	char limit[VDC_TIME_LEN + 1];

	return vdc_arena_format(
		sweep->arena, "there was no time left for it: all of it may take %s (%s)",
		vdc_duration_format(vdc_setting_number(VDC_SETTING_STORAGE_COMPARE_TIMEOUT), limit),
		"storage.compare-timeout");
}

static bool no_way_there(int code)
{
	return code == -EHOSTUNREACH || code == -ECONNREFUSED || code == -ETIMEDOUT ||
	       code == -EACCES;
}

/* Through the first host that answers; one that does not is not asked again. */
static int read_elsewhere(struct sweep *sweep, struct pass *pass, size_t i, const char *place,
			  struct vdc_err *why)
{
	int r = vdc_err_set(why, -EHOSTUNREACH, "there is no host to ask");

	while (no_way_there(r) && sweep->n_hosts) {
		r = read_place(sweep, pass, i,
			       vdc_arena_format(sweep->arena, "%s:%s", sweep->hosts[0], place),
			       why);
		if (no_way_there(r))
			memmove(sweep->hosts, sweep->hosts + 1,
				--sweep->n_hosts * sizeof(*sweep->hosts));
	}
	return r;
}

/* Why it could not be read; NULL: it was. */
static const char *read_domain(struct sweep *sweep, struct pass *pass, size_t i)
{
	const struct vdc_domain_reading *reading = sweep->readings[i];
	const char *place = reading ? place_of(sweep->domains[i], reading, sweep->arena) : NULL;
	struct vdc_err why = { 0 };
	int r;

	if (!place)
		return "its mount_point or volume_group is not known";
	if (vdc_time_monotonic() >= pass->until)
		return too_late(sweep);
	r = reading->problem ? read_elsewhere(sweep, pass, i, place, &why)
			     : read_place(sweep, pass, i, place, &why);
	if (!r)
		return NULL;
	if (r == -ETIME)
		return too_late(sweep);
	return reading->problem ? vdc_arena_format(sweep->arena, "here: %s; on a host: %s",
						   reading->problem, vdc_err_text(&why))
				: vdc_arena_strdup(sweep->arena, vdc_err_text(&why));
}

static int run_pass(struct sweep *sweep, struct pass *pass, struct vdc_err *err)
{
	int r = 0;

	pass->until =
		vdc_time_monotonic() + vdc_setting_number(VDC_SETTING_STORAGE_COMPARE_TIMEOUT);
	pass->check = new_check(sweep->arena);
	pass->unread = vdc_arena_alloc(sweep->arena, (sweep->n + 1) * sizeof(*pass->unread));
	for (size_t i = 0; i < sweep->n; i++) {
		const char *why = read_domain(sweep, pass, i);

		if (why)
			pass->unread[pass->n_unread++] =
				(struct vdc_image_unread){ sweep->domains[i], why };
	}
	if (pass->n_unread < sweep->n)
		r = vdc_image_read_database(sweep->db, pass->check, sweep->arena, &pass->result,
					    err);
	vdc_image_check_free(pass->check);
	return r;
}

int vdc_image_sweep(struct vdc_db *db, const struct vdc_world *world, const char *data_center,
		    struct vdc_findings *findings, struct vdc_err *err)
{
	struct sweep sweep = {
		.db = db,
		.world = world,
		.data_center = data_center,
		.arena = findings->arena,
	};
	struct pass first = { 0 }, second = { 0 }, *last = &first;
	int r;

	find_domains(&sweep);
	find_hosts(&sweep);
	if (!sweep.n)
		return 0;
	r = knock(&sweep, err);
	if (!r)
		r = run_pass(&sweep, &first, err);
	if (!r && vdc_image_blocks(&first.result)) {
		vdc_sleep(PAUSE);
		r = run_pass(&sweep, &second, err);
		vdc_image_confirm(&first.result, &second.result);
		last = &second;
	}
	if (!r)
		vdc_image_findings(world, &last->result, last->unread, last->n_unread, findings);
	return r;
}
