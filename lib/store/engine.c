/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "base/map.h"
#include "model/data_center.h"
#include "model/disk.h"
#include "model/disk_attachment.h"
#include "model/snapshot.h"
#include "model/storage_domain.h"
#include "model/vm.h"
#include "model/volume.h"
#include "store/engine_part.h"

static const struct {
	const char *table, *column;
	enum engine_column optional; /* ENGINE_N_OPTIONAL: every version has it */
} wanted[] = {
	{ "images", "image_guid", ENGINE_N_OPTIONAL },
	{ "images", "image_group_id", ENGINE_N_OPTIONAL },
	{ "images", "parentid", ENGINE_N_OPTIONAL },
	{ "images", "vm_snapshot_id", ENGINE_N_OPTIONAL },
	{ "images", "active", ENGINE_N_OPTIONAL },
	{ "images", "imagestatus", ENGINE_N_OPTIONAL },
	{ "images", "size", ENGINE_N_OPTIONAL },
	{ "images", "volume_format", ENGINE_N_OPTIONAL },
	{ "images", "volume_type", ENGINE_N_OPTIONAL },
	{ "images", "qcow_compat", ENGINE_QCOW_COMPAT },
	{ "images", "sequence_number", ENGINE_SEQUENCE },
	{ "image_storage_domain_map", "image_id", ENGINE_N_OPTIONAL },
	{ "image_storage_domain_map", "storage_domain_id", ENGINE_N_OPTIONAL },
	{ "base_disks", "disk_id", ENGINE_N_OPTIONAL },
	{ "base_disks", "disk_alias", ENGINE_N_OPTIONAL },
	{ "base_disks", "disk_description", ENGINE_N_OPTIONAL },
	{ "base_disks", "disk_storage_type", ENGINE_N_OPTIONAL },
	{ "base_disks", "disk_content_type", ENGINE_CONTENT_TYPE },
	{ "disk_image_dynamic", "image_id", ENGINE_N_OPTIONAL },
	{ "disk_image_dynamic", "actual_size", ENGINE_N_OPTIONAL },
	{ "vm_device", "device_id", ENGINE_N_OPTIONAL },
	{ "vm_device", "vm_id", ENGINE_N_OPTIONAL },
	{ "vm_device", "type", ENGINE_N_OPTIONAL },
	{ "vm_static", "vm_guid", ENGINE_N_OPTIONAL },
	{ "vm_static", "vm_name", ENGINE_N_OPTIONAL },
	{ "vm_static", "entity_type", ENGINE_N_OPTIONAL },
	{ "vm_static", "lease_sd_id", ENGINE_LEASE },
	{ "storage_domain_static", "id", ENGINE_N_OPTIONAL },
	{ "storage_domain_static", "storage_name", ENGINE_N_OPTIONAL },
	{ "storage_domain_static", "storage_domain_type", ENGINE_N_OPTIONAL },
	{ "storage_domain_static", "storage_type", ENGINE_N_OPTIONAL },
	{ "storage_domain_static", "storage_domain_format_type", ENGINE_N_OPTIONAL },
	{ "storage_pool_iso_map", "storage_id", ENGINE_N_OPTIONAL },
	{ "storage_pool_iso_map", "storage_pool_id", ENGINE_N_OPTIONAL },
	{ "storage_pool_iso_map", "status", ENGINE_N_OPTIONAL },
	{ "storage_pool", "id", ENGINE_N_OPTIONAL },
	{ "storage_pool", "name", ENGINE_N_OPTIONAL },
	{ "storage_pool", "master_domain_version", ENGINE_MASTER_VERSION },
	{ "command_assoc_entities", "entity_id", ENGINE_COMMANDS },
	{ "async_tasks_entities", "entity_id", ENGINE_TASKS },
	{ "image_transfers", "phase", ENGINE_TRANSFERS },
	{ "snapshots", "snapshot_id", ENGINE_SNAPSHOTS },
};

struct vdc_engine {
	struct vdc_db *db;
	bool found[VDC_COUNT(wanted)];
	bool work_known;
	char *sql[7]; /* in the order of kinds[] */
};

static int take_column(void *ctx, const struct vdc_value *columns, size_t n vdc_unused,
		       struct vdc_err *err vdc_unused)
{
	struct vdc_engine *engine = ctx;

	for (size_t i = 0; i < VDC_COUNT(wanted); i++)
		if (!strcmp(wanted[i].table, vdc_db_as_text(&columns[0])) &&
		    !strcmp(wanted[i].column, vdc_db_as_text(&columns[1])))
			engine->found[i] = true;
	return 0;
}

