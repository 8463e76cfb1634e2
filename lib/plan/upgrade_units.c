/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/upgrade_units.h"

#include "plan/upgrade_policy.h"

/* The filter and the weight are one unit with two sides. */
#define UPGRADE_UNIT "84e6ddee-ab0d-42dd-82f0-c298889db567"

#define KEPT(name, uuid, note) { name, VDC_UNIT_KEPT, uuid, note }
#define DISABLED(name, note) { name, VDC_UNIT_DISABLED, NULL, note }
#define MANDATORY(name, note) { name, VDC_UNIT_MANDATORY, UPGRADE_UNIT, note }

#define NO_BALANCING "no load balancing happens"
#define NO_RESERVATION "nothing is reserved; VMs that fail are restarted all the same"
#define NO_AFFINITY "affinity is re-established afterwards"
#define NO_SAVING "hosts are not emptied to save power"
#define HOSTED_ENGINE "a VM that runs the engine is out of scope"
#define NO_BINDING "no VM is bound to its host: that is asked first"

const struct vdc_upgrade_unit vdc_upgrade_units[] = {
	KEPT("EmulatedMachineFilter", NULL, "hosts must offer the VM's machine type"),
	DISABLED("NoneBalance", NO_BALANCING),
	DISABLED("EvenDistributionBalance", NO_BALANCING),
	DISABLED("HaReservationWeight", NO_RESERVATION),
	DISABLED("PowerSavingWeight", NO_SAVING),
	DISABLED("EvenDistributionWeight", NO_BALANCING),
	DISABLED("HostedEngineHAClusterFilter", HOSTED_ENGINE),
	DISABLED("HaReservationBalance", NO_RESERVATION),
	DISABLED("CpuAndMemoryBalancing", NO_BALANCING),
	DISABLED("PowerSavingBalance", NO_SAVING),
	DISABLED("EvenGuestDistributionWeight", NO_BALANCING),
	KEPT("Network", "72163d1c-9468-4480-99d9-0888664eb143",
	     "hosts must have the VM's networks"),
	DISABLED("EvenGuestDistributionBalance", NO_BALANCING),
	DISABLED("HostedEngineHAClusterWeight", HOSTED_ENGINE),
	KEPT("Migration", "e659c871-0bf1-4ccc-b748-f28f5d08ddda",
	     "a VM does not move to where it is"),
	DISABLED("NoneWeight", "newer hosts come first"),
	KEPT("Memory", "c9ddbb34-0e1d-4061-a8d7-b0893fa80932", "hosts must have the memory"),
	KEPT("CPU", "6d636bf6-a35c-4f9d-b68d-0731f720cddc", "hosts must have the CPUs"),
	DISABLED("VmAffinityFilter", NO_AFFINITY),
	DISABLED("VmAffinityWeight", NO_AFFINITY),
	DISABLED("PinToHost", NO_BINDING),
	DISABLED("HostDeviceFilter", NO_BINDING),
	KEPT("CpuLevelFilter", "438b052c-90ab-40e8-9be0-a22560202ea6",
	     "hosts must have the VM's CPU model"),
	DISABLED("CpuPinningPolicy", NO_BINDING),
	DISABLED("NumaPinningPolicy", NO_BINDING),
	MANDATORY("InClusterUpgradeFilter", "never to an older major version"),
	MANDATORY("InClusterUpgradeWeight", "newer 0, same 100000, older 1000000"),
	{ 0 },
};

static char *text(const char *constant)
{
	return (char *)(uintptr_t)constant;
}

struct vdc_policy_unit vdc_upgrade_unit_in(const struct vdc_upgrade_unit *unit,
					   const struct vdc_cluster *cluster)
{
	return (struct vdc_policy_unit){
		.id = text(unit->name),
		.use = unit->use,
		.active = vdc_policy_is_upgrade(cluster) && unit->use != VDC_UNIT_DISABLED,
		.uuid = text(unit->uuid),
		.note = text(unit->note),
	};
}
