/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Our reader of JSON against jansson: both make the same nodes, or both refuse. The texts are those
 * below and the corpus of the fuzzer, and such as differ from them in one byte.
 */
#include <errno.h>
#include <glob.h>
#include <string.h>

#include "base/json_node.h"
#include "base/utf8.h"
#include "edge/json.h"
#include "unit.h"

static bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static bool same(const struct vdc_node *a, const struct vdc_node *b)
{
	if (strcmp(a->name, b->name) || !same_text(a->text, b->text) || a->type != b->type)
		return false;
	for (a = a->first, b = b->first; a && b; a = a->next, b = b->next)
		if (!same(a, b))
			return false;
	return a == b;
}

static const struct vdc_node start = { .name = "", .line = 1, .column = 1 };

/* Exactly as large as the text, so that ASan sees a read behind its end. */
static void compare(const char *text, size_t len)
{
	vdc_autoarena *arena = vdc_arena_new();
	vdc_autofree char *copy = vdc_alloc(len);
	struct vdc_err theirs = { 0 }, ours = { 0 };
	struct vdc_node *a, *b;
	int r, s;

	if (vdc_utf8_span(text, len) != len)
		return; /* no frame has it */
	memcpy(copy, text, len);
	s = vdc_json_nodes(copy, len, &start, arena, &b, &ours);
	if (memchr(copy, 0, len)) { /* jansson reads over it behind a number */
		assert_int_equal(s, -EBADMSG);
		return;
	}
	r = vdc_json_parse(copy, len, arena, &a, &theirs);
	if (r != s)
		fail_msg("jansson: %s, ours: %s: %.*s", vdc_err_text(&theirs), vdc_err_text(&ours),
			 (int)len, text);
	if (!r && !same(a, b))
		fail_msg("not the same nodes: %.*s", (int)len, text);
}

static const char *const texts[] = {
	"{\"a\":1,\"b\":\"x\",\"c\":true,\"d\":null,\"e\":-0.1,\"f\":false}",
	" { \"a\" : { \"b\" : [ 1 , 2 ] , \"c\" : [ ] } , \"d\" : { } } ",
	"[{\"a\":1},[null,[]],[[1,2],[{\"b\":[3]}]],\"x\",null]",
	"{\"a\":[[1,2],[3]],\"b\":[[[4]],{\"c\":5}],\"c\":[null]}",
	"{\"a\":\"\\u00e4\\n\\t\\r\\b\\f\\/\\\\\\\" \\ud83d\\ude00 \\u20ac\",\"\\u0061b\":1}",
	"{\"a\":\"\\ud83d\",\"b\":1}",
	"{\"a\":\"\\ude00\\ud83d\"}",
	"{\"a\":\"\\ud83d\\u0041\"}",
	"{\"a\":\"\\u0000\"}",
	"{\"a\\u0000\":1}",
	"[0,-0,1,-1,0.0,-0.0,1e3,1E-3,1.5e+3,0.1,1e308,1e309,-1e309,1e-400,123456789012345678]",
	"[9223372036854775807,-9223372036854775808]",
	"[9223372036854775808]",
	"[-9223372036854775809]",
	"[01]",
	"[1.]",
	"[.1]",
	"[1e]",
	"[+1]",
	"[1,]",
	"{\"a\":1,}",
	"{\"a\":1,\"b\":{\"a\":2},\"a\":3}",
	"{\"a\":null,\"a\":null}",
	"{\"\":1,\"\\u0061\":2,\"a\":3}",
	"17",
	"\"x\"",
	"null",
	"true",
	"",
	" ",
	"{} {}",
	"\xc3\xa4",
	"{\"\xc3\xa4\":\"a long text with \xe2\x82\xac in the middle of it\"}",
};

/* Each byte in turn away, or another; of long texts some ninety. */
static void compare_mutilated(const char *text, size_t len)
{
	static const char bytes[] = "\"\\{}[],:0-.eu\n\x01 ";
	vdc_autofree char *copy = vdc_alloc(len + 1);

	compare(text, len);
	for (size_t i = 0; i < len; i += 1 + len / 90) {
		compare(text, i);
		memcpy(copy, text, len);
		for (size_t k = 0; k < sizeof(bytes); k++) {
			copy[i] = bytes[k];
			compare(copy, len);
		}
		memmove(copy + i, text + i + 1, len - i - 1);
		compare(copy, len - 1);
	}
}

static void test_same_as_jansson(void **state)
{
	(void)state;
	for (size_t i = 0; i < VDC_COUNT(texts); i++)
		compare_mutilated(texts[i], strlen(texts[i]));
}

