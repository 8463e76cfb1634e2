/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/vm_status.h"

#include <string.h>

bool vdc_vm_is_active(int64_t status)
{
	switch (status) {
	case VDC_VM_UP:
	case VDC_VM_POWERING_UP:
	case VDC_VM_PAUSED:
	case VDC_VM_MIGRATING:
	case VDC_VM_UNKNOWN:
	case VDC_VM_NOT_RESPONDING:
	case VDC_VM_WAIT_FOR_LAUNCH:
	case VDC_VM_REBOOT_IN_PROGRESS:
	case VDC_VM_SAVING_STATE:
	case VDC_VM_RESTORING_STATE:
	case VDC_VM_POWERING_DOWN:
		return true;
	default:
		return false;
	}
}

/* Locked and illegal images are a matter of the storage: a VM that is off keeps them. */
static int64_t off_status(const struct vdc_vm *vm, int64_t seen)
{
	bool marked = vm->status == VDC_VM_IMAGE_LOCKED || vm->status == VDC_VM_IMAGE_ILLEGAL;

	return marked && seen == VDC_VM_DOWN ? vm->status : seen;
}

static bool is_on(const struct vdc_vm *vm, const char *host)
{
	return vm->host.id && strcmp(vm->host.id, host) == 0;
}

static struct vdc_vm_verdict unchanged(const struct vdc_vm *vm)
{
	return (struct vdc_vm_verdict){
		.status = vm->status,
		.detail = vm->status_detail,
		.host = vm->host.id,
		.exit = vm->exit_status,
		.lost_since = vm->lost_since,
	};
}

static struct vdc_vm_verdict nothing_to_say(const struct vdc_vm *vm)
{
	struct vdc_vm_verdict verdict = unchanged(vm);

	verdict.ignore = true;
	return verdict;
}

static enum vdc_vm_news news_of_run(const struct vdc_vm *vm, const struct vdc_vm_look *look)
{
	bool paused = look->status == VDC_VM_PAUSED;

	if (!vdc_vm_is_active(vm->status))
		return VDC_VM_NEWS_STARTED;
	if (vm->host.id && !is_on(vm, look->host))
		return VDC_VM_NEWS_MIGRATED;
	if (paused && vm->status != VDC_VM_PAUSED)
		return VDC_VM_NEWS_PAUSED;
	if (vm->status == VDC_VM_UNKNOWN)
		return VDC_VM_NEWS_BACK;
	if (!paused && vm->status == VDC_VM_PAUSED)
		return VDC_VM_NEWS_RESUMED;
	return VDC_VM_NEWS_NONE;
}

static struct vdc_vm_verdict judge_run(const struct vdc_vm *vm, const struct vdc_vm_look *look)
{
	if (look->rival)
		return (struct vdc_vm_verdict){
			.ignore = true,
			.status = vm->status,
			.detail = vm->status_detail,
			.host = vm->host.id,
			.lost_since = VDC_UNSET,
			.news = VDC_VM_NEWS_TWICE,
		};
	return (struct vdc_vm_verdict){
		.status = look->status,
		.detail = look->detail,
		.host = look->host,
		.exit = 0,
		.lost_since = VDC_UNSET,
		.news = news_of_run(vm, look),
	};
}

/* The source decides about a migration as long as it holds the VM. */
static struct vdc_vm_verdict judge_arrival(const struct vdc_vm *vm, const struct vdc_vm_look *look)
{
	struct vdc_vm_verdict verdict = unchanged(vm);

	if (vm->host.id && vdc_vm_is_active(vm->status))
		return nothing_to_say(vm);
	verdict.status = VDC_VM_MIGRATING;
	verdict.detail = look->detail;
	verdict.host = NULL;
	verdict.exit = 0;
	verdict.lost_since = VDC_UNSET;
	return verdict;
}

static struct vdc_vm_verdict judge_departure(const struct vdc_vm *vm,
					     const struct vdc_vm_look *look)
{
	struct vdc_vm_verdict verdict = judge_run(vm, look);

	/* It runs on its new host already; what is left here is being cleared away. */
	if (vm->host.id && !is_on(vm, look->host) && vdc_vm_is_active(vm->status))
		return nothing_to_say(vm);
	verdict.status = VDC_VM_MIGRATING;
	/* The last moments of a migration are no pause. */
	if (verdict.news == VDC_VM_NEWS_PAUSED || verdict.news == VDC_VM_NEWS_RESUMED)
		verdict.news = VDC_VM_NEWS_NONE;
	return verdict;
}

