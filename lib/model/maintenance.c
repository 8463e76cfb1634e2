/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/maintenance.h"

#include "model/fields.h"
#include "model/host.h"

static const struct vdc_enum result_values = {
	.name = "result of a maintenance",
	VDC_WORD_LIST("done", "refused", "failed", "stopped", "unfit", "no_answer"),
};

static const struct vdc_enum action_values = {
	.name = "what happens to a VM",
	VDC_WORD_LIST("migrate", "restart", "stop", "start", "return", "blocked"),
};

#define NOUN struct vdc_host_away
static const struct vdc_field away_fields[] = {
	VDC_F_UUID(id, VDC_REQUIRED, .path = "@id", .help = "id of the host"),
	VDC_F_TEXT(host, VDC_REQUIRED | VDC_KEY | VDC_LISTED, .path = "host/name",
		   .help = "its name"),
	VDC_F_ENUM(result, result_values, VDC_LISTED, .help = "what became of it"),
	VDC_F_ENUM(status, vdc_host_status_values, VDC_LISTED, .help = "its status"),
	VDC_F_TIME(since, VDC_LISTED, .help = "since when it has that"),
	VDC_F_INT(vms, VDC_LISTED, .title = "VMS", .help = "VMs that run there"),
	VDC_F_INT(off, VDC_LISTED, .help = "VMs that are off until it is back"),
	VDC_F_INT(away, VDC_LISTED, .help = "VMs that run elsewhere and may come home"),
	VDC_F_INT(started, 0, .help = "VMs that were started when it came back"),
	VDC_F_INT(returned, 0, .help = "VMs that came home"),
	VDC_F_INT(left, 0, .help = "VMs that could not be started or brought home"),
	VDC_F_UUID(job, 0, .path = "job@id", .help = "job that did it"),
	VDC_F_TEXT(reason, VDC_LISTED, .help = "why"),
};
#undef NOUN

const struct vdc_kind vdc_host_away_kind = {
	.name = "host_away",
	.plural = "hosts_away",
	.word = "host-away",
	.help = "a host that is away, or goes or comes back",
	.size = sizeof(struct vdc_host_away),
	.fields = away_fields,
	.n_fields = VDC_COUNT(away_fields),
};

#define NOUN struct vdc_eviction
static const struct vdc_field fields[] = {
	VDC_F_UUID(id, VDC_REQUIRED, .path = "@id", .help = "id of the VM"),
	VDC_F_TEXT(vm, VDC_REQUIRED | VDC_KEY | VDC_LISTED, .path = "vm/name",
		   .help = "name of the VM"),
	VDC_F_TEXT(from, VDC_LISTED, .path = "from/name", .help = "host that it leaves"),
	VDC_F_ENUM(action, action_values, VDC_REQUIRED | VDC_LISTED, .help = "what happens to it"),
	VDC_F_TEXT(to, VDC_LISTED, .path = "to/name", .help = "host that it goes to"),
	VDC_F_TEXT(reason, VDC_LISTED, .help = "why"),
};

const struct vdc_kind vdc_eviction_kind =
	VDC_KIND("eviction", "evictions", "eviction", "what happens to a VM whose host goes away");
