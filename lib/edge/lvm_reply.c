/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/lvm_reply.h"

#include <errno.h>
#include <string.h>

#include "base/json_node.h"
#include "base/utf8.h"

#define SUCCESS "1" /* ECMD_PROCESSED */

int vdc_lvm_scan(struct vdc_lvm_scan *scan, const char *data, size_t len, struct vdc_err *err)
{
	while (scan->at < len && !scan->whole) {
		const char c = data[scan->at++];

		if (scan->escaped)
			scan->escaped = false;
		else if (scan->in_string && c == '\\')
			scan->escaped = true;
		else if (c == '"' && scan->depth)
			scan->in_string = !scan->in_string;
		else if (scan->in_string)
			continue;
		else if (c == '{' || (c == '[' && scan->depth))
			scan->depth++;
		else if ((c == '}' || c == ']') && scan->depth)
			scan->whole = --scan->depth == 0;
		else if (!scan->depth && !strchr(" \t\r\n", c))
			return vdc_err_set(err, -EBADMSG, "lvm: byte 0x%02x where an answer begins",
					   (unsigned char)c);
	}
	return 0;
}

/* What it says about its causes; the words are those of LVM 2.02 to 2.03. */
static int cause(const char *text)
{
	static const struct {
		const char *part;
		int code;
	} causes[] = {
		{ "nsufficient free space", -ENOSPC },
		{ "nsufficient suitable", -ENOSPC },
		{ "already exists", -EEXIST },
		{ "matches existing size", -EALREADY },
		{ "not larger than existing", -EALREADY },
		{ "Can't get lock", -EBUSY },
		{ "Failed to lock", -EBUSY },
		{ "PVs are missing", -ENODEV },
		{ "PV is missing", -ENODEV },
		{ "Failed to find", -ENOENT },
		{ "not found", -ENOENT },
		{ "Permission denied", -EACCES },
	};

	for (size_t i = 0; i < VDC_COUNT(causes); i++)
		if (strstr(text, causes[i].part))
			return causes[i].code;
	return -EIO;
}

static bool is(const struct vdc_node *line, const char *member, const char *value)
{
	const char *text = vdc_node_text(line, member);

	return text && strcmp(text, value) == 0;
}

/* The first line with a cause that is known, or the first one at all: what follows follows from it. */
static int failure(const char *command, const struct vdc_node *root, struct vdc_err *err)
{
	const char *first = NULL, *known = NULL;

	for (const struct vdc_node *line = vdc_node_child(root, "log"); line;
	     line = vdc_node_again(line)) {
		const char *text = vdc_node_text(line, "log_message");

		if (!text || !is(line, "log_type", "error"))
			continue;
		first = first ?: text;
		if (!known && cause(text) != -EIO)
			known = text;
	}
	if (!first)
		return vdc_err_set(err, -EIO, "%s: it failed and does not say why", command);
	known = known ?: first;
	return vdc_err_set(err, cause(known), "%s: %.300s", command, known);
}

/* The last line of its log. */
static int check_status(const char *command, const struct vdc_node *root, struct vdc_err *err)
{
	const struct vdc_node *last = NULL;

	for (const struct vdc_node *line = vdc_node_child(root, "log"); line;
	     line = vdc_node_again(line))
		last = line;
	if (!is(last, "log_type", "status") || !is(last, "log_context", "shell") ||
	    !is(last, "log_object_name", command))
		return vdc_err_set(err, -EBADMSG, "%s: its answer does not end with its status",
				   command);
	return is(last, "log_ret_code", SUCCESS) ? 0 : failure(command, root, err);
}

/* Once to count and once to fill in. */
static size_t collect(const struct vdc_node *root, const struct vdc_node **rows)
{
	size_t n = 0;

	for (const struct vdc_node *report = vdc_node_child(root, "report"); report;
	     report = vdc_node_again(report))
		for (const struct vdc_node *row = report->first; row; row = row->next, n++)
			if (rows)
				rows[n] = row;
	return n;
}

int vdc_lvm_reply(const char *command, const char *text, size_t len, struct vdc_arena *arena,
		  struct vdc_lvm_rows *ret, struct vdc_err *err)
{
	const struct vdc_node at = { .name = "reply", .line = 1, .column = 1 };
	struct vdc_node *root;
	int r;

	if (vdc_utf8_span(text, len) != len)
		return vdc_err_set(err, -EBADMSG, "%s: its answer is not UTF-8", command);
	r = vdc_json_nodes(text, len, &at, arena, &root, err);
	if (r)
		return vdc_err_prefix(err, "%s: its answer: ", command), r;
	r = check_status(command, root, err);
	if (r)
		return r;
	ret->n = collect(root, NULL);
	ret->all = vdc_arena_alloc(arena, (ret->n + 1) * sizeof(*ret->all));
	collect(root, ret->all);
	return 0;
}
