/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Documents: what other systems write, what we write, and what is refused. */
#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "../helpers/sample.h"
#include "doc/doc.h"
#include "unit.h"

static FILE *of_text(const char *text, size_t len)
{
	FILE *in = tmpfile();

	assert_non_null(in);
	assert_int_equal(fwrite(text, 1, len, in), len);
	rewind(in);
	return in;
}

static FILE *of_data(const char *name)
{
	const char *tree = getenv("VDC_TEST_SRC");
	vdc_autofree char *path = vdc_format("%s/tests/data/doc/%s", tree ? tree : ".", name);
	FILE *in = fopen(path, "r");

	if (!in)
		fail_msg("%s: %s", path, strerror(errno));
	return in;
}

static char *slurp(FILE *in)
{
	vdc_autobuf all = { 0 };
	char chunk[4096];
	size_t n;

	rewind(in);
	while ((n = fread(chunk, 1, sizeof(chunk), in)))
		vdc_buf_add(&all, chunk, n);
	fclose(in);
	return vdc_buf_steal(&all);
}

static int copy(void *ctx, const struct vdc_kind *kind, void *object, struct vdc_place place,
		struct vdc_arena *arena, struct vdc_err *err)
{
	(void)place;
	(void)arena;
	return vdc_doc_write(ctx, kind, object, err);
}

/* Reads IN to its end and gives what we write of it. */
static char *converted(FILE *in, const struct vdc_kind *hint, enum vdc_doc_format format)
{
	const struct vdc_doc_options options = { .name = "test", .hint = hint };
	struct vdc_doc_writer *writer;
	struct vdc_err err = { 0 };
	FILE *out = tmpfile();

	assert_non_null(out);
	assert_int_equal(vdc_doc_writer_new(out, format, &writer, &err), 0);
	if (vdc_doc_read(in, &options, copy, writer, &err) < 0)
		fail_msg("%s", vdc_err_text(&err));
	assert_int_equal(vdc_doc_writer_close(writer, &err), 0);
	fclose(in);
	return slurp(out);
}

static const struct {
	const char *document;
	const char *hint;
	const char *written;
} dialects[] = {
	{ "hosts-v4.xml", NULL, "hosts-v4.written.json" },
	{ "hosts-v4.json", NULL, "hosts-v4.written.json" },
	{ "hosts-v4.written.json", NULL, "hosts-v4.written.json" },
	{ "host-v3.xml", NULL, "host-v3.written.json" },
	{ "host-0.9.xml", NULL, "host.written.json" },
	{ "host-lines.json", NULL, "host.written.json" },
	{ "host-bare.json", "host", "host.written.json" },
	{ "parts-v3.xml", NULL, "parts.written.json" },
	{ "parts-v4.json", NULL, "parts.written.json" },
	{ "vm-v4.xml", NULL, "vm.written.json" },
	{ "vm-v4.json", NULL, "vm.written.json" },
	{ "cluster-v3.xml", NULL, "cluster.written.json" },
	{ "cluster-v4.json", NULL, "cluster.written.json" },
	{ "several.xml", NULL, "several.written.json" },
	{ "several.json", NULL, "several.written.json" },
};

static void test_dialects(void **state)
{
	(void)state;
	for (size_t i = 0; i < VDC_COUNT(dialects); i++) {
		const struct vdc_kind *hint =
			dialects[i].hint ? vdc_kind_find(dialects[i].hint) : NULL;
		vdc_autofree char *written =
			converted(of_data(dialects[i].document), hint, VDC_DOC_JSON);
		vdc_autofree char *expected = slurp(of_data(dialects[i].written));

		if (strcmp(written, expected))
			fail_msg("%s became\n%s", dialects[i].document, written);
	}
}

