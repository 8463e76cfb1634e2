/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A growing string. `struct vdc_buf b = { 0 };` is empty; the text is always ended by a NUL. */
#pragma once

#include "base/mem.h"

struct vdc_buf {
	char *data; /* NULL until something was added */
	size_t len;
	size_t size;
};

void vdc_buf_free(struct vdc_buf *buf);
void vdc_buf_clear(struct vdc_buf *buf); /* keeps the memory */
void vdc_buf_add(struct vdc_buf *buf, const void *data, size_t len);
char *vdc_buf_grow(struct vdc_buf *buf, size_t len); /* by LEN bytes, for the caller to write */
void vdc_buf_puts(struct vdc_buf *buf, const char *s);
void vdc_buf_putc(struct vdc_buf *buf, char c);
void vdc_buf_printf(struct vdc_buf *buf, const char *fmt, ...) vdc_printf(2, 3);
const char *vdc_buf_str(const struct vdc_buf *buf); /* never NULL; valid until the next change */
char *vdc_buf_steal(struct vdc_buf *buf);	    /* the caller frees it; buf is empty again */

#define vdc_autobuf vdc_cleanup(vdc_buf_free) struct vdc_buf
