/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Documents: objects as XML or JSON, streamed one object at a time in both directions. The
 * vocabulary is that of the oVirt/RHV REST API (vdc-documents(5)).
 *
 * Written: <vdc version="1"><hosts><host id="..."><name>...  and  {"vdc":{"version":1},
 * "hosts":[{"id":...}, ...]}. Read: the same, a collection (<hosts>), one object (<host>), the
 * API's JSON collections ({"host":[...]}), and JSON objects one after another.
 */
#pragma once

#include <stdio.h>

#include "model/kind.h"

enum vdc_doc_format { VDC_DOC_XML, VDC_DOC_JSON };

/* Where an object began, for messages. */
struct vdc_place {
	unsigned line;
	unsigned column;
};

/*
 * Called for each object in the order of the document. The object lives in ARENA, which is reset
 * when the callback returns. A negative return ends the reading with that error; an error without
 * a line gets the object's.
 */
typedef int vdc_doc_fn(void *ctx, const struct vdc_kind *kind, void *object, struct vdc_place place,
		       struct vdc_arena *arena, struct vdc_err *err);

struct vdc_doc_options {
	const char *name;	     /* of the document, for messages: "hosts.xml" */
	const struct vdc_kind *hint; /* what a JSON object without a kind is; may be NULL */
	/* Kinds of vdc_document_kinds that are read too; ends with NULL; may be NULL. */
	const struct vdc_kind *const *kinds;
};

/*
 * Reads a document; XML and JSON are told apart by the first byte that is not white space. What is
 * not known is ignored with a debug message. -EBADMSG or -EINVAL with line and column for a
 * document that is empty, cut off, too deep, too large in one value (10 MB), not UTF-8, of the
 * wrong kind, or with a bad value.
 */
int vdc_doc_read(FILE *in, const struct vdc_doc_options *options, vdc_doc_fn *fn, void *ctx,
		 struct vdc_err *err);

/*
 * All objects of KIND in a document that is called NAME, in its order, kept in ARENA; others are passed
 * over. CHECK refuses one. RET: the address of an array of pointers to such objects.
 */
typedef int vdc_doc_check_fn(const void *object, struct vdc_err *err);
int vdc_doc_gather(FILE *in, const char *name, const struct vdc_kind *kind, vdc_doc_check_fn *check,
		   struct vdc_arena *arena, void *ret, size_t *n, struct vdc_err *err);

struct vdc_doc_writer;

/* ROOT "vdc" for a document of several kinds. Nothing is buffered but the current object. */
int vdc_doc_writer_new(FILE *out, enum vdc_doc_format format, struct vdc_doc_writer **ret,
		       struct vdc_err *err);
/* Objects of one kind follow each other; a new kind closes the collection of the last one. */
int vdc_doc_write(struct vdc_doc_writer *writer, const struct vdc_kind *kind, const void *object,
		  struct vdc_err *err);
/* Ends the document and frees the writer; -ENOSPC and the like show here at the latest. */
int vdc_doc_writer_close(struct vdc_doc_writer *writer, struct vdc_err *err);
