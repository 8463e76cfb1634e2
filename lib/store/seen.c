/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/seen.h"

#include "base/time.h"
#include "store/find.h"
#include "store/statements.h"

#define KEEP_SAMPLES (24 * 3600 * VDC_SECOND)

static const char add_host_sample[] =
	"INSERT INTO host_samples (host_id, time, cpu, memory_used, memory_free, vms) "
	"VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
static const char drop_host_samples[] = "DELETE FROM host_samples WHERE host_id = $1 AND time < $2";
static const char add_vm_sample[] = "INSERT INTO vm_samples (vm_id, time, cpu, memory_used) "
				    "VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
static const char drop_vm_samples[] = "DELETE FROM vm_samples WHERE vm_id = $1 AND time < $2";
static const char disk_at[] =
	"SELECT id FROM disks WHERE path = $1 AND (local IS NULL OR local = 0 OR EXISTS "
	"(SELECT 1 FROM disk_attachments WHERE disk_id = disks.id AND vm_id = $2)) "
	"ORDER BY id LIMIT 1";
static const char vm_named[] = "SELECT id FROM vms WHERE cluster_id = $1 AND name = $2";

const struct vdc_statement vdc_seen_statements[] = {
	{ "add host sample", add_host_sample },
	{ "drop host samples", drop_host_samples },
	{ "add VM sample", add_vm_sample },
	{ "drop VM samples", drop_vm_samples },
	{ "disk at path", disk_at },
	{ "VM by name", vm_named },
	{ 0 },
};

static struct vdc_value measured(int64_t value)
{
	return value < 0 ? vdc_db_null() : vdc_db_int(value);
}

static int forget(struct vdc_db *db, const char *sql, const char *id, int64_t now,
		  struct vdc_err *err)
{
	const struct vdc_value params[] = { vdc_db_text(id), vdc_db_int(now - KEEP_SAMPLES) };

	return vdc_db_run(db, sql, params, VDC_COUNT(params), NULL, NULL, NULL, err);
}

int vdc_store_host_sample(struct vdc_db *db, const char *host_id, const struct vdc_sample *sample,
			  struct vdc_err *err)
{
	const struct vdc_value params[] = {
		vdc_db_text(host_id),	       vdc_db_int(sample->time),      measured(sample->cpu),
		measured(sample->memory_used), measured(sample->memory_free), measured(sample->vms),
	};
	int r = vdc_db_run(db, add_host_sample, params, VDC_COUNT(params), NULL, NULL, NULL, err);

	return r ? r : forget(db, drop_host_samples, host_id, sample->time, err);
}

int vdc_store_vm_sample(struct vdc_db *db, const char *vm_id, const struct vdc_sample *sample,
			struct vdc_err *err)
{
	const struct vdc_value params[] = {
		vdc_db_text(vm_id),
		vdc_db_int(sample->time),
		measured(sample->cpu),
		measured(sample->memory_used),
	};
	int r = vdc_db_run(db, add_vm_sample, params, VDC_COUNT(params), NULL, NULL, NULL, err);

	return r ? r : forget(db, drop_vm_samples, vm_id, sample->time, err);
}

int vdc_store_disk_at(struct vdc_db *db, const char *path, const char *vm_id,
		      struct vdc_arena *arena, char **ret, struct vdc_err *err)
{
	const struct vdc_value params[] = { vdc_db_text(path), vdc_db_text(vm_id) };

	return vdc_find_text(db, disk_at, params, VDC_COUNT(params), arena, ret, err);
}

int vdc_store_vm_named(struct vdc_db *db, const char *cluster_id, const char *name,
		       struct vdc_arena *arena, char **ret, struct vdc_err *err)
{
	const struct vdc_value params[] = { vdc_db_text(cluster_id), vdc_db_text(name) };

	return vdc_find_text(db, vm_named, params, VDC_COUNT(params), arena, ret, err);
}
