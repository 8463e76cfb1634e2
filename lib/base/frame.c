/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/frame.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "base/json_text.h"
#include "base/utf8.h"

enum {
	CHUNK = 64 * 1024,
	WORD_MAX = 1024,     /* of a number */
	NAME_SIZE = 64,	     /* a longer name is nobody's: it is cut off */
	COLLECTIONS_MAX = 8, /* one in another */
};

struct scanner {
	struct vdc_source *source;
	const struct vdc_frame_ops *ops;
	struct vdc_err *err;
	char *buf;
	size_t size;
	size_t end;
	size_t pos;
	size_t keep;	      /* bytes from here on must stay in the buffer; SIZE_MAX: none */
	unsigned line;	      /* of pos */
	ptrdiff_t line_start; /* index of its first byte, which may have left the buffer */
	bool at_end;
	int failed; /* why peek() gave EOF, 0 for the real end */
};

static struct vdc_node here(const struct scanner *s, const char *name)
{
	return (struct vdc_node){
		.name = name,
		.line = s->line,
		.column = (unsigned)((ptrdiff_t)s->pos - s->line_start) + 1,
	};
}

static int refuse(const struct scanner *s, const struct vdc_node *at, const char *why)
{
	return vdc_err_at(s->err, -EBADMSG, at->line, at->column, "%s", why);
}

static int unexpected(const struct scanner *s, int c, const char *wanted)
{
	struct vdc_node at = here(s, "");

	if (c == EOF && s->failed)
		return s->failed;
	if (c == EOF)
		return vdc_err_at(s->err, -EBADMSG, at.line, at.column,
				  "the document is cut off, %s is missing", wanted);
	if (c < 0x20 || c >= 0x7f)
		return vdc_err_at(s->err, -EBADMSG, at.line, at.column,
				  "byte 0x%02x where %s should be", (unsigned)c, wanted);
	return vdc_err_at(s->err, -EBADMSG, at.line, at.column, "'%c' where %s should be", c,
			  wanted);
}

/* Moves what must stay to the front of the buffer and reads on behind it. */
static int refill(struct scanner *s)
{
	size_t from = s->keep < s->pos ? s->keep : s->pos;
	ssize_t n;

	if (from)
		memmove(s->buf, s->buf + from, s->end - from);
	s->end -= from;
	s->pos -= from;
	s->line_start -= (ptrdiff_t)from;
	if (s->keep != SIZE_MAX)
		s->keep = 0;
	if (s->size - s->end < CHUNK) {
		s->size = s->size * 2 + CHUNK;
		s->buf = vdc_realloc(s->buf, s->size, 1);
	}
	n = vdc_source_read(s->source, s->buf + s->end, CHUNK, s->err);
	if (n < 0)
		return (int)n;
	s->at_end = n == 0;
	s->end += (size_t)n;
	return 0;
}

static int peek_behind_buffer(struct scanner *s)
{
	if (!s->at_end && !s->failed)
		s->failed = refill(s);
	return s->pos < s->end ? (unsigned char)s->buf[s->pos] : EOF;
}

static inline int peek(struct scanner *s)
{
	return s->pos < s->end ? (unsigned char)s->buf[s->pos] : peek_behind_buffer(s);
}

static int after_space(struct scanner *s)
{
	for (;;) {
		int c = peek(s);

		if (c == '\n') {
			s->line++;
			s->line_start = (ptrdiff_t)s->pos + 1;
		} else if (c != ' ' && c != '\t' && c != '\r') {
			return c;
		}
		s->pos++;
	}
}

/* Passes what is in the buffer up to a byte that means something in a string. */
static void skip_plain(struct scanner *s)
{
	s->pos += vdc_json_plain_span(s->buf + s->pos, s->end - s->pos);
}

