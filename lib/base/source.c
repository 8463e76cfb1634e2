/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/source.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

void vdc_source_of_text(struct vdc_source *source, const char *text, size_t len)
{
	source->in = NULL;
	source->data = text;
	source->len = len;
	source->line = 1;
	source->column = 1;
}

void vdc_source_of_file(struct vdc_source *source, FILE *in)
{
	vdc_source_of_text(source, source->ahead, 0);
	source->in = in;
}

static ssize_t from_file(FILE *in, char *out, size_t size, struct vdc_err *err)
{
	size_t n;

	errno = 0;
	n = fread(out, 1, size, in);
	if (n == 0 && ferror(in))
		return vdc_err_set(err, errno ? -errno : -EIO, "cannot read: %m");
	return (ssize_t)n;
}

ssize_t vdc_source_read(struct vdc_source *source, char *out, size_t size, struct vdc_err *err)
{
	size_t n = source->len < size ? source->len : size;

	if (!n)
		return source->in ? from_file(source->in, out, size, err) : 0;
	memcpy(out, source->data, n);
	source->data += n;
	source->len -= n;
	return (ssize_t)n;
}

static int fill(struct vdc_source *source, struct vdc_err *err)
{
	ssize_t n;

	if (source->len || !source->in)
		return 0;
	n = from_file(source->in, source->ahead, sizeof(source->ahead), err);
	if (n < 0)
		return (int)n;
	source->data = source->ahead;
	source->len = (size_t)n;
	return 0;
}

static void skip(struct vdc_source *source)
{
	if (*source->data == '\n') {
		source->line++;
		source->column = 0;
	}
	source->column++;
	source->data++;
	source->len--;
}

static bool at_space(const struct vdc_source *source)
{
	return source->len && *source->data && strchr(" \t\r\n", *source->data);
}

int vdc_source_first(struct vdc_source *source, int *first, struct vdc_err *err)
{
	static const char mark[] = "\xef\xbb\xbf";
	int r = fill(source, err);

	if (r < 0)
		return r;
	if (source->len >= 3 && !memcmp(source->data, mark, 3)) {
		source->data += 3;
		source->len -= 3;
	}
	while (at_space(source)) {
		skip(source);
		r = fill(source, err);
		if (r < 0)
			return r;
	}
	*first = source->len ? (unsigned char)*source->data : EOF;
	return 0;
}
