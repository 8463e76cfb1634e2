/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/number.h"
#include "base/size.h"
#include "base/time.h"
#include "base/utf8.h"
#include "base/uuid.h"
#include "base/words.h"
#include "model/kind.h"

/* What a type's parser gets: TEXT is trimmed and not empty. */
struct input {
	const struct vdc_field *field;
	const char *text;
	void *object;
	struct vdc_arena *arena;
	struct vdc_err *err;
};

enum { KEY_MAX = 255 };

static const char spaces[] = " \t\n\r\f\v";

static int refuse(const struct input *in, const char *what)
{
	return vdc_err_set(in->err, -EINVAL, "'%.60s' is not %s", in->text, what);
}

static bool all_digits(const char *s)
{
	return s[strspn(s, "0123456789")] == '\0';
}

static bool has_control(const char *s)
{
	for (; *s; s++) {
		if (iscntrl((unsigned char)*s))
			return true;
	}
	return false;
}

static int check_key(const struct input *in)
{
	if (strlen(in->text) > KEY_MAX)
		return vdc_err_set(in->err, -EINVAL, "'%.60s...' is longer than %d bytes", in->text,
				   KEY_MAX);
	if (has_control(in->text))
		return refuse(in, "one line of printable text");
	return 0;
}

/* The text may be the secret itself: no message repeats it. */
static int check_secret(const struct input *in)
{
	static const char *const schemes[] = { "file:", "cmd:", "cred:" };

	for (size_t i = 0; i < VDC_COUNT(schemes); i++) {
		size_t len = strlen(schemes[i]);

		if (!strncmp(in->text, schemes[i], len) && in->text[len])
			return 0;
	}
	return vdc_err_set(in->err, -EINVAL,
			   "secrets are not kept here: say where it is, file:PATH, cmd:COMMAND or "
			   "cred:NAME");
}

static int parse_text(const struct input *in)
{
	int r = 0;

	if (in->field->flags & VDC_KEY)
		r = check_key(in);
	else if (in->field->flags & VDC_SECRET_REF)
		r = check_secret(in);
	if (r == 0)
		*vdc_text_of(in->field, in->object) = vdc_arena_strdup(in->arena, in->text);
	return r;
}

static char *lower(const struct input *in)
{
	char *copy = vdc_arena_strdup(in->arena, in->text);

	for (char *s = copy; *s; s++)
		*s = (char)tolower((unsigned char)*s);
	return copy;
}

static int parse_uuid(const struct input *in)
{
	if (!vdc_uuid_valid(in->text))
		return refuse(in, "a UUID");
	*vdc_text_of(in->field, in->object) = lower(in);
	return 0;
}

static int store_int(const struct input *in, int64_t value)
{
	const struct vdc_field *f = in->field;

	if (value == VDC_UNSET)
		return refuse(in, "a number that can be held");
	if ((f->least || f->most) && (value < f->least || value > f->most))
		return vdc_err_set(in->err, -EINVAL, "'%.60s' is not between %lld and %lld",
				   in->text, (long long)f->least, (long long)f->most);
	*vdc_int_of(f, in->object) = value;
	return 0;
}

static int parse_int(const struct input *in)
{
	int64_t value;
	int r = vdc_int_parse(in->text, &value, in->err);

	return r < 0 ? r : store_int(in, value);
}

static int parse_bytes(const struct input *in)
{
	int64_t value;
	int r;

	if (all_digits(in->text)) /* exact, while units go through a double */
		return parse_int(in);
	r = vdc_size_parse(in->text, &value, in->err);
	return r < 0 ? r : store_int(in, value);
}

static int parse_bool(const struct input *in)
{
	static const char *const words[] = { "false", "true", "0", "1", "no", "yes", "off", "on" };

	for (size_t i = 0; i < VDC_COUNT(words); i++) {
		if (!strcasecmp(in->text, words[i])) {
			*vdc_int_of(in->field, in->object) = i % 2;
			return 0;
		}
	}
	return refuse(in, "true or false");
}

static int parse_time(const struct input *in)
{
	int64_t *ret = vdc_int_of(in->field, in->object);
	int64_t ms, us;

	if (!all_digits(in->text))
		return vdc_time_parse(in->text, ret, in->err);
	if (vdc_int_parse(in->text, &ms, NULL) < 0 ||
	    __builtin_mul_overflow(ms, VDC_SECOND / 1000, &us))
		return refuse(in, "a time");
	*ret = us;
	return 0;
}

