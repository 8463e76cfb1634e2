/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fence doctor */
#include "act/fence_doctor.h"
#include "cli/exit_code.h"
#include "cli/findings.h"
#include "fence.h"
#include "store/store.h"

int fence_doctor(struct vdc_call *call, struct vdc_err *err)
{
	struct vdc_findings findings = { .arena = vdc_call_arena(call) };
	const char *const *names;
	size_t n = vdc_repeated_option(call, "host", &names);
	const struct vdc_host **proxies =
		vdc_arena_alloc(findings.arena, (n + 1) * sizeof(*proxies));
	int r = 0;

	for (size_t i = 0; i < n && !r; i++) {
		void *host = NULL;

		r = vdc_store_get(vdc_call_db(call), &vdc_host_kind, names[i], 0, findings.arena,
				  &host, err);
		proxies[i] = host;
	}
	if (!r)
		r = vdc_fence_doctor(vdc_call_db(call), proxies, n, &findings, err);
	if (!r)
		r = vdc_print_findings(call, &findings, err);
	if (r)
		return r;
	return vdc_findings_block(&findings) ? VDC_EXIT_FINDINGS : VDC_EXIT_OK;
}
