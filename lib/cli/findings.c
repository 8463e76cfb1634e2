/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/findings.h"

#include "act/image_sweep.h"
#include "cli/list.h"
#include "cli/progress.h"

int vdc_print_findings(struct vdc_call *call, const struct vdc_findings *findings,
		       struct vdc_err *err)
{
	struct vdc_list *list;
	int r = vdc_list_new(call, &vdc_finding_kind, &list, err);

	if (!r && !findings->n && vdc_call_output(call) == VDC_OUTPUT_TABLE)
		return 0;
	for (size_t i = 0; i < findings->n && !r; i++)
		r = vdc_list_add(list, findings->items[i], err);
	return r ? r : vdc_list_end(list, err);
}

bool vdc_findings_block(const struct vdc_findings *findings)
{
	for (size_t i = 0; i < findings->n; i++)
		if (findings->items[i]->severity >= VDC_FINDING_ERROR)
			return true;
	return false;
}

const struct vdc_option vdc_images_options[] = {
	{ .name = "skip-images",
	  .help = "do not compare the storage with the database: images may be damaged" },
	{ 0 },
};

int vdc_find_images(struct vdc_call *call, const struct vdc_world *world, const char *data_center,
		    struct vdc_findings *findings, struct vdc_err *err)
{
	struct vdc_progress *progress;
	int r;

	if (vdc_given(call, "skip-images"))
		return 0;
	progress = vdc_progress_new(0);
	vdc_progress_step(progress, "comparing the storage with the database");
	r = vdc_image_sweep(vdc_call_db(call), world, data_center, findings, err);
	vdc_progress_free(progress);
	return r;
}
