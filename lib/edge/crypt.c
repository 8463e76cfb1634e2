/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/crypt.h"

#include "edge/crypt_ops.h"
#include "edge/module.h"

static const struct vdc_crypt_ops *ops;

static int load(struct vdc_err *err)
{
	const void *table = ops;
	int r = ops ? 0 : vdc_module_table("crypt", "vdc_crypt_ops", &table, err);

	ops = table;
	return r;
}

int vdc_crypt_hash(const struct vdc_secret *password, char ret[VDC_HASH_SIZE], struct vdc_err *err)
{
	int r = load(err);

	return r ? r : ops->hash(password, ret, err);
}

int vdc_crypt_check(const struct vdc_secret *password, const char *hash, struct vdc_err *err)
{
	int r = load(err);

	return r ? r : ops->check(password, hash, err);
}
