/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text to value and back, for every type; enumerations; levels. */
#include <errno.h>
#include <string.h>

#include "model/fields.h"
#include "model/host.h"
#include "unit.h"

struct specimen {
	char *id;
	char *text;
	char *key;
	char *secret;
	int64_t number;
	int64_t percent;
	int64_t bytes;
	int64_t flag;
	int64_t time;
	int64_t status;
	struct vdc_level level;
	struct vdc_ref host;
	char *words;
	char *properties;
};

#define NOUN struct specimen
static const struct vdc_field fields[] = {
	VDC_F_ID(),
	VDC_F_TEXT(text, 0, .help = ""),
	VDC_F_TEXT(key, VDC_KEY, .help = ""),
	VDC_F_TEXT(secret, VDC_SECRET_REF, .help = ""),
	VDC_F_INT(number, 0, .preset = "7", .help = ""),
	VDC_F_INT(percent, 0, VDC_RANGE(0, 100), .help = ""),
	VDC_F_BYTES(bytes, 0, .help = ""),
	VDC_F_BOOL(flag, 0, .help = ""),
	VDC_F_TIME(time, 0, .help = ""),
	VDC_F_ENUM(status, vdc_host_status_values, 0, .help = ""),
	VDC_F_LEVEL(level, 0, .help = ""),
	VDC_F_REF(host, vdc_host_kind, 0, .help = ""),
	VDC_F_WORDS(words, "word", 0, .help = ""),
	VDC_F_PROPERTIES(properties, "property", 0, .help = ""),
};
static const struct vdc_kind kind = VDC_KIND("specimen", "specimens", "specimen", "one of each");

static const char uuid[] = "8adbc85e-e554-4ae0-b318-8a5465fe5fe1";

/* WRITTEN NULL: refused. */
static const struct {
	const char *field, *read, *written, *human;
} round_trips[] = {
	{ "id", "8ADBC85E-e554-4ae0-b318-8a5465fe5fe1", uuid, uuid },
	{ "id", " 8adbc85e-e554-4ae0-b318-8a5465fe5fe1\n", uuid, uuid },
	{ "id", "8adbc85e", NULL, NULL },
	{ "text", "\xc3\xbc", "\xc3\xbc", "\xc3\xbc" },
	{ "text", " as it is\n", " as it is\n", " as it is\n" },
	{ "text", "\xc3", NULL, NULL },
	{ "text", "a\001b", NULL, NULL },
	{ "words", "a \xff", NULL, NULL },
	{ "secret", "file:/etc/vdc/secrets/h1", "file:/etc/vdc/secrets/h1",
	  "file:/etc/vdc/secrets/h1" },
	{ "secret", "cmd:pass show h1", "cmd:pass show h1", "cmd:pass show h1" },
	{ "secret", "cred:", NULL, NULL },
	{ "secret", "hunter2", NULL, NULL },
	{ "key", "db 1", "db 1", "db 1" },
	{ "key", "two\nlines", NULL, NULL },
	{ "key", "\033[2J", NULL, NULL },
	{ "number", "-12", "-12", "-12" },
	{ "number", " 42 ", "42", "42" },
	{ "number", "9223372036854775807", "9223372036854775807", "9223372036854775807" },
	{ "number", "9223372036854775808", NULL, NULL },
	{ "number", "-9223372036854775808", NULL, NULL },
	{ "number", "12abc", NULL, NULL },
	{ "number", "1.5", NULL, NULL },
	{ "percent", "0", "0", "0" },
	{ "percent", "100", "100", "100" },
	{ "percent", "-1", NULL, NULL },
	{ "percent", "101", NULL, NULL },
	{ "bytes", "64G", "68719476736", "64 GiB" },
	{ "bytes", "9007199254740993", "9007199254740993", "8 PiB" },
	{ "bytes", "-1", NULL, NULL },
	{ "bytes", "1 parsec", NULL, NULL },
	{ "flag", "true", "true", "true" },
	{ "flag", "No", "false", "false" },
	{ "flag", "1", "true", "true" },
	{ "flag", "2", NULL, NULL },
	{ "time", "2026-01-31T13:00:00.5+01:00", "2026-01-31T12:00:00.5Z",
	  "2026-01-31T12:00:00Z" },
	{ "time", "1769860800000", "2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z" },
	{ "time", "yesterday", NULL, NULL },
	{ "time", "9223372036854775807", NULL, NULL },
	{ "status", "up", "up", "up" },
	{ "status", "UP", "up", "up" },
	{ "status", "NonResponsive", "non_responsive", "non_responsive" },
	{ "status", "NON_RESPONSIVE", "non_responsive", "non_responsive" },
	{ "status", "non-responsive", "non_responsive", "non_responsive" },
	{ "status", "PROBLEMATIC", "non_operational", "non_operational" },
	{ "status", "sideways", NULL, NULL },
	{ "level", "4.7", "4.7", "4.7" },
	{ "level", "4", NULL, NULL },
	{ "level", "4.x", NULL, NULL },
	{ "level", "4.7.1", NULL, NULL },
	{ "level", "99999999999.0", NULL, NULL },
	{ "host", "h1", "h1", "h1" },
	{ "host", uuid, uuid, uuid },
	{ "words", " a\t b\n\nc ", "a b c", "a b c" },
	{ "properties", "a=1\n\nb = x y\r\nc=", "a=1\nb = x y\nc=", "a=1\nb = x y\nc=" },
	{ "properties", "=1", NULL, NULL },
	{ "properties", "a=1\nb", NULL, NULL },
};

