/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A host that has booted since it was last seen: what ran there stopped, and nobody wanted it to. */
#include <string.h>

#include "act/apply.h"
#include "act/ha_job.h"
#include "plan/ha_queue.h"

/* That its host starts it again is its host's business; so is what was saved there. */
static bool goes_on_there(const struct vdc_look *look, const char *id)
{
	for (size_t i = 0; i < look->n_domains; i++) {
		const struct vdc_virt_domain *virt = &look->domains[i].virt;

		if (strcmp(virt->uuid, id) == 0)
			return virt->managed_save ||
			       (virt->state != VDC_VIRT_SHUTOFF && virt->state != VDC_VIRT_CRASHED);
	}
	return false;
}

/*
 * Somebody may have switched it off and on while its treatment was dead, or it crashed and was back
 * before anybody missed it: then nobody proved it down, and nobody queued its HA VMs. Whether one of
 * them runs somewhere after all is asked of every host before it starts.
 */
int vdc_apply_reboot(struct vdc_apply *apply, const struct vdc_objects *vms, struct vdc_err *err)
{
	struct vdc_ha_list list;
	int r = vdc_ha_list_begin(apply->db, apply->host, apply->arena, &list, err);

	for (size_t i = 0; i < vms->n && !r; i++) {
		const struct vdc_vm *vm = vms->objects[i];

		if (vdc_vm_is_active(vm->status) && vdc_ha_wants(vm) &&
		    !goes_on_there(apply->input->look, vm->id))
			r = vdc_ha_list_add(apply->db, &list, vm, err);
	}
	return r;
}