/* Passes a string; its first quote is the next byte. */
static int skip_string(struct scanner *s)
{
	const struct vdc_node start = here(s, "");
	size_t len = 0;

	s->pos++;
	for (;;) {
		int c = peek(s);
		size_t from;

		if (c == EOF)
			return s->failed ? s->failed
					 : refuse(s, &start,
						  "cut off in the string that begins here");
		if (c < 0x20)
			return unexpected(s, c, "a character of a string");
		s->pos++;
		if (c == '"')
			return 0;
		if (c == '\\' && peek(s) >= 0x20)
			s->pos++;
		from = s->pos; /* only now: to look at a byte may have moved the buffer */
		skip_plain(s);
		len += s->pos - from + 1;
		if (len > VDC_VALUE_MAX)
			return refuse(s, &start, "the string that begins here is too long (10 MB)");
	}
}

/* The name of a member and its colon; the next byte is then the first of the value. */
static int member_name(struct scanner *s, char name[NAME_SIZE])
{
	const struct vdc_node start = here(s, "");
	bool alone = s->keep == SIZE_MAX;
	size_t offset, len;
	int c, r;

	if (alone)
		s->keep = s->pos;
	offset = s->pos - s->keep;
	r = skip_string(s);
	if (r < 0)
		return r;
	len = s->pos - s->keep - offset - 2;
	if (vdc_utf8_span(s->buf + s->keep + offset + 1, len) != len)
		return refuse(s, &start, "the name that begins here is not UTF-8");
	snprintf(name, NAME_SIZE, "%.*s", (int)len, s->buf + s->keep + offset + 1);
	if (alone)
		s->keep = SIZE_MAX;
	c = after_space(s);
	if (c != ':')
		return unexpected(s, c, "':'");
	s->pos++;
	after_space(s);
	return 0;
}

/* Follows one byte of brackets; OPEN holds the closing ones that are due. */
static int follow(struct scanner *s, int c, char open[VDC_DEPTH_MAX], size_t *depth)
{
	if (c == '{' || c == '[') {
		struct vdc_node at = here(s, "");

		if (*depth == VDC_DEPTH_MAX)
			return refuse(s, &at, "nested too deep (more than 256 levels)");
		open[(*depth)++] = c == '{' ? '}' : ']';
	} else if (c == '}' || c == ']') {
		if (open[*depth - 1] != c)
			return unexpected(s, c, open[*depth - 1] == '}' ? "'}'" : "']'");
		--*depth;
	} else if (c < 0x20 || c >= 0x7f) {
		return unexpected(s, c, "a value");
	}
	s->pos++;
	return 0;
}

/* Passes the rest of the object AT, whose first bracket and perhaps first name are behind us. */
static int skip_object(struct scanner *s, const struct vdc_node *at)
{
	char open[VDC_DEPTH_MAX] = { '}' };
	size_t depth = 1;

	while (depth) {
		int c = after_space(s);
		int r;

		if (c == EOF)
			return s->failed ? s->failed
					 : refuse(s, at, "cut off in the object that begins here");
		r = c == '"' ? skip_string(s) : follow(s, c, open, &depth);
		if (r < 0)
			return r;
		if (s->pos - s->keep > VDC_OBJECT_MAX)
			return refuse(s, at, "the object that begins here is too large (16 MiB)");
	}
	return 0;
}

static int hand_out(struct scanner *s, const struct vdc_node *at, enum vdc_take take)
{
	const char *text = s->buf + s->keep;
	size_t len = s->pos - s->keep;
	size_t valid = vdc_utf8_span(text, len);
	int r;

	if (valid != len) {
		struct vdc_node bad = *at;

		vdc_frame_place(text, valid, &bad.line, &bad.column);
		return refuse(s, &bad, "not UTF-8");
	}
	r = s->ops->frame(s->ops->ctx, at, take, text, len, s->err);
	s->keep = SIZE_MAX;
	return r;
}

/* A number, true, false or null, or what looks like one. */
static int skip_word(struct scanner *s, const struct vdc_node *at)
{
	static const char letters[] = "+-.0123456789Eabcdefghijklmnopqrstuvwxyz";
	int c;

	for (c = peek(s); c > 0 && strchr(letters, c); c = peek(s)) {
		s->pos++;
		if (s->pos - s->keep > WORD_MAX)
			return refuse(s, at, "no number is as long as this");
	}
	return s->pos == s->keep ? unexpected(s, c, "a value") : 0;
}

