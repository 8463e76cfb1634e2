/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "doc/doc.h"
#include "inventory.h"
#include "store/store.h"

struct export {
	struct vdc_call *call;
	struct vdc_doc_writer *writer;
};

static int write_object(void *ctx, const struct vdc_kind *kind, void *object, struct vdc_err *err)
{
	struct export *export = ctx;

	return vdc_doc_write(export->writer, kind, object, err);
}

static int is_wanted(const struct export *export, const struct vdc_kind *kind)
{
	const char *const *words;
	int n = vdc_call_operands(export->call, &words);

	for (int i = 0; i < n; i++) {
		if (vdc_kind_find(words[i]) == kind)
			return 1;
	}
	return n == 0;
}

/* One snapshot, so that the document fits together while others write. */
static int write_all(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct export *export = ctx;
	int r = 0;

	for (size_t i = 0; i < vdc_n_kinds && r == 0; i++) {
		if (is_wanted(export, vdc_kinds[i]))
			r = vdc_store_each(db, vdc_kinds[i], VDC_WITH_LONG, NULL, write_object,
					   export, err);
	}
	return r;
}

int inventory_export(struct vdc_call *call, struct vdc_err *err)
{
	enum vdc_doc_format format =
		vdc_given(call, "json") ? VDC_DOC_JSON : VDC_DOC_XML;
	struct export export = { .call = call };
	const struct vdc_kind *kind;
	const char *const *words;
	int n = vdc_call_operands(call, &words);
	int r, closed;

	for (int i = 0; i < n; i++) {
		r = inventory_kind(words[i], &kind, err);
		if (r < 0)
			return r;
	}
	r = vdc_doc_writer_new(stdout, format, &export.writer, err);
	if (r < 0)
		return r;
	r = vdc_db_snapshot(vdc_call_db(call), write_all, &export, err);
	closed = vdc_doc_writer_close(export.writer, r < 0 ? NULL : err);
	return r < 0 ? r : closed;
}
