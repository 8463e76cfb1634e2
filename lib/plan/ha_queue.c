/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/ha_queue.h"

bool vdc_ha_wants(const struct vdc_vm *vm)
{
	switch (vm->run_strategy) {
	case VDC_RUN_ALWAYS:
	case VDC_RUN_RERUN_ON_FAILURE:
		return true;
	case VDC_RUN_HALTED:
	case VDC_RUN_ONCE:
		return false;
	default:
		return vdc_is_true(vm->high_availability);
	}
}

static bool may_start(const struct vdc_ha_entry *entry)
{
	return entry->safe || entry->lease;
}

/* The highest one that is not over and could start; N: there is none above it. */
static size_t find_above(const struct vdc_ha_entry *entries, size_t n, int64_t priority)
{
	size_t found = n;

	for (size_t i = 0; i < n; i++) {
		const struct vdc_ha_entry *entry = &entries[i];

		if (entry->over || entry->launched || !may_start(entry) ||
		    entry->priority <= priority)
			continue;
		if (found == n || entry->priority > entries[found].priority)
			found = i;
	}
	return found;
}

static struct vdc_ha_verdict judge(const struct vdc_ha_entry *entry,
				   const struct vdc_ha_entry *entries, size_t n,
				   const struct vdc_ha_rules *rules, int64_t now)
{
	struct vdc_ha_verdict verdict = { VDC_HA_NOW, VDC_UNSET, n };

	if (entry->over || entry->begun) {
		verdict.turn = entry->over ? VDC_HA_OVER : VDC_HA_BEGUN;
		return verdict;
	}
	if (!may_start(entry)) {
		verdict.turn = VDC_HA_UNSAFE;
		return verdict;
	}
	if (entry->next != VDC_UNSET && now < entry->next) {
		verdict.turn = VDC_HA_PAUSE;
		verdict.until = entry->next;
		return verdict;
	}
	if (now >= entry->since + rules->priority_wait)
		return verdict;
	verdict.behind = find_above(entries, n, entry->priority);
	if (verdict.behind < n) {
		verdict.turn = VDC_HA_BEHIND;
		verdict.until = entry->since + rules->priority_wait;
	}
	return verdict;
}

void vdc_ha_judge(const struct vdc_ha_entry *entries, size_t n, const struct vdc_ha_rules *rules,
		  int64_t now, struct vdc_ha_verdict *ret)
{
	for (size_t i = 0; i < n; i++)
		ret[i] = judge(&entries[i], entries, n, rules, now);
}

int64_t vdc_ha_next(const struct vdc_ha_rules *rules, int64_t try, int64_t now)
{
	return now + (try <= rules->retries ? rules->retry : rules->retry_slow);
}
