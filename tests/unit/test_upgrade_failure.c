/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/upgrade_failure.h"

#include "model/kind.h"
#include "unit.h"

static void the_sequel_follows_from_the_failure_action(void **state)
{
	static const struct {
		struct vdc_upgrade_failed failed;
		enum vdc_upgrade_sequel sequel;
	} cases[] = {
		/* action, retries, tolerated, tries, failed, lasting */
		{ { VDC_UPGRADE_STOP_ALL, 3, VDC_UNSET, 1, 0, false }, VDC_UPGRADE_END },
		{ { VDC_UPGRADE_RETRY, 2, VDC_UNSET, 1, 0, false }, VDC_UPGRADE_AGAIN },
		{ { VDC_UPGRADE_RETRY, 2, VDC_UNSET, 2, 0, false }, VDC_UPGRADE_AGAIN },
		{ { VDC_UPGRADE_RETRY, 2, VDC_UNSET, 3, 0, false }, VDC_UPGRADE_END },
		{ { VDC_UPGRADE_RETRY, 2, VDC_UNSET, 1, 0, true }, VDC_UPGRADE_END },
		{ { VDC_UPGRADE_SKIP, 0, VDC_UNSET, 1, 99, false }, VDC_UPGRADE_NEXT },
		{ { VDC_UPGRADE_SKIP, 1, VDC_UNSET, 1, 0, false }, VDC_UPGRADE_AGAIN },
		{ { VDC_UPGRADE_SKIP, 1, VDC_UNSET, 1, 0, true }, VDC_UPGRADE_NEXT },
		{ { VDC_UPGRADE_SKIP, 0, 0, 1, 0, false }, VDC_UPGRADE_END },
		{ { VDC_UPGRADE_SKIP, 0, 2, 1, 0, false }, VDC_UPGRADE_NEXT },
		{ { VDC_UPGRADE_SKIP, 0, 2, 1, 1, false }, VDC_UPGRADE_NEXT },
		{ { VDC_UPGRADE_SKIP, 0, 2, 1, 2, false }, VDC_UPGRADE_END },
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++)
		assert_int_equal(vdc_upgrade_after_failure(&cases[i].failed), cases[i].sequel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sequel_follows_from_the_failure_action),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
