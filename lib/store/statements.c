/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All statements there are: the written ones, and all that the field tables can give. */
#include "store/statements.h"

#include "store/sql.h"
#include "store/store.h"

/* clang-format off */
static const struct vdc_statement *const lists[] = {
	vdc_account_statements,
	vdc_event_statements,
	vdc_extension_statements,
	vdc_job_open_statements,
	vdc_job_statements,
	vdc_job_step_statements,
	vdc_load_statements,
	vdc_migrate_statements,
	vdc_migration_statements,
	vdc_reach_statements,
	vdc_seen_statements,
	vdc_setting_statements,
};
/* clang-format on */

static const char *const names[VDC_N_SQL] = {
	[VDC_SQL_EACH] = "each",	 [VDC_SQL_EACH_OF] = "each of",
	[VDC_SQL_GET] = "get",		 [VDC_SQL_PUT] = "put",
	[VDC_SQL_SET] = "set",		 [VDC_SQL_REMOVE] = "remove",
	[VDC_SQL_EXISTS] = "exists",	 [VDC_SQL_BY_KEY] = "by key",
	[VDC_SQL_BY_NAME] = "by name",	 [VDC_SQL_BY_NAME_IN] = "by name in",
	[VDC_SQL_NAMES] = "names",	 [VDC_SQL_NAMES_IN] = "names in",
	[VDC_SQL_KEYS] = "keys",	 [VDC_SQL_REFERRING] = "referring",
	[VDC_SQL_COUNT] = "count",	 [VDC_SQL_CLEAR] = "clear",
	[VDC_SQL_DANGLING] = "dangling", [VDC_SQL_EACH_IN] = "each in",
};

typedef int statement_fn(void *ctx, const char *name, const char *sql);

static bool takes_flags(enum vdc_sql what)
{
	return what == VDC_SQL_EACH || what == VDC_SQL_EACH_OF || what == VDC_SQL_EACH_IN ||
	       what == VDC_SQL_GET;
}

static bool exists_for_kind(enum vdc_sql what, const struct vdc_kind *kind)
{
	bool has_name = vdc_kind_name_field(kind);

	switch (what) {
	case VDC_SQL_BY_KEY:
		return vdc_kind_has_key(kind);
	case VDC_SQL_BY_NAME:
	case VDC_SQL_NAMES:
	case VDC_SQL_NAMES_IN:
		return has_name;
	case VDC_SQL_KEYS:
		return vdc_kind_inner_field(kind) && vdc_kind_scope_field(kind);
	case VDC_SQL_BY_NAME_IN:
		return has_name && vdc_kind_scope_field(kind);
	case VDC_SQL_EACH_OF:
	case VDC_SQL_EACH_IN:
	case VDC_SQL_SET:
	case VDC_SQL_REFERRING:
	case VDC_SQL_CLEAR:
	case VDC_SQL_DANGLING:
		return false;
	default:
		return true;
	}
}

static bool exists_for_field(enum vdc_sql what, const struct vdc_field *field)
{
	switch (what) {
	case VDC_SQL_SET:
		return true;
	case VDC_SQL_EACH_IN:
		return field->type == VDC_TIME;
	case VDC_SQL_CLEAR:
		return field->type == VDC_REF && !(field->flags & VDC_REQUIRED);
	case VDC_SQL_EACH_OF:
	case VDC_SQL_REFERRING:
	case VDC_SQL_DANGLING:
		return field->type == VDC_REF;
	default:
		return false;
	}
}

static int give(enum vdc_sql what, const struct vdc_kind *kind, const struct vdc_field *field,
		statement_fn *fn, void *ctx)
{
	unsigned most = takes_flags(what) ? VDC_WITH_NAMES | VDC_WITH_LONG | VDC_ONLY_LISTED : 0;
	unsigned flags;
	int r = 0;

	if (what == VDC_SQL_EACH_IN)
		most |= VDC_LATEST_FIRST;
	if (what == VDC_SQL_EACH)
		most |= VDC_IN_NO_ORDER;
	for (flags = 0; r == 0 && flags <= most; flags++) {
		vdc_autofree char *name = vdc_format("%s: %s %s %u", kind->plural, names[what],
						     field ? field->name : "", flags);

		if (!(flags & ~most))
			r = fn(ctx, name, vdc_sql(what, kind, field, flags));
	}
	return r;
}

static int give_kind(const struct vdc_kind *kind, enum vdc_sql what, statement_fn *fn, void *ctx)
{
	size_t i;
	int r = exists_for_kind(what, kind) ? give(what, kind, NULL, fn, ctx) : 0;

	for (i = 0; r == 0 && i < kind->n_fields; i++)
		if (exists_for_field(what, &kind->fields[i]))
			r = give(what, kind, &kind->fields[i], fn, ctx);
	return r;
}

int vdc_store_each_statement(statement_fn *fn, void *ctx)
{
	const struct vdc_statement *s;
	enum vdc_sql what;
	size_t i;
	int r = 0;

	for (i = 0; i < VDC_COUNT(lists); i++)
		for (s = lists[i]; r == 0 && s->name; s++)
			r = fn(ctx, s->name, s->sql);
	for (i = 0; i < vdc_n_kinds; i++)
		for (what = 0; r == 0 && what < VDC_N_SQL; what++)
			r = give_kind(vdc_kinds[i], what, fn, ctx);
	return r;
}
