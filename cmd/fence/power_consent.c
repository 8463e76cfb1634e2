/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A host that is not known to be away is powered off only by its name and with consent, after whoever
 * gives it has seen what runs there.
 */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "model/vm.h"
#include "plan/vm_status.h"
#include "power.h"
#include "store/store.h"

enum { MOST_NAMES = 10 };

struct running {
	struct vdc_arena *arena;
	const char *names;
	size_t n;
};

static int add_vm(void *ctx, const struct vdc_kind *kind vdc_unused, void *object,
		  struct vdc_err *err vdc_unused)
{
	struct running *running = ctx;
	const struct vdc_vm *vm = object;

	if (!vdc_vm_is_active(vm->status))
		return 0;
	if (running->n++ < MOST_NAMES)
		running->names = vdc_arena_format(running->arena, "%s%s%s", running->names,
						  running->n > 1 ? ", " : "", vm->name);
	return 0;
}

static bool is_away(const struct vdc_host *host)
{
	switch (host->status) {
	case VDC_HOST_DOWN:
	case VDC_HOST_MAINTENANCE:
	case VDC_HOST_NON_RESPONSIVE:
	case VDC_HOST_INSTALLING:
	case VDC_HOST_INSTALLING_OS:
	case VDC_HOST_INSTALL_FAILED:
	case VDC_HOST_PENDING_APPROVAL:
	case VDC_HOST_REBOOT:
	case VDC_HOST_KDUMPING:
		return true;
	default:
		return false;
	}
}

static bool is_named(struct vdc_call *call, const struct vdc_host *host)
{
	const char *const *names;
	int n = vdc_call_operands(call, &names);

	for (int i = 0; i < n; i++)
		if (strcmp(names[i], host->name) == 0 || strcmp(names[i], host->id) == 0)
			return true;
	return false;
}

static const char *vms_of(const struct running *running)
{
	return vdc_arena_format(running->arena, " and runs %zu VM%s: %s%s", running->n,
				running->n == 1 ? "" : "s", running->names,
				running->n > MOST_NAMES ? ", ..." : "");
}

/* *RET: what would be lost, in words; NULL: nothing. */
static int look(struct vdc_call *call, const struct vdc_host *host, const char **ret,
		struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(call);
	struct running running = { .arena = arena, .names = "" };
	int r = vdc_store_each_of(vdc_call_db(call), &vdc_vm_kind,
				  vdc_kind_field(&vdc_vm_kind, "host"), host->id, 0, NULL, add_vm,
				  &running, err);

	if (r || (is_away(host) && !running.n))
		return r;
	*ret = vdc_arena_format(arena, "host %s is %s%s%s", host->name,
				vdc_enum_word(&vdc_host_status_values, host->status),
				running.n ? vms_of(&running) : " and runs no VM",
				host->spm_status == VDC_SPM_SPM ? "; it is storage pool manager"
								: "");
	return 0;
}

int fence_power_consent(struct vdc_call *call, const struct fence_power *what, struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(call);
	const char *names = "";
	int r = 0;

	for (size_t i = 0; i < what->n && !r; i++) {
		const struct vdc_host *host = what->hosts[i];
		const char *loss = NULL;

		r = look(call, host, &loss, err);
		if (r || !loss)
			continue;
		if (!is_named(call, host))
			return vdc_err_set(err, -EPERM,
					   "%s: it is powered off only by its name; put it into "
					   "maintenance first, or name it",
					   loss);
		vdc_log(VDC_LOG_WARNING, "%s", loss);
		names = vdc_arena_format(arena, "%s%s%s", names, *names ? ", " : "", host->name);
	}
	if (r || !*names || vdc_given(call, "dry-run"))
		return r;
	r = vdc_confirm(call, err, "Cut the power of %s?", names);
	if (r < 0)
		return r;
	return r ? 0 : vdc_err_set(err, -EPERM, "nothing was switched");
}
