/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/upgrade_failure.h"

#include "model/kind.h"

enum vdc_upgrade_sequel vdc_upgrade_after_failure(const struct vdc_upgrade_failed *failed)
{
	if (!failed->lasting && failed->action != VDC_UPGRADE_STOP_ALL &&
	    failed->tries <= failed->retries)
		return VDC_UPGRADE_AGAIN;
	if (failed->action != VDC_UPGRADE_SKIP)
		return VDC_UPGRADE_END;
	return failed->tolerated == VDC_UNSET || failed->failed < failed->tolerated
		       ? VDC_UPGRADE_NEXT
		       : VDC_UPGRADE_END;
}
