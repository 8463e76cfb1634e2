/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/version.h"
#include "unit.h"

static void it_is_the_version_of_the_build(void **state)
{
	(void)state;
	assert_string_equal(vdc_version(), PACKAGE_VERSION);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_the_version_of_the_build),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
