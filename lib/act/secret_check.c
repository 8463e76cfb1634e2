/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/secret_check.h"

#include "edge/secret_ref.h"

int vdc_secret_check(const char *reference, struct vdc_err *err)
{
	vdc_autosecret *secret = vdc_secret_new();

	return vdc_secret_read(reference, secret, err);
}