/* Others than the owner see only what they may read: what is missing may be a right, too. */
static int probe(struct vdc_engine *engine, struct vdc_err *err)
{
	bool has[ENGINE_N_OPTIONAL + 1] = { false };
	int r = vdc_db_run(engine->db,
			   "SELECT table_name, column_name FROM information_schema.columns "
			   "WHERE table_schema = 'public'",
			   NULL, 0, take_column, engine, NULL, err);

	for (size_t i = 0; !r && i < VDC_COUNT(wanted); i++) {
		if (engine->found[i])
			has[wanted[i].optional] = true;
		else if (wanted[i].optional == ENGINE_N_OPTIONAL)
			r = vdc_err_set(
				err, -EINVAL,
				"database %s: it is no engine's, or its reader may not see all: "
				"%s.%s is missing; GRANT SELECT ON ALL TABLES IN SCHEMA public "
				"lets a user read it",
				vdc_db_where(engine->db), wanted[i].table, wanted[i].column);
	}
	if (r)
		return r;
	engine->sql[0] = vdc_engine_sql_domains();
	engine->sql[1] = vdc_engine_sql_disks(has);
	engine->sql[2] = vdc_engine_sql_vms(has);
	engine->sql[3] = vdc_engine_sql_volumes(has);
	engine->sql[4] = vdc_engine_sql_attachments();
	engine->sql[5] = vdc_engine_sql_centers(has);
	engine->sql[6] = vdc_engine_sql_snapshots(has);
	engine->work_known = has[ENGINE_COMMANDS] && has[ENGINE_TASKS] && has[ENGINE_TRANSFERS];
	return 0;
}

int vdc_engine_open(const char *where, struct vdc_engine **ret, struct vdc_err *err)
{
	struct vdc_engine *engine = vdc_alloc(sizeof(*engine));
	int r = vdc_db_open(where, VDC_DB_READ_ONLY | VDC_DB_FOREIGN, &engine->db, err);

	if (!r)
		r = probe(engine, err);
	if (r)
		vdc_engine_close(engine);
	else
		*ret = engine;
	return r;
}

void vdc_engine_close(struct vdc_engine *engine)
{
	if (!engine)
		return;
	vdc_db_close(engine->db);
	for (size_t i = 0; i < VDC_COUNT(engine->sql); i++)
		free(engine->sql[i]);
	free(engine);
}

bool vdc_engine_knows_work(const struct vdc_engine *engine)
{
	return engine->work_known;
}

struct vdc_db *vdc_engine_db(struct vdc_engine *engine)
{
	return engine->db;
}

struct reader {
	const struct vdc_kind *kind;
	struct vdc_arena *arena; /* of one object */
	struct vdc_map *copies;	 /* volume -> pointer to its domains, separated by blanks */
	struct vdc_arena *texts; /* of those */
	vdc_store_fn *fn;
	void *ctx;
};

static int take_copy(void *ctx, const struct vdc_value *columns, size_t n vdc_unused,
		     struct vdc_err *err vdc_unused)
{
	const struct reader *reader = ctx;
	const char *domain = vdc_db_as_text(&columns[1]);
	uint64_t *slot = vdc_map_add(reader->copies, columns[0].text, columns[0].len);
	const char *before = (const char *)(uintptr_t)*slot;

	*slot = (uintptr_t)vdc_arena_format(reader->texts, "%s%s%s", before ? before : "",
					    before ? " " : "", domain);
	return 0;
}

/* One of several rows of a volume stands for all; the others are passed. */
static bool gather_copies(const struct reader *reader, struct vdc_volume *volume)
{
	uint64_t *slot = vdc_map_find(reader->copies, volume->id, strlen(volume->id));
	char *all = slot ? (char *)(uintptr_t)*slot : NULL;
	size_t len = all ? strcspn(all, " ") : 0;

	if (!all)
		return true;
	volume->copies = all + len + 1;
	return strlen(volume->storage_domain.id) == len &&
	       !strncmp(all, volume->storage_domain.id, len);
}

static int take_row(void *ctx, const struct vdc_value *columns, size_t n vdc_unused,
		    struct vdc_err *err)
{
	const struct reader *reader = ctx;
	void *object;

	vdc_arena_reset(reader->arena);
	object = vdc_object_new(reader->kind, reader->arena);
	vdc_engine_row(reader->kind, columns, reader->arena, object);
	if (reader->kind == &vdc_volume_kind && !gather_copies(reader, object))
		return 0;
	return reader->fn(reader->ctx, reader->kind, object, err);
}

int vdc_engine_each(struct vdc_engine *engine, const struct vdc_kind *kind, vdc_store_fn *fn,
		    void *ctx, struct vdc_err *err)
{
	static const struct vdc_kind *const kinds[] = { &vdc_storage_domain_kind,
							&vdc_disk_kind,
							&vdc_vm_kind,
							&vdc_volume_kind,
							&vdc_disk_attachment_kind,
							&vdc_data_center_kind,
							&vdc_snapshot_kind };
	vdc_autoarena *arena = vdc_arena_new();
	vdc_autoarena *texts = vdc_arena_new();
	struct reader reader = {
		.kind = kind, .arena = arena, .texts = texts, .fn = fn, .ctx = ctx
	};
	size_t i = 0;
	int r = 0;

	while (i < VDC_COUNT(kinds) && kinds[i] != kind)
		i++;
	if (i == VDC_COUNT(kinds))
		return vdc_err_set(err, -EINVAL, "a %s is not read from an engine's database",
				   kind->name);
	reader.copies = vdc_map_new();
	if (kind == &vdc_volume_kind)
		r = vdc_db_run(engine->db, vdc_engine_sql_copies, NULL, 0, take_copy, &reader, NULL,
			       err);
	if (!r)
		r = vdc_db_run(engine->db, engine->sql[i], NULL, 0, take_row, &reader, NULL, err);
	vdc_map_free(reader.copies);
	return r;
}
