/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/drain.h"

#include <string.h>

#include "unit.h"

static char h1[] = "h1", both[] = "h1 h2", pci[] = "pci_0000_3b_00_0",
	    function[] = "sriov_0000_3b_02_1", mixed[] = "sriov_0000_3b_02_1 usb_1234";

struct expected {
	const char *name;
	struct vdc_vm vm;
	struct vdc_cluster cluster;
	enum vdc_drain drain; /* 0: blocks */
	const char *reason;   /* part of it; NULL: none */
	bool comes_back;
};

#define MOVES .eviction_strategy = VDC_EVICTION_LIVE_MIGRATE
#define TRIES .eviction_strategy = VDC_EVICTION_LIVE_MIGRATE_IF_POSSIBLE

static const struct expected table[] = {
	{ "moved", { MOVES }, { 0 }, VDC_DRAIN_MOVE, NULL, false },
	{ "users may not move it, a drain may",
	  { MOVES, .affinity = VDC_VM_USER_MIGRATABLE },
	  { 0 },
	  VDC_DRAIN_MOVE,
	  NULL,
	  false },
	{ "pinned", { MOVES, .affinity = VDC_VM_PINNED }, { 0 }, 0, "pinned", false },
	{ "a device", { MOVES, .host_devices = pci }, { 0 }, 0, "pci_0000_3b_00_0", false },
	{ "a virtual function", { MOVES, .host_devices = function }, { 0 }, 0, "sriov", false },
	{ "a virtual function that may go",
	  { MOVES, .host_devices = function },
	  { .sriov_live_migration = 1 },
	  VDC_DRAIN_MOVE,
	  NULL,
	  false },
	{ "one that may go and one that may not",
	  { MOVES, .host_devices = mixed },
	  { .sriov_live_migration = 1 },
	  0,
	  "usb_1234",
	  false },
	{ "local storage", { MOVES, .local_storage = 1 }, { 0 }, 0, "disk", false },
	{ "one host only",
	  { MOVES, .host = { .id = h1 }, .pinned_hosts = h1 },
	  { 0 },
	  0,
	  "pinned_hosts",
	  false },
	{ "two hosts",
	  { MOVES, .host = { .id = h1 }, .pinned_hosts = both },
	  { 0 },
	  VDC_DRAIN_MOVE,
	  NULL,
	  false },
	{ "if possible", { TRIES }, { 0 }, VDC_DRAIN_MOVE, NULL, false },
	{ "not possible", { TRIES, .local_storage = 1 }, { 0 }, VDC_DRAIN_STOP, "disk", true },
	{ "not possible, and no other host is either",
	  { TRIES, .local_storage = 1, .run_strategy = VDC_RUN_ALWAYS },
	  { 0 },
	  VDC_DRAIN_STOP,
	  "disk",
	  true },
	{ "no strategy",
	  { .eviction_strategy = VDC_EVICTION_NONE },
	  { 0 },
	  VDC_DRAIN_STOP,
	  "its host is back",
	  true },
	{ "no value",
	  { .eviction_strategy = VDC_UNSET },
	  { 0 },
	  VDC_DRAIN_STOP,
	  "its host is back",
	  true },
	{ "no strategy, always running",
	  { .eviction_strategy = VDC_EVICTION_NONE, .run_strategy = VDC_RUN_ALWAYS },
	  { 0 },
	  VDC_DRAIN_RESTART,
	  "elsewhere",
	  false },
	{ "no strategy, by hand",
	  { .eviction_strategy = VDC_EVICTION_NONE, .run_strategy = VDC_RUN_MANUAL },
	  { 0 },
	  VDC_DRAIN_STOP,
	  "somebody starts it",
	  false },
	{ "somebody else's",
	  { .eviction_strategy = VDC_EVICTION_EXTERNAL },
	  { 0 },
	  0,
	  "external",
	  false },
};

static void verdicts(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		const struct expected *e = &table[i];
		struct vdc_drain_verdict v = vdc_plan_drain(&e->vm, &e->cluster, arena);

		if (v.drain != e->drain || v.comes_back != e->comes_back ||
		    (e->reason ? !v.reason || !strstr(v.reason, e->reason) : v.reason != NULL))
			fail_msg("%s: drain %d, %s", e->name, v.drain, v.reason);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(verdicts) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
