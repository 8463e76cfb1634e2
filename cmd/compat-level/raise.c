/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* compat-level raise and lower: one transaction, and a line for each VM */
#include <errno.h>
#include <stdio.h>

#include "act/level.h"
#include "cli/findings.h"
#include "cli/list.h"
#include "compat.h"
#include "model/storage_domain.h"
#include "model/vm.h"
#include "plan/level_offer.h"
#include "plan/level_report.h"

struct raising {
	struct compat compat;
	bool raises;
	const char *name; /* operand */
	struct vdc_level_question question;
	struct vdc_level from;
	struct vdc_level_change change;
};

static const struct vdc_kind *kind_of(const struct raising *raising)
{
	return raising->question.cluster ? &vdc_cluster_kind : &vdc_data_center_kind;
}

static const void *object_of(const struct raising *raising)
{
	const struct vdc_level_question *q = &raising->question;

	return q->cluster ? (const void *)q->cluster : (const void *)q->data_center;
}

static int find_level(struct raising *raising, struct vdc_err *err)
{
	const char *text = vdc_text_option(raising->compat.call, "to");
	struct vdc_level_question *q = &raising->question;
	int r;

	if (!text && !raising->raises)
		return vdc_err_set(err, -EINVAL, "to which level? Give --to LEVEL");
	raising->from = q->cluster ? q->cluster->version : q->data_center->version;
	r = text ? vdc_level_parse(text, &q->to, err) : vdc_plan_level_offered(q, raising->compat.arena, &q->to, err);
	if (r)
		return r;
	r = vdc_level_compare(q->to, raising->from);
	if (raising->raises ? r > 0 : r < 0)
		return 0;
	return vdc_err_set(err, -EINVAL, "%s %s has level %d.%d; %d.%d is not %s",
			   kind_of(raising)->word, raising->name, raising->from.major,
			   raising->from.minor, q->to.major, q->to.minor,
			   raising->raises ? "higher" : "lower");
}

static int refuse_any(const struct raising *raising, struct vdc_err *err)
{
	for (size_t i = 0; i < raising->change.n_vms; i++) {
		const struct vdc_vm_level_change *vm = &raising->change.vms[i];

		if (vm->effect == VDC_LEVEL_REFUSED)
			return vdc_err_set(err, -EPERM,
					   "--strict: VM %s cannot follow: %s; nothing was changed",
					   vm->vm->name, vm->text);
	}
	return 0;
}

/* Reads, decides, and leaves the world as it is. */
static int decide(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct raising *raising = ctx;
	struct vdc_level_question *q = &raising->question;
	struct compat_target target;
	int r = compat_read(db, &raising->compat, err);

	if (!r)
		r = compat_target(&raising->compat, raising->name, &target, err);
	if (r)
		return r;
	*q = (struct vdc_level_question){ .catalogue = raising->compat.catalogue,
					  .world = raising->compat.world,
					  .cluster = target.cluster,
					  .data_center = target.data_center };
	r = find_level(raising, err);
	if (!r)
		r = (raising->raises ? vdc_plan_level_raise : vdc_plan_level_lower)(
			q, raising->compat.arena, &raising->change, err);
	return !r && vdc_given(raising->compat.call, "strict") ? refuse_any(raising, err) : r;
}

/* Storage that changes its format must be well before: there is no way back. */
static int refuse_damage(const struct raising *raising, struct vdc_err *err)
{
	const struct vdc_data_center *dc = raising->question.data_center;
	struct vdc_findings findings = { .arena = raising->compat.arena };
	int r = dc && raising->raises ? vdc_find_images(raising->compat.call, raising->compat.world,
							dc->id, &findings, err)
				      : 0;

	for (size_t i = 0; i < findings.n && !r; i++)
		if (findings.items[i]->severity >= VDC_FINDING_ERROR)
			r = vdc_err_set(err, -EPERM, "%s; compat-level check says what to do",
					findings.items[i]->text);
	return r;
}

/* Others may have changed something while the question was on the terminal. */
static int carry_out(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct raising *raising = ctx;
	int r = decide(db, raising, err);

	return r ? r
		 : vdc_level_apply(db, &raising->change, raising->from, raising->compat.arena, err);
}