static int64_t exit_of(const char *detail)
{
	static const char *const normal[] = { "shutdown", "destroyed", "saved", "from_snapshot" };
	static const char *const error[] = { "crashed", "failed", "panicked", "daemon" };

	for (size_t i = 0; detail && i < VDC_COUNT(normal); i++)
		if (strcmp(detail, normal[i]) == 0)
			return VDC_VM_EXIT_NORMAL;
	for (size_t i = 0; detail && i < VDC_COUNT(error); i++)
		if (strcmp(detail, error[i]) == 0)
			return VDC_VM_EXIT_ERROR;
	return VDC_VM_EXIT_UNKNOWN;
}

/* It moved; where to, the other host has to tell. */
static struct vdc_vm_verdict judge_farewell(const struct vdc_vm *vm, const struct vdc_vm_look *look)
{
	struct vdc_vm_verdict verdict = unchanged(vm);

	verdict.status = VDC_VM_MIGRATING;
	verdict.detail = look->detail;
	if (vm->lost_since == VDC_UNSET)
		verdict.lost_since = look->now;
	return verdict;
}

/* It was here and is not any more; where it went, another host has to tell. */
static struct vdc_vm_verdict judge_loss(const struct vdc_vm *vm, const struct vdc_vm_look *look)
{
	struct vdc_vm_verdict verdict = unchanged(vm);
	bool known = vm->lost_since != VDC_UNSET;

	verdict.lost_since = known ? vm->lost_since : look->now;
	if (look->last_chance) {
		verdict.status = off_status(vm, VDC_VM_DOWN);
		verdict.detail = "no host knows it";
		verdict.host = NULL;
		if (vdc_vm_is_active(vm->status))
			verdict.exit = VDC_VM_EXIT_UNKNOWN;
		if (!known || vdc_vm_is_active(vm->status))
			verdict.news = VDC_VM_NEWS_GONE;
		return verdict;
	}
	if (look->claimed && vdc_vm_is_active(vm->status))
		return judge_farewell(vm, look);
	/* A VM that was about to leave is on its way; once more, and it is lost. */
	if (vm->status == VDC_VM_MIGRATING && !known && !look->rebooted)
		return verdict;
	if (vdc_vm_is_active(vm->status)) {
		verdict.status = VDC_VM_UNKNOWN;
		verdict.detail = "its host does not know it any more";
		if (vm->status != VDC_VM_UNKNOWN)
			verdict.news = VDC_VM_NEWS_LOST;
	}
	return verdict;
}

static struct vdc_vm_verdict judge_off(const struct vdc_vm *vm, const struct vdc_vm_look *look)
{
	bool ran = vdc_vm_is_active(vm->status);
	struct vdc_vm_verdict verdict = unchanged(vm);

	/* A definition that a migration left behind says nothing about where the VM is. */
	if (ran && vm->host.id && !is_on(vm, look->host))
		return nothing_to_say(vm);
	if (ran && look->detail && strcmp(look->detail, "migrated") == 0)
		return judge_farewell(vm, look);
	verdict.status = off_status(vm, look->status);
	verdict.detail = look->detail;
	verdict.host = NULL;
	verdict.lost_since = VDC_UNSET;
	if (!ran)
		return verdict;
	verdict.exit = exit_of(look->detail);
	if (look->rebooted && look->status == VDC_VM_DOWN) {
		verdict.exit = VDC_VM_EXIT_ERROR;
		verdict.detail = "its host was rebooted";
	}
	verdict.news = verdict.exit == VDC_VM_EXIT_ERROR ? VDC_VM_NEWS_FAILED : VDC_VM_NEWS_STOPPED;
	return verdict;
}

static struct vdc_vm_verdict judge_hidden(const struct vdc_vm *vm, const struct vdc_vm_look *look)
{
	struct vdc_vm_verdict verdict = unchanged(vm);

	if (!is_on(vm, look->host) || !vdc_vm_is_active(vm->status))
		return nothing_to_say(vm);
	verdict.status = VDC_VM_UNKNOWN;
	verdict.detail = "its host does not answer";
	if (vm->status != VDC_VM_UNKNOWN)
		verdict.news = VDC_VM_NEWS_UNKNOWN;
	return verdict;
}

struct vdc_vm_verdict vdc_vm_judge(const struct vdc_vm *vm, const struct vdc_vm_look *look)
{
	switch (look->sight) {
	case VDC_VM_RUNS:
		return judge_run(vm, look);
	case VDC_VM_ARRIVES:
		return judge_arrival(vm, look);
	case VDC_VM_LEAVES:
		return judge_departure(vm, look);
	case VDC_VM_IS_OFF:
		return judge_off(vm, look);
	case VDC_VM_MISSING:
		return judge_loss(vm, look);
	case VDC_VM_HIDDEN:
		return judge_hidden(vm, look);
	}
	return nothing_to_say(vm);
}
