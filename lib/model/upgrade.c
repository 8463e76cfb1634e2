/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/upgrade.h"

#include "model/cluster.h"
#include "model/fields.h"
#include "model/host.h"
#include "model/vm.h"

/* More than any plan takes: a document may say anything. */
#define SECONDS_MAX INT64_C(1000000000)

const struct vdc_enum vdc_upgrade_action_values = {
	.name = "action",
	VDC_WORD_LIST("migrate", "restart", "stop"),
};

const struct vdc_enum vdc_upgrade_why_values = {
	.name = "why",
	VDC_WORD_LIST("alone", "limit", "room", "reserve", "last"),
};

#define NOUN struct vdc_upgrade
static const struct vdc_field upgrade_fields[] = {
	VDC_F_TEXT(id, VDC_REQUIRED, .path = "@id",
		   .help = "fingerprint of the cluster that the plan was made for"),
	VDC_F_REF(cluster, vdc_cluster_kind, VDC_REQUIRED | VDC_LISTED, .help = "its cluster"),
	VDC_F_TIME(created, 0, .help = "when the plan was made"),
	VDC_F_BOOL(os_major, 0, .help = "hosts of two major versions will be mixed"),
	VDC_F_INT(max_away, VDC_REQUIRED, VDC_RANGE(1, 1000000),
		  .help = "hosts that may be away at once"),
	VDC_F_INT(ceiling, VDC_REQUIRED, VDC_RANGE(1, 100),
		  .help = "memory of a host that may be used, in percent"),
	VDC_F_INT(ha_reserve, VDC_REQUIRED, VDC_RANGE(0, 1000000),
		  .help = "hosts that it must be possible to lose besides"),
	VDC_F_INT(hosts, VDC_LISTED, .help = "hosts that are upgraded"),
	VDC_F_INT(waves, VDC_LISTED, .help = "times that hosts go away together"),
	VDC_F_INT(waves_without_reserve, VDC_LISTED, .title = "NO RESERVE",
		  .help = "waves during which no more host can be spared"),
	VDC_F_INT(moves, VDC_LISTED, .help = "live migrations"),
	VDC_F_INT(second_moves, VDC_LISTED, .title = "SECOND",
		  .help = "of them those of a VM that was moved before"),
	VDC_F_INT(restarts, 0, .help = "VMs that are shut down and started elsewhere"),
	VDC_F_INT(stops, 0, .help = "VMs that are off while their host is away"),
	VDC_F_INT(highest_peak, VDC_LISTED, .title = "PEAK %",
		  .help = "most memory in use on any host at any moment, in percent"),
	VDC_F_INT(duration, VDC_LISTED, .title = "SECONDS", .help = "seconds, estimated"),
	VDC_F_TEXT(qemu, 0, .help = "release of QEMU that the hosts get"),
};
#undef NOUN

#define NOUN struct vdc_upgrade_host_row
static const struct vdc_field host_fields[] = {
	VDC_F_TEXT(id, VDC_REQUIRED, .path = "@id", .help = "id of the host"),
	VDC_F_TEXT(name, VDC_REQUIRED | VDC_LISTED, .help = "its name"),
	VDC_F_INT(wave, VDC_LISTED, .help = "with which wave it goes; none: it stays"),
	VDC_F_BOOL(reserve, VDC_LISTED, .help = "one more host can be spared meanwhile"),
	VDC_F_ENUM(why, vdc_upgrade_why_values, VDC_LISTED,
		   .help = "why no more hosts go with it: alone, limit, room, reserve, last"),
	VDC_F_INT(begin, VDC_LISTED, VDC_RANGE(0, SECONDS_MAX),
		  .help = "second at which its drain begins"),
	VDC_F_INT(drained, VDC_LISTED, VDC_RANGE(0, SECONDS_MAX),
		  .help = "second at which it is empty"),
	VDC_F_INT(end, VDC_LISTED, VDC_RANGE(0, SECONDS_MAX), .help = "second at which it is back"),
	VDC_F_BYTES(memory, 0, .help = "memory that VMs may take there"),
	VDC_F_BYTES(peak, VDC_LISTED, .help = "most of it that is in use at any moment"),
};
#undef NOUN

#define NOUN struct vdc_upgrade_move
static const struct vdc_field move_fields[] = {
	VDC_F_TEXT(id, VDC_REQUIRED, .path = "@id", .help = "number of the wave and of the move"),
	VDC_F_INT(wave, VDC_REQUIRED | VDC_LISTED, .help = "wave that it belongs to"),
	VDC_F_REF(vm, vdc_vm_kind, VDC_REQUIRED | VDC_LISTED, .help = "VM that leaves its host"),
	VDC_F_ENUM(action, vdc_upgrade_action_values, VDC_REQUIRED | VDC_LISTED,
		   .help = "how: migrate, restart, stop"),
	VDC_F_REF(from, vdc_host_kind, VDC_REQUIRED | VDC_LISTED, .help = "host that it leaves"),
	VDC_F_REF(to, vdc_host_kind, VDC_LISTED, .help = "host that it goes to"),
	VDC_F_BOOL(again, VDC_LISTED, .help = "it was moved by an earlier wave"),
	VDC_F_INT(begin, VDC_LISTED, VDC_RANGE(0, SECONDS_MAX * 1000), .path = "begin_ms",
		  .title = "BEGIN ms", .help = "when, in milliseconds, estimated"),
	VDC_F_INT(end, 0, VDC_RANGE(0, SECONDS_MAX * 1000), .path = "end_ms", .title = "END ms",
		  .help = "until when"),
	VDC_F_BYTES(memory, 0, .help = "memory of the VM"),
};
#undef NOUN

const struct vdc_kind vdc_upgrade_kind = {
	.name = "upgrade",
	.plural = "upgrades",
	.word = "upgrade",
	.help = "the plan of a cluster's upgrade",
	.size = sizeof(struct vdc_upgrade),
	.fields = upgrade_fields,
	.n_fields = VDC_COUNT(upgrade_fields),
};

const struct vdc_kind vdc_upgrade_host_kind = {
	.name = "upgrade_host",
	.plural = "upgrade_hosts",
	.word = "upgrade-host",
	.help = "a host in the plan of an upgrade",
	.size = sizeof(struct vdc_upgrade_host_row),
	.fields = host_fields,
	.n_fields = VDC_COUNT(host_fields),
};

const struct vdc_kind vdc_upgrade_move_kind = {
	.name = "upgrade_move",
	.plural = "upgrade_moves",
	.word = "upgrade-move",
	.help = "a VM that leaves its host in the plan of an upgrade",
	.size = sizeof(struct vdc_upgrade_move),
	.fields = move_fields,
	.n_fields = VDC_COUNT(move_fields),
};
