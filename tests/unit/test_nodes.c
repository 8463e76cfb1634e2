/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* XML and JSON as trees of nodes, in both directions. */
#include <errno.h>
#include <string.h>

#include "base/utf8.h"
#include "edge/json.h"
#include "edge/xml.h"
#include "unit.h"

/* name(child child)=text, attributes with @, numbers with #, booleans with ? */
static void show(struct vdc_buf *out, const struct vdc_node *node)
{
	static const char *const marks[] = { "", "#", "?" };

	vdc_buf_printf(out, "%s%s%s", node->attribute ? "@" : "", node->name, marks[node->type]);
	if (node->text)
		vdc_buf_printf(out, "=%s", node->text);
	if (!node->first)
		return;
	vdc_buf_putc(out, '(');
	for (const struct vdc_node *n = node->first; n; n = n->next) {
		show(out, n);
		if (n->next)
			vdc_buf_putc(out, ' ');
	}
	vdc_buf_putc(out, ')');
}

typedef int parse_fn(const char *text, size_t len, struct vdc_arena *arena, struct vdc_node **ret,
		     struct vdc_err *err);

struct good {
	const char *text;
	const char *nodes;
};

static void check_good(parse_fn *parse, const struct good *good, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		vdc_autoarena *arena = vdc_arena_new();
		vdc_autobuf out = { 0 };
		struct vdc_err err = { 0 };
		struct vdc_node *root;

		if (parse(good[i].text, strlen(good[i].text), arena, &root, &err) < 0)
			fail_msg("%s: %s", good[i].text, vdc_err_text(&err));
		show(&out, root);
		assert_string_equal(vdc_buf_str(&out), good[i].nodes);
	}
}

struct bad {
	const char *text;
	unsigned line;
	unsigned column;
	const char *why;
};

static void check_bad(parse_fn *parse, const struct bad *bad, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		vdc_autoarena *arena = vdc_arena_new();
		struct vdc_err err = { 0 };
		struct vdc_node *root;

		if (parse(bad[i].text, strlen(bad[i].text), arena, &root, &err) != -EBADMSG)
			fail_msg("not refused: %s", bad[i].text);
		if (!strstr(err.msg, bad[i].why) || err.line != bad[i].line ||
		    err.column != bad[i].column)
			fail_msg("%s\n%u:%u: %s\nand not %u:%u: %s", bad[i].text, err.line,
				 err.column, err.msg, bad[i].line, bad[i].column, bad[i].why);
	}
}

static const struct good good_json[] = {
	{ "{\"a\":1,\"b\":\"x\",\"c\":true,\"d\":null,\"e\":-0.1}", "(a#=1 b=x c?=true e#=-0.1)" },
	{ "{\"a\":{\"b\":[1,2],\"c\":[]}}", "(a(b#=1 b#=2))" },
	{ "[{\"a\":1},{\"a\":2}]", "((a#=1) (a#=2))" },
	{ "{\"a\":[[1,2],[3]]}", "(a(#=1 #=2) a(#=3))" },
	{ "{\"a\":\"\\u00e4\\n\"}", "(a=\xc3\xa4\n)" },
	{ "17", "#=17" },
	{ "{\"a\":0.1,\"b\":1e3,\"c\":9223372036854775807}",
	  "(a#=0.1 b#=1000 c#=9223372036854775807)" },
};

static const struct bad bad_json[] = {
	{ "{\"a\":tru}", 1, 8, "not JSON" },
	{ "{\"a\":1,\n \"a\":2}", 2, 4, "duplicate" },
	{ "{\"a\":\"\\u0000\"}", 1, 13, "not allowed" },
	{ "{\"a\":99999999999999999999}", 1, 25, "not JSON" },
	{ "", 1, 1, "not JSON" },
};

static void test_json(void **state)
{
	(void)state;
	check_good(vdc_json_parse, good_json, VDC_COUNT(good_json));
	check_bad(vdc_json_parse, bad_json, VDC_COUNT(bad_json));
}

static const struct good good_xml[] = {
	{ "<a b='1' c=\"x &amp; y\"><d>t</d></a>", "a(@b=1 @c=x & y d=t)" },
	{ "<x:a xmlns:x='urn:x'> <x:b/>\n</x:a>", "a(b)" },
	{ "<a><b>&lt;<![CDATA[<&>]]>&#xe4;</b></a>", "a(b=<<&>\xc3\xa4)" },
	{ "<?xml version='1.0' encoding='ISO-8859-1'?><a>\xc3\xa4</a>", "a=\xc3\xa4" },
	{ "\n <?xml version='1.0'?><!-- c --><a/><!-- d -->", "a" },
	{ "<a>  x  </a>", "a=  x  " },
};

