/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Expressions of --select: any text is refused or can be asked about an object. */
#include <stdlib.h>

#include "fuzz.h"
#include "model/host.h"
#include "model/select.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	vdc_autoarena *arena = vdc_arena_new();
	const char *text = size ? vdc_arena_strndup(arena, (const char *)data, size) : "";
	struct vdc_err err = { 0 };
	struct vdc_select *select;

	if (vdc_select_parse(&vdc_host_kind, text, 0, &select, &err) == 0) {
		vdc_select_matches(select, vdc_object_new(&vdc_host_kind, arena));
		vdc_select_free(select);
	} else if (!err.msg[0] || !err.column) {
		abort(); /* refused without saying why and where */
	}
	return 0;
}
