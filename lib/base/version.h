/* The version of this build, as `--version` prints it. */
#pragma once

const char *vdc_version(void);