static void every_type_is_read_and_written(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(round_trips); i++) {
		const struct vdc_field *f = vdc_kind_field(&kind, round_trips[i].field);
		void *object = vdc_object_new(&kind, arena);
		char scratch[VDC_SCRATCH];
		struct vdc_err err = { 0 };
		int r = vdc_value_parse(f, round_trips[i].read, object, arena, &err);

		if (!round_trips[i].written) {
			assert_int_equal(r, -EINVAL);
			assert_ptr_equal(strstr(err.msg, f->name), err.msg);
			assert_false(vdc_value_is_set(f, object));
			continue;
		}
		assert_int_equal(r, 0);
		assert_string_equal(vdc_value_text(f, object, scratch), round_trips[i].written);
		assert_string_equal(vdc_value_human(f, object, scratch), round_trips[i].human);
	}
}

static void an_empty_text_is_no_value(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	void *object = vdc_object_new(&kind, arena);
	char scratch[VDC_SCRATCH];

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(round_trips); i++) {
		const struct vdc_field *f = vdc_kind_field(&kind, round_trips[i].field);

		vdc_value_parse(f, round_trips[i].read, object, arena, NULL);
		assert_int_equal(vdc_value_parse(f, "", object, arena, NULL), 0);
		assert_false(vdc_value_is_set(f, object));
		assert_null(vdc_value_text(f, object, scratch));
		assert_null(vdc_value_human(f, object, scratch));
	}
}

static void a_key_has_a_limit(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	const struct vdc_field *key = vdc_kind_field(&kind, "key");
	void *object = vdc_object_new(&kind, arena);
	char text[257] = { 0 };

	(void)state;
	memset(text, 'k', 255);
	assert_int_equal(vdc_value_parse(key, text, object, arena, NULL), 0);
	text[255] = 'k';
	assert_int_equal(vdc_value_parse(key, text, object, arena, NULL), -EINVAL);
}

static void a_secret_is_never_repeated(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_err err = { 0 };

	(void)state;
	assert_int_equal(vdc_value_parse(vdc_kind_field(&kind, "secret"), "hunter2",
					 vdc_object_new(&kind, arena), arena, &err),
			 -EINVAL);
	assert_non_null(strstr(err.msg, "file:PATH"));
	assert_null(strstr(err.msg, "hunter2"));
}

