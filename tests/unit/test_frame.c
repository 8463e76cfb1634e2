/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON cut into objects: what comes out, where it began, and what is refused where. */
#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/frame.h"
#include "unit.h"

/* Collections are called "c..." here, and what is called "no" is read over. */
static int begin(void *ctx, const struct vdc_node_head *head, struct vdc_err *err)
{
	const char *name = head->node->name;

	(void)ctx;
	(void)err;
	if (!strcmp(name, "no"))
		return VDC_TAKE_NOT;
	if (*name == 'c' && !head->in_array)
		return VDC_TAKE_INSIDE;
	return *name || head->first_is_plain ? VDC_TAKE_WHOLE : VDC_TAKE_INSIDE;
}

static int frame(void *ctx, const struct vdc_node *at, enum vdc_take take, const char *text,
		 size_t len, struct vdc_err *err)
{
	(void)err;
	vdc_buf_printf(ctx, "%s%s@%u:%u=", take == VDC_TAKE_WHOLE ? "" : "-", at->name, at->line,
		       at->column);
	vdc_buf_add(ctx, text, len);
	vdc_buf_putc(ctx, ' ');
	return 0;
}

static int read_text(const char *text, size_t len, struct vdc_buf *out, struct vdc_err *err)
{
	const struct vdc_frame_ops ops = { .ctx = out, .begin = begin, .frame = frame };
	struct vdc_source source;
	int first;
	int r;

	vdc_source_of_text(&source, text, len);
	r = vdc_source_first(&source, &first, err);
	return r < 0 ? r : vdc_frame_read(&source, &ops, err);
}

static const struct {
	const char *text;
	const char *frames;
} good[] = {
	{ "{\"a\":1}", "@1:1={\"a\":1} " },
	{ "\xef\xbb\xbf {\"a\":1}", "@1:2={\"a\":1} " },
	{ "{\"host\":{\"a\":1}}", "host@1:9={\"a\":1} " },
	{ "{\"h\":[{\"a\":1},\n {\"a\":2}]}", "h@1:7={\"a\":1} h@2:2={\"a\":2} " },
	{ "[{\"a\":1},{\"b\":2}]", "@1:2={\"a\":1} @1:10={\"b\":2} " },
	{ "{\"a\":1}{\"a\":2}\n{\"a\":3}\n", "@1:1={\"a\":1} @1:8={\"a\":2} @2:1={\"a\":3} " },
	{ "{\"h\":{},\"t\":5,\"s\":\"x\",\"n\":null}", "h@1:6={} -t@1:13=5 -s@1:19=\"x\" -n@1:27=null " },
	{ "{\"c\":{\"h\":[{\"a\":1}]}}", "h@1:12={\"a\":1} " },
	{ "{\"no\":{\"h\":[{}]},\"h\":[]}", "-no@1:7={\"h\":[{}]} " },
	{ "{\"c\":{}}", "-c@1:6={} " },
	{ "[]", "" },
	{ "[[],[[{\"a\":1}]]]", "@1:7={\"a\":1} " },
	{ "{\"h\":{\"t\":\"}{][\\\"\\\\\"}}", "h@1:6={\"t\":\"}{][\\\"\\\\\"} " },
	{ "{\"h\":{\"\xc3\xa4\":\"\xe2\x82\xac\"}}", "h@1:6={\"\xc3\xa4\":\"\xe2\x82\xac\"} " },
};

static void test_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < VDC_COUNT(good); i++) {
		vdc_autobuf out = { 0 };
		struct vdc_err err = { 0 };

		if (read_text(good[i].text, strlen(good[i].text), &out, &err) < 0)
			fail_msg("%s: %s", good[i].text, vdc_err_text(&err));
		assert_string_equal(vdc_buf_str(&out), good[i].frames);
	}
}

static const struct {
	const char *text;
	unsigned line;
	unsigned column;
	const char *why;
} bad[] = {
	{ "", 1, 1, "empty" },
	{ "\n ", 2, 2, "empty" },
	{ "{", 1, 2, "cut off" },
	{ "{\"a", 1, 2, "cut off in the string" },
	{ "{\"a\"", 1, 5, "cut off" },
	{ "{\"a\":1", 1, 1, "cut off in the object" },
	{ "{\"h\":[{\"a\":1},\n{\"a\":", 2, 1, "cut off in the object" },
	{ "{\"h\":[{\"a\":1}", 1, 14, "cut off, ',' or ']' is missing" },
	{ "{\"h\":[{}],", 1, 11, "cut off" },
	{ "{\"h\":[{}]} x", 1, 12, "'x' where" },
	{ "{\"h\":[{}]}]", 1, 11, "']' where" },
	{ "{\"h\":{\"a\":[}}", 1, 12, "'}' where ']' should be" },
	{ "{\"h\":[{} {}]}", 1, 10, "'{' where ',' or ']' should be" },
	{ "{\"h\":[{},]}", 1, 10, "']' where a value should be" },
	{ "{h:1}", 1, 2, "'h' where a name in quotes should be" },
	{ "{\"a\" 1}", 1, 6, "'1' where ':' should be" },
	{ "{\"h\":[\"a\nb\"]}", 1, 9, "byte 0x0a where a character of a string should be" },
	{ "{\"h\":{\"a\":\"\xff\"}}", 1, 12, "not UTF-8" },
	{ "{\"h\":{\"a\":\"\xed\xa0\x80\"}}", 1, 12, "not UTF-8" },
	{ "{\"h\":{\"a\":\"\xc0\x80\"}}", 1, 12, "not UTF-8" },
	{ "{\"h\":{\n\"a\":\xff}}", 2, 5, "byte 0xff where a value should be" },
	{ "{\"h\xff\":[{}]}", 1, 2, "not UTF-8" },
	{ "1", 1, 1, "'1' where '{' or '[' should be" },
	{ "[[[[[[[[[{}]]]]]]]]]", 1, 9, "nested too deep" },
};

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < VDC_COUNT(bad); i++) {
		vdc_autobuf out = { 0 };
		struct vdc_err err = { 0 };

		if (read_text(bad[i].text, strlen(bad[i].text), &out, &err) != -EBADMSG)
			fail_msg("not refused: %s", bad[i].text);
		if (!strstr(err.msg, bad[i].why) || err.line != bad[i].line ||
		    err.column != bad[i].column)
			fail_msg("%s\n%u:%u: %s\nand not %u:%u: %s", bad[i].text, err.line,
				 err.column, err.msg, bad[i].line, bad[i].column, bad[i].why);
	}
}

