/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The database of an oVirt or RHV engine, 4.2 and newer, as nouns of ours; read only. Columns are
 * looked for by name (ovirt-engine, packaging/dbscripts/create_tables.sql and upgrade/): what a
 * version does not have yet is no value.
 */
#pragma once

#include "store/store.h"

struct vdc_engine;

/*
 * WHERE: postgresql://..., service=... (edge/db.h), of any server that an engine came with. -EINVAL:
 * it is none, or lacks something that all versions have; the message names it.
 */
int vdc_engine_open(const char *where, struct vdc_engine **ret, struct vdc_err *err);
void vdc_engine_close(struct vdc_engine *engine); /* NULL is fine */

/* Whether it can tell of every disk if something works on it: it has, and its reader may read, all that says so. */
bool vdc_engine_knows_work(const struct vdc_engine *engine);

/* Its connection, for vdc_db_snapshot(). */
struct vdc_db *vdc_engine_db(struct vdc_engine *engine);

/*
 * All objects of a kind, streamed: data centres, storage domains, disks, volumes, snapshots, attachments
 * of disks with the name of the virtual machine, and those that have a lease; others: -EINVAL. Of each
 * they have the members that tell storage and database apart: ids and names, and of volumes all that
 * their metadata holds; the description, of the volume that is written, is a JSON object with the
 * DiskAlias and DiskDescription of its disk, which is what an engine makes it of. A disk is locked while
 * the engine works on it: a command, a task or a transfer of it runs. Disks that are no image on a
 * storage domain have no volumes. An object is valid during the call only.
 */
int vdc_engine_each(struct vdc_engine *engine, const struct vdc_kind *kind, vdc_store_fn *fn,
		    void *ctx, struct vdc_err *err);
