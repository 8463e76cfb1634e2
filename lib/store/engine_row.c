/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers of an engine's enumerations as ours (ovirt-engine, common/businessentities). */
#include "base/buf.h"
#include "edge/json.h"
#include "model/data_center.h"
#include "model/disk.h"
#include "model/disk_attachment.h"
#include "model/snapshot.h"
#include "model/storage_domain.h"
#include "model/storage_volume.h"
#include "model/vm.h"
#include "model/volume.h"
#include "store/engine_part.h"

static char *text(const struct vdc_value *column)
{
	return (char *)(uintptr_t)vdc_db_as_text(column);
}

/* Without the blank id, which is how an engine says "none". */
static char *id(const struct vdc_value *column)
{
	struct vdc_uuid uuid;
	char *word = text(column);

	return word && vdc_uuid_read(word, &uuid) && !vdc_uuid_blank(uuid) ? word : NULL;
}

/* The word of the table at the number of the column; 0 where there is none. */
static int64_t word(const struct vdc_value *column, const uint8_t *table, size_t n)
{
	int64_t value = vdc_db_as_int(column, -1);

	return value >= 0 && (size_t)value < n ? table[value] : 0;
}

#define WORD(column, table) word(column, table, VDC_COUNT(table))

/* Of an enumeration in the order of ours up to MOST, with one number in it that we have not. */
static int64_t around(const struct vdc_value *column, int64_t other, int64_t most)
{
	int64_t value = vdc_db_as_int(column, -1);

	if (value < 0 || value == other || value > most + 1)
		return 0;
	return value < other ? value : value - 1;
}

static void fill_domain(const struct vdc_value *c, struct vdc_storage_domain *domain)
{
	enum { MASTER = 0, UNKNOWN_TYPE = 6, UNUSED_STORAGE = 5 };
	bool master = vdc_db_as_int(&c[2], -1) == MASTER;
	const char *format = vdc_db_as_text(&c[4]);
	int64_t status = vdc_db_as_int(&c[5], -1);

	domain->id = text(&c[0]);
	domain->name = text(&c[1]);
	domain->type = master ? VDC_STORAGE_DOMAIN_DATA
			      : around(&c[2], UNKNOWN_TYPE, VDC_STORAGE_DOMAIN_UNMANAGED);
	domain->master = master;
	domain->storage_type = around(&c[3], UNUSED_STORAGE, VDC_STORAGE_MANAGED_BLOCK_STORAGE);
	domain->storage_format = format ? vdc_storage_format_of(format) : 0;
	domain->status = status >= 0 && status < VDC_STORAGE_DOMAIN_ACTIVATING ? status + 1 : 0;
	domain->data_center.id = text(&c[6]);
	domain->data_center.name = text(&c[7]);
}

static void fill_disk(const struct vdc_value *c, struct vdc_disk *disk)
{
	disk->id = text(&c[0]);
	disk->name = text(&c[1]);
	disk->status = vdc_db_as_text(&c[2]) ? VDC_DISK_LOCKED : VDC_DISK_OK;
}

static void fill_vm(const struct vdc_value *c, struct vdc_vm *vm)
{
	vm->id = text(&c[0]);
	vm->lease_storage_domain.id = text(&c[1]);
}

static void fill_center(const struct vdc_value *c, struct vdc_data_center *center)
{
	center->id = text(&c[0]);
	center->name = text(&c[1]);
	center->master_version = vdc_db_as_int(&c[2], VDC_UNSET);
}

static void fill_attachment(const struct vdc_value *c, struct vdc_disk_attachment *attachment)
{
	attachment->vm.id = text(&c[0]);
	attachment->vm.name = text(&c[1]);
	attachment->disk.id = text(&c[2]);
}

static void fill_snapshot(const struct vdc_value *c, struct vdc_snapshot *snapshot)
{
	const char *type = vdc_db_as_text(&c[2]), *status = vdc_db_as_text(&c[3]);
	int64_t known = type ? vdc_enum_find(&vdc_snapshot_type_values, type) : 0;

	snapshot->id = text(&c[0]);
	snapshot->vm.id = text(&c[1]);
	snapshot->type = known > 0 ? known : 0;
	known = status ? vdc_enum_find(&vdc_snapshot_status_values, status) : 0;
	snapshot->status = known > 0 ? known : 0;
}

/* As the engine makes it, but for what it has no room for. */
static char *describe(const char *alias, const char *description, struct vdc_arena *arena)
{
	vdc_autobuf out = { 0 };

	vdc_buf_puts(&out, "{\"DiskAlias\":");
	vdc_json_quote(&out, alias);
	vdc_buf_puts(&out, ",\"DiskDescription\":");
	vdc_json_quote(&out, description ? description : "");
	vdc_buf_putc(&out, '}');
	return vdc_arena_strndup(arena, out.data, out.len);
}

static void fill_volume(const struct vdc_value *c, struct vdc_arena *arena,
			struct vdc_volume *volume)
{
	const char *alias = vdc_db_as_text(&c[16]);

	/* ImageStatus, VolumeFormat, VolumeType */
	static const uint8_t statuses[] = { 0, VDC_DISK_OK, VDC_DISK_LOCKED, 0, VDC_DISK_ILLEGAL };
	static const uint8_t formats[] = { 0, 0, 0, 0, VDC_DISK_COW, VDC_DISK_RAW };
	static const uint8_t types[] = { 0, VDC_ALLOCATION_PREALLOCATED, VDC_ALLOCATION_SPARSE };
	static const uint8_t compats[] = { 0, VDC_QCOW2_V2, VDC_QCOW2_V3 };
	int64_t content = vdc_db_as_int(&c[13], -1);

	volume->id = text(&c[0]);
	volume->image = id(&c[1]);
	volume->disk.id = text(&c[2]);
	volume->storage_domain.id = text(&c[3]);
	volume->parent = id(&c[4]);
	volume->snapshot = id(&c[5]);
	volume->active = vdc_db_as_int(&c[6], 0);
	volume->status = WORD(&c[7], statuses);
	volume->capacity = vdc_db_as_int(&c[8], VDC_UNSET);
	volume->actual_size = vdc_db_as_int(&c[9], VDC_UNSET);
	volume->format = WORD(&c[10], formats);
	volume->allocation = WORD(&c[11], types);
	volume->voltype = vdc_db_as_text(&c[12]) ? VDC_VOLTYPE_SHARED : 0;
	/* DiskContentType has the order of ours. */
	volume->content_type =
		content >= 0 && content < VDC_CONTENT_BACKUP_SCRATCH ? content + 1 : 0;
	volume->qcow_compat = WORD(&c[14], compats);
	volume->sequence = vdc_db_as_int(&c[15], VDC_UNSET);
	if (alias)
		volume->description = describe(alias, vdc_db_as_text(&c[17]), arena);
}

void vdc_engine_row(const struct vdc_kind *kind, const struct vdc_value *columns,
		    struct vdc_arena *arena, void *object)
{
	if (kind == &vdc_storage_domain_kind)
		fill_domain(columns, object);
	else if (kind == &vdc_disk_kind)
		fill_disk(columns, object);
	else if (kind == &vdc_vm_kind)
		fill_vm(columns, object);
	else if (kind == &vdc_data_center_kind)
		fill_center(columns, object);
	else if (kind == &vdc_disk_attachment_kind)
		fill_attachment(columns, object);
	else if (kind == &vdc_snapshot_kind)
		fill_snapshot(columns, object);
	else
		fill_volume(columns, arena, object);
}
