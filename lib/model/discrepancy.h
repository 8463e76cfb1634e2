/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where storage and database say different things, or one of them something that cannot be. It is not
 * stored. Its id is its code with the ids of domain and volume, so that two runs can be compared.
 */
#pragma once

#include <stdarg.h>

#include "model/finding.h"

struct vdc_discrepancy {
	char *id;
	char *code;	  /* stable: "CAPACITY_DIFFERS" */
	int64_t severity; /* enum vdc_finding_severity */
	struct vdc_ref storage_domain;
	char *disk;	   /* its name in the database */
	char *image;	   /* id of the disk on the storage */
	char *volume;	   /* id of the layer; NULL where it is about all of the disk or domain */
	char *attribute;   /* what differs: "capacity"; NULL */
	char *storage;	   /* what the storage says */
	char *database;	   /* what the database says */
	int64_t in_flight; /* work on the disk goes on, or ended a moment ago */
	int64_t confirmed; /* it was still there when all was read again; VDC_UNSET: not tried */
	char *text;
	char *advice;
};

extern const struct vdc_kind vdc_discrepancy_kind;

/* Gives it its sentence. */
void vdc_discrepancy_say(struct vdc_discrepancy *found, struct vdc_arena *arena, const char *fmt,
			 va_list args) vdc_printf(3, 0);
