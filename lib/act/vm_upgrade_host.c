/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The steps of an upgrade at the host of the VM. What stands between may() and its effect is nothing. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "act/errand.h"
#include "act/look.h"
#include "act/vm_upgrade.h"
#include "base/setting.h"
#include "base/time.h"
#include "doc/domain_edit.h"

#define CALL_LIMIT (60 * VDC_SECOND)   /* for one call that changes something */
#define BUTTON_PAUSE (10 * VDC_SECOND) /* a guest that boots does not hear the first one */
#define STARTING (30 * VDC_SECOND)     /* until a VM that was started runs */

struct trip {
	struct vdc_vm_upgrade_work *up;
	char *text; /* what the child told */
};
typedef int trip_fn(struct vdc_vm_upgrade_work *up, struct vdc_errand *errand,
		    struct vdc_virt *virt, struct vdc_err *err);

static int take_text(void *ctx, const char *data, size_t len, struct vdc_err *err vdc_unused)
{
	struct trip *trip = ctx;

	trip->text = vdc_arena_strndup(trip->up->arena, data, len);
	return 0;
}

#define TRIP(name)                                                                          \
	static int name##_trip(void *ctx, struct vdc_errand *errand, struct vdc_virt *virt, \
			       struct vdc_err *err)                                         \
	{                                                                                   \
		return name(((struct trip *)ctx)->up, errand, virt, err);                   \
	}

static int go(struct vdc_vm_upgrade_work *up, int64_t limit_us,
	      int (*run)(void *ctx, struct vdc_errand *errand, struct vdc_virt *virt,
			 struct vdc_err *err),
	      char **text, struct vdc_err *err)
{
	struct trip trip = { .up = up };
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
	};
	int r = vdc_errand_run(&call, err);

	if (!r && text)
		*text = trip.text;
	return r;
}