static int print_vms(struct raising *raising, struct vdc_err *err)
{
	const struct vdc_level_change *change = &raising->change;
	struct vdc_list *list;
	int r = vdc_list_new(raising->compat.call, &vdc_vm_change_kind, &list, err);

	for (size_t i = 0; i < change->n_vms && !r; i++) {
		const struct vdc_vm_level_change *vm = &change->vms[i];
		struct vdc_vm_change row = {
			.id = vm->vm->id,
			.name = vm->vm->name,
			.cluster = compat_ref(&vdc_cluster_kind, raising->question.cluster),
			.effect = vm->effect,
			.level = vm->effect == VDC_LEVEL_OWN ? vm->vm->custom_compatibility_version
				 : vm->effect == VDC_LEVEL_REFUSED ? raising->from
								   : raising->question.to,
			.machine_type = vm->after->machine_type,
			.text = (char *)(uintptr_t)vm->text,
		};

		r = vdc_list_add(list, &row, err);
	}
	return r ? r : vdc_list_end(list, err);
}

static void print_summary(const struct raising *raising)
{
	const struct vdc_level *from = &raising->from, *to = &raising->question.to;
	bool dry = vdc_given(raising->compat.call, "dry-run");
	const char *done = raising->raises ? "raised" : "lowered";

	printf("%s%s %s %s", dry ? "would have " : "", done, kind_of(raising)->word,
	       vdc_object_name(kind_of(raising), object_of(raising)));
	if (from->major >= 0)
		printf(" from %d.%d", from->major, from->minor);
	printf(" to %d.%d\n", to->major, to->minor);
	for (size_t i = 0; i < raising->change.n_domains; i++) {
		const struct vdc_storage_domain *after = raising->change.domains[i];

		printf("%sconverted storage domain %s to %s\n", dry ? "would have " : "",
		       vdc_object_name(&vdc_storage_domain_kind,
				       vdc_world_find(raising->compat.world,
						      &vdc_storage_domain_kind, after->id)),
		       vdc_enum_word(&vdc_storage_format_values, after->storage_format));
	}
}

static int print(struct raising *raising, struct vdc_err *err)
{
	bool table = vdc_call_output(raising->compat.call) == VDC_OUTPUT_TABLE;

	if (vdc_given(raising->compat.call, "quiet"))
		return 0;
	if (table)
		print_summary(raising);
	return raising->change.n_vms || !table ? print_vms(raising, err) : 0;
}

/* A cluster with hosts never gets a lower level again, nor a data centre its storage format back. */
static int confirm(struct raising *raising, struct vdc_err *err)
{
	const struct vdc_level *to = &raising->question.to;

	if (!raising->raises || vdc_given(raising->compat.call, "dry-run"))
		return 1;
	return vdc_confirm(raising->compat.call, err,
			   "Raise %s %s to %d.%d? It cannot be lowered while it is in use.",
			   kind_of(raising)->word, raising->name, to->major, to->minor);
}

static int change_level(struct vdc_call *call, bool raises, struct vdc_err *err)
{
	struct raising raising = { .raises = raises };
	const char *const *words;
	int r = compat_open(&raising.compat, call, err);

	vdc_call_operands(call, &words);
	raising.name = words[0];
	raising.compat.kinds = vdc_level_check_kinds;
	if (!r)
		r = vdc_db_snapshot(vdc_call_db(call), decide, &raising, err);
	if (!r)
		r = refuse_damage(&raising, err);
	if (!r) {
		r = confirm(&raising, err);
		if (r <= 0)
			return r;
		r = vdc_given(call, "dry-run")
			    ? 0
			    : vdc_db_transaction(vdc_call_db(call), carry_out, &raising, err);
	}
	return r ? r : print(&raising, err);
}

int compat_raise(struct vdc_call *call, struct vdc_err *err)
{
	return change_level(call, true, err);
}

int compat_lower(struct vdc_call *call, struct vdc_err *err)
{
	return change_level(call, false, err);
}