/* XML and JSON say the same, and say it again in the same bytes. */
static void test_written_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < VDC_COUNT(dialects); i++) {
		vdc_autofree char *json = slurp(of_data(dialects[i].written));
		vdc_autofree char *xml =
			converted(of_data(dialects[i].written), NULL, VDC_DOC_XML);
		vdc_autofree char *xml_again =
			converted(of_text(xml, strlen(xml)), NULL, VDC_DOC_XML);
		vdc_autofree char *json_again =
			converted(of_text(xml, strlen(xml)), NULL, VDC_DOC_JSON);

		assert_string_equal(xml_again, xml);
		assert_string_equal(json_again, json);
	}
}

struct seen {
	const struct vdc_kind *kind;
	const void *expected;
	unsigned count;
};

static int compare(void *ctx, const struct vdc_kind *kind, void *object, struct vdc_place place,
		   struct vdc_arena *arena, struct vdc_err *err)
{
	struct seen *seen = ctx;
	char was[VDC_SCRATCH], is[VDC_SCRATCH];

	(void)place;
	(void)arena;
	(void)err;
	assert_ptr_equal(kind, seen->kind);
	for (size_t i = 0; i < kind->n_fields; i++) {
		const struct vdc_field *f = &kind->fields[i];
		const char *expected = vdc_value_text(f, seen->expected, was);
		const char *text = vdc_value_text(f, object, is);

		if (!text || strcmp(text, expected))
			fail_msg("%s.%s: '%s' became '%s'", kind->name, f->name, expected,
				 text ? text : "(nothing)");
	}
	seen->count++;
	return 0;
}

static void round_trip(const struct vdc_kind *kind, enum vdc_doc_format format)
{
	const struct vdc_doc_options options = { .name = kind->plural };
	vdc_autoarena *arena = vdc_arena_new();
	struct seen seen = { .kind = kind, .expected = sample_object(kind, arena) };
	struct vdc_doc_writer *writer;
	struct vdc_err err = { 0 };
	FILE *file = tmpfile();

	assert_int_equal(vdc_doc_writer_new(file, format, &writer, &err), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(vdc_doc_write(writer, kind, seen.expected, &err), 0);
	assert_int_equal(vdc_doc_writer_close(writer, &err), 0);
	rewind(file);
	if (vdc_doc_read(file, &options, compare, &seen, &err) < 0)
		fail_msg("%s", vdc_err_text(&err));
	assert_int_equal(seen.count, 3);
	fclose(file);
}

static void test_every_field_of_every_kind(void **state)
{
	(void)state;
	assert_true(vdc_n_kinds > 5);
	for (size_t i = 0; i < vdc_n_kinds; i++) {
		round_trip(vdc_kinds[i], VDC_DOC_XML);
		round_trip(vdc_kinds[i], VDC_DOC_JSON);
	}
}

static void test_empty_documents(void **state)
{
	static const char *const empty[] = { "<vdc version='1'/>", "<hosts/>", "{\"host\":[]}",
					     "{}", "{\"vdc\":{\"version\":1}}" };

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(empty); i++) {
		vdc_autofree char *written =
			converted(of_text(empty[i], strlen(empty[i])), NULL, VDC_DOC_JSON);

		assert_string_equal(written, "{\"vdc\":{\"version\":1}}\n");
	}
}

static int count(void *ctx, const struct vdc_kind *kind, void *object, struct vdc_place place,
		 struct vdc_arena *arena, struct vdc_err *err)
{
	(void)kind;
	(void)object;
	(void)place;
	(void)arena;
	(void)err;
	++*(unsigned *)ctx;
	return 0;
}

static int read_bad(FILE *in, struct vdc_err *err)
{
	const struct vdc_doc_options options = { .name = "bad" };
	unsigned objects = 0;
	int r = vdc_doc_read(in, &options, count, &objects, err);

	fclose(in);
	return r;
}

#define BAD(text_, code_, line_, column_, why_) \
	{ text_, sizeof(text_) - 1, code_, line_, column_, why_ }

