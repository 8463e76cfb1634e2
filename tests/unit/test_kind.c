/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What must be true of the table of every kind, and finding kinds and fields by name. */
#include <ctype.h>
#include <string.h>

#include "model/kind.h"
#include "unit.h"

/* A mistake in a table is printed with the place where it stands. */
#define check(condition, kind, field)                                                           \
	do {                                                                                    \
		if (!(condition))                                                               \
			fail_msg("%s.%s: not so: %s", (kind)->name, (field)->name, #condition); \
	} while (0)

static void for_each_field(void (*check_field)(const struct vdc_kind *k, const struct vdc_field *f))
{
	for (size_t i = 0; i < vdc_n_kinds; i++) {
		for (size_t j = 0; j < vdc_kinds[i]->n_fields; j++)
			check_field(vdc_kinds[i], &vdc_kinds[i]->fields[j]);
	}
}

static size_t member_size(enum vdc_type type)
{
	switch (vdc_type_shape(type)) {
	case VDC_SHAPE_TEXT:
		return sizeof(char *);
	case VDC_SHAPE_INT:
		return sizeof(int64_t);
	case VDC_SHAPE_LEVEL:
		return sizeof(struct vdc_level);
	case VDC_SHAPE_REF:
		return sizeof(struct vdc_ref);
	}
	return 0;
}

/* The fields lie in the struct in the order of the table, side by side, to its end. */
static void tables_cover_their_structs(void **state)
{
	(void)state;
	for (size_t i = 0; i < vdc_n_kinds; i++) {
		const struct vdc_kind *k = vdc_kinds[i];
		size_t end = 0;

		for (size_t j = 0; j < k->n_fields; j++) {
			check(k->fields[j].offset == end, k, &k->fields[j]);
			end += member_size(k->fields[j].type);
		}
		assert_int_equal(end, k->size);
	}
}

static bool is_word(const char *s)
{
	return *s && islower((unsigned char)*s) &&
	       s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_")] == '\0';
}

static bool is_sentence(const char *s)
{
	size_t len = strlen(s);

	return len > 3 && s[len - 1] == '.' && strcmp(s + len - 3, "...") != 0;
}

static void check_row(const struct vdc_kind *k, const struct vdc_field *f)
{
	check(is_word(f->name), k, f);
	check(vdc_kind_field(k, f->name) == f, k, f);
	check(f->help && *f->help && strlen(f->help) < 100, k, f);
	check(!is_sentence(f->help), k, f);
	check(!f->path || *f->path, k, f);
	check((f->type == VDC_ENUM) == (f->values != NULL), k, f);
	check((f->type == VDC_REF) == (f->target != NULL), k, f);
	check((f->type == VDC_WORDS || f->type == VDC_LEVELS || f->type == VDC_PROPERTIES) == (f->item != NULL), k, f);
	check(!(f->flags & (VDC_CASCADE | VDC_PART)) || f->type == VDC_REF, k, f);
	check(!(f->flags & VDC_SECRET_REF) || f->type == VDC_TEXT, k, f);
	check(!(f->flags & VDC_LONG) || !(f->flags & VDC_LISTED), k, f);
}

static void rows_are_complete(void **state)
{
	(void)state;
	for_each_field(check_row);
	for (size_t i = 0; i < vdc_n_kinds; i++) {
		const struct vdc_field *id = &vdc_kinds[i]->fields[0];

		check(!strcmp(id->name, "id") && id->type == VDC_UUID, vdc_kinds[i], id);
		check(id->flags & VDC_REQUIRED, vdc_kinds[i], id);
	}
}

/* Words of the two engines that a column cannot be called without quotes. */
static void check_column(const struct vdc_kind *k, const struct vdc_field *f)
{
	static const char *const reserved[] = {
		"all",	  "and",     "array",  "as",	 "asc",	  "both",   "case",	   "check",
		"column", "desc",    "do",     "end",	 "fetch", "for",    "from",	   "group",
		"in",	  "index",   "into",   "limit",	 "not",	  "offset", "on",	   "or",
		"order",  "primary", "select", "table",	 "then",  "to",	    "transaction", "union",
		"unique", "user",    "using",  "values", "when",  "where",  "window",	   "with",
	};

	for (size_t i = 0; i < VDC_COUNT(reserved); i++)
		check(strcmp(f->name, reserved[i]) != 0, k, f);
}

static void columns_need_no_quotes(void **state)
{
	(void)state;
	for_each_field(check_column);
}

/* Its places in documents, each between spaces, an attribute written like a child element. */
static char *places_of(const struct vdc_field *f)
{
	char *places = vdc_format(" %s %s ", f->path ? f->path : f->name, f->older ? f->older : "");

	for (char *s = places; (s = strchr(s, '@'));)
		*s = s[-1] == ' ' ? ' ' : '/';
	return places;
}

static bool share_a_place(const struct vdc_field *a, const struct vdc_field *b)
{
	vdc_autofree char *of_a = places_of(a), *of_b = places_of(b);
	char *rest = NULL;

	for (char *place = strtok_r(of_a, " ", &rest); place; place = strtok_r(NULL, " ", &rest)) {
		vdc_autofree char *word = vdc_format(" %s ", place);

		if (strstr(of_b, word))
			return true;
	}
	return false;
}

static void check_place(const struct vdc_kind *k, const struct vdc_field *f)
{
	for (const struct vdc_field *other = k->fields; other < f; other++) {
		check(strcmp(other->name, f->name) != 0, k, f);
		check(!share_a_place(f, other), k, f);
	}
}

static void no_two_fields_share_a_place(void **state)
{
	(void)state;
	for_each_field(check_place);
}

static size_t position(const struct vdc_kind *kind)
{
	size_t i = 0;

	while (i < vdc_n_kinds && vdc_kinds[i] != kind)
		i++;
	return i;
}

static void check_target(const struct vdc_kind *k, const struct vdc_field *f)
{
	check(!f->target || position(f->target) < position(k), k, f);
}

static void what_is_referred_to_comes_first(void **state)
{
	(void)state;
	for_each_field(check_target);
}

static void check_preset(const struct vdc_kind *k, const struct vdc_field *f)
{
	vdc_autoarena *arena = vdc_arena_new();
	void *object = vdc_object_new(k, arena);

	check(!vdc_value_is_set(f, object), k, f);
	check(!f->preset || vdc_value_parse(f, f->preset, object, arena, NULL) == 0, k, f);
	check(!f->preset || vdc_value_is_set(f, object), k, f);
	check(!f->preset || f->flags & VDC_REQUIRED, k, f);
}

static void presets_are_values(void **state)
{
	(void)state;
	for_each_field(check_preset);
}

static void check_words(const struct vdc_kind *k, const struct vdc_field *f)
{
	const struct vdc_enum *e = f->values;

	if (!e)
		return;
	check(e->name && *e->name, k, f);
	check(!strcmp(e->words[0], ""), k, f);
	for (int64_t i = 1; e->words[i]; i++) {
		check(is_word(e->words[i]), k, f);
		check(vdc_enum_find(e, e->words[i]) == i, k, f);
		check(vdc_enum_word(e, i) == e->words[i], k, f);
	}
	for (const char *const *a = e->aliases; a && *a; a++) {
		char alias[128] = { 0 };
		const char *word = strchr(*a, '=') + 1;

		memcpy(alias, *a, (size_t)(word - *a - 1));
		check(vdc_enum_find(e, alias) > 0, k, f);
		check(!strcmp(vdc_enum_word(e, vdc_enum_find(e, alias)), word), k, f);
	}
	check(vdc_enum_find(e, "no such word") == -1, k, f);
	check(!strcmp(vdc_enum_word(e, 1000), ""), k, f);
	check(!strcmp(vdc_enum_word(e, -1), ""), k, f);
}

static void every_word_and_alias_is_found(void **state)
{
	(void)state;
	for_each_field(check_words);
}

static void kinds_are_found_by_any_name(void **state)
{
	static const struct {
		const char *name, *kind;
	} cases[] = {
		{ "host", "host" },
		{ "hosts", "host" },
		{ "HOST", "host" },
		{ "data-center", "data_center" },
		{ "data_centers", "data_center" },
		{ "DataCenter", "data_center" },
		{ "fence-agent", "agent" },
		{ "fence-agents", "agent" },
		{ "agents", "agent" },
		{ "storage-domains", "storage_domain" },
		{ "s", NULL },
		{ "", NULL },
		{ "hostss", NULL },
		{ "unicorn", NULL },
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++) {
		const struct vdc_kind *k = vdc_kind_find(cases[i].name);

		if (!cases[i].kind)
			assert_null(k);
		else
			assert_string_equal(k->name, cases[i].kind);
	}
	for (size_t i = 0; i < vdc_n_kinds; i++) {
		assert_ptr_equal(vdc_kind_find(vdc_kinds[i]->name), vdc_kinds[i]);
		assert_ptr_equal(vdc_kind_find(vdc_kinds[i]->plural), vdc_kinds[i]);
		assert_ptr_equal(vdc_kind_find(vdc_kinds[i]->word), vdc_kinds[i]);
		assert_true(vdc_kinds[i]->help && *vdc_kinds[i]->help);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_cover_their_structs),
		cmocka_unit_test(rows_are_complete),
		cmocka_unit_test(columns_need_no_quotes),
		cmocka_unit_test(no_two_fields_share_a_place),
		cmocka_unit_test(what_is_referred_to_comes_first),
		cmocka_unit_test(presets_are_values),
		cmocka_unit_test(every_word_and_alias_is_found),
		cmocka_unit_test(kinds_are_found_by_any_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
