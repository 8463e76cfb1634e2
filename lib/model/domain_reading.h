/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a host is to read of a storage domain, and what came of it. Sent to the host and back as a
 * document (storage-health --local); never in the database.
 */
#pragma once

#include "model/kind.h"

struct vdc_domain_reading {
	char *id; /* of the storage domain, and this: */
	char *name;
	char *path;		/* where its file system is mounted; NULL: a block domain */
	char *volume_group;	/* NULL: a file domain */
	int64_t storage_format; /* enum vdc_storage_format; VDC_UNSET: no domain of oVirt's making */
	/* What came of it. */
	int64_t latency;	 /* microseconds; VDC_UNSET: it was not read */
	int64_t available, used; /* bytes; VDC_UNSET: not known */
	char *problem;		 /* why it was not read; NULL: it was */
};

extern const struct vdc_kind vdc_domain_reading_kind;
