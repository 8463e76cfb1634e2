/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An upgrade turns its VM off and on. */
#include <errno.h>
#include <unistd.h>

#include "act/vm_upgrade_work.h"

#define STARTING (30 * VDC_SECOND) /* until a VM that was started runs */

static struct vdc_power power_of(const struct vdc_vm_upgrade_work *up)
{
	return (struct vdc_power){
		.vm_id = up->vm->id,
		.vm_name = up->vm->name,
		.definition = up->definition,
		.shutdown_us = up->options->shutdown_us,
		.force_off = up->force_off,
		.keeps_on = up->power_off
				    ? NULL
				    : "was started meanwhile: shut it down, or give --power-off",
		.limit_option = "--timeout",
	};
}

static int persist(struct vdc_vm_upgrade_work *up, struct vdc_errand *errand, struct vdc_virt *virt,
		   struct vdc_err *err)
{
	const struct vdc_power power = power_of(up);

	return vdc_power_persist(&power, errand, virt, err);
}
VDC_VM_UPGRADE_TRIP(persist)

int vdc_vm_upgrade_persist(struct vdc_vm_upgrade_work *up, struct vdc_err *err)
{
	return vdc_vm_upgrade_trip(up, VDC_POWER_CALL, persist_trip, NULL, err);
}

static int power_off(struct vdc_vm_upgrade_work *up, struct vdc_errand *errand,
		     struct vdc_virt *virt, struct vdc_err *err)
{
	const struct vdc_power power = power_of(up);

	return vdc_power_off(&power, errand, virt, err);
}
VDC_VM_UPGRADE_TRIP(power_off)

int vdc_vm_upgrade_power_off(struct vdc_vm_upgrade_work *up, struct vdc_err *err)
{
	return vdc_vm_upgrade_trip(up, up->options->shutdown_us + VDC_POWER_CALL, power_off_trip,
				   NULL, err);
}

static int start(struct vdc_vm_upgrade_work *up, struct vdc_errand *errand, struct vdc_virt *virt,
		 struct vdc_err *err)
{
	const struct vdc_power power = power_of(up);

	return vdc_power_on(&power, errand, virt, err);
}
VDC_VM_UPGRADE_TRIP(start)

int vdc_vm_upgrade_start(struct vdc_vm_upgrade_work *up, struct vdc_err *err)
{
	return vdc_vm_upgrade_trip(up, 2 * VDC_POWER_CALL, start_trip, NULL, err);
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
		if (vdc_power_is_off(&now) || (!since && at > began + STARTING))
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
