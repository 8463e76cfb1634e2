/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * XML through libxml2, as trees of nodes (base/node.h). libxml2 costs every start of a process a
 * millisecond, so it sits in a module that is opened at the first call.
 *
 * Reading never touches the network or another file, and refuses document types, so that there are
 * no entities but the five of XML itself. Everything is UTF-8, whatever a document says of itself.
 */
#pragma once

#include <stdio.h>

#include "base/node.h"
#include "base/source.h"

/* A whole document in memory: domain XML, capabilities, the metadata of a fence agent. */
int vdc_xml_parse(const char *text, size_t len, struct vdc_arena *arena, struct vdc_node **ret,
		  struct vdc_err *err);

/*
 * A document of any size: each element that TAKER takes whole is built as nodes. -EBADMSG with
 * line and column for what is not well-formed, has a document type, is deeper than VDC_DEPTH_MAX,
 * or has a text longer than VDC_VALUE_MAX.
 */
int vdc_xml_read(struct vdc_source *source, const struct vdc_node_taker *taker,
		 struct vdc_err *err);

struct vdc_xml_writer;

/* Begins a document, UTF-8, two spaces to a level. */
int vdc_xml_writer_new(FILE *out, struct vdc_xml_writer **ret, struct vdc_err *err);
/* The start tag of HEAD with the attributes below it. */
int vdc_xml_begin(struct vdc_xml_writer *writer, const struct vdc_node *head, struct vdc_err *err);
/* NODE and all below it. Texts must be UTF-8 that XML can hold (base/utf8.h). */
int vdc_xml_node(struct vdc_xml_writer *writer, const struct vdc_node *node, struct vdc_err *err);
/* The end tag of what was begun last. */
int vdc_xml_end(struct vdc_xml_writer *writer, struct vdc_err *err);
/* Flushes OUT and frees the writer. WHOLE: ends what is open; else the document stays cut off, so
 * that nobody takes it for a whole one. */
int vdc_xml_writer_close(struct vdc_xml_writer *writer, bool whole, struct vdc_err *err);

/* Holds a document against the RELAX NG schema in the file SCHEMA. -EBADMSG says what is wrong
 * where. For tests and for people who write documents by hand; it loads the document as a whole. */
int vdc_xml_validate(struct vdc_source *source, const char *schema, struct vdc_err *err);