static void a_reference_shows_its_name_to_people(void **state)
{
	struct specimen s = { .host = { (char *)uuid, (char *)"h1" } };
	const struct vdc_field *host = vdc_kind_field(&kind, "host");
	char scratch[VDC_SCRATCH];

	(void)state;
	assert_string_equal(vdc_value_text(host, &s, scratch), uuid);
	assert_string_equal(vdc_value_human(host, &s, scratch), "h1");
}

static void an_unknown_word_lists_those_there_are(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	const struct vdc_field *status = vdc_kind_field(&kind, "status");
	struct vdc_err err = { 0 };
	struct specimen *s = vdc_object_new(&kind, arena);

	(void)state;
	assert_int_equal(vdc_value_parse(status, "sideways", s, arena, &err), -EINVAL);
	assert_non_null(strstr(err.msg, "status: 'sideways' is not a host status: unassigned, "));
	assert_non_null(strstr(err.msg, ", kdumping"));
}

static void presets_fill_only_what_is_missing(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct specimen *s = vdc_object_new(&kind, arena);

	(void)state;
	assert_true(s->number == VDC_UNSET);
	vdc_object_preset(&kind, s, arena);
	assert_int_equal(s->number, 7);
	s->number = 8;
	vdc_object_preset(&kind, s, arena);
	assert_int_equal(s->number, 8);
}

static void a_copy_shares_nothing(void **state)
{
	vdc_autoarena *arena = vdc_arena_new(), *other = vdc_arena_new();
	struct specimen *s = vdc_object_new(&kind, arena), *copy;
	const struct specimen before = *s;

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(round_trips); i++)
		vdc_value_parse(vdc_kind_field(&kind, round_trips[i].field), round_trips[i].read, s,
				arena, NULL);
	s->host.name = vdc_arena_strdup(arena, "h1");
	copy = vdc_object_copy(&kind, s, other);
	*s = before;
	vdc_arena_reset(arena);
	memset(vdc_arena_alloc(arena, 4096), 'x', 4096);

	assert_string_equal(copy->id, uuid);
	assert_string_equal(copy->text, " as it is\n");
	assert_string_equal(copy->host.id, uuid);
	assert_string_equal(copy->host.name, "h1");
	assert_string_equal(copy->words, "a b c");
	assert_int_equal(copy->number, INT64_MAX);
	assert_int_equal(copy->level.minor, 7);
}

static void names_for_messages(void **state)
{
	struct vdc_host host = { 0 };
	struct specimen specimen = { .id = (char *)uuid };

	(void)state;
	assert_string_equal(vdc_object_name(&vdc_host_kind, &host), "(new)");
	host.id = (char *)uuid;
	assert_string_equal(vdc_object_name(&vdc_host_kind, &host), uuid);
	host.name = (char *)"h1";
	assert_string_equal(vdc_object_name(&vdc_host_kind, &host), "h1");
	assert_string_equal(vdc_object_name(&kind, &specimen), uuid);
}

static void levels_have_an_order(void **state)
{
	static const struct vdc_level ascending[] = { { -1, -1 }, { 3, 6 }, { 4, 2 }, { 4, 10 } };

	(void)state;
	for (int i = 0; i < (int)VDC_COUNT(ascending); i++) {
		for (int j = 0; j < (int)VDC_COUNT(ascending); j++)
			assert_int_equal(vdc_level_compare(ascending[i], ascending[j]),
					 (i > j) - (i < j));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_is_read_and_written),
		cmocka_unit_test(an_empty_text_is_no_value),
		cmocka_unit_test(a_key_has_a_limit),
		cmocka_unit_test(a_secret_is_never_repeated),
		cmocka_unit_test(a_reference_shows_its_name_to_people),
		cmocka_unit_test(an_unknown_word_lists_those_there_are),
		cmocka_unit_test(presets_fill_only_what_is_missing),
		cmocka_unit_test(a_copy_shares_nothing),
		cmocka_unit_test(names_for_messages),
		cmocka_unit_test(levels_have_an_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
