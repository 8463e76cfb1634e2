/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The module vdc-crypt. */
#include <crypt.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "edge/crypt_ops.h"

_Static_assert((int)VDC_HASH_SIZE == (int)CRYPT_OUTPUT_SIZE, "room for what libcrypt writes");

/* How much work a guess is: the preset of the system's own passwords. */
static const unsigned long preset_cost;

/* RET is empty when libcrypt cannot. */
static void crypt_to(const struct vdc_secret *password, const char *setting,
		     char ret[VDC_HASH_SIZE])
{
	struct crypt_data *data = vdc_alloc(sizeof(*data));
	const char *hash = crypt_rn(password->text, setting, data, sizeof(*data));

	snprintf(ret, VDC_HASH_SIZE, "%s", hash ? hash : "");
	explicit_bzero(data, sizeof(*data));
	free(data);
}

static int hash(const struct vdc_secret *password, char ret[VDC_HASH_SIZE], struct vdc_err *err)
{
	char setting[CRYPT_GENSALT_OUTPUT_SIZE], made[VDC_HASH_SIZE];

	/* Without bytes of ours it takes them from the system. */
	if (!crypt_gensalt_rn("$y$", preset_cost, NULL, 0, setting, sizeof(setting)))
		return vdc_err_set(err, -errno, "libcrypt cannot make a yescrypt salt: %m");
	crypt_to(password, setting, made);
	if (!made[0])
		return vdc_err_set(err, -EIO, "libcrypt cannot hash a password by yescrypt");
	memcpy(ret, made, sizeof(made));
	return 0;
}

static bool same(const char *a, const char *b, size_t len)
{
	unsigned char differs = 0;

	for (size_t i = 0; i < len; i++)
		differs |= (unsigned char)a[i] ^ (unsigned char)b[i];
	return differs == 0;
}

static int check(const struct vdc_secret *password, const char *expected, struct vdc_err *err)
{
	char made[VDC_HASH_SIZE] = "", padded[VDC_HASH_SIZE] = "";
	bool right;

	crypt_to(password, expected, made);
	if (!made[0])
		return vdc_err_set(err, -EBADMSG, "the stored hash is none that libcrypt knows");
	snprintf(padded, sizeof(padded), "%s", expected);
	right = strlen(made) == strlen(expected) && same(made, padded, sizeof(made));
	explicit_bzero(made, sizeof(made));
	return right ? 0 : vdc_err_set(err, -EKEYREJECTED, "wrong password");
}

const struct vdc_crypt_ops vdc_crypt_ops = { .hash = hash, .check = check };