static int parse_enum(const struct input *in)
{
	const struct vdc_enum *values = in->field->values;
	int64_t index = vdc_enum_find(values, in->text);
	vdc_autobuf list = { 0 };

	if (index > 0) {
		*vdc_int_of(in->field, in->object) = index;
		return 0;
	}
	for (const char *const *w = values->words + 1; *w; w++)
		vdc_buf_printf(&list, "%s%s", list.len ? ", " : "", *w);
	return vdc_err_set(in->err, -EINVAL, "'%.60s' is not a %s: %s", in->text, values->name,
			   vdc_buf_str(&list));
}

static int parse_level(const struct input *in)
{
	return vdc_level_parse(in->text, vdc_level_of(in->field, in->object), in->err);
}

static int parse_ref(const struct input *in)
{
	struct vdc_ref ref = { NULL, NULL };

	if (vdc_uuid_valid(in->text))
		ref.id = lower(in);
	else
		ref.name = vdc_arena_strdup(in->arena, in->text);
	*vdc_ref_of(in->field, in->object) = ref;
	return 0;
}

/* Words with one space between them. */
static int parse_words(const struct input *in)
{
	char *words = vdc_arena_alloc(in->arena, strlen(in->text) + 1), *end = words;

	for (const char *s = in->text; *s; s += strspn(s, spaces)) {
		size_t len = strcspn(s, spaces);

		if (end > words)
			*end++ = ' ';
		memcpy(end, s, len);
		end += len;
		s += len;
	}
	*vdc_text_of(in->field, in->object) = words;
	return 0;
}

static int parse_levels(const struct input *in)
{
	const char *words = in->text;
	struct vdc_level level;
	size_t len;
	int r = 0;

	for (const char *w; r == 0 && (w = vdc_word_next(&words, &len));)
		r = vdc_level_parse(vdc_arena_strndup(in->arena, w, len), &level, in->err);
	return r ? r : parse_words(in);
}

static int parse_properties(const struct input *in)
{
	char *lines = vdc_arena_alloc(in->arena, strlen(in->text) + 1), *end = lines;

	for (const char *s = in->text; *s; s += strspn(s, "\r\n")) {
		size_t len = strcspn(s, "\r\n");
		const char *equals = memchr(s, '=', len);

		if (!equals || equals == s)
			return refuse(in, "lines of NAME=VALUE");
		if (end > lines)
			*end++ = '\n';
		memcpy(end, s, len);
		end += len;
		s += len;
	}
	*vdc_text_of(in->field, in->object) = lines;
	return 0;
}

static int (*const parsers[])(const struct input *in) = {
	[VDC_TEXT] = parse_text,
	[VDC_UUID] = parse_uuid,
	[VDC_INT] = parse_int,
	[VDC_BYTES] = parse_bytes,
	[VDC_BOOL] = parse_bool,
	[VDC_TIME] = parse_time,
	[VDC_ENUM] = parse_enum,
	[VDC_LEVEL] = parse_level,
	[VDC_REF] = parse_ref,
	[VDC_WORDS] = parse_words,
	[VDC_LEVELS] = parse_levels,
	[VDC_PROPERTIES] = parse_properties,
};

static const char *trim(const char *text, struct vdc_arena *arena)
{
	size_t len;

	text += strspn(text, spaces);
	len = strlen(text);
	if (!len || !strchr(spaces, text[len - 1]))
		return text;
	while (strchr(spaces, text[len - 1]))
		len--;
	return vdc_arena_strndup(arena, text, len);
}

static int check_text(const struct input *in)
{
	size_t len = strlen(in->text), good = vdc_utf8_xml_span(in->text, len);

	if (good == len)
		return 0;
	return vdc_err_set(in->err, -EINVAL, "byte %zu is a control character or not UTF-8",
			   good + 1);
}

int vdc_value_parse(const struct vdc_field *f, const char *text, void *object,
		    struct vdc_arena *arena, struct vdc_err *err)
{
	struct input in = { f, text, object, arena, err };
	int r;

	if (f->type != VDC_TEXT)
		in.text = trim(text, arena);
	if (!*in.text) {
		vdc_value_clear(f, object);
		return 0;
	}
	r = check_text(&in);
	if (r == 0)
		r = parsers[f->type](&in);
	if (r < 0)
		vdc_err_prefix(err, "%s: ", f->name);
	return r;
}
