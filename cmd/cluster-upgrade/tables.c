/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plan for people. */
#include <inttypes.h>
#include <stdio.h>

#include "base/time.h"
#include "cli/list_table.h"
#include "cluster_upgrade.h"

static void count(FILE *out, int64_t n, const char *what)
{
	fprintf(out, "%" PRId64 " %s%s", n, what, n == 1 ? "" : "s");
}

void cluster_upgrade_summary(const struct vdc_upgrade *upgrade, FILE *out)
{
	char time[VDC_TIME_LEN + 1];

	fprintf(out, "cluster %s: ", upgrade->cluster.name);
	count(out, upgrade->hosts, "host");
	fprintf(out, " in ");
	count(out, upgrade->waves, "wave");
	fprintf(out, "; ");
	count(out, upgrade->moves, "live migration");
	fprintf(out, ", %" PRId64 " of them of a VM that moved before; ", upgrade->second_moves);
	count(out, upgrade->restarts, "restart");
	fprintf(out, "; %" PRId64 " off meanwhile; fullest host %" PRId64 " %%; about %s\n",
		upgrade->stops, upgrade->highest_peak,
		vdc_duration_format(upgrade->duration * VDC_SECOND, time));
	if (upgrade->waves_without_reserve > 0) {
		count(out, upgrade->waves_without_reserve, "wave");
		fprintf(out, " without reserve: meanwhile no more host can be lost\n");
	}
}

struct tables {
	struct vdc_arena *arena;
	const struct vdc_kind *kind; /* of the table that is open */
	struct vdc_columns columns;
	struct vdc_list_table *table;
};

static int end_table(struct tables *tables, struct vdc_err *err)
{
	int r = 0;

	if (tables->table) {
		putchar('\n');
		r = vdc_list_table_print(tables->table, err);
	}
	vdc_list_table_free(tables->table);
	tables->table = NULL;
	return r;
}

static int begin_table(struct tables *tables, const struct vdc_kind *kind, struct vdc_err *err)
{
	int r = end_table(tables, err);

	if (!r)
		r = vdc_columns_of_output(kind, NULL, tables->arena, &tables->columns, err);
	if (r)
		return r;
	tables->kind = kind;
	tables->table = vdc_list_table_new(&tables->columns, tables->arena, true);
	return 0;
}

static int add_row(void *ctx, const struct vdc_kind *kind, const void *object, struct vdc_err *err)
{
	struct tables *tables = ctx;
	int r = 0;

	if (kind == &vdc_upgrade_kind) {
		cluster_upgrade_summary(object, stdout);
		return 0;
	}
	if (tables->kind != kind)
		r = begin_table(tables, kind, err);
	if (!r)
		vdc_list_table_add(tables->table, object);
	return r;
}

int cluster_upgrade_tables(struct vdc_call *call, const struct vdc_upgrade_snapshot *snapshot,
			   const struct vdc_upgrade_plan *plan, struct vdc_err *err)
{
	const struct vdc_upgrade_page page = { .created = VDC_UNSET };
	struct tables tables = { .arena = vdc_call_arena(call) };
	int r = vdc_upgrade_each_row(snapshot, plan, &page, add_row, &tables, err), ended;

	ended = end_table(&tables, r ? NULL : err);
	return r ? r : ended;
}
