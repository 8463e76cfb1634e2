/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an upgrade does to definitions. What stands between may() and its effect is nothing. */
#include <errno.h>
#include <string.h>

#include "act/vm_upgrade_work.h"
#include "base/setting.h"
#include "doc/domain_edit.h"

static int take_text(void *ctx, const char *data, size_t len, struct vdc_err *err vdc_unused)
{
	struct vdc_vm_upgrade_trip *trip = ctx;

	trip->text = vdc_arena_strndup(trip->up->arena, data, len);
	return 0;
}

static int has_token(void *ctx, struct vdc_err *err)
{
	const struct vdc_vm_upgrade_trip *trip = ctx;

	return vdc_spm_token_check(trip->up->token, err);
}

int vdc_vm_upgrade_trip(struct vdc_vm_upgrade_work *up, int64_t limit_us,
			vdc_vm_upgrade_trip_fn *run, char **text, struct vdc_err *err)
{
	struct vdc_vm_upgrade_trip trip = { .up = up };
	const struct vdc_errand_call call = {
		.host = up->target->name,
		.uri = up->target->uri,
		.connect_us = vdc_setting_number(VDC_SETTING_CONNECT_TIMEOUT),
		.limit_us = limit_us + vdc_setting_number(VDC_SETTING_CONNECT_TIMEOUT),
		.db = up->db,
		.lease = up->lease,
		.ctx = &trip,
		.run = run,
		.told = take_text,
		.may = has_token,
	};
	int r = vdc_errand_run(&call, err);

	if (!r && text)
		*text = trip.text;
	return r;
}

static int tell(struct vdc_errand *errand, const char *text, struct vdc_err *err)
{
	return vdc_errand_tell(errand, text, strlen(text), err);
}

static int read_definition(struct vdc_vm_upgrade_work *up, struct vdc_errand *errand,
			   struct vdc_virt *virt, struct vdc_err *err)
{
	vdc_autofree char *xml = NULL;
	int r = vdc_virt_definition(virt, up->vm->id, false, &xml, err);

	if (r == -ENOENT) /* defined nowhere: what the database has will do */
		return 0;
	return r ? r : tell(errand, xml, err);
}
VDC_VM_UPGRADE_TRIP(read_definition)

int vdc_vm_upgrade_read(struct vdc_vm_upgrade_work *up, char **definition, struct vdc_err *err)
{
	return vdc_vm_upgrade_trip(up, VDC_POWER_CALL, read_definition_trip, definition, err);
}

static int must_be_off(struct vdc_vm_upgrade_work *up, struct vdc_virt *virt, struct vdc_err *err)
{
	struct vdc_virt_now now;
	int r = vdc_virt_now(virt, up->vm->id, &now, err);

	if (!r && !vdc_power_is_off(&now))
		r = vdc_err_set(err, -EPERM, "VM %s was started meanwhile by somebody else",
				up->vm->name);
	return r;
}

static int make_snapshot(struct vdc_vm_upgrade_work *up, struct vdc_errand *errand,
			 struct vdc_virt *virt, struct vdc_err *err)
{
	const char *name = vdc_vm_upgrade_snapshot_name(up);
	int r = vdc_virt_has_snapshot(virt, up->vm->id, name, err);

	if (r)
		return r < 0 ? r : 0;
	r = must_be_off(up, virt, err);
	if (!r)
		r = vdc_errand_may(errand, err);
	return r ? r
		 : vdc_virt_snapshot(virt, up->vm->id, name,
				     "before its upgrade out of compatibility mode", err);
}
VDC_VM_UPGRADE_TRIP(make_snapshot)

int vdc_vm_upgrade_snapshot(struct vdc_vm_upgrade_work *up, struct vdc_err *err)
{
	int r = vdc_spm_token_take(up->db, up->host, up->arena, &up->token, err);

	if (!r)
		r = vdc_vm_upgrade_trip(up, 10 * VDC_POWER_CALL, make_snapshot_trip, NULL, err);
	vdc_spm_token_give(up->token);
	up->token = NULL;
	return r ? r : vdc_vm_upgrade_note_snapshot(up, err);
}

/* What libvirt made of it: the guest must find its devices where they were. */
static int check_places(struct vdc_vm_upgrade_work *up, const char *xml, struct vdc_err *err)
{
	const char *moved = NULL;
	int r = up->chipset ? 0 : vdc_domain_moved(up->definition, xml, up->arena, &moved, err);

	if (!r && moved)
		r = vdc_err_set(err, -EIO, "VM %s: with machine type %s libvirt moves %s",
				up->vm->name, up->machine, moved);
	return r;
}

