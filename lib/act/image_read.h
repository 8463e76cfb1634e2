/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fills the check of images (plan/image_check.h) with what sources and database hold. Writes nowhere. */
#pragma once

#include <stdio.h>

#include "edge/db.h"
#include "plan/image_check.h"
#include "store/engine.h"

/* Where a domain is read from. */
struct vdc_image_source {
	const char *label;  /* for messages: "dump.json", "standard input" */
	const char *path;   /* NULL: standard input */
	struct vdc_uuid id; /* of the domain, as the user says; blank: the source knows */
	bool folder;	    /* a file domain in place */
	bool deep;	    /* also the headers of its images */
};

/* WORD as an operand: "FILE", "FOLDER", "ID=FILE", "-", "ID=-". Points into WORD. */
struct vdc_image_source vdc_image_source(const char *word);

/*
 * One source into CHECK, as a domain of its own; when that fails nothing of it stays. -ENOENT, -EACCES,
 * -EBADMSG with the place in the message; -EINVAL: it is of no domain, of another than the user says,
 * or of one that was read already.
 */
int vdc_image_read_source(struct vdc_image_check *check, const struct vdc_image_source *source,
			  struct vdc_err *err);

/*
 * The side of our own database, in one snapshot, then the end of the check, with names of disks for
 * what was found. Objects live in ARENA.
 */
int vdc_image_read_database(struct vdc_db *db, struct vdc_image_check *check,
			    struct vdc_arena *arena, struct vdc_image_result *ret,
			    struct vdc_err *err);

/* The same from the database of an oVirt or RHV engine. */
int vdc_image_read_engine(struct vdc_engine *engine, struct vdc_image_check *check,
			  struct vdc_arena *arena, struct vdc_image_result *ret,
			  struct vdc_err *err);

/* The same from a document with storage domains, disks, volumes and VMs; NAME for messages. */
int vdc_image_read_document(FILE *in, const char *name, struct vdc_image_check *check,
			    struct vdc_arena *arena, struct vdc_image_result *ret,
			    struct vdc_err *err);
