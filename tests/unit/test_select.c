/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The expressions of --select, and the order of --sort. */
#include <errno.h>
#include <string.h>

#include "base/time.h"
#include "model/compare.h"
#include "model/fields.h"
#include "model/select.h"
#include "unit.h"

static const struct vdc_enum colours = {
	.name = "colour",
	VDC_WORD_LIST("red", "green_blue"),
	VDC_ALIASES("crimson=red"),
};

struct thing {
	char *id;
	char *name;
	char *note;
	int64_t count;
	int64_t memory;
	int64_t ready;
	int64_t seen;
	int64_t colour;
	struct vdc_level level;
	struct vdc_ref home;
	char *tags;
	char *options;
};

static const struct vdc_kind home_kind = { .name = "home" };

#define NOUN struct thing
static const struct vdc_field fields[] = {
	VDC_F_ID(),
	VDC_F_UNIQUE_NAME(),
	VDC_F_TEXT(note, 0),
	VDC_F_INT(count, 0),
	VDC_F_BYTES(memory, 0),
	VDC_F_BOOL(ready, 0),
	VDC_F_TIME(seen, 0),
	VDC_F_ENUM(colour, colours, 0),
	VDC_F_LEVEL(level, 0),
	VDC_F_REF(home, home_kind, 0),
	VDC_F_WORDS(tags, "tag", 0),
	VDC_F_PROPERTIES(options, "option", 0),
};
static const struct vdc_kind kind = VDC_KIND("thing", "things", "thing", "for this test");

enum { NOW = 1000 };
static const char id[] = "0e3f5c1a-0000-4000-8000-00000000000a";
static struct thing thing, empty;

static int make_things(void **state)
{
	static struct vdc_arena *arena;

	(void)state;
	arena = vdc_arena_new();
	memcpy(&empty, vdc_object_new(&kind, arena), sizeof(empty));
	thing = (struct thing){
		.id = (char *)(uintptr_t)id,
		.name = (char *)(uintptr_t)"vm (1)",
		.note = (char *)(uintptr_t)"say \"hi\" at c:\\tmp",
		.count = 0,
		.memory = INT64_C(64) << 30,
		.ready = 1,
		.seen = (NOW - 90) * VDC_SECOND,
		.colour = 2,
		.level = { 4, 5 },
		.home = { (char *)(uintptr_t)id, (char *)(uintptr_t)"prod" },
		.tags = (char *)(uintptr_t)"web db-2",
		.options = (char *)(uintptr_t)"a=1\nb=two words",
	};
	vdc_arena_free(arena);
	return 0;
}

static bool matches(const char *text, const struct thing *object)
{
	struct vdc_select *select;
	struct vdc_err err = { 0 };
	bool yes;

	if (vdc_select_parse(&kind, text, NOW * VDC_SECOND, &select, &err))
		fail_msg("%s: %s", text, err.msg);
	yes = vdc_select_matches(select, object);
	vdc_select_free(select);
	return yes;
}

static void test_true(void **state)
{
	static const char *const cases[] = {
		"name", "!count", "memory>=64G", "memory > 63.5GiB", "memory=68719476736", "count=0",
		"count<1 && count>-1", "count==0", "ready=true", "ready!=no", "seen>2m", "seen<1m",
		"seen>1970-01-01T00:15:00Z", "colour=green-blue", "colour=GREEN_BLUE", "colour>crimson",
		"colour!=crimson", "level=4.5", "level>4.4 && level<4.10", "home=prod",
		"home=0E3F5C1A-0000-4000-8000-00000000000A", "home!=test", "home~^pr", "home~^0e3f",
		"tags=web", "tags=db-2", "tags!=db", "tags~db", "options='b=two words'",
		"options~^a", "name~'^vm \\(1\\)$'", "name~[(]1[)]$", "note='say \"hi\" at c:\\tmp'",
		"note=\"say \\\"hi\\\" at c:\\tmp\"", "note~c:.tmp", "note!~hello", "name~(v|w)m",
		"(name~(v|w)m)", " ( ( name ) ) ", "!(count || count=1)", "!!name", "!count=1",
		"count || name && ready", "(count||name)&&ready", "count=1||count=2||count=0",
		"id=0e3f5c1a-0000-4000-8000-00000000000a", "NAME", "ready", "note!=''",
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++) {
		if (!matches(cases[i], &thing))
			fail_msg("%s is false", cases[i]);
	}
}

static void test_false(void **state)
{
	static const char *const cases[] = {
		"count", "!name", "memory>64G", "memory<64G", "seen>1m", "colour=red", "colour<red",
		"level>=4.10", "home=tes", "tags=we", "tags='web db-2x'", "options=a", "name=VM",
		"name~^m", "note!~hi", "ready=0", "name && count", "count && name || count",
		"count && (name || count)", "!(name && ready)",
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++) {
		if (matches(cases[i], &thing))
			fail_msg("%s is true", cases[i]);
	}
}