static const struct {
	const char *text;
	size_t len;
	int code;
	unsigned line;
	unsigned column;
	const char *why;
} bad[] = {
	BAD("", -EBADMSG, 1, 1, "empty"),
	BAD(" \n", -EBADMSG, 2, 1, "empty"),
	BAD("host", -EBADMSG, 1, 1, "neither XML nor JSON"),
	BAD("\0", -EBADMSG, 1, 1, "neither XML nor JSON"),
	BAD("<html><body/></html>", -EBADMSG, 1, 1, "<html> is not a document of this kind"),
	BAD("{\"error\":[{\"a\":1}]}", -EBADMSG, 1, 1, "nothing in the document is known"),
	BAD("{\"name\":\"h1\"}", -EBADMSG, 1, 1, "does not say what it is"),
	BAD("<vdc version='2'/>", -EBADMSG, 1, 1, "version 2"),
	BAD("{\"vdc\":{\"version\":2}}", -EBADMSG, 1, 8, "version 2"),
	BAD("<hosts>\n <host>\n  <name>h", -EBADMSG, 3, 10, "Premature end"),
	BAD("{\"hosts\":[{\"name\":\"h\"},\n {\"name\":\"i\"", -EBADMSG, 2, 2, "cut off"),
	BAD("{\"hosts\":[{\"name\":\"h\"}]", -EBADMSG, 1, 24, "cut off"),
	BAD("<hosts/>\n<hosts/>", -EBADMSG, 2, 1, "Extra content"),
	BAD("{\"hosts\":[]}\nx", -EBADMSG, 2, 1, "'x' where"),
	BAD("<host>\n <memory>much</memory></host>", -EINVAL, 2, 2, "memory: 'much'"),
	BAD("{\"host\":[{},\n{\"memory\":\"much\"}]}", -EINVAL, 2, 11, "memory: 'much'"),
	BAD("{\"host\":[\n{\"a\":1,\n \"memory\":\n [true]}]}", -EINVAL, 4, 3, "memory: 'true'"),
	BAD("{\"host\":{\"cpu\":{\"topology\":\n{\"cores\":\"x\"}}}}", -EINVAL, 2, 10, "cpu_cores"),
	BAD("<host><status>dead</status></host>", -EINVAL, 1, 7, "'dead' is not a host status"),
	BAD("<host>\n<id>7</id></host>", -EINVAL, 2, 1, "not a UUID"),
	BAD("<host><cluster id='7'/></host>", -EBADMSG, 1, 7, "cluster: its id is not a UUID"),
	BAD("<host><name><b>h</b></name></host>", -EBADMSG, 1, 7, "where one value should be"),
	BAD("{\"host\":{\"name\":{\"b\":1}}}", -EBADMSG, 1, 17, "where one value should be"),
	BAD("<host><name>a</name><name>b</name></host>", -EBADMSG, 1, 21, "there twice"),
	BAD("<host id='6bd7a4e4-6ee8-4b1e-a3ef-5a1c9e0d4f01' id=''/>", -EBADMSG, 1, 54, "id"),
	BAD("{\"host\":{\"name\":\"a\",\n\"name\":\"b\"}}", -EBADMSG, 2, 1, "duplicate"),
	BAD("<agent><options><option value='1'/></options></agent>", -EBADMSG, 1, 17,
	    "without a name"),
	BAD("<!DOCTYPE l [<!ENTITY a 'lol'><!ENTITY b '&a;&a;&a;'>]><vdc>&b;</vdc>", -EBADMSG, 1, 1,
	    "DOCTYPE"),
	BAD("<?xml version='1.0'?>\n<!DOCTYPE vdc SYSTEM 'file:///etc/passwd'><vdc/>", -EBADMSG, 2,
	    1, "DOCTYPE"),
	BAD("<!DOCTYPE h [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><host><name>&e;</name></host>",
	    -EBADMSG, 1, 1, "DOCTYPE"),
	BAD("<host><name>&e;</name></host>", -EBADMSG, 1, 16, "Entity 'e' not defined"),
	BAD("<host><name>a\0b</name></host>", -EBADMSG, 1, 14, "range"),
	BAD("{\"host\":{\"name\":\"a\0b\"}}", -EBADMSG, 1, 19, "byte 0x00"),
	BAD("{\"host\":{\"name\":\"a\\u0000b\"}}", -EBADMSG, 1, 19, "u0000"),
	BAD("<host>\n<name>\xff</name></host>", -EBADMSG, 2, 7, "UTF-8"),
	BAD("{\"host\":{\n\"name\":\"\xff\"}}", -EBADMSG, 2, 9, "UTF-8"),
};

