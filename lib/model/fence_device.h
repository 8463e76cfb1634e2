/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Devices that this machine can drive, as the fence agents that are installed describe themselves, and
 * the options that each takes. They are not stored: doc/fence_metadata.h reads them.
 */
#pragma once

#include "model/kind.h"

struct vdc_fence_device {
	char *id;	   /* its type */
	char *type;	   /* "drac7" */
	char *program;	   /* "fence_idrac" */
	char *description; /* one line */
	char *actions;	   /* words */
	char *defaults;	   /* lines NAME=VALUE that are sent unless they are given */
	char *note;	   /* for whoever chooses it */
};

struct vdc_fence_option {
	char *id;     /* type and name */
	char *name;   /* "lanplus" */
	int64_t type; /* enum vdc_fence_option_type */
	int64_t required;
	char *preset;  /* what it is where nothing is said */
	char *choices; /* of a select, between '|' */
	char *older;   /* the name that it had before */
	char *description;
	int64_t deprecated; /* it is such a former name */
};

enum vdc_fence_option_type {
	VDC_FENCE_OPTION_STRING = 1,
	VDC_FENCE_OPTION_BOOLEAN,
	VDC_FENCE_OPTION_INTEGER,
	VDC_FENCE_OPTION_SECOND,
	VDC_FENCE_OPTION_SELECT,
};

/* All that an agent says of itself. */
struct vdc_fence_metadata {
	const char *description; /* one line; "" */
	const char *actions;	 /* words; "" */
	struct vdc_fence_option **options;
	size_t n;
};

enum { VDC_FENCE_OPTIONS_MAX = 1000 };

extern const struct vdc_kind vdc_fence_device_kind;
extern const struct vdc_kind vdc_fence_option_kind;
extern const struct vdc_enum vdc_fence_option_type_values;
