/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An upgrade turns its VM off and on. What stands between may() and its effect is nothing. */
#include <errno.h>
#include <unistd.h>

#include "act/vm_upgrade_work.h"

#define BUTTON_PAUSE (10 * VDC_SECOND) /* a guest that boots does not hear the first one */
#define STARTING (30 * VDC_SECOND)     /* until a VM that was started runs */

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
		if (vdc_vm_upgrade_is_off(&now))
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
VDC_VM_UPGRADE_TRIP(power_off)

int vdc_vm_upgrade_power_off(struct vdc_vm_upgrade_work *up, struct vdc_err *err)
{
	return vdc_vm_upgrade_trip(up, up->options->shutdown_us + VDC_VM_UPGRADE_CALL,
				   power_off_trip, NULL, err);
}

static int start(struct vdc_vm_upgrade_work *up, struct vdc_errand *errand, struct vdc_virt *virt,
		 struct vdc_err *err)
{
	struct vdc_virt_now now;
	int r = vdc_virt_now(virt, up->vm->id, &now, err);

	if (r || !vdc_vm_upgrade_is_off(&now))
		return r;
	r = vdc_errand_may(errand, err);
	return r ? r : vdc_virt_start(virt, up->vm->id, err);
}
VDC_VM_UPGRADE_TRIP(start)

int vdc_vm_upgrade_start(struct vdc_vm_upgrade_work *up, struct vdc_err *err)
{
	return vdc_vm_upgrade_trip(up, 2 * VDC_VM_UPGRADE_CALL, start_trip, NULL, err);
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
		if (vdc_vm_upgrade_is_off(&now) || (!since && at > began + STARTING))
			return vdc_err_set(err, -EIO, "VM %s does not run: %s", up->vm->name,
					   now.reason);
		if (since && at >= since + up->options->watch_us)
			return 0;
		usleep(200000);
	}
}
VDC_VM_UPGRADE_TRIP(watch)

int vdc_vm_upgrade_watch(struct vdc_vm_upgrade_work *up, struct vdc_err *err)
{
	return vdc_vm_upgrade_trip(up, up->options->watch_us + 2 * STARTING, watch_trip, NULL, err);
}
