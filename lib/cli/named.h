/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Operands that name objects of one kind; "-" stands for those of a document on standard input. */
#pragma once

#include "base/buf.h"
#include "cli/command.h"

/* Adds pointers to them to OBJECTS, each once, in their order. */
int vdc_named_objects(struct vdc_call *call, const struct vdc_kind *kind, struct vdc_buf *objects,
		      struct vdc_err *err);