static void test_bad_input(void **state)
{
	(void)state;
	for (size_t i = 0; i < VDC_COUNT(bad); i++) {
		struct vdc_err err = { 0 };
		vdc_autofree char *where = vdc_format("bad:%u:%u: ", bad[i].line, bad[i].column);
		int r = read_bad(of_text(bad[i].text, bad[i].len), &err);

		if (r != bad[i].code || err.line != bad[i].line || err.column != bad[i].column ||
		    !strstr(err.msg, bad[i].why) || strncmp(err.msg, where, strlen(where)))
			fail_msg("%s\n%d %u:%u %s\nand not %d %u:%u: %s", bad[i].text, r, err.line,
				 err.column, err.msg, bad[i].code, bad[i].line, bad[i].column,
				 bad[i].why);
	}
}

/* PREFIX, and then PIECE again and again, 1 GiB of it. */
struct endless {
	const char *prefix;
	const char *piece;
	size_t given;
};

static ssize_t read_endless(void *cookie, char *out, size_t size)
{
	struct endless *e = cookie;
	size_t n = strlen(e->prefix), period = strlen(e->piece);

	if (e->given >= (size_t)1 << 30)
		return 0;
	for (size_t i = 0; i < size; i++, e->given++)
		out[i] = e->given < n ? e->prefix[e->given] : e->piece[(e->given - n) % period];
	return (ssize_t)size;
}

static const struct {
	const char *prefix;
	const char *piece;
	unsigned column;
	const char *why;
} too_much[] = {
	{ "<host><name>", "x", 7, "too long" },
	{ "<host><name>", "&amp;", 7, "too long" },
	{ "<host><name><![CDATA[", "x", 0, "" },
	{ "<host name='", "x", 0, "" },
	{ "<host", "x", 0, "" },
	{ "<host><unknown>", "<a b='c'/>", 0, "too many elements" },
	{ "<host>", "<a>", 772, "nested too deep" },
	{ "<unknown>", "<a>", 1, "not a document" },
	{ "<vdc><unknown>", "<a>", 777, "nested too deep" },
	{ "{\"host\":{\"name\":\"", "x", 17, "too long" },
	{ "{\"host\":{\"name\":", "[1,[2,{\"a\":1}]],", 9, "too large" },
	{ "{\"host\":", "{\"a\":", 1289, "nested too deep" },
	{ "{\"host\":", "[", 16, "nested too deep" },
	{ "[", "[", 9, "nested too deep" },
};

static void test_too_much(void **state)
{
	(void)state;
	for (size_t i = 0; i < VDC_COUNT(too_much); i++) {
		struct endless endless = { too_much[i].prefix, too_much[i].piece, 0 };
		struct vdc_err err = { 0 };
		FILE *in = fopencookie(&endless, "r",
				       (cookie_io_functions_t){ .read = read_endless });
		int r = read_bad(in, &err);

		if (r != -EBADMSG || !err.line || !strstr(err.msg, too_much[i].why) ||
		    (too_much[i].column && too_much[i].column != err.column))
			fail_msg("%s: %d %u: %s", too_much[i].prefix, r, err.column, err.msg);
		if (endless.given > 64 * 1024 * 1024)
			fail_msg("%s: read %zu bytes", too_much[i].prefix, endless.given);
	}
}