static bool is_off(const struct vdc_virt_now *now)
{
	return !vdc_virt_is_active(now->state);
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
TRIP(read_definition)

int vdc_vm_upgrade_read(struct vdc_vm_upgrade_work *up, char **definition, struct vdc_err *err)
{
	return go(up, CALL_LIMIT, read_definition_trip, definition, err);
}

/* One that came by a migration may be gone when it stops. */
static int persist(struct vdc_vm_upgrade_work *up, struct vdc_errand *errand, struct vdc_virt *virt,
		   struct vdc_err *err)
{
	vdc_autofree char *xml = NULL;
	struct vdc_virt_now now;
	int r = vdc_virt_now(virt, up->vm->id, &now, err);

	if (r || now.persistent)
		return r;
	if (now.known)
		r = vdc_virt_definition(virt, up->vm->id, true, &xml, err);
	if (!r)
		r = vdc_errand_may(errand, err);
	return r ? r : vdc_virt_define(virt, xml ?: up->definition, err);
}
TRIP(persist)

int vdc_vm_upgrade_persist(struct vdc_vm_upgrade_work *up, struct vdc_err *err)
{
	return go(up, CALL_LIMIT, persist_trip, NULL, err);
}

static int pull_plug(struct vdc_vm_upgrade_work *up, struct vdc_errand *errand,
		     struct vdc_virt *virt, struct vdc_err *err)
{
	char limit[VDC_TIME_LEN + 1];
	int r;

	if (!up->force_off)
		return vdc_err_set(
			err, -ECANCELED,
			"VM %s did not shut down within %s: see what it is doing, give it "
			"a longer --timeout, or --force-off",
			up->vm->name, vdc_duration_format(up->options->shutdown_us, limit));
	r = vdc_errand_may(errand, err);
	return r ? r : vdc_virt_destroy(virt, up->vm->id, err);
}

/* Presses the button again and again. A guest that ends between look and button is no error. */
static int press_button(struct vdc_vm_upgrade_work *up, struct vdc_errand *errand,
			struct vdc_virt *virt, int64_t *pressed, struct vdc_err *err)
{
	int64_t now = vdc_time_monotonic();
	int r;

	if (*pressed && now < *pressed + BUTTON_PAUSE)
		return 0;
	*pressed = now;
	r = vdc_errand_may(errand, err);
	if (!r)
		r = vdc_virt_shutdown(virt, up->vm->id, err);
	return r == -EPERM || r == -EBUSY ? 0 : r;
}

static int power_off(struct vdc_vm_upgrade_work *up, struct vdc_errand *errand,
		     struct vdc_virt *virt, struct vdc_err *err)
{
	int64_t until = vdc_time_monotonic() + up->options->shutdown_us, pressed = 0;
	struct vdc_virt_now now;
	int r;

	for (;;) {
		r = vdc_virt_now(virt, up->vm->id, &now, err);
		if (r)
			return r;
		if (now.managed_save)
			return vdc_err_set(err, -EPERM,
					   "VM %s is suspended: start it and shut it down first",
					   up->vm->name);
		if (is_off(&now))
			return 0;
		if (!up->power_off)
			return vdc_err_set(err, -EPERM,
					   "VM %s was started meanwhile: shut it down, or give "
					   "--power-off",
					   up->vm->name);
		if (vdc_time_monotonic() >= until)
			r = pull_plug(up, errand, virt, err);
		else
			r = press_button(up, errand, virt, &pressed, err);
		if (r)
			return r;
		usleep(250000);
	}
}
TRIP(power_off)

int vdc_vm_upgrade_power_off(struct vdc_vm_upgrade_work *up, struct vdc_err *err)
{
	return go(up, up->options->shutdown_us + CALL_LIMIT, power_off_trip, NULL, err);
}

static int must_be_off(struct vdc_vm_upgrade_work *up, struct vdc_virt *virt, struct vdc_err *err)
{
	struct vdc_virt_now now;
	int r = vdc_virt_now(virt, up->vm->id, &now, err);

	if (!r && !is_off(&now))
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
TRIP(make_snapshot)

int vdc_vm_upgrade_snapshot(struct vdc_vm_upgrade_work *up, struct vdc_err *err)
{
	int r = go(up, 10 * CALL_LIMIT, make_snapshot_trip, NULL, err);

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
TRIP(define)

int vdc_vm_upgrade_define(struct vdc_vm_upgrade_work *up, struct vdc_err *err)
{
	char *text = NULL;
	int r = go(up, CALL_LIMIT, define_trip, &text, err);

	if (!r)
		up->defined = text;
	return r;
}

static int start(struct vdc_vm_upgrade_work *up, struct vdc_errand *errand, struct vdc_virt *virt,
		 struct vdc_err *err)
{
	struct vdc_virt_now now;
	int r = vdc_virt_now(virt, up->vm->id, &now, err);

	if (r || !is_off(&now))
		return r;
	r = vdc_errand_may(errand, err);
	return r ? r : vdc_virt_start(virt, up->vm->id, err);
}
TRIP(start)

int vdc_vm_upgrade_start(struct vdc_vm_upgrade_work *up, struct vdc_err *err)
{
	return go(up, 2 * CALL_LIMIT, start_trip, NULL, err);
}

/* A QEMU that does not like what it got ends in its first moments. */
static int watch(struct vdc_vm_upgrade_work *up, struct vdc_errand *errand vdc_unused,
		 struct vdc_virt *virt, struct vdc_err *err)
{
	int64_t began = vdc_time_monotonic(), since = 0;
	struct vdc_virt_now now;

	for (;;) {
		int64_t at;
		int r = vdc_virt_now(virt, up->vm->id, &now, err);

		if (r)
			return r;
		at = vdc_time_monotonic();
		if (now.state != VDC_VIRT_RUNNING && now.state != VDC_VIRT_BLOCKED)
			since = 0;
		else if (!since)
			since = at;
		if (is_off(&now) || (!since && at > began + STARTING))
			return vdc_err_set(err, -EIO, "VM %s does not run: %s", up->vm->name,
					   now.reason);
		if (since && at >= since + up->options->watch_us)
			return 0;
		usleep(200000);
	}
}
TRIP(watch)

int vdc_vm_upgrade_watch(struct vdc_vm_upgrade_work *up, struct vdc_err *err)
{
	return go(up, up->options->watch_us + 2 * STARTING, watch_trip, NULL, err);
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
	if (!r && !is_off(&now) && up->begun >= VDC_VM_UPGRADE_START)
		r = vdc_errand_may(errand, err) ?: vdc_virt_destroy(virt, up->vm->id, err);
	if (!r)
		r = old_definition(up, virt, &xml, err);
	if (!r)
		r = vdc_errand_may(errand, err);
	return r ? r : vdc_virt_define(virt, xml, err);
}
TRIP(restore)

int vdc_vm_upgrade_restore(struct vdc_vm_upgrade_work *up, struct vdc_err *err)
{
	return go(up, 2 * CALL_LIMIT, restore_trip, NULL, err);
}
