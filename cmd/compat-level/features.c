/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* compat-level features: what a level brings, how two differ, what is open in a cluster */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/size.h"
#include "cli/list.h"
#include "compat.h"
#include "model/storage_domain.h"
#include "plan/level_report.h"

struct features {
	struct compat compat;
	struct vdc_list *list;
	const struct vdc_level_family *family;
	int before; /* level to compare with, -1: with nothing */
	int level;  /* -1: all of the family */
	bool only_differences;
	bool of_cluster; /* features are open or closed */
	struct vdc_err *err;
	int r; /* of the first row that failed */
};

static bool has(vdc_level_set set, int level)
{
	return level >= 0 && set >> level & 1;
}

/* What becomes of something between two levels; 0: it is in none of them. */
static int64_t state_of(const struct features *f, bool before, bool after)
{
	if (!before && !after)
		return 0;
	if (f->before < 0 || before == after)
		return VDC_FEATURE_KEPT;
	return after ? VDC_FEATURE_NEW : VDC_FEATURE_GONE;
}

static void add(struct features *f, struct vdc_feature_report *row)
{
	if (f->r || (f->only_differences && row->state == VDC_FEATURE_KEPT))
		return;
	row->id = vdc_arena_format(f->compat.arena, "%s:%s%s%s", f->family->name, row->name,
				   row->architectures ? ":" : "",
				   row->architectures ? row->architectures : "");
	f->r = vdc_list_add(f->list, row, f->err);
}

static void add_feature(struct features *f, const struct vdc_level_feature *feature)
{
	struct vdc_feature_report *row = vdc_object_new(&vdc_feature_report_kind, f->compat.arena);
	bool after = has(feature->levels, f->level);

	row->type = VDC_FEATURE;
	row->name = (char *)(uintptr_t)feature->name;
	row->since = f->family->levels[__builtin_ctzll(feature->levels)].level;
	row->architectures = (char *)(uintptr_t)feature->architectures;
	row->title = (char *)(uintptr_t)feature->title;
	if (f->of_cluster)
		row->state = after ? VDC_FEATURE_OPEN : VDC_FEATURE_CLOSED;
	else if (f->level >= 0)
		row->state = state_of(f, has(feature->levels, f->before), after);
	if (row->state || f->level < 0)
		add(f, row);
}

static char *number_text(struct features *f, int64_t value, bool bytes)
{
	char size[VDC_SIZE_LEN + 1];

	if (value == VDC_UNSET)
		return NULL;
	return bytes ? vdc_arena_strdup(f->compat.arena, vdc_size_format(value, size))
		     : vdc_arena_format(f->compat.arena, "%" PRId64, value);
}

static void add_value(struct features *f, enum vdc_feature_type type, const char *name,
		      const char *architecture, const char *before, const char *after)
{
	struct vdc_feature_report *row = vdc_object_new(&vdc_feature_report_kind, f->compat.arena);

	if (!after && !before)
		return;
	row->type = type;
	row->name = (char *)(uintptr_t)name;
	row->architectures = (char *)(uintptr_t)architecture;
	row->state = state_of(f, before, after);
	row->value = (char *)(uintptr_t)after;
	if (before && after && strcmp(before, after) != 0) {
		row->state = VDC_FEATURE_CHANGED;
		row->title = vdc_arena_format(f->compat.arena, "was %s", before);
	}
	add(f, row);
}

static const struct vdc_level_entry *entry_of(const struct features *f, int level)
{
	return level < 0 ? NULL : &f->family->levels[level];
}

static void add_limits(struct features *f, const char *architecture)
{
	static const struct {
		const char *name;
		size_t offset;
		bool bytes;
	} limits[] = {
		{ "max_vcpus", offsetof(struct vdc_level_limits, vcpus), false },
		{ "max_sockets", offsetof(struct vdc_level_limits, sockets), false },
		{ "max_cores_per_socket", offsetof(struct vdc_level_limits, cores_per_socket),
		  false },
		{ "max_threads_per_core", offsetof(struct vdc_level_limits, threads_per_core),
		  false },
		{ "max_memory", offsetof(struct vdc_level_limits, memory), true },
	};
	const struct vdc_level_entry *before = entry_of(f, f->before);
	struct vdc_level_limits now = vdc_level_limits_of(entry_of(f, f->level), architecture);
	struct vdc_level_limits then = before ? vdc_level_limits_of(before, architecture) : now;

	for (size_t i = 0; i < VDC_COUNT(limits); i++) {
		const int64_t *a = (void *)((char *)&then + limits[i].offset);
		const int64_t *b = (void *)((char *)&now + limits[i].offset);

		add_value(f, VDC_FEATURE_LIMIT, limits[i].name, architecture,
			  before ? number_text(f, *a, limits[i].bytes) : NULL,
			  number_text(f, *b, limits[i].bytes));
	}
}

static void add_machine(struct features *f, const struct vdc_level_machine *machine)
{
	const struct vdc_level_entry *before = entry_of(f, f->before);
	const char *name = *machine->chipset ? vdc_arena_format(f->compat.arena, "machine_type_%s",
								machine->chipset)
					     : "machine_type";

	add_value(f, VDC_FEATURE_MACHINE_TYPE, name, machine->architecture,
		  before ? vdc_level_machine_of(before, machine->architecture, machine->chipset)
			 : NULL,
		  machine->name);
}

static const char *format_of(const struct vdc_level_entry *entry)
{
	return entry && entry->storage_format > 0
		       ? vdc_enum_word(&vdc_storage_format_values, entry->storage_format)
		       : NULL;
}

