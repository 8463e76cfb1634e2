/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What changes when a cluster or a data centre gets another level. */
#include <errno.h>

#include "plan/level_check_part.h"

static int refuse_blockers(const struct vdc_level_question *question, struct vdc_arena *arena,
			   struct vdc_err *err)
{
	struct vdc_findings findings = { .arena = arena };
	const struct vdc_finding *first = NULL;
	int r = vdc_plan_level_check(question, &findings, err);
	size_t n = 0;

	for (size_t i = 0; !r && i < findings.n; i++) {
		if (findings.items[i]->severity < VDC_FINDING_ERROR)
			continue;
		first = first ? first : findings.items[i];
		n++;
	}
	if (!first)
		return r;
	if (n > 1)
		return vdc_err_set(err, -EPERM, "%s (and %zu more; see compat-level check)",
				   first->text, n - 1);
	return vdc_err_set(err, -EPERM, "%s: %s", first->text, first->advice);
}

static const char *text_of(struct level_case *c, const struct level_step *step)
{
	struct level_list list = { .separator = "; " };

	if (step->refused)
		level_list_add(&list, "%s", step->refused);
	if (step->clamped)
		level_list_add(&list, "%s", step->clamped);
	if (step->display)
		level_list_add(&list, "%s", step->display);
	if (step->compatibility)
		level_list_add(&list, "in compatibility mode until it is upgraded");
	if (step->foreign)
		level_list_add(&list, "managed by another system");
	return level_list_text(&list, c->arena);
}

static void change_vm(struct level_case *c, const struct vdc_vm *vm,
		      struct vdc_vm_level_change *ret)
{
	struct vdc_vm *after = vdc_arena_alloc(c->arena, sizeof(*after));
	struct level_step step;

	level_step(c, vm, &step);
	*after = step.after;
	after->id = vdc_arena_strdup(c->arena, vm->id);
	*ret = (struct vdc_vm_level_change){ vm, after, step.effect, text_of(c, &step) };
}

static void change_vms(struct level_case *c, struct vdc_level_change *ret)
{
	void *const *vms;
	size_t n = vdc_world_all(c->question->world, &vdc_vm_kind, &vms);

	ret->vms = vdc_arena_alloc(c->arena, (n + 1) * sizeof(*ret->vms));
	for (size_t i = 0; i < n; i++)
		if (level_case_has_vm(c, vms[i]))
			change_vm(c, vms[i], &ret->vms[ret->n_vms++]);
}

static void change_cluster(struct level_case *c, struct vdc_level_change *ret)
{
	ret->cluster = vdc_object_new(&vdc_cluster_kind, c->arena);
	ret->cluster->id = vdc_arena_strdup(c->arena, c->cluster->id);
	ret->cluster->version = c->question->to;
	if (vdc_level_compare(c->question->to, c->version) != 0)
		change_vms(c, ret);
}

static void change_domains(struct level_case *c, struct vdc_level_change *ret)
{
	void *const *domains;
	size_t n = vdc_world_all(c->question->world, &vdc_storage_domain_kind, &domains);

	ret->domains = vdc_arena_alloc(c->arena, (n + 1) * sizeof(*ret->domains));
	for (size_t i = 0; i < n; i++) {
		const struct vdc_storage_domain *domain = domains[i];
		struct vdc_storage_domain *after;

		if (!level_domain_differs(c, domain))
			continue;
		after = vdc_object_new(&vdc_storage_domain_kind, c->arena);
		after->id = vdc_arena_strdup(c->arena, domain->id);
		after->storage_format = c->family->levels[c->to].storage_format;
		ret->domains[ret->n_domains++] = after;
	}
}

static void change_data_center(struct level_case *c, struct vdc_level_change *ret)
{
	int64_t format = c->family->levels[c->to].storage_format;

	ret->data_center = vdc_object_new(&vdc_data_center_kind, c->arena);
	ret->data_center->id = vdc_arena_strdup(c->arena, c->question->data_center->id);
	ret->data_center->version = c->question->to;
	if (format > 0)
		ret->data_center->storage_format = format;
	change_domains(c, ret);
}

static int change(const struct vdc_level_question *question, bool raises, struct vdc_arena *arena,
		  struct vdc_level_change *ret, struct vdc_err *err)
{
	struct vdc_level_change all = { 0 };
	struct level_case c;
	int r = level_case_open(question, raises, arena, &c, err);

	if (r)
		return r;
	if (c.cluster)
		change_cluster(&c, &all);
	else
		change_data_center(&c, &all);
	level_case_close(&c);
	*ret = all;
	return 0;
}

int vdc_plan_level_raise(const struct vdc_level_question *question, struct vdc_arena *arena,
			 struct vdc_level_change *ret, struct vdc_err *err)
{
	int r = refuse_blockers(question, arena, err);

	return r ? r : change(question, true, arena, ret, err);
}

/* A VM that was upgraded to a level may never be below it. */
static int refuse_lower_vm(const struct level_case *c, const struct vdc_vm *vm, struct vdc_err *err)
{
	struct vdc_level barrier = vm->migration_barrier;

	if (level_is_set(barrier) && vdc_level_compare(c->question->to, barrier) < 0)
		return vdc_err_set(err, -EPERM,
				   "cluster %s: VM %s was upgraded to level %d.%d and may never go "
				   "below it; move it to another cluster first",
				   c->cluster->name, vm->name, barrier.major, barrier.minor);
	if (level_traits(c, vm) & LEVEL_TRAIT_PREVIEW)
		return vdc_err_set(
			err, -EPERM,
			"cluster %s: VM %s is previewing a snapshot; commit or undo that",
			c->cluster->name, vm->name);
	return 0;
}

static int refuse_lower_cluster(const struct level_case *c, struct vdc_err *err)
{
	void *const *vms;
	size_t n = vdc_world_all(c->question->world, &vdc_vm_kind, &vms);
	int r = 0;

	if (c->state.n_hosts)
		return vdc_err_set(
			err, -EPERM,
			"cluster %s has %zu hosts, %s among them; only a cluster without "
			"hosts can be lowered",
			c->cluster->name, c->state.n_hosts, c->state.hosts[0].host->name);
	for (size_t i = 0; !r && i < n; i++)
		if (level_case_has_vm(c, vms[i]))
			r = refuse_lower_vm(c, vms[i], err);
	return r;
}

static int refuse_lower_data_center(const struct level_case *c, struct vdc_err *err)
{
	void *const *domains;
	size_t n = vdc_world_all(c->question->world, &vdc_storage_domain_kind, &domains);

	for (size_t i = 0; i < n; i++) {
		const struct vdc_storage_domain *domain = domains[i];

		if (level_domain_differs(c, domain))
			return vdc_err_set(
				err, -EPERM,
				"data centre %s: storage domain %s has format %s, the level has "
				"%s; detach the domain first",
				c->question->data_center->name, domain->name,
				vdc_enum_word(&vdc_storage_format_values, domain->storage_format),
				vdc_enum_word(&vdc_storage_format_values,
					      c->family->levels[c->to].storage_format));
	}
	return 0;
}

int vdc_plan_level_lower(const struct vdc_level_question *question, struct vdc_arena *arena,
			 struct vdc_level_change *ret, struct vdc_err *err)
{
	struct level_case c;
	int r = level_case_open(question, false, arena, &c, err);

	if (r)
		return r;
	r = c.cluster ? refuse_lower_cluster(&c, err) : refuse_lower_data_center(&c, err);
	level_case_close(&c);
	return r ? r : change(question, false, arena, ret, err);
}
