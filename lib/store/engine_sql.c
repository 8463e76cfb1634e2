/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The statements that read an engine's database, with what its version has. */
#include "base/buf.h"
#include "store/engine_part.h"

char *vdc_engine_sql_domains(void)
{
	return vdc_strdup("SELECT s.id, s.storage_name, s.storage_domain_type, s.storage_type, "
			  "s.storage_domain_format_type, m.status, p.id, p.name "
			  "FROM storage_domain_static AS s "
			  "LEFT JOIN storage_pool_iso_map AS m ON m.storage_id = s.id "
			  "LEFT JOIN storage_pool AS p ON p.id = m.storage_pool_id "
			  "ORDER BY s.id, p.id NULLS FIRST");
}

/*
 * Work is on disks, or on virtual machines and so on their disks. Commands that ended and transfers
 * that are over (ImageTransferPhase) stay in their tables for a while.
 */
static void busy(struct vdc_buf *sql, const bool *has)
{
	vdc_buf_puts(sql, "SELECT disk_id AS id FROM base_disks WHERE 1 = 0 ");
	if (has[ENGINE_TRANSFERS])
		vdc_buf_puts(sql, "UNION SELECT disk_id FROM image_transfers "
				  "WHERE phase NOT IN (9, 10, 13) ");
	if (has[ENGINE_TASKS])
		vdc_buf_puts(sql, "UNION SELECT entity_id FROM async_tasks_entities "
				  "UNION SELECT v.device_id FROM async_tasks_entities AS e "
				  "JOIN vm_device AS v ON v.vm_id = e.entity_id "
				  "WHERE v.type = 'disk' ");
	if (has[ENGINE_COMMANDS])
		vdc_buf_puts(sql, "UNION SELECT e.entity_id FROM command_assoc_entities AS e "
				  "JOIN command_entities AS c ON c.command_id = e.command_id "
				  "WHERE c.status NOT IN "
				  "('ENDED_SUCCESSFULLY', 'ENDED_WITH_FAILURE') "
				  "UNION SELECT v.device_id FROM command_assoc_entities AS e "
				  "JOIN command_entities AS c ON c.command_id = e.command_id "
				  "JOIN vm_device AS v ON v.vm_id = e.entity_id "
				  "WHERE v.type = 'disk' AND c.status NOT IN "
				  "('ENDED_SUCCESSFULLY', 'ENDED_WITH_FAILURE') ");
}

char *vdc_engine_sql_disks(const bool has[ENGINE_N_OPTIONAL])
{
	vdc_autobuf sql = { 0 };

	vdc_buf_puts(&sql, "SELECT d.disk_id, d.disk_alias, b.id FROM base_disks AS d LEFT JOIN (");
	busy(&sql, has);
	vdc_buf_puts(&sql, ") AS b ON b.id = d.disk_id");
	return vdc_buf_steal(&sql);
}

char *vdc_engine_sql_vms(const bool has[ENGINE_N_OPTIONAL])
{
	if (!has[ENGINE_LEASE])
		return vdc_strdup("SELECT vm_guid, NULL FROM vm_static WHERE 1 = 0");
	return vdc_strdup("SELECT vm_guid, lease_sd_id FROM vm_static "
			  "WHERE lease_sd_id IS NOT NULL");
}

char *vdc_engine_sql_attachments(void)
{
	return vdc_strdup("SELECT v.vm_id, s.vm_name, v.device_id FROM vm_device AS v "
			  "JOIN vm_static AS s ON s.vm_guid = v.vm_id WHERE v.type = 'disk'");
}

char *vdc_engine_sql_centers(const bool has[ENGINE_N_OPTIONAL])
{
	return vdc_format("SELECT id, name, %s FROM storage_pool",
			  has[ENGINE_MASTER_VERSION] ? "master_domain_version" : "NULL");
}

/* In the order of the columns of fill_snapshot(). */
char *vdc_engine_sql_snapshots(const bool has[ENGINE_N_OPTIONAL])
{
	if (!has[ENGINE_SNAPSHOTS])
		return vdc_strdup("SELECT disk_id, NULL, NULL, NULL FROM base_disks WHERE 1 = 0");
	return vdc_strdup("SELECT snapshot_id, vm_id, snapshot_type, status FROM snapshots");
}

/* Volumes of templates on several domains. */
const char vdc_engine_sql_copies[] =
	"SELECT image_id, storage_domain_id FROM image_storage_domain_map "
	"WHERE image_id IN (SELECT image_id FROM image_storage_domain_map "
	"GROUP BY image_id HAVING count(*) > 1) ORDER BY image_id, storage_domain_id";

/*
 * A row for each domain that a volume lies on. What belongs to the template
 * Blank is no volume, and neither is what Cinder or a managed block storage holds.
 */
char *vdc_engine_sql_volumes(const bool has[ENGINE_N_OPTIONAL])
{
	return vdc_format("SELECT i.image_guid, i.image_group_id, d.disk_id, m.storage_domain_id, "
			  "i.parentid, i.vm_snapshot_id, CASE WHEN i.active THEN 1 ELSE 0 END, "
			  "i.imagestatus, i.size, x.actual_size, i.volume_format, i.volume_type, "
			  "t.device_id, %s, %s, %s, "
			  "CASE WHEN i.active THEN d.disk_alias END, d.disk_description "
			  "FROM images AS i "
			  "LEFT JOIN base_disks AS d ON d.disk_id = i.image_group_id "
			  "LEFT JOIN image_storage_domain_map AS m ON m.image_id = i.image_guid "
			  "LEFT JOIN disk_image_dynamic AS x ON x.image_id = i.image_guid "
			  "LEFT JOIN (SELECT DISTINCT v.device_id FROM vm_device AS v "
			  "JOIN vm_static AS s ON s.vm_guid = v.vm_id "
			  "WHERE v.type = 'disk' AND s.entity_type = 'TEMPLATE') AS t "
			  "ON t.device_id = i.image_group_id "
			  "WHERE i.image_guid <> '00000000-0000-0000-0000-000000000000' "
			  "AND COALESCE(d.disk_storage_type, 0) = 0",
			  has[ENGINE_CONTENT_TYPE] ? "d.disk_content_type" : "NULL",
			  has[ENGINE_QCOW_COMPAT] ? "i.qcow_compat" : "NULL",
			  has[ENGINE_SEQUENCE] ? "i.sequence_number" : "NULL");
}
