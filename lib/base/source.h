/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A document that is being read: bytes from a stream or from memory, whose first byte can be looked
 * at before anybody decides how to read on.
 */
#pragma once

#include <stdio.h>
#include <sys/types.h>

#include "base/err.h"

struct vdc_source {
	FILE *in;	  /* NULL: only what is in memory */
	const char *data; /* read ahead, or the text in memory */
	size_t len;
	unsigned line; /* place of the next byte while only white space was passed */
	unsigned column;
	char ahead[4096];
};

void vdc_source_of_file(struct vdc_source *source, FILE *in);
void vdc_source_of_text(struct vdc_source *source, const char *text, size_t len);

/* Passes a byte order mark and white space. FIRST is the byte that follows, which is not taken, or
 * EOF. */
int vdc_source_first(struct vdc_source *source, int *first, struct vdc_err *err);

/* Up to SIZE bytes, 0 at the end; a negative errno with a message. */
ssize_t vdc_source_read(struct vdc_source *source, char *out, size_t size, struct vdc_err *err);
