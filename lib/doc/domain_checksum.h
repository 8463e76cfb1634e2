/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The checksum in the metadata of a storage domain: SHA-1 of its lines, sorted by their keys, without
 * line feeds, and with characters beyond ASCII as XML references (vdsm, storage/persistent.py).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* TEXT says _SHA_CKSUM, and that is not the sum of the rest. */
bool vdc_domain_checksum_is_wrong(const char *text, size_t len);