/* Without a value only !=, !~ and ! are true. */
static void test_no_value(void **state)
{
	static const char *const ops[] = { "=", "<", "<=", ">", ">=", "~" };
	static const struct {
		const char *field, *value;
	} values[] = {
		{ "name", "x" },      { "count", "0" },	   { "memory", "0" },  { "ready", "false" },
		{ "seen", "1h" },     { "colour", "red" }, { "level", "4.5" }, { "home", "x" },
		{ "tags", "x" },      { "options", "x" },  { "note", "''" },
	};
	char text[64];

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(values); i++) {
		for (size_t op = 0; op < VDC_COUNT(ops); op++) {
			snprintf(text, sizeof(text), "%s %s %s", values[i].field, ops[op],
				 values[i].value);
			if (matches(text, &empty))
				fail_msg("%s is true", text);
		}
		snprintf(text, sizeof(text), "%s != %s", values[i].field, values[i].value);
		assert_true(matches(text, &empty));
		snprintf(text, sizeof(text), "!%s && %s !~ x", values[i].field, values[i].field);
		assert_true(matches(text, &empty));
	}
}

static void test_errors(void **state)
{
	static const struct {
		const char *text;
		unsigned column;
		const char *message;
	} cases[] = {
		{ "", 1, "the name of a field is missing" },
		{ "  ", 3, "the name of a field is missing" },
		{ "name=", 6, "a value is missing" },
		{ "name= && ready", 7, "a value is missing" },
		{ "name=a b", 8, "'b': expected && or || or the end" },
		{ "name=a)", 7, "')': expected" },
		{ "ready && nmae=x", 10, "unknown field 'nmae'; did you mean name?" },
		{ "frobnication", 1, "unknown field 'frobnication'; a thing has: id name note" },
		{ "(name", 1, "the ( has no )" },
		{ "name && ", 9, "the name of a field is missing" },
		{ "|| name", 1, "the name of a field is missing" },
		{ "name='x", 6, "the closing ' is missing" },
		{ "count=many", 7, "many" },
		{ "memory >  lots", 11, "lots" },
		{ "seen<sometime", 6, "'sometime' is neither a duration" },
		{ "colour=blue", 8, "red, green_blue" },
		{ "level=x", 7, "x" },
		{ "id=x", 4, "UUID" },
		{ "name~'('", 6, "'('" },
		{ "name~(a{255}){255}", 6, "the regular expression is too large" },
		{ "name~a{99999}", 6, "the regular expression is too large" },
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++) {
		struct vdc_err err = { 0 };
		struct vdc_select *select;

		if (!vdc_select_parse(&kind, cases[i].text, 0, &select, &err))
			fail_msg("'%s' was taken", cases[i].text);
		assert_int_equal(err.code, -EINVAL);
		if (err.column != cases[i].column || !strstr(err.msg, cases[i].message))
			fail_msg("'%s': column %u: %s", cases[i].text, err.column, err.msg);
	}
}

static void test_depth(void **state)
{
	char text[20000];
	struct vdc_select *select;
	struct vdc_err err = { 0 };

	(void)state;
	memset(text, '!', 10001);
	snprintf(text + 10001, 10, "name");
	assert_int_equal(vdc_select_parse(&kind, text, 0, &select, &err), -EINVAL);
	assert_non_null(strstr(err.msg, "too many"));
	memset(text, '(', 10001);
	assert_int_equal(vdc_select_parse(&kind, text, 0, &select, NULL), -EINVAL);
	text[0] = '\0';
	for (size_t len = 0; len + 10 < sizeof(text); len += 7)
		snprintf(text + len, 10, "count||");
	memcpy(text + strlen(text) - 2, "  ", 2);
	assert_false(matches(text, &thing)); /* a long chain is not deep */
}

static void test_uses(void **state)
{
	struct vdc_select *select;

	(void)state;
	assert_int_equal(vdc_select_parse(&kind, "!(count=1 && name)", 0, &select, NULL), 0);
	assert_true(vdc_select_uses(select, vdc_kind_field(&kind, "name")));
	assert_true(vdc_select_uses(select, vdc_kind_field(&kind, "count")));
	assert_false(vdc_select_uses(select, vdc_kind_field(&kind, "note")));
	vdc_select_free(select);
}

static void test_order(void **state)
{
	struct thing other = thing;
	const struct vdc_field *name = vdc_kind_field(&kind, "name");

	(void)state;
	thing.name = (char *)(uintptr_t)"h2";
	other.name = (char *)(uintptr_t)"h10";
	assert_true(vdc_value_compare(name, &thing, &other) < 0);
	assert_true(vdc_value_compare(name, &other, &thing) > 0);
	assert_int_equal(vdc_value_compare(name, &thing, &thing), 0);
	assert_true(vdc_value_compare(name, &empty, &thing) < 0);
	assert_int_equal(vdc_value_compare(name, &empty, &empty), 0);
	other.memory++;
	assert_true(vdc_value_compare(vdc_kind_field(&kind, "memory"), &thing, &other) < 0);
	other.level.minor = 10;
	assert_true(vdc_value_compare(vdc_kind_field(&kind, "level"), &thing, &other) < 0);
	other.home.name = NULL;
	assert_true(vdc_value_compare(vdc_kind_field(&kind, "home"), &thing, &other) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_true),  cmocka_unit_test(test_false),
		cmocka_unit_test(test_no_value), cmocka_unit_test(test_errors),
		cmocka_unit_test(test_depth), cmocka_unit_test(test_uses),
		cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests(tests, make_things, NULL);
}