static void compare_file(const char *path)
{
	FILE *file = fopen(path, "re");
	char text[4096];
	size_t len;

	assert_non_null(file);
	len = fread(text, 1, sizeof(text), file);
	fclose(file);
	compare_mutilated(text, len);
}

static void test_corpus(void **state)
{
	vdc_autofree char *pattern =
		vdc_format("%s/tests/fuzz/corpus/json/*", getenv("VDC_TEST_SRC") ?: ".");
	glob_t found;

	(void)state;
	assert_int_equal(glob(pattern, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		compare_file(found.gl_pathv[i]);
	globfree(&found);
}

/* More names than are compared one by one, and one of them twice. */
static void test_many_names(void **state)
{
	(void)state;
	for (unsigned twice = 0; twice < 60; twice++) {
		vdc_autobuf text = { 0 };

		vdc_buf_puts(&text, "{\"x\":{\"n0\":1},");
		for (unsigned i = 0; i < 60; i++)
			vdc_buf_printf(&text, "\"n%u\":null,", i);
		vdc_buf_printf(&text, "\"n%u\":0}", twice);
		compare(text.data, text.len);
	}
}

struct bad {
	const char *text;
	unsigned line;
	unsigned column;
	const char *why;
};

static const struct bad bad[] = {
	{ "{\"a\":tru}", 1, 6, "a value should be here" },
	{ "{\"a\":1,\n \"a\":2}", 2, 2, "duplicate" },
	{ "{\"a\":\"x\\u0000\"}", 1, 8, "\\u0000 is not allowed" },
	{ "{\"a\":\"\\ud800\"}", 1, 7, "surrogate" },
	{ "{\"a\":\"\\q\"}", 1, 7, "unknown escape" },
	{ "{\"a\":99999999999999999999}", 1, 6, "beyond 64 bits" },
	{ "{\"a\":1e999}", 1, 6, "too large" },
	{ "{\"a\":01}", 1, 6, "a number should be here" },
	{ "{\"a\":1 \"b\":2}", 1, 8, "',' or '}'" },
	{ "[1\n 2]", 2, 2, "',' or ']'" },
	{ "{\"a\" 1}", 1, 6, "':'" },
	{ "{a:1}", 1, 2, "a name in quotes" },
	{ "{} x", 1, 4, "something follows" },
	{ "{\"a\":", 1, 6, "cut off" },
	{ "{\"a\":\"x", 1, 6, "does not end" },
};

static void test_places(void **state)
{
	(void)state;
	for (size_t i = 0; i < VDC_COUNT(bad); i++) {
		vdc_autoarena *arena = vdc_arena_new();
		struct vdc_err err = { 0 };
		struct vdc_node *root;
		int r = vdc_json_nodes(bad[i].text, strlen(bad[i].text), &start, arena, &root,
				       &err);

		assert_int_equal(r, -EBADMSG);
		if (!strstr(err.msg, bad[i].why) || err.line != bad[i].line ||
		    err.column != bad[i].column)
			fail_msg("%s\n%u:%u: %s\nand not %u:%u: %s", bad[i].text, err.line,
				 err.column, err.msg, bad[i].line, bad[i].column, bad[i].why);
	}
}

static void check_depth(size_t levels, int expected)
{
	vdc_autoarena *arena = vdc_arena_new();
	vdc_autobuf text = { 0 };
	struct vdc_err err = { 0 };
	struct vdc_node *root;

	for (size_t i = 0; i < levels; i++)
		vdc_buf_putc(&text, '[');
	for (size_t i = 0; i < levels; i++)
		vdc_buf_putc(&text, ']');
	assert_int_equal(vdc_json_nodes(text.data, text.len, &start, arena, &root, &err), expected);
	if (expected)
		assert_non_null(strstr(err.msg, "256 levels"));
}

static void test_limits(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	vdc_autobuf text = { 0 };
	struct vdc_err err = { 0 };
	struct vdc_node *root;

	(void)state;
	check_depth(VDC_DEPTH_MAX, 0);
	check_depth(VDC_DEPTH_MAX + 1, -EBADMSG);
	vdc_buf_putc(&text, '[');
	while (text.len < VDC_NODES_MAX / 32)
		vdc_buf_puts(&text, "1,");
	assert_int_equal(vdc_json_nodes(text.data, text.len, &start, arena, &root, &err), -EBADMSG);
	assert_non_null(strstr(err.msg, "too many values"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_as_jansson), cmocka_unit_test(test_corpus),
		cmocka_unit_test(test_many_names),	cmocka_unit_test(test_places),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
