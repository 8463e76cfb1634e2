/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/findings.h"

#include "cli/list.h"

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
