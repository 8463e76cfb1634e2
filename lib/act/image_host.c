/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "act/image_read.h"
#include "act/look.h"
#include "model/host.h"
#include "store/store.h"

static int name_one(struct vdc_db *db, struct vdc_image_source *source, struct vdc_arena *arena,
		    struct vdc_err *err)
{
	struct vdc_err why = { 0 };
	const char *shell;
	void *host;
	int r = vdc_store_get(db, &vdc_host_kind, source->host, 0, arena, &host, &why);

	if (r)
		return r == -ENOENT ? 0 : vdc_err_set(err, r, "%s", vdc_err_text(&why));
	shell = vdc_target_of(host, source->limit_us, arena).shell;
	if (shell)
		source->host = shell;
	return 0;
}

int vdc_image_hosts(struct vdc_db *db, struct vdc_image_source *sources, size_t n,
		    struct vdc_arena *arena, struct vdc_err *err)
{
	int r = 0;

	for (size_t i = 0; i < n && !r; i++)
		if (sources[i].kind == VDC_IMAGE_REMOTE && !strchr(sources[i].host, '@'))
			r = name_one(db, &sources[i], arena, err);
	return r;
}
