/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hashes of passwords, as crypt(5) has them: yescrypt. libcrypt is behind it, opened at first use. */
#pragma once

#include <stdbool.h>

#include "base/err.h"
#include "base/secret.h"

enum { VDC_HASH_SIZE = 384 }; /* CRYPT_OUTPUT_SIZE of libxcrypt */

/* A new hash with a salt of its own; takes a moment on purpose. */
int vdc_crypt_hash(const struct vdc_secret *password, char ret[VDC_HASH_SIZE], struct vdc_err *err);

/*
 * 0 when it is the password of HASH, -EKEYREJECTED when it is not, -EBADMSG when HASH is none that
 * libcrypt knows. Compares in a time that does not depend on where they differ.
 */
int vdc_crypt_check(const struct vdc_secret *password, const char *hash, struct vdc_err *err);
