/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What comes back from LVM's shell. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "edge/lvm_reply.h"
#include "fuzz.h"

/* Cut in two anywhere it ends at the same place. */
static struct vdc_lvm_scan scan_of(const char *text, size_t size)
{
	struct vdc_lvm_scan whole = { 0 }, parts = { 0 };
	int r = vdc_lvm_scan(&whole, text, size, NULL);
	int first = vdc_lvm_scan(&parts, text, size / 2, NULL);

	if (!first)
		first = vdc_lvm_scan(&parts, text, size, NULL);
	if (r != first || (!r && (whole.at != parts.at || whole.whole != parts.whole)))
		abort();
	whole.whole = whole.whole && !r;
	return whole;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct vdc_lvm_scan scan = scan_of(text, size);
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_lvm_rows rows;
	struct vdc_err err = { 0 };

	if (!scan.whole)
		return 0;
	if (vdc_lvm_reply("lvs", text, scan.at, arena, &rows, &err)) {
		if (!err.code || !err.msg[0])
			abort();
		return 0;
	}
	for (size_t i = 0; i < rows.n; i++)
		if (!rows.all[i])
			abort();
	return 0;
}
