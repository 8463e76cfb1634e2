/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "doc/domain_edit.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "edge/xml.h"

/* A tag in the text: from '<' to behind '>'. */
struct tag {
	const char *start, *end;
	const char *name;
	size_t len;
	unsigned depth; /* of the element: 0 is the root */
	enum { OPENS, CLOSES, STANDS_ALONE } kind;
};

struct scan {
	const char *at;
	unsigned depth;
};

static const char *behind(const char *at, const char *what)
{
	const char *found = strstr(at, what);

	return found ? found + strlen(what) : at + strlen(at);
}

/* '>' may stand in an attribute's value. */
static const char *end_of_tag(const char *at)
{
	char quote = 0;

	for (; *at; at++) {
		if (quote)
			quote = *at == quote ? 0 : quote;
		else if (*at == '"' || *at == '\'')
			quote = *at;
		else if (*at == '>')
			return at + 1;
	}
	return at;
}

static void read_tag(struct scan *scan, const char *start, struct tag *ret)
{
	ret->start = start;
	ret->end = end_of_tag(start);
	ret->kind = start[1] == '/' ? CLOSES : ret->end[-2] == '/' ? STANDS_ALONE : OPENS;
	ret->name = start + 1 + (ret->kind == CLOSES);
	ret->len = strcspn(ret->name, " \t\r\n/>");
	if (ret->kind == CLOSES)
		scan->depth--;
	ret->depth = scan->depth;
	if (ret->kind == OPENS)
		scan->depth++;
	scan->at = ret->end;
}

/* The text is well-formed: it was parsed before. */
static bool next_tag(struct scan *scan, struct tag *ret)
{
	const char *start;

	while ((start = strchr(scan->at, '<'))) {
		if (strncmp(start, "<!--", 4) == 0)
			scan->at = behind(start + 4, "-->");
		else if (strncmp(start, "<![CDATA[", 9) == 0)
			scan->at = behind(start, "]]>");
		else if (start[1] == '?')
			scan->at = behind(start, "?>");
		else
			return read_tag(scan, start, ret), true;
	}
	return false;
}

static bool is_named(const struct tag *tag, const char *name)
{
	return tag->len == strlen(name) && strncmp(tag->name, name, tag->len) == 0;
}

/* The value of an attribute of TAG, without its quotes. */
static const char *attribute(const struct tag *tag, const char *name, size_t *len)
{
	const char *at = tag->name + tag->len;

	for (;;) {
		const char *start = at + strspn(at, " \t\r\n"), *value;
		size_t n = strcspn(start, " \t\r\n=/>");

		if (!n)
			return NULL;
		value = strpbrk(start, "'\"");
		at = strchr(value + 1, *value) + 1;
		if (n == strlen(name) && strncmp(start, name, n) == 0) {
			*len = (size_t)(at - value) - 2;
			return value + 1;
		}
	}
}

/* <domain><os><type machine='...'> */
static const char *find_machine(const char *xml, size_t *len)
{
	struct scan scan = { .at = xml };
	struct tag tag;
	bool in_os = false;

	while (next_tag(&scan, &tag)) {
		if (tag.depth == 1)
			in_os = is_named(&tag, "os") && tag.kind == OPENS;
		if (tag.depth == 2 && in_os && tag.kind != CLOSES && is_named(&tag, "type"))
			return attribute(&tag, "machine", len);
	}
	return NULL;
}

