/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fills the check of images (plan/image_check.h) with what sources and database hold. Writes nowhere. */
#pragma once

#include <stdio.h>

#include "doc/image_dump.h"
#include "edge/db.h"
#include "plan/image_check.h"
#include "store/engine.h"

enum vdc_image_source_kind {
	VDC_IMAGE_DUMP = 1,
	VDC_IMAGE_STANDARD_INPUT, /* a dump */
	VDC_IMAGE_FOLDER,	  /* a file domain in place */
	VDC_IMAGE_GROUP,	  /* a block domain in place: its volume group */
	VDC_IMAGE_REMOTE,	  /* one of them, on another host */
	VDC_IMAGE_SILENT,	  /* its storage did not even say what it is */
};

/* Where a domain is read from. */
struct vdc_image_source {
	enum vdc_image_source_kind kind;
	const char *label;  /* for messages: "dump.json", "standard input" */
	const char *path;   /* NULL: standard input */
	const char *host;   /* address for the remote shell; NULL: here */
	struct vdc_uuid id; /* of the domain, as the user says; blank: the source knows */
	bool deep;	    /* also the headers of its images */
	int64_t limit_us;   /* how long it may be silent */
	int64_t until;	    /* monotonic time at which it must have been read; 0: none */
	/* Told now and then how many volumes were read so far; may be NULL. */
	void (*told)(void *ctx, size_t volumes);
	void *ctx;
};

/*
 * N operands: "FILE", "FOLDER", "vg:GROUP", "HOST:FOLDER", "HOST:vg:GROUP", "-", each also with "ID=" in front. Points into WORDS.
 * Never waits for storage longer than LIMIT_US.
 */
int vdc_image_sources(const char *const *words, size_t n, int64_t limit_us, struct vdc_arena *arena,
		      struct vdc_image_source **ret, struct vdc_err *err);

/* HOSTs that DB has under that name get the address of their remote shell; others are addresses. */
int vdc_image_hosts(struct vdc_db *db, struct vdc_image_source *sources, size_t n,
		    struct vdc_arena *arena, struct vdc_err *err);

/* It changes while it is read; a dump does not. */
bool vdc_image_source_is_live(const struct vdc_image_source *source);

/* Whether its time is over; how much is left of it, 0: it has no end, else at least 1. */
bool vdc_image_is_late(const struct vdc_image_source *source);
int64_t vdc_image_time_left(const struct vdc_image_source *source);

/*
 * All of one source for SINK, whose `self` comes last. What is in place is read by a child, so that
 * storage that hangs is an error: -ETIMEDOUT; -ETIME: it was not read in the time that there was.
 */
int vdc_image_source_read(const struct vdc_image_source *source,
			  const struct vdc_image_dump_sink *sink, struct vdc_err *err);

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
