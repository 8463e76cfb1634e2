/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rows of a noun's field table. Each noun's .c defines NOUN to its struct and lists its fields:
 *
 *	#define NOUN struct vdc_host
 *	static const struct vdc_field fields[] = {
 *		VDC_F_ID(),
 *		VDC_F_UNIQUE_NAME(),
 *		VDC_F_REF(cluster, vdc_cluster_kind, VDC_REQUIRED | VDC_LISTED, .help = "..."),
 *	};
 */
#pragma once

#include "model/kind.h"

#define VDC_F(member_, type_, flags_, ...)                                      \
	{                                                                       \
		.name = #member_, .type = (type_), .flags = (flags_),           \
		.offset = offsetof(NOUN, member_), __VA_ARGS__                  \
	}
#define VDC_F_ID() VDC_F(id, VDC_UUID, VDC_REQUIRED, .path = "@id", .help = "UUID")
#define VDC_F_UNIQUE_NAME() \
	VDC_F_TEXT(name, VDC_REQUIRED | VDC_KEY | VDC_LISTED, .help = "unique name")
#define VDC_F_DESCRIPTION() VDC_F_TEXT(description, 0, .help = "what it is for")
#define VDC_F_COMMENT() VDC_F_TEXT(comment, 0, .help = "free text")
#define VDC_F_TEXT(m, flags, ...) VDC_F(m, VDC_TEXT, flags, __VA_ARGS__)
#define VDC_F_UUID(m, flags, ...) VDC_F(m, VDC_UUID, flags, __VA_ARGS__)
#define VDC_F_INT(m, flags, ...) VDC_F(m, VDC_INT, flags, __VA_ARGS__)
#define VDC_RANGE(least_, most_) .least = (least_), .most = (most_)
#define VDC_F_BYTES(m, flags, ...) VDC_F(m, VDC_BYTES, flags, __VA_ARGS__)
#define VDC_F_BOOL(m, flags, ...) VDC_F(m, VDC_BOOL, flags, __VA_ARGS__)
#define VDC_F_TIME(m, flags, ...) VDC_F(m, VDC_TIME, flags, __VA_ARGS__)
#define VDC_F_LEVEL(m, flags, ...) VDC_F(m, VDC_LEVEL, flags, __VA_ARGS__)
#define VDC_F_ENUM(m, values_, flags, ...) VDC_F(m, VDC_ENUM, flags, .values = &(values_), __VA_ARGS__)
#define VDC_F_REF(m, target_, flags, ...) VDC_F(m, VDC_REF, flags, .target = &(target_), __VA_ARGS__)
#define VDC_F_WORDS(m, item_, flags, ...) VDC_F(m, VDC_WORDS, flags, .item = (item_), __VA_ARGS__)
#define VDC_F_LEVELS(m, item_, flags, ...) \
	VDC_F(m, VDC_LEVELS, flags, .item = (item_), __VA_ARGS__)
#define VDC_F_PROPERTIES(m, item_, flags, ...) \
	VDC_F(m, VDC_PROPERTIES, flags, .item = (item_), __VA_ARGS__)

/* What a job or an event is about; three rows. It may be gone, so it is no reference. */
#define VDC_F_OBJECT()                                                                            \
	VDC_F_TEXT(object_kind, 0, .path = "object@kind", .help = "kind of what it is about"),    \
		VDC_F_UUID(object_id, 0, .path = "object@id", .help = "id of what it is about"),  \
		VDC_F_TEXT(object_name, VDC_LISTED, .path = "object/name", .title = "OBJECT",     \
			   .help = "name of what it is about")

/* Members of a struct vdc_enum. The order of the words is that of the C constants, from 1 on. */
#define VDC_WORD_LIST(...) .words = (const char *const[]){ "", __VA_ARGS__, NULL }
#define VDC_ALIASES(...) .aliases = (const char *const[]){ __VA_ARGS__, NULL }

#define VDC_KIND(name_, plural_, word_, help_)                                                  \
	{                                                                                       \
		.name = (name_), .plural = (plural_), .word = (word_), .help = (help_),         \
		.size = sizeof(NOUN), .fields = fields, .n_fields = VDC_COUNT(fields)           \
	}
