/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Dumps of storage domains, as JSON, streamed:
 *
 *   - `vdsm-client StorageDomain dump sd_id=ID [full=true]` since vdsm 4.40.33: {"metadata": {...},
 *     "volumes": {ID: {...}}} and with full "leases", "lockspace" and "xleases"; also inside of the
 *     "result" of a JSON-RPC answer. (vdsm, storage/fileSD.py and blockSD.py, dump())
 *   - `vdsm-tool dump-volume-chains ID -o json`: {IMAGE: {VOLUME: {...}}} with "unknown-image" and
 *     "unknown-parent", where a template's volume stands among those of each image that is based on it.
 *   - `-o sqlite` of it, a file with a table "volumes" (vdc_image_dump_read_sqlite)
 *   - the same as JSON before 4.40.33, whose values are texts: "capacity": "1073741824", and "children",
 *     "domain", "lease" in each. (vdsm, tool/dump_volume_chains.py)
 *
 * A value that is missing, null, "" or "None" is none; names that are not known are passed over. A
 * value that makes no sense leaves its volume VDC_STORAGE_VOLUME_ODD and is none.
 */
#pragma once

#include "base/source.h"
#include "model/storage_volume.h"

/* A negative errno of a function ends the reading. What is pointed to is valid during the call. */
struct vdc_image_dump_sink {
	void *ctx;
	int (*volume)(void *ctx, const struct vdc_storage_volume *volume, struct vdc_err *err);
	int (*lease)(void *ctx, const struct vdc_storage_lease *lease, struct vdc_err *err);
	int (*vm_lease)(void *ctx, const struct vdc_storage_vm_lease *lease, struct vdc_err *err);
	int (*file)(void *ctx, const struct vdc_storage_file *file, struct vdc_err *err);
	/* Once, after all else: it may stand behind the volumes. Dumps of chains say little of it. */
	int (*self)(void *ctx, const struct vdc_storage_self *self, struct vdc_err *err);
};

/*
 * One dump. -EBADMSG with line and column for what is not JSON or cut off (base/frame.h), for what is
 * no dump, and for an entry of "volumes" whose name is not a UUID.
 */
int vdc_image_dump_read(struct vdc_source *source, const struct vdc_image_dump_sink *sink,
			struct vdc_err *err);

/* The file whose beginning SOURCE has looked at (vdc_source_first) is one of SQLite. */
bool vdc_image_dump_is_sqlite(const struct vdc_source *source);
/* -EBADMSG: it has no such table, or no ids in it; -ENOENT, -EACCES. */
int vdc_image_dump_read_sqlite(const char *path, const struct vdc_image_dump_sink *sink,
			       struct vdc_err *err);