static const struct bad bad_xml[] = {
	{ "<a>", 1, 4, "Premature end" },
	{ "<a>\n <b></a>", 2, 9, "mismatch" },
	{ "<a/><b/>", 1, 5, "Extra content" },
	{ "<a>&x;</a>", 1, 7, "'x' not defined" },
	{ "\n<!DOCTYPE a><a/>", 2, 1, "document type" },
	{ "<?xml version='1.0'?>\n<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
	  2, 1, "document type" },
	{ "<a b='1' b='2'/>", 1, 15, "redefined" },
	{ "<a>\x01</a>", 1, 4, "invalid Char value 1" },
	{ "<a>\xff</a>", 1, 4, "UTF-8" },
	{ "<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe4</a>", 1, 47, "UTF-8" },
};

static void test_xml(void **state)
{
	(void)state;
	check_good(vdc_xml_parse, good_xml, VDC_COUNT(good_xml));
	check_bad(vdc_xml_parse, bad_xml, VDC_COUNT(bad_xml));
}

static void test_xml_places(void **state)
{
	static const char text[] = "<a>\n  <b x='1'\n y='2'>1</b><c/>\n</a>";
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_node *root, *b, *c;

	(void)state;
	assert_int_equal(vdc_xml_parse(text, strlen(text), arena, &root, NULL), 0);
	b = vdc_node_child(root, "b");
	c = vdc_node_child(root, "c");
	assert_int_equal(root->line, 1);
	assert_int_equal(root->column, 1);
	assert_int_equal(b->line, 2);
	assert_int_equal(b->column, 3);
	assert_int_equal(c->line, 3);
	assert_int_equal(c->column, 13);
}

static void test_find(void **state)
{
	static const char text[] = "{\"a\":{\"b\":{\"c\":\"x\"},\"b2\":1},\"l\":[1,2,3]}";
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_node *root;
	int sum = 0;

	(void)state;
	assert_int_equal(vdc_json_parse(text, strlen(text), arena, &root, NULL), 0);
	assert_string_equal(vdc_node_text(root, "a/b/c"), "x");
	assert_null(vdc_node_text(root, "a/b"));
	assert_null(vdc_node_text(root, "a/x/c"));
	assert_null(vdc_node_find(NULL, "a"));
	for (const struct vdc_node *n = vdc_node_child(root, "l"); n; n = vdc_node_again(n))
		sum = sum * 10 + atoi(n->text);
	assert_int_equal(sum, 123);
}

static void test_json_written(void **state)
{
	static const char text[] = "{\"a\":\"\\\"\\\\\\n\\u0001\xc3\xa4\",\"b\":{\"c\":1,\"d\":true}}";
	vdc_autoarena *arena = vdc_arena_new();
	vdc_autobuf out = { 0 };
	struct vdc_node *root;

	(void)state;
	assert_int_equal(vdc_json_parse(text, strlen(text), arena, &root, NULL), 0);
	vdc_json_write(&out, root);
	assert_string_equal(vdc_buf_str(&out), text);
}

static void test_utf8(void **state)
{
	static const struct {
		const char *text;
		size_t span;
		size_t xml_span;
	} cases[] = {
		{ "abcdefgh\x1fij\xff", 11, 8 }, { "abc\x1f""defghij", 11, 3 },
		{ "abcdefghij\xff", 10, 10 },	{ "\xc3\xa4", 2, 2 },
		{ "a\x01", 2, 1 },		{ "\t\n\r", 3, 3 },
		{ "\xc1\xbf", 0, 0 },		{ "\xe0\x9f\xbf", 0, 0 },
		{ "\xed\xa0\x80", 0, 0 },	{ "\xf4\x90\x80\x80", 0, 0 },
		{ "\xf0\x8f\xbf\xbf", 0, 0 },	{ "\xef\xbf\xbe", 3, 0 },
		{ "\xf4\x8f\xbf\xbf", 4, 4 },	{ "x\xe2\x82", 1, 1 },
		{ "\x80", 0, 0 },		{ "\xe2\x82\x41", 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++) {
		size_t len = strlen(cases[i].text);

		assert_int_equal(vdc_utf8_span(cases[i].text, len), cases[i].span);
		assert_int_equal(vdc_utf8_xml_span(cases[i].text, len), cases[i].xml_span);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json),	     cmocka_unit_test(test_xml),
		cmocka_unit_test(test_xml_places),   cmocka_unit_test(test_find),
		cmocka_unit_test(test_json_written), cmocka_unit_test(test_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
