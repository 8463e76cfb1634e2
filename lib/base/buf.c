/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/buf.h"

#include <stdio.h>
#include <string.h>

void vdc_buf_free(struct vdc_buf *buf)
{
	free(buf->data);
	*buf = (struct vdc_buf){ 0 };
}

void vdc_buf_clear(struct vdc_buf *buf)
{
	buf->len = 0;
	if (buf->data)
		buf->data[0] = '\0';
}

static char *reserve(struct vdc_buf *buf, size_t len)
{
	size_t need = buf->len + len + 1;

	if (need > buf->size) {
		size_t size = buf->size * 2 > need ? buf->size * 2 : need;

		size = size < 64 ? 64 : size;
		buf->data = vdc_realloc(buf->data, size, 1);
		buf->size = size;
	}
	return buf->data + buf->len;
}

char *vdc_buf_grow(struct vdc_buf *buf, size_t len)
{
	char *end = reserve(buf, len);

	end[len] = '\0';
	buf->len += len;
	return end;
}

void vdc_buf_add(struct vdc_buf *buf, const void *data, size_t len)
{
	char *end = vdc_buf_grow(buf, len);

	if (len)
		memcpy(end, data, len);
}

void vdc_buf_puts(struct vdc_buf *buf, const char *s)
{
	vdc_buf_add(buf, s, strlen(s));
}

void vdc_buf_putc(struct vdc_buf *buf, char c)
{
	vdc_buf_add(buf, &c, 1);
}

void vdc_buf_printf(struct vdc_buf *buf, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (len <= 0)
		return;
	reserve(buf, (size_t)len);
	va_start(args, fmt);
	vsnprintf(buf->data + buf->len, (size_t)len + 1, fmt, args);
	va_end(args);
	buf->len += (size_t)len;
}

const char *vdc_buf_str(const struct vdc_buf *buf)
{
	return buf->data ? buf->data : "";
}

char *vdc_buf_steal(struct vdc_buf *buf)
{
	char *data = buf->data ? buf->data : vdc_strdup("");

	*buf = (struct vdc_buf){ 0 };
	return data;
}
