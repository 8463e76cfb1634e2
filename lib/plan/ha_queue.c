/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/ha_queue.h"

bool vdc_ha_wants(const struct vdc_vm *vm)
{
	switch (vm->run_strategy) {
	case VDC_RUN_ALWAYS:
	case VDC_RUN_RERUN_ON_FAILURE:
		return true;
	case VDC_RUN_HALTED:
	case VDC_RUN_ONCE:
		return false;
	default:
		return vdc_is_true(vm->high_availability);
	}
}
