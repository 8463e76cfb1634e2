#include "base/version.h"

const char *vdc_version(void)
{
	return PACKAGE_VERSION;
}
