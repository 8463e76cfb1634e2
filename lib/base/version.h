/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The version of this build, as `--version` prints it. */
#pragma once

const char *vdc_version(void);
