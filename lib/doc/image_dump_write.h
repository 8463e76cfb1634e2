/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A storage domain as JSON in the shape of doc/image_dump.h, streamed. It has all that was read, and
 * more than the tools of vdsm tell: "found", words for what is wrong with a volume, "header" and
 * "tags".
 */
#pragma once

#include <stdio.h>

#include "doc/image_dump.h"

struct vdc_image_writer;

struct vdc_image_writer *vdc_image_writer_new(FILE *out);
/* What it is told is written; `self`, which comes last, ends the document. */
const struct vdc_image_dump_sink *vdc_image_writer_sink(const struct vdc_image_writer *writer);
void vdc_image_writer_free(struct vdc_image_writer *writer); /* NULL is fine */
