/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Elements of the catalogue, read by a table of their attributes into a struct. Strict: what no row
 * is for is an error, because a slip in a catalogue would silently give hosts another level.
 */
#pragma once

#include "base/node.h"
#include "model/catalogue.h"

enum vdc_attribute_type {
	VDC_ATTRIBUTE_TITLE,   /* const char *: any text that is not empty */
	VDC_ATTRIBUTE_NAME,    /* const char *: letters, digits, '_', '-', '.' */
	VDC_ATTRIBUTE_NAMES,   /* const char *: such words, one space between them */
	VDC_ATTRIBUTE_VERSION, /* struct vdc_level */
	VDC_ATTRIBUTE_RELEASE, /* uint64_t, as vdc_release_parse; 0 where it is not there */
	VDC_ATTRIBUTE_COUNT,   /* int64_t from 1 on */
	VDC_ATTRIBUTE_SIZE,    /* int64_t bytes: "4T" */
	VDC_ATTRIBUTE_FORMAT,  /* int64_t, enum vdc_storage_format */
	VDC_ATTRIBUTE_TRUTH,   /* bool */
};

struct vdc_attribute {
	const char *name;
	enum vdc_attribute_type type;
	bool required;
	size_t offset; /* of the member */
};

struct vdc_element {
	const char *name;
	const struct vdc_attribute *attributes;
	size_t n_attributes;
	const char *children; /* words: elements that may stand in it; "" = none */
};

/* Members of *OBJECT without an attribute keep what they hold. -EBADMSG with line and column. */
int vdc_element_read(const struct vdc_element *element, const struct vdc_node *node, void *object,
		     struct vdc_arena *arena, struct vdc_err *err);

/*
 * An array in ARENA of the elements of that name below PARENT, each of SIZE bytes and begun as a
 * copy of FRESH.
 */
int vdc_element_read_all(const struct vdc_element *element, const struct vdc_node *parent,
			 const void *fresh, size_t size, struct vdc_arena *arena, void *ret,
			 size_t *n_ret, struct vdc_err *err);

/* How many elements NAME are right below NODE. */
size_t vdc_element_count(const struct vdc_node *node, const char *name);

/* -EBADMSG, about NODE. */
int vdc_element_wrong(const struct vdc_node *node, struct vdc_err *err, const char *fmt, ...)
	vdc_printf(3, 4);

/* A <level> with all that is in it but its <moves>, which refer to other levels. */
int vdc_level_read(const struct vdc_node *node, struct vdc_arena *arena,
		   struct vdc_level_entry *ret, struct vdc_err *err);

/* Rows of the tables; NOUN is the struct. */
#define VDC_ATTRIBUTE(type_, name_, member, ...)                                                  \
	{                                                                                         \
		.name = (name_), .type = VDC_ATTRIBUTE_##type_, .offset = offsetof(NOUN, member), \
		__VA_ARGS__                                                                       \
	}
#define VDC_MUST .required = true
#define VDC_ELEMENT(name_, rows, children_)                                             \
	{                                                                               \
		.name = (name_), .attributes = (rows), .n_attributes = VDC_COUNT(rows), \
		.children = (children_)                                                 \
	}