static int write_name(enum vdc_doc_format format, const char *name, struct vdc_err *err)
{
	const struct vdc_kind *kind = vdc_kind_find("host");
	const struct vdc_field *f = vdc_kind_field(kind, "comment");
	vdc_autoarena *arena = vdc_arena_new();
	void *object = vdc_object_new(kind, arena);
	struct vdc_doc_writer *writer;
	FILE *out = tmpfile();
	int r;

	*vdc_text_of(f, object) = vdc_arena_strdup(arena, name);
	assert_int_equal(vdc_doc_writer_new(out, format, &writer, NULL), 0);
	r = vdc_doc_write(writer, kind, object, err);
	vdc_doc_writer_close(writer, NULL);
	fclose(out);
	return r;
}

static void test_what_cannot_be_written(void **state)
{
	struct vdc_err err = { 0 };

	(void)state;
	assert_int_equal(write_name(VDC_DOC_XML, "a\x01", &err), -EILSEQ);
	assert_string_equal(err.msg, "host '(new)': comment: byte 0x01 at 2 cannot be written in XML");
	assert_int_equal(write_name(VDC_DOC_XML, "\xef\xbf\xbf", &err), -EILSEQ);
	assert_int_equal(write_name(VDC_DOC_XML, "\xff", &err), -EILSEQ);
	assert_int_equal(write_name(VDC_DOC_JSON, "\xff", &err), -EILSEQ);
	assert_int_equal(write_name(VDC_DOC_JSON, "a\x01", &err), 0);
}

static void write_to_full_disk(enum vdc_doc_format format)
{
	struct vdc_doc_writer *writer;
	struct vdc_err err = { 0 };
	FILE *out = fopen("/dev/full", "w");
	int r;

	if (!out)
		skip();
	r = vdc_doc_writer_new(out, format, &writer, &err);
	assert_int_equal(r, 0);
	assert_int_equal(vdc_doc_writer_close(writer, &err), -ENOSPC);
	assert_non_null(strstr(err.msg, "No space left"));
	fclose(out);
}

static void test_full_disk(void **state)
{
	(void)state;
	write_to_full_disk(VDC_DOC_XML);
	write_to_full_disk(VDC_DOC_JSON);
}

/* An error of the receiver ends the reading and gets the place of the object. */
static int refuse_second(void *ctx, const struct vdc_kind *kind, void *object,
			 struct vdc_place place, struct vdc_arena *arena, struct vdc_err *err)
{
	unsigned *n = ctx;

	(void)place;
	(void)arena;
	if (++*n == 2)
		return vdc_err_set(err, -EEXIST, "%s: there is one", vdc_object_name(kind, object));
	return 0;
}

static void test_error_of_the_receiver(void **state)
{
	static const char *const texts[] = {
		"<hosts><host/>\n <host><name>h</name></host><host/></hosts>",
		"{\"hosts\":[{},\n {\"name\":\"h\"},{}]}",
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(texts); i++) {
		const struct vdc_doc_options options = { .name = "standard input" };
		struct vdc_err err = { 0 };
		FILE *in = of_text(texts[i], strlen(texts[i]));
		unsigned n = 0;

		assert_int_equal(vdc_doc_read(in, &options, refuse_second, &n, &err), -EEXIST);
		assert_int_equal(n, 2);
		assert_string_equal(err.msg, "standard input:2:2: h: there is one");
		fclose(in);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dialects),
		cmocka_unit_test(test_written_is_read),
		cmocka_unit_test(test_every_field_of_every_kind),
		cmocka_unit_test(test_empty_documents),
		cmocka_unit_test(test_bad_input),
		cmocka_unit_test(test_too_much),
		cmocka_unit_test(test_what_cannot_be_written),
		cmocka_unit_test(test_full_disk),
		cmocka_unit_test(test_error_of_the_receiver),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
