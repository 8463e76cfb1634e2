/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/upgrade_run.h"

#include "model/cluster.h"
#include "model/data_center.h"
#include "model/fields.h"
#include "model/host.h"
#include "model/job.h"
#include "model/vm.h"

const struct vdc_enum vdc_run_host_status_values = {
	.name = "status of a host in an upgrade",
	VDC_WORD_LIST("waiting", "working", "interrupted", "upgraded", "failed", "skipped"),
};

#define NOUN struct vdc_upgrade_run
static const struct vdc_field run_fields[] = {
	VDC_F_UUID(id, VDC_REQUIRED | VDC_LISTED, .path = "@id", .help = "id of its job"),
	VDC_F_REF(cluster, vdc_cluster_kind, VDC_LISTED, .help = "cluster that is upgraded"),
	VDC_F_REF(data_center, vdc_data_center_kind, VDC_LISTED,
		  .help = "data centre whose clusters are upgraded"),
	VDC_F_UUID(parent, 0, .path = "parent@id",
		   .help = "run of the data centre that it belongs to"),
	VDC_F_ENUM(status, vdc_job_status_values, VDC_REQUIRED | VDC_LISTED,
		   .help = "how far it is"),
	VDC_F_INT(percent, VDC_LISTED, .title = "%", .help = "how much of it is done"),
	VDC_F_TEXT(owner, VDC_LISTED, .help = "process that carries it out; none: nobody does"),
	VDC_F_ENUM(request, vdc_job_request_values, 0, .help = "what its owner was asked to do"),
	VDC_F_TEXT(actor, 0, .help = "who began it"),
	VDC_F_TIME(start_time, VDC_LISTED, .title = "SINCE", .help = "when it began"),
	VDC_F_TIME(end_time, VDC_LISTED, .title = "UNTIL", .help = "when it ended"),
	VDC_F_INT(elapsed, 0, .help = "how long it has taken, in seconds"),
	VDC_F_INT(left, 0, .help = "how long it will take still, in seconds, estimated"),
	VDC_F_INT(wave, 0, .help = "the wave that is under way"),
	VDC_F_INT(waves, 0, .help = "how many there are"),
	VDC_F_INT(hosts, 0, .help = "hosts that are to be upgraded"),
	VDC_F_INT(hosts_done, 0, .help = "hosts that were upgraded"),
	VDC_F_INT(hosts_failed, 0, .help = "hosts that failed or were skipped"),
	VDC_F_INT(moves, 0, .help = "VMs that are to leave a host, as planned"),
	VDC_F_INT(moves_done, 0, .help = "VMs that left one"),
	VDC_F_INT(moves_failed, 0, .help = "VMs that could not"),
	VDC_F_TEXT(waits, 0, .help = "what it waits for"),
	VDC_F_INT(exit_code, VDC_LISTED, .title = "EXIT", .help = "exit code of the run"),
	VDC_F_TEXT(message, VDC_LISTED, .help = "how it ended"),
};
#undef NOUN

#define NOUN struct vdc_upgrade_run_host
static const struct vdc_field host_fields[] = {
	VDC_F_TEXT(id, VDC_REQUIRED, .path = "@id", .help = "id of the host"),
	VDC_F_INT(wave, VDC_LISTED, .help = "with which wave it goes"),
	VDC_F_TEXT(name, VDC_REQUIRED | VDC_LISTED, .help = "its name"),
	VDC_F_ENUM(status, vdc_run_host_status_values, VDC_REQUIRED | VDC_LISTED,
		   .help = "what became of it"),
	VDC_F_TEXT(phase, VDC_LISTED, .help = "the last phase that it came to"),
	VDC_F_TIME(since, 0, .help = "when that phase began"),
	VDC_F_INT(took, VDC_LISTED, .title = "SECONDS",
		  .help = "how long it has taken, in seconds"),
	VDC_F_INT(moved, VDC_LISTED, .help = "VMs that left it"),
	VDC_F_INT(moves, VDC_LISTED, .title = "OF", .help = "VMs that are to leave it"),
	VDC_F_TEXT(reason, VDC_LISTED, .help = "why it failed, or what it waits for"),
};
#undef NOUN

#define NOUN struct vdc_upgrade_run_move
static const struct vdc_field move_fields[] = {
	VDC_F_TEXT(id, VDC_REQUIRED, .path = "@id", .help = "number of the step"),
	VDC_F_REF(vm, vdc_vm_kind, VDC_REQUIRED | VDC_LISTED, .help = "VM that leaves its host"),
	VDC_F_TEXT(action, VDC_REQUIRED | VDC_LISTED, .help = "how"),
	VDC_F_REF(from, vdc_host_kind, VDC_LISTED, .help = "host that it leaves"),
	VDC_F_REF(to, vdc_host_kind, VDC_LISTED, .help = "host that it goes to"),
	VDC_F_BYTES(done, VDC_LISTED, .help = "bytes that were sent"),
	VDC_F_BYTES(total, VDC_LISTED, .help = "bytes to send in all"),
	VDC_F_BYTES(rate, VDC_LISTED, .title = "PER SECOND", .help = "bytes per second"),
	VDC_F_INT(left, VDC_LISTED, .title = "LEFT",
		  .help = "how long it will take still, in seconds, estimated"),
	VDC_F_TIME(start_time, 0, .help = "when it began"),
};
#undef NOUN

const struct vdc_kind vdc_upgrade_run_kind = {
	.name = "upgrade_run",
	.plural = "upgrade_runs",
	.word = "upgrade-run",
	.help = "an upgrade of a cluster that is carried out",
	.size = sizeof(struct vdc_upgrade_run),
	.fields = run_fields,
	.n_fields = VDC_COUNT(run_fields),
};

const struct vdc_kind vdc_upgrade_run_host_kind = {
	.name = "upgrade_run_host",
	.plural = "upgrade_run_hosts",
	.word = "upgrade-run-host",
	.help = "a host in the run of an upgrade",
	.size = sizeof(struct vdc_upgrade_run_host),
	.fields = host_fields,
	.n_fields = VDC_COUNT(host_fields),
};

const struct vdc_kind vdc_upgrade_run_move_kind = {
	.name = "upgrade_run_move",
	.plural = "upgrade_run_moves",
	.word = "upgrade-run-move",
	.help = "a VM that leaves its host just now",
	.size = sizeof(struct vdc_upgrade_run_move),
	.fields = move_fields,
	.n_fields = VDC_COUNT(move_fields),
};
