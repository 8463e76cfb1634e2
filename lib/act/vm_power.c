/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What stands between may() and its effect is nothing. */
#include "act/vm_power.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/time.h"

#define BUTTON_PAUSE (10 * VDC_SECOND) /* a guest that boots does not hear the first one */

int vdc_power_persist(const struct vdc_power *power, struct vdc_errand *errand,
		      struct vdc_virt *virt, struct vdc_err *err)
{
	vdc_autofree char *xml = NULL;
	struct vdc_virt_now now;
	int r = vdc_virt_now(virt, power->vm_id, &now, err);

	if (r || now.persistent)
		return r;
	if (now.known)
		r = vdc_virt_definition(virt, power->vm_id, true, &xml, err);
	if (!r && !xml && !power->definition)
		r = vdc_err_set(err, -ENOENT, "VM %s is not defined there, nor in the database",
				power->vm_name);
	if (!r)
		r = vdc_errand_may(errand, err);
	return r ? r : vdc_virt_define(virt, xml ?: power->definition, err);
}

static int pull_plug(const struct vdc_power *power, struct vdc_errand *errand,
		     struct vdc_virt *virt, struct vdc_err *err)
{
	char limit[VDC_TIME_LEN + 1];
	int r;

	if (!power->force_off)
		return vdc_err_set(
			err, -ECANCELED,
			"VM %s did not shut down within %s: see what it is doing, give it "
			"a longer %s, or --force-off",
			power->vm_name, vdc_duration_format(power->shutdown_us, limit),
			power->limit_option);
	r = vdc_errand_may(errand, err);
	return r ? r : vdc_virt_destroy(virt, power->vm_id, err);
}

/* Presses the button again and again. A guest that ends between look and button is no error. */
static int press_button(const struct vdc_power *power, struct vdc_errand *errand,
			struct vdc_virt *virt, int64_t *pressed, struct vdc_err *err)
{
	int64_t now = vdc_time_monotonic();
	int r;

	if (*pressed && now < *pressed + BUTTON_PAUSE)
		return 0;
	*pressed = now;
	r = vdc_errand_may(errand, err);
	if (!r)
		r = vdc_virt_shutdown(virt, power->vm_id, err);
	return r == -EPERM || r == -EBUSY ? 0 : r;
}

int vdc_power_off(const struct vdc_power *power, struct vdc_errand *errand, struct vdc_virt *virt,
		  struct vdc_err *err)
{
	int64_t until = vdc_time_monotonic() + power->shutdown_us, pressed = 0;
	struct vdc_virt_now now;
	int r;

	for (;;) {
		r = vdc_virt_now(virt, power->vm_id, &now, err);
		if (r)
			return r;
		if (now.managed_save)
			return vdc_err_set(err, -EPERM,
					   "VM %s is suspended: start it and shut it down first",
					   power->vm_name);
		if (vdc_power_is_off(&now))
			return 0;
		if (power->keeps_on)
			return vdc_err_set(err, -EPERM, "VM %s %s", power->vm_name,
					   power->keeps_on);
		if (vdc_time_monotonic() >= until)
			r = pull_plug(power, errand, virt, err);
		else
			r = press_button(power, errand, virt, &pressed, err);
		if (r)
			return r;
		usleep(250000);
	}
}

int vdc_power_on(const struct vdc_power *power, struct vdc_errand *errand, struct vdc_virt *virt,
		 struct vdc_err *err)
{
	struct vdc_virt_now now;
	int r = vdc_virt_now(virt, power->vm_id, &now, err);

	if (r || !vdc_power_is_off(&now))
		return r;
	r = vdc_errand_may(errand, err);
	return r ? r : vdc_virt_start(virt, power->vm_id, err);
}