static int edit(struct vdc_vm_upgrade_work *up, struct vdc_virt *virt, const char *xml, char **ret,
		struct vdc_err *err)
{
	vdc_autofree char *open = NULL;
	int r;

	if (!up->chipset)
		return vdc_domain_set_machine(xml, up->machine, up->arena, ret, err);
	/* The old definition could be put back only without what is never kept. */
	r = vdc_virt_definition(virt, up->vm->id, false, &open, err);
	if (!r && strcmp(open, xml) != 0)
		r = vdc_err_set(
			err, -EPERM,
			"VM %s: its definition holds a password: change its chipset by hand",
			up->vm->name);
	return r ? r : vdc_domain_set_chipset(xml, up->machine, up->arena, ret, err);
}

static int define(struct vdc_vm_upgrade_work *up, struct vdc_errand *errand, struct vdc_virt *virt,
		  struct vdc_err *err)
{
	vdc_autofree char *xml = NULL, *now = NULL;
	const char *machine;
	char *edited;
	int r = vdc_virt_definition(virt, up->vm->id, true, &xml, err);

	if (!r)
		r = vdc_domain_machine(xml, up->arena, &machine, err);
	if (r)
		return r;
	if (!up->chipset &&
	    strcmp(vdc_machine_chipset(machine), vdc_machine_chipset(up->machine)) != 0)
		return vdc_err_set(err, -EPERM, "VM %s: %s is of another chipset than %s",
				   up->vm->name, up->machine, machine);
	if (strcmp(machine, up->machine) != 0) {
		r = edit(up, virt, xml, &edited, err);
		if (!r)
			r = must_be_off(up, virt, err);
		if (!r)
			r = vdc_errand_may(errand, err);
		if (!r)
			r = vdc_virt_define(virt, edited, err);
	}
	if (!r)
		r = vdc_virt_definition(virt, up->vm->id, false, &now, err);
	if (!r)
		r = check_places(up, now, err);
	return r ? r : tell(errand, now, err);
}
VDC_VM_UPGRADE_TRIP(define)

int vdc_vm_upgrade_define(struct vdc_vm_upgrade_work *up, struct vdc_err *err)
{
	char *text = NULL;
	int r = vdc_vm_upgrade_trip(up, VDC_POWER_CALL, define_trip, &text, err);

	if (!r)
		up->defined = text;
	return r;
}

/* The old type in the definition that is there, with its secrets; else the one that was kept. */
static int old_definition(struct vdc_vm_upgrade_work *up, struct vdc_virt *virt, char **ret,
			  struct vdc_err *err)
{
	vdc_autofree char *xml = NULL;
	const char *machine;
	int r = vdc_virt_definition(virt, up->vm->id, true, &xml, err);

	if (r == -ENOENT || (!r && up->chipset)) {
		*ret = vdc_arena_strdup(up->arena, up->definition);
		return 0;
	}
	if (!r)
		r = vdc_domain_machine(up->definition, up->arena, &machine, err);
	return r ? r : vdc_domain_set_machine(xml, machine, up->arena, ret, err);
}

static int restore(struct vdc_vm_upgrade_work *up, struct vdc_errand *errand, struct vdc_virt *virt,
		   struct vdc_err *err)
{
	struct vdc_virt_now now;
	char *xml;
	int r = vdc_virt_now(virt, up->vm->id, &now, err);

	/* What was started with the new type does not work; what others started is theirs. */
	if (!r && !vdc_power_is_off(&now) && up->begun >= VDC_VM_UPGRADE_START)
		r = vdc_errand_may(errand, err) ?: vdc_virt_destroy(virt, up->vm->id, err);
	if (!r)
		r = old_definition(up, virt, &xml, err);
	if (!r)
		r = vdc_errand_may(errand, err);
	return r ? r : vdc_virt_define(virt, xml, err);
}
VDC_VM_UPGRADE_TRIP(restore)

int vdc_vm_upgrade_restore(struct vdc_vm_upgrade_work *up, struct vdc_err *err)
{
	return vdc_vm_upgrade_trip(up, 2 * VDC_POWER_CALL, restore_trip, NULL, err);
}
