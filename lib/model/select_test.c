/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/select_test.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/time.h"
#include "model/compare.h"

/* The C library takes memory for every repetition: (x{255}){255} would be all there is. */
enum { REPETITIONS_MAX = 1000, PATTERN_MAX = 1000 };

static bool is_too_greedy(const char *pattern)
{
	unsigned long product = 1;

	if (strlen(pattern) > PATTERN_MAX)
		return true;
	for (const char *s = pattern; (s = strchr(s, '{')) && product <= REPETITIONS_MAX; s++) {
		char *end;
		unsigned long count = strtoul(s + 1, &end, 10);

		if (*end == ',' && isdigit((unsigned char)end[1]))
			count = strtoul(end + 1, NULL, 10);
		if (count > REPETITIONS_MAX)
			return true;
		product *= count ? count : 1;
	}
	return product > REPETITIONS_MAX;
}

static int set_regex(struct vdc_select_test *test, const char *pattern, struct vdc_arena *arena,
		     struct vdc_err *err)
{
	regex_t *regex = vdc_arena_alloc(arena, sizeof(*regex));
	char why[128];
	int r;

	if (is_too_greedy(pattern))
		return vdc_err_set(err, -EINVAL, "the regular expression is too large");
	r = regcomp(regex, pattern, REG_EXTENDED | REG_NOSUB);
	if (r) {
		regerror(r, regex, why, sizeof(why));
		return vdc_err_set(err, -EINVAL, "'%.60s': %s", pattern, why);
	}
	test->regex = regex;
	return 0;
}

int vdc_select_test_set(struct vdc_select_test *test, const struct vdc_kind *kind,
			const char *value, int64_t now, struct vdc_arena *arena,
			struct vdc_err *err)
{
	void *object = vdc_object_new(kind, arena);
	char *copy = vdc_arena_strdup(arena, value);
	int r = 0;

	if (test->op == VDC_SELECT_MATCH || test->op == VDC_SELECT_NO_MATCH)
		return set_regex(test, value, arena, err);
	switch (test->field->type) {
	case VDC_TEXT:
	case VDC_WORDS:
	case VDC_LEVELS:
	case VDC_PROPERTIES:
		*vdc_text_of(test->field, object) = copy;
		break;
	case VDC_REF:
		*vdc_ref_of(test->field, object) = (struct vdc_ref){ copy, copy };
		break;
	case VDC_TIME:
		r = vdc_time_parse_since(value, now, vdc_int_of(test->field, object), err);
		break;
	default:
		r = vdc_value_parse(test->field, value, object, arena, err);
	}
	test->value = object;
	return r;
}

static bool is_true(const struct vdc_field *f, const void *object)
{
	if (!vdc_value_is_set(f, object))
		return false;
	switch (f->type) {
	case VDC_TEXT:
	case VDC_UUID:
	case VDC_WORDS:
	case VDC_LEVELS:
	case VDC_PROPERTIES:
		return **vdc_text_of(f, object) != '\0';
	case VDC_INT:
	case VDC_BYTES:
	case VDC_BOOL:
	case VDC_TIME:
	case VDC_ENUM:
		return *vdc_int_of(f, object) != 0;
	default:
		return true;
	}
}

/* One of the parts of TEXT between SEPARATORs is PART. */
static bool has_part(const char *text, char separator, const char *part)
{
	size_t len = strlen(part);

	for (;;) {
		const char *end = strchrnul(text, separator);

		if ((size_t)(end - text) == len && !memcmp(text, part, len))
			return true;
		if (!*end)
			return false;
		text = end + 1;
	}
}

static bool ref_is(const struct vdc_ref *ref, const char *id_or_name)
{
	return (ref->name && !strcmp(ref->name, id_or_name)) ||
	       (ref->id && !strcasecmp(ref->id, id_or_name));
}

static bool is_equal(const struct vdc_select_test *test, const void *object)
{
	const struct vdc_field *f = test->field;

	switch (f->type) {
	case VDC_TEXT:
		return !strcmp(*vdc_text_of(f, object), *vdc_text_of(f, test->value));
	case VDC_WORDS:
	case VDC_LEVELS:
		return has_part(*vdc_text_of(f, object), ' ', *vdc_text_of(f, test->value));
	case VDC_PROPERTIES:
		return has_part(*vdc_text_of(f, object), '\n', *vdc_text_of(f, test->value));
	case VDC_REF:
		return ref_is(vdc_ref_of(f, object), vdc_ref_of(f, test->value)->name);
	default:
		return vdc_value_compare(f, object, test->value) == 0;
	}
}

static bool regex_finds(const regex_t *regex, const char *text)
{
	return text && regexec(regex, text, 0, NULL, 0) == 0;
}

static bool is_match(const struct vdc_select_test *test, const void *object)
{
	char scratch[VDC_SCRATCH];

	if (test->field->type != VDC_REF)
		return regex_finds(test->regex, vdc_value_text(test->field, object, scratch));
	return regex_finds(test->regex, vdc_ref_of(test->field, object)->name) ||
	       regex_finds(test->regex, vdc_ref_of(test->field, object)->id);
}

bool vdc_select_test_holds(const struct vdc_select_test *test, const void *object)
{
	const struct vdc_field *f = test->field;

	if (test->op == VDC_SELECT_TRUE)
		return is_true(f, object);
	if (!vdc_value_is_set(f, object))
		return test->op == VDC_SELECT_NE || test->op == VDC_SELECT_NO_MATCH;
	switch (test->op) {
	case VDC_SELECT_EQ:
		return is_equal(test, object);
	case VDC_SELECT_NE:
		return !is_equal(test, object);
	case VDC_SELECT_LT:
		return vdc_value_compare(f, object, test->value) < 0;
	case VDC_SELECT_LE:
		return vdc_value_compare(f, object, test->value) <= 0;
	case VDC_SELECT_GT:
		return vdc_value_compare(f, object, test->value) > 0;
	case VDC_SELECT_GE:
		return vdc_value_compare(f, object, test->value) >= 0;
	case VDC_SELECT_MATCH:
		return is_match(test, object);
	default:
		return !is_match(test, object);
	}
}
