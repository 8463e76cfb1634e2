/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hosts of a scratch database whose devices are files: tests/lib/fence_stub. */
#pragma once

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "act/fence_power.h"
#include "base/setting.h"
#include "model/fence_agent.h"
#include "model/job.h"
#include "scratch_store.h"

static char directory[64];

static inline char *path_of(const char *name)
{
	return vdc_arena_format(arena, "%s/%s", directory, name);
}

static inline void write_file(const char *name, const char *text)
{
	FILE *out = fopen(path_of(name), "we");

	assert_non_null(out);
	fputs(text, out);
	fclose(out);
}

static inline char *read_file(const char *name)
{
	char text[4096] = "";
	FILE *in = fopen(path_of(name), "re");

	if (in) {
		text[fread(text, 1, sizeof(text) - 1, in)] = '\0';
		fclose(in);
	}
	return vdc_arena_strdup(arena, text);
}

static inline void set(enum vdc_setting setting, const char *text)
{
	struct vdc_err err = { 0 };

	must(vdc_setting_set(setting, text, &err), &err);
}

static inline void add_agent(struct vdc_db *db, const char *host, const char *device,
			     const char *order)
{
	put(db, &vdc_fence_agent_kind,
	    OBJECT(&vdc_fence_agent_kind, "host", host, "type", "stub", "address", device,
		   "agent_order", order));
	write_file(vdc_arena_format(arena, "%s.power", device), "on\n");
	unlink(path_of(vdc_arena_format(arena, "%s.fault", device)));
}

/* Host h1 with a VM that runs, and no device yet. */
static inline void prepare(struct scratch *s)
{
	vdc_autofree char *stub = vdc_format("%s/tests/lib/fence_stub", getenv("VDC_TEST_SRC"));

	snprintf(directory, sizeof(directory), "/tmp/vdc-power-%d", (int)getpid());
	mkdir(directory, 0700);
	unlink(path_of("log"));
	unlink(path_of("fence_stub"));
	assert_int_equal(symlink(stub, path_of("fence_stub")), 0);
	set(VDC_SETTING_FENCE_AGENT_DIRECTORY, directory);
	set(VDC_SETTING_CACHE_DIRECTORY, directory);
	set(VDC_SETTING_FENCE_DEVICE_CALLS, "1");
	set(VDC_SETTING_FENCE_STATUS_DELAY, "0s");
	set(VDC_SETTING_FENCE_STATUS_INTERVAL, "50ms");
	set(VDC_SETTING_FENCE_STATUS_TRIES, "3");
	populate(s->db);
	script(s->db, "UPDATE vms SET status = 'up' WHERE host_id IS NOT NULL");
	script(s->db, "UPDATE hosts SET pm_enabled = 1");
}

static inline int remove_one(const char *path, const struct stat *st vdc_unused,
			     int type vdc_unused, struct FTW *at vdc_unused)
{
	return remove(path);
}

static inline int clean_up(void **state)
{
	nftw(directory, remove_one, 4, FTW_DEPTH | FTW_PHYS);
	return free_arena(state);
}

static inline struct vdc_job_lease *new_lease(struct vdc_db *db)
{
	struct vdc_job_lease *lease = NULL;
	struct vdc_err err = { 0 };
	const char *id = put(db, &vdc_job_kind, vdc_job_new("fence", NULL, arena));

	must(vdc_job_acquire(db, id, VDC_JOB_TTL, &lease, &err), &err);
	return lease;
}

static inline struct vdc_fence_wish wish_of(struct vdc_db *db, const char *name,
					    enum vdc_fence_action action)
{
	const struct vdc_host *host = get(db, &vdc_host_kind, name);

	return (struct vdc_fence_wish){ .host_id = host->id, .action = action, .number = 1 };
}

static inline struct vdc_fence_wish carry_out(struct vdc_db *db, struct vdc_job_lease *lease,
					      const char *name, enum vdc_fence_action action,
					      const struct vdc_fence_power_options *given)
{
	struct vdc_fence_power_options options = given ? *given : vdc_fence_power_options();
	struct vdc_fence_wish wish = wish_of(db, name, action);
	struct vdc_err err = { 0 };

	must(vdc_fence_power(db, lease, &options, &wish, 1, arena, &err), &err);
	return wish;
}

static inline struct vdc_fence_wish do_it(struct vdc_db *db, const char *name,
					  enum vdc_fence_action action)
{
	struct vdc_job_lease *lease = new_lease(db);
	struct vdc_fence_wish wish = carry_out(db, lease, name, action, NULL);

	vdc_job_release(lease, db);
	return wish;
}

#define COUNT(db, what) number_of(db, "SELECT COUNT(*) FROM " what)

static inline const struct vdc_host *h1(struct vdc_db *db)
{
	return get(db, &vdc_host_kind, "h1");
}