static int scalar(struct scanner *s, const char *name)
{
	const struct vdc_node at = here(s, name);
	int r;

	s->keep = s->pos;
	r = peek(s) == '"' ? skip_string(s) : skip_word(s, &at);
	return r < 0 ? r : hand_out(s, &at, VDC_TAKE_NOT);
}

static int value(struct scanner *s, const char *name, bool in_array, unsigned depth);

/* The rest of a collection; the name of its first member is read. */
static int members(struct scanner *s, char name[NAME_SIZE], unsigned depth)
{
	for (;;) {
		int r = value(s, name, false, depth);
		int c;

		if (r < 0)
			return r;
		c = after_space(s);
		if (c != ',' && c != '}')
			return unexpected(s, c, "',' or '}'");
		s->pos++;
		if (c == '}')
			return 0;
		c = after_space(s);
		if (c != '"')
			return unexpected(s, c, "a name in quotes");
		r = member_name(s, name);
		if (r < 0)
			return r;
	}
}

static int object(struct scanner *s, const char *name, bool in_array, unsigned depth)
{
	const struct vdc_node at = here(s, name);
	struct vdc_node_head head = { .node = &at, .in_array = in_array, .depth = depth };
	char first[NAME_SIZE];
	int c, r;

	s->keep = s->pos;
	s->pos++;
	c = after_space(s);
	if (c == '"') {
		r = member_name(s, first);
		if (r < 0)
			return r;
		c = peek(s);
		head.first = first;
		head.first_is_plain = c != '{' && c != '[';
	} else if (c != '}') {
		return unexpected(s, c, "a name in quotes");
	}
	r = s->ops->begin(s->ops->ctx, &head, s->err);
	if (r < 0)
		return r;
	if (r == VDC_TAKE_INSIDE && head.first) {
		s->keep = SIZE_MAX;
		return members(s, first, depth + 1);
	}
	c = skip_object(s, &at);
	return c < 0 ? c : hand_out(s, &at, r == VDC_TAKE_WHOLE ? VDC_TAKE_WHOLE : VDC_TAKE_NOT);
}

static int array(struct scanner *s, const char *name, unsigned depth)
{
	int c;

	s->pos++;
	c = after_space(s);
	if (c == ']') {
		s->pos++;
		return 0;
	}
	for (;;) {
		int r = value(s, name, true, depth);

		if (r < 0)
			return r;
		c = after_space(s);
		if (c != ',' && c != ']')
			return unexpected(s, c, "',' or ']'");
		s->pos++;
		if (c == ']')
			return 0;
		after_space(s);
	}
}

static int value(struct scanner *s, const char *name, bool in_array, unsigned depth)
{
	int c = peek(s);

	if ((c == '{' || c == '[') && depth == COLLECTIONS_MAX) {
		const struct vdc_node at = here(s, name);

		return refuse(s, &at, "nested too deep for a collection");
	}
	if (c == '{')
		return object(s, name, in_array, depth);
	return c == '[' ? array(s, name, depth + 1) : scalar(s, name);
}

static int values(struct scanner *s)
{
	int c = after_space(s);

	if (c == EOF && !s->failed) {
		const struct vdc_node at = here(s, "");

		return refuse(s, &at, "the document is empty");
	}
	do {
		int r = c == '{' || c == '[' ? value(s, "", false, 0)
					     : unexpected(s, c, "'{' or '['");

		if (r < 0)
			return r;
		c = after_space(s);
	} while (c != EOF);
	return s->failed;
}

int vdc_frame_read(struct vdc_source *source, const struct vdc_frame_ops *ops, struct vdc_err *err)
{
	struct scanner s = {
		.source = source,
		.ops = ops,
		.err = err,
		.keep = SIZE_MAX,
		.line = source->line,
		.line_start = 1 - (ptrdiff_t)source->column,
	};
	int r;

	r = values(&s);
	free(s.buf);
	return r;
}

void vdc_frame_place(const char *text, size_t offset, unsigned *line, unsigned *column)
{
	for (const char *p = text; p < text + offset; p++) {
		++*column;
		if (*p == '\n') {
			++*line;
			*column = 1;
		}
	}
}