static void test_nul_byte(void **state)
{
	static const char in_string[] = "{\"h\":{\"a\":\"x\0y\"}}";
	static const char between[] = "{\"h\":{\0}}";
	vdc_autobuf out = { 0 };
	struct vdc_err err = { 0 };

	(void)state;
	assert_int_equal(read_text(in_string, sizeof(in_string) - 1, &out, &err), -EBADMSG);
	assert_int_equal(err.column, 13);
	assert_int_equal(read_text(between, sizeof(between) - 1, &out, &err), -EBADMSG);
	assert_int_equal(err.column, 7);
}

/* Wherever the buffer ends in it, a document means the same. */
static void test_every_chunk_boundary(void **state)
{
	static const char text[] = "{\"h\":[{\"a\\\"\":\"\xe2\x82\xac\\\\\"},{\"b\":1}],\"t\":17}";
	enum { CHUNK = 64 * 1024, LEN = sizeof(text) - 1 };
	vdc_autofree char *padded = vdc_alloc(CHUNK + LEN);

	(void)state;
	for (size_t split = 0; split <= LEN; split++) {
		vdc_autobuf out = { 0 };
		const struct vdc_frame_ops ops = { .ctx = &out, .begin = begin, .frame = frame };
		struct vdc_source source;
		vdc_autofree char *expected = NULL;
		size_t pad = CHUNK - split;
		struct vdc_err err = { 0 };

		memset(padded, ' ', pad);
		padded[0] = '\n';
		memcpy(padded + pad, text, LEN);
		expected = vdc_format("h@2:%zu={\"a\\\"\":\"\xe2\x82\xac\\\\\"} h@2:%zu={\"b\":1} "
				      "-t@2:%zu=17 ", pad + 6, pad + 22, pad + 35);
		vdc_source_of_text(&source, padded, pad + LEN); /* white space and all */
		if (vdc_frame_read(&source, &ops, &err) < 0)
			fail_msg("split at %zu: %s", split, vdc_err_text(&err));
		assert_string_equal(vdc_buf_str(&out), expected);
	}
}

static void refuse_nested(const char *prefix, const char *piece, unsigned column)
{
	vdc_autobuf text = { 0 }, out = { 0 };
	struct vdc_err err = { 0 };

	vdc_buf_puts(&text, prefix);
	for (int i = 0; i < 10000; i++)
		vdc_buf_puts(&text, piece);
	assert_int_equal(read_text(text.data, text.len, &out, &err), -EBADMSG);
	assert_non_null(strstr(err.msg, "nested too deep"));
	assert_int_equal(err.column, column);
}

static void test_depth(void **state)
{
	(void)state;
	refuse_nested("{\"h\":", "{\"a\":", 6 + 256 * 5);
	refuse_nested("{\"h\":{\"a\":", "[", 11 + 255);
	refuse_nested("", "[", 9);
}

/* Gives PREFIX and then for ever 'x'. */
struct endless {
	const char *prefix;
	size_t given;
};

static ssize_t read_endless(void *cookie, char *out, size_t size)
{
	struct endless *e = cookie;
	size_t n = strlen(e->prefix);

	if (e->given < n) {
		size = size < n - e->given ? size : n - e->given;
		memcpy(out, e->prefix + e->given, size);
	} else {
		memset(out, 'x', size);
	}
	e->given += size;
	return (ssize_t)size;
}

/* It ends at the limit and never gathers what comes behind. */
static void refuse_endless(const char *prefix, unsigned column, size_t most)
{
	struct endless endless = { .prefix = prefix };
	FILE *in = fopencookie(&endless, "r", (cookie_io_functions_t){ .read = read_endless });
	vdc_autobuf out = { 0 };
	const struct vdc_frame_ops ops = { .ctx = &out, .begin = begin, .frame = frame };
	struct vdc_source source;
	struct vdc_err err = { 0 };

	assert_non_null(in);
	vdc_source_of_file(&source, in);
	assert_int_equal(vdc_frame_read(&source, &ops, &err), -EBADMSG);
	assert_int_equal(err.column, column);
	assert_in_range(endless.given, most, most + 1024 * 1024);
	fclose(in);
}

static void test_endless(void **state)
{
	(void)state;
	refuse_endless("{\"h\":{\"a\":\"", 11, VDC_VALUE_MAX);
	refuse_endless("{\"", 2, VDC_VALUE_MAX);
	refuse_endless("{\"h\":{\"a\":", 6, VDC_OBJECT_MAX);
	refuse_endless("{\"h\":[", 7, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_nul_byte),
		cmocka_unit_test(test_every_chunk_boundary),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_endless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
