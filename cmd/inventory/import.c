/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* inventory import */
#include "store/import.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/change.h"
#include "inventory.h"
#include "store/events.h"

struct input {
	FILE *file;
	const char *name;
	bool read; /* once already */
};

static int open_input(struct vdc_call *call, struct input *input, struct vdc_err *err)
{
	const char *const *words;
	const char *path = vdc_call_operands(call, &words) ? words[0] : "-";

	if (!strcmp(path, "-")) {
		*input = (struct input){ .file = stdin, .name = "standard input" };
		return 0;
	}
	*input = (struct input){ .file = fopen(path, "re"), .name = path };
	if (!input->file)
		return vdc_err_set(err, errno == EACCES ? -EACCES : -EINVAL, "%s: %s", path,
				   strerror(errno));
	return 0;
}

/* A transaction that was disturbed runs again; a pipe cannot. */
static int begin_again(struct input *input, struct vdc_err *err)
{
	if (input->read && fseek(input->file, 0, SEEK_SET) < 0)
		return vdc_err_set(err, -ENOTRECOVERABLE,
				   "%s: it cannot be read again; run it once more", input->name);
	input->read = true;
	return 0;
}

/*
 * One event for all of it; none when the document brings a log of its own, because then an
 * inventory is moved with its history, and must arrive as it left.
 */
static int report(struct vdc_db *db, struct vdc_change *change, const struct vdc_import *import,
		  const char *from, struct vdc_err *err)
{
	size_t all = 0;

	for (size_t i = 0; i < vdc_n_kinds; i++) {
		size_t n = vdc_import_count(import, vdc_kinds[i]);

		all += n;
		if (n)
			vdc_change_say(change, "imported", "%zu %s", n,
				       n == 1 ? vdc_kinds[i]->name : vdc_kinds[i]->plural);
	}
	if (all == 0 || vdc_import_count(import, &vdc_event_kind))
		return 0;
	return vdc_event_note(db, VDC_SEVERITY_NORMAL, "imported", NULL, NULL, err,
			      "%zu objects were imported from %s", all, from);
}

/* What shows itself only after the whole document was read has its place all the same. */
static int end_import(struct vdc_import *import, const struct input *input, struct vdc_err *err)
{
	int r = vdc_import_end(import, err);

	if (r < 0 && err->line)
		vdc_err_prefix(err, "%s:%u:%u: ", input->name, err->line, err->column);
	return r;
}

static int import_document(struct vdc_db *db, struct vdc_change *change, struct vdc_err *err)
{
	struct input *input = change->ctx;
	struct vdc_doc_options options = { .name = input->name };
	struct vdc_import *import = NULL;
	int r = begin_again(input, err);

	if (r == 0)
		r = vdc_import_begin(db, &import, err);
	if (r == 0)
		r = vdc_doc_read(input->file, &options, vdc_import_put, import, err);
	if (r == 0)
		r = end_import(import, input, err);
	if (r == 0)
		r = report(db, change, import, input->name, err);
	vdc_import_free(import);
	return r;
}

int inventory_import(struct vdc_call *call, struct vdc_err *err)
{
	struct input input;
	struct vdc_change change = { .call = call, .ctx = &input, .apply = import_document };
	int r = open_input(call, &input, err);

	if (r < 0)
		return r;
	r = vdc_change_run(&change, err);
	if (input.file != stdin)
		fclose(input.file);
	return r;
}
