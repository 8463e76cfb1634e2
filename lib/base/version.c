/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/version.h"

const char *vdc_version(void)
{
	return PACKAGE_VERSION;
}
