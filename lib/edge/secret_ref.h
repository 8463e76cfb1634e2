/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where a secret is, and the secret itself. A reference is what the database holds:
 *
 *	file:PATH	the contents of a file that nobody but its owner may read
 *	cmd:WORDS	what a program says, run without a shell, its words split at spaces
 *	cred:NAME	$CREDENTIALS_DIRECTORY/NAME (systemd.exec(5)), else /etc/vdc/secrets/NAME
 *
 * A line feed at its end does not count. Nothing else in it may end a line or text: it would become
 * an option of its own for whoever is sent it.
 */
#pragma once

#include "base/err.h"
#include "base/secret.h"

/*
 * -EINVAL: no reference, or what it names is no secret of one line; -EPERM: others may read it;
 * -ETIMEDOUT: half a minute was not enough. Messages name PATH, NAME or the program, and no secret.
 */
int vdc_secret_read(const char *reference, struct vdc_secret *ret, struct vdc_err *err);