static bool is_word(const char *text)
{
	return *text && text[strspn(text, "abcdefghijklmnopqrstuvwxyz"
					  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")] == '\0';
}

static int parse_domain(const char *xml, struct vdc_arena *arena, struct vdc_node **ret,
			struct vdc_err *err)
{
	int r = vdc_xml_parse(xml, strlen(xml), arena, ret, err);

	if (!r && strcmp((*ret)->name, "domain") != 0)
		r = vdc_err_set(err, -EBADMSG, "it defines no domain");
	return r;
}

static int parse(const char *xml, struct vdc_arena *arena, struct vdc_node **ret,
		 struct vdc_err *err)
{
	int r = parse_domain(xml, arena, ret, err);

	if (!r && !vdc_node_text(*ret, "os/type/machine"))
		r = vdc_err_set(err, -EBADMSG, "it defines no domain with a machine type");
	return r;
}

int vdc_domain_machine(const char *xml, struct vdc_arena *arena, const char **ret,
		       struct vdc_err *err)
{
	vdc_autoarena *scratch = vdc_arena_new();
	struct vdc_node *root;
	int r = parse(xml, scratch, &root, err);

	if (!r)
		*ret = vdc_arena_strdup(arena, vdc_node_text(root, "os/type/machine"));
	return r;
}

int vdc_domain_set_machine(const char *xml, const char *machine, struct vdc_arena *arena,
			   char **ret, struct vdc_err *err)
{
	vdc_autoarena *scratch = vdc_arena_new();
	struct vdc_node *root;
	const char *value;
	size_t len;
	int r = parse(xml, scratch, &root, err);

	if (r)
		return r;
	if (!is_word(machine))
		return vdc_err_set(err, -EINVAL, "'%.60s' is no machine type", machine);
	value = find_machine(xml, &len);
	if (!value)
		return vdc_err_set(err, -EBADMSG, "it defines no domain with a machine type");
	*ret = vdc_arena_format(arena, "%.*s%s%s", (int)(value - xml), xml, machine, value + len);
	return 0;
}

/* PART: the element of depth 1 in which TAG stands, or that it is. */
typedef bool goes_fn(const struct tag *tag, const struct tag *part);

static bool is_in(const struct tag *part, const char *name)
{
	return part->kind == OPENS && is_named(part, name);
}

/* Behind the end of the element that TAG opens. */
static const char *end_of_element(struct scan *scan, const struct tag *tag)
{
	struct tag next = *tag;

	if (tag->kind == OPENS)
		while (next_tag(scan, &next) && !(next.kind == CLOSES && next.depth == tag->depth))
			;
	return next.end;
}

/* TEXT without the elements that go. */
static char *cut(const char *text, goes_fn *goes, struct vdc_arena *arena)
{
	struct scan scan = { .at = text };
	struct tag tag, part = { .kind = CLOSES };
	vdc_autobuf out = { 0 };
	const char *kept = text;

	while (next_tag(&scan, &tag)) {
		if (tag.depth == 1)
			part = tag;
		if (tag.depth == 0 || tag.kind == CLOSES || !goes(&tag, &part))
			continue;
		vdc_buf_add(&out, kept, (size_t)(tag.start - kept));
		kept = end_of_element(&scan, &tag);
	}
	vdc_buf_puts(&out, kept);
	return vdc_arena_strdup(arena, vdc_buf_str(&out));
}

/* Controllers that every chipset has of its own kind; those for disks that hang on them stay. */
static bool is_of_chipset(const struct tag *tag)
{
	static const char *const kinds[] = { "pci", "usb", "ide" };
	size_t len;
	const char *type;

	if (tag->depth != 2 || !is_named(tag, "controller"))
		return false;
	type = attribute(tag, "type", &len);
	for (size_t i = 0; type && i < VDC_COUNT(kinds); i++)
		if (len == strlen(kinds[i]) && strncmp(type, kinds[i], len) == 0)
			return true;
	return false;
}

/* Where a device sits; <source><address> is the host's own, and lies deeper. */
static bool is_pci_address(const struct tag *tag)
{
	size_t len;
	const char *type;

	if (tag->depth != 3 || !is_named(tag, "address"))
		return false;
	type = attribute(tag, "type", &len);
	return type && len == 3 && strncmp(type, "pci", 3) == 0;
}

static bool goes_with_chipset(const struct tag *tag, const struct tag *part)
{
	return is_in(part, "devices") && (is_of_chipset(tag) || is_pci_address(tag));
}

int vdc_domain_set_chipset(const char *xml, const char *machine, struct vdc_arena *arena,
			   char **ret, struct vdc_err *err)
{
	char *text;
	int r = vdc_domain_set_machine(xml, machine, arena, &text, err);

	if (!r)
		*ret = cut(text, goes_with_chipset, arena);
	return r;
}

static bool binds_cpus(const struct tag *tag, const struct tag *part)
{
	return tag->depth == 2 && is_in(part, "cputune") && is_named(tag, "vcpupin");
}

static bool binds_memory(const struct tag *tag, const struct tag *part vdc_unused)
{
	return tag->depth == 1 && is_named(tag, "numatune");
}

static bool is_of_host(const struct tag *tag, const struct tag *part)
{
	size_t len;
	const char *type;

	if (tag->depth != 2 || !is_in(part, "devices"))
		return false;
	type = is_named(tag, "interface") ? attribute(tag, "type", &len) : NULL;
	return is_named(tag, "hostdev") ||
	       (type && len == strlen("hostdev") && strncmp(type, "hostdev", len) == 0);
}

int vdc_domain_unbind(const char *xml, enum vdc_domain_binding what, struct vdc_arena *arena,
		      char **ret, struct vdc_err *err)
{
	static goes_fn *const goes[] = {
		[VDC_DOMAIN_CPUS] = binds_cpus,
		[VDC_DOMAIN_MEMORY] = binds_memory,
		[VDC_DOMAIN_DEVICES] = is_of_host,
	};
	vdc_autoarena *scratch = vdc_arena_new();
	struct vdc_node *root;
	int r = parse_domain(xml, scratch, &root, err);

	if (!r)
		*ret = cut(xml, goes[what], arena);
	return r;
}
