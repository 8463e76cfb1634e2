/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * image_sink DUMP...: reads dumps of storage domains and what the database says of them, as
 * image-discrepancies does, and compares nothing: the least that it can cost.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "doc/image_dump.h"
#include "edge/conf.h"
#include "model/disk.h"
#include "model/storage_domain.h"
#include "model/vm.h"
#include "model/volume.h"
#include "store/store.h"

static int drop_volume(void *ctx vdc_unused, const struct vdc_storage_volume *volume vdc_unused,
		       struct vdc_err *err vdc_unused)
{
	return 0;
}

static int drop_lease(void *ctx vdc_unused, const struct vdc_storage_lease *lease vdc_unused,
		      struct vdc_err *err vdc_unused)
{
	return 0;
}

static int drop_vm_lease(void *ctx vdc_unused, const struct vdc_storage_vm_lease *lease vdc_unused,
			 struct vdc_err *err vdc_unused)
{
	return 0;
}

static int drop_file(void *ctx vdc_unused, const struct vdc_storage_file *file vdc_unused,
		     struct vdc_err *err vdc_unused)
{
	return 0;
}

static int drop_self(void *ctx vdc_unused, const struct vdc_storage_self *self vdc_unused,
		     struct vdc_err *err vdc_unused)
{
	return 0;
}

static int drop_object(void *ctx vdc_unused, const struct vdc_kind *kind vdc_unused,
		       void *object vdc_unused, struct vdc_err *err vdc_unused)
{
	return 0;
}

static int read_dump(const char *path, struct vdc_err *err)
{
	static const struct vdc_image_dump_sink sink = {
		.volume = drop_volume,
		.lease = drop_lease,
		.vm_lease = drop_vm_lease,
		.file = drop_file,
		.self = drop_self,
	};
	FILE *in = fopen(path, "re");
	struct vdc_source source;
	int r;

	if (!in)
		return vdc_err_set(err, -errno, "%s: %s", path, strerror(errno));
	vdc_source_of_file(&source, in);
	r = vdc_image_dump_read(&source, &sink, err);
	fclose(in);
	return r;
}

static int read_all(struct vdc_db *db, void *ctx vdc_unused, struct vdc_err *err)
{
	static const struct vdc_kind *const kinds[] = { &vdc_storage_domain_kind, &vdc_disk_kind,
							&vdc_vm_kind, &vdc_volume_kind };
	int r = 0;

	for (size_t i = 0; !r && i < VDC_COUNT(kinds); i++)
		r = vdc_store_each(db, kinds[i], VDC_IN_NO_ORDER, NULL, drop_object, NULL, err);
	return r;
}

static int run(char **dumps, struct vdc_err *err)
{
	int r = vdc_conf_load(NULL, err);
	vdc_autofree char *where = vdc_store_default();
	struct vdc_db *db = NULL;

	while (!r && *dumps)
		r = read_dump(*dumps++, err);
	if (!r)
		r = vdc_store_open(where, VDC_DB_READ_ONLY, &db, err);
	if (!r)
		r = vdc_db_snapshot(db, read_all, NULL, err);
	vdc_db_close(db);
	return r;
}

int main(int argc, char **argv)
{
	struct vdc_err err = { 0 };

	if (argc < 2 || run(argv + 1, &err) < 0) {
		fprintf(stderr, "image_sink: %s\n", vdc_err_text(&err));
		return 1;
	}
	return 0;
}