static void add_values(struct features *f)
{
	const struct vdc_level_entry *entry = entry_of(f, f->level);

	for (size_t i = 0; i < entry->n_limits; i++)
		add_limits(f, entry->limits[i].architecture);
	for (size_t i = 0; i < entry->n_machines; i++) {
		const struct vdc_level_machine *m = &entry->machines[i];

		if (vdc_level_machine_of(entry, m->architecture, m->chipset) == m->name)
			add_machine(f, m);
	}
	add_value(f, VDC_FEATURE_STORAGE_FORMAT, "storage_format", NULL,
		  format_of(entry_of(f, f->before)), format_of(entry));
}

static int print_family(struct features *f, const struct vdc_level_family *family)
{
	f->family = family;
	for (size_t i = 0; i < family->n_features; i++)
		add_feature(f, &family->features[i]);
	if (f->level >= 0)
		add_values(f);
	return f->r;
}

/* The family with such a level; --family chooses where several have it. */
static int family_with(struct features *f, struct vdc_level level, struct vdc_err *err)
{
	const char *name = vdc_text_option(f->compat.call, "family");
	const struct vdc_catalogue *catalogue = f->compat.catalogue;
	vdc_autobuf names = { 0 };
	size_t found = 0;

	for (size_t i = 0; i < catalogue->n_families; i++) {
		const struct vdc_level_family *family = &catalogue->families[i];

		if ((name && strcmp(name, family->name) != 0) ||
		    vdc_family_level(family, level) < 0)
			continue;
		f->family = family;
		found++;
		vdc_buf_printf(&names, "%s%s", names.len ? ", " : "", family->name);
	}
	if (found > 1)
		return vdc_err_set(err, -EINVAL, "level %d.%d is one of %s; --family says which",
				   level.major, level.minor, vdc_buf_str(&names));
	return found ? 0
		     : vdc_err_set(err, -EINVAL, "%s has no level %d.%d",
				   name ? vdc_arena_format(f->compat.arena, "family %s", name)
					: "the catalogue",
				   level.major, level.minor);
}

static int parse_level(struct features *f, const char *text, int *ret, struct vdc_err *err)
{
	struct vdc_level level;
	int r = vdc_level_parse(text, &level, err);

	if (!r && (!f->family || vdc_family_level(f->family, level) < 0))
		r = family_with(f, level, err);
	if (!r)
		*ret = vdc_family_level(f->family, level);
	return r;
}

static int of_level(struct features *f, const char *text, struct vdc_err *err)
{
	const char *other = vdc_text_option(f->compat.call, "diff");
	int r = parse_level(f, text, &f->level, err);

	if (r)
		return r;
	f->before = f->level - 1;
	f->only_differences = other != NULL;
	if (other)
		r = parse_level(f, other, &f->before, err);
	return r ? r : print_family(f, f->family);
}

static int of_cluster(struct features *f, const char *name, struct vdc_err *err)
{
	const struct vdc_cluster_offer *offer;
	const struct vdc_cluster *cluster;
	struct vdc_level_state state;
	int r;

	f->compat.kinds = vdc_level_world_kinds;
	r = vdc_call_open_db(f->compat.call, VDC_NEEDS_DB_READ, err);
	if (!r)
		r = vdc_db_snapshot(vdc_call_db(f->compat.call), compat_read, &f->compat, err);
	if (r)
		return r;
	cluster = compat_find(&f->compat, &vdc_cluster_kind, name);
	if (!cluster)
		return vdc_err_set(err, -ENOENT, "there is no cluster '%.100s'", name);
	r = vdc_plan_level_state(f->compat.world, f->compat.catalogue, f->compat.arena, &state,
				 err);
	if (r)
		return r;
	offer = compat_cluster_offer(&state, cluster);
	if (offer->level < 0)
		return vdc_err_set(err, -EINVAL,
				   "cluster %s has no level: everything is open in it", name);
	f->level = offer->level;
	f->of_cluster = true;
	return print_family(f, offer->family);
}

static int all_families(struct features *f, struct vdc_err *err)
{
	const char *name = vdc_text_option(f->compat.call, "family");
	const struct vdc_catalogue *catalogue = f->compat.catalogue;

	if (name && !vdc_catalogue_family(catalogue, name))
		return vdc_err_set(err, -EINVAL, "the catalogue has no family '%.60s'", name);
	for (size_t i = 0; i < catalogue->n_families && !f->r; i++) {
		if (!name || strcmp(name, catalogue->families[i].name) == 0)
			print_family(f, &catalogue->families[i]);
	}
	return f->r;
}

int compat_features(struct vdc_call *call, struct vdc_err *err)
{
	struct features f = { .before = -1, .level = -1, .err = err };
	const char *cluster = vdc_text_option(call, "of");
	const char *const *words;
	int n = vdc_call_operands(call, &words);
	int r = compat_open(&f.compat, call, err);

	if (!r && cluster && n)
		r = vdc_err_set(err, -EINVAL, "a level or --of CLUSTER, not both");
	if (!r && vdc_given(call, "diff") && !n)
		r = vdc_err_set(err, -EINVAL, "--diff needs a second level: --diff 4.5 4.6");
	if (!r)
		r = vdc_list_new(call, &vdc_feature_report_kind, &f.list, err);
	if (!r)
		r = cluster ? of_cluster(&f, cluster, err)
		    : n	    ? of_level(&f, words[0], err)
			    : all_families(&f, err);
	return r ? r : vdc_list_end(f.list, err);
}
