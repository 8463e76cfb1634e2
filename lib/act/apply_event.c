/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is told about a change. The numbers are those of oVirt's AuditLogType where it has one. */
#include "act/apply.h"

#include <string.h>

#include "store/events.h"

struct tale {
	const char *type;
	enum vdc_severity severity;
	int64_t code;
	const char *words; /* %h the host, %v the VM, %d why, %o the host where it was */
};

static const struct tale host_tales[] = {
	[VDC_HOST_NEWS_UP] = { "host_up", VDC_SEVERITY_NORMAL, 13, "host %h is up" },
	[VDC_HOST_NEWS_CONNECTING] = { "host_connecting", VDC_SEVERITY_WARNING, 9027,
				       "host %h does not answer: %d" },
	[VDC_HOST_NEWS_LOST] = { "host_non_responsive", VDC_SEVERITY_ERROR, 12,
				 "host %h is non_responsive: %d" },
	[VDC_HOST_NEWS_UNFIT] = { "host_non_operational", VDC_SEVERITY_WARNING, VDC_UNSET,
				  "host %h is non_operational: %d" },
	[VDC_HOST_NEWS_INITIALIZING] = { "host_initializing", VDC_SEVERITY_NORMAL, VDC_UNSET,
					 "host %h is initializing: %d" },
	[VDC_HOST_NEWS_REBOOTED] = { "host_rebooted", VDC_SEVERITY_WARNING, VDC_UNSET,
				     "host %h was rebooted" },
};

static const struct tale vm_tales[] = {
	[VDC_VM_NEWS_STARTED] = { "vm_started", VDC_SEVERITY_NORMAL, 32, "VM %v runs on host %h" },
	[VDC_VM_NEWS_MIGRATED] = { "vm_migrated", VDC_SEVERITY_NORMAL, 63,
				   "VM %v moved from host %o to host %h" },
	[VDC_VM_NEWS_PAUSED] = { "vm_paused", VDC_SEVERITY_WARNING, VDC_UNSET,
				 "VM %v on host %h is paused: %d" },
	[VDC_VM_NEWS_RESUMED] = { "vm_resumed", VDC_SEVERITY_NORMAL, VDC_UNSET,
				  "VM %v on host %h goes on" },
	[VDC_VM_NEWS_STOPPED] = { "vm_stopped", VDC_SEVERITY_NORMAL, 61, "VM %v stopped: %d" },
	[VDC_VM_NEWS_FAILED] = { "vm_failed", VDC_SEVERITY_ERROR, 119, "VM %v failed: %d" },
	[VDC_VM_NEWS_UNKNOWN] = { "vm_unknown", VDC_SEVERITY_WARNING, 142,
				  "status of VM %v is unknown: its host %h does not answer" },
	[VDC_VM_NEWS_BACK] = { "vm_back", VDC_SEVERITY_NORMAL, VDC_UNSET,
			       "VM %v still runs on host %h" },
	[VDC_VM_NEWS_LOST] = { "vm_lost", VDC_SEVERITY_WARNING, VDC_UNSET,
			       "host %h does not know VM %v any more" },
	[VDC_VM_NEWS_GONE] = { "vm_gone", VDC_SEVERITY_WARNING, VDC_UNSET,
			       "no host knows VM %v any more" },
	[VDC_VM_NEWS_TWICE] = { "vm_runs_twice", VDC_SEVERITY_ALERT, VDC_UNSET,
				"VM %v runs on host %h and on host %o at the same time: stop one of "
				"them at once, they write to the same disks" },
};

struct names {
	const char *host, *vm, *detail, *other;
};

static const char *name_of(const struct names *names, char letter)
{
	switch (letter) {
	case 'h':
		return names->host;
	case 'v':
		return names->vm;
	case 'o':
		return names->other;
	default:
		return names->detail;
	}
}

static void spell(struct vdc_buf *out, const char *words, const struct names *names)
{
	for (; *words; words++) {
		if (*words == '%' && words[1])
			vdc_buf_puts(out, name_of(names, *++words) ?: "");
		else
			vdc_buf_putc(out, *words);
	}
}

static int tell(struct vdc_apply *apply, const struct tale *tale, const struct vdc_kind *kind,
		const void *object, const struct names *names, struct vdc_err *err)
{
	struct vdc_event *event = vdc_object_new(&vdc_event_kind, apply->arena);
	vdc_autobuf words = { 0 };

	spell(&words, tale->words, names);
	event->time = apply->now;
	event->severity = tale->severity;
	event->type = vdc_arena_strdup(apply->arena, tale->type);
	event->code = tale->code;
	event->description = vdc_arena_strdup(apply->arena, vdc_buf_str(&words));
	event->object_kind = vdc_arena_strdup(apply->arena, kind->name);
	event->object_id = vdc_arena_strdup(apply->arena, vdc_object_id(object));
	event->object_name = vdc_arena_strdup(apply->arena, vdc_object_name(kind, object));
	if (apply->host)
		event->host_id = apply->host->id;
	if (kind == &vdc_vm_kind)
		event->vm_id = event->object_id;
	event->cluster_id = apply->cluster->id;
	vdc_buf_printf(&apply->news, "%s%s", apply->news.len ? "\n" : "", event->description);
	return vdc_event_add(apply->db, event, apply->arena, err);
}

int vdc_apply_host_news(struct vdc_apply *apply, const struct vdc_host_verdict *verdict,
			struct vdc_err *err)
{
	struct names names = { .host = apply->host->name, .detail = verdict->detail ?: "" };

	if (verdict->news == VDC_HOST_NEWS_NONE)
		return 0;
	return tell(apply, &host_tales[verdict->news], &vdc_host_kind, apply->host, &names, err);
}

int vdc_apply_host_change(struct vdc_apply *apply, const char *what, const char *from,
			  const char *to, struct vdc_err *err)
{
	static const struct tale tale = { "host_changed", VDC_SEVERITY_NORMAL, VDC_UNSET,
					  "host %h: %d" };
	struct names names = { .host = apply->host->name };

	if (!from || !to || strcmp(from, to) == 0)
		return 0;
	names.detail = vdc_arena_format(apply->arena, "%s was %s and is %s", what, from, to);
	return tell(apply, &tale, &vdc_host_kind, apply->host, &names, err);
}

/* The name of a host by its id; ids of hosts that are gone serve as their names. */
static const char *host_name(struct vdc_apply *apply, const char *id)
{
	void *host;

	if (!id)
		return "(none)";
	if (vdc_store_get(apply->db, &vdc_host_kind, id, 0, apply->arena, &host, NULL))
		return id;
	return vdc_object_name(&vdc_host_kind, host);
}

int vdc_apply_vm_news(struct vdc_apply *apply, const struct vdc_vm *before, const struct vdc_vm *vm,
		      enum vdc_vm_news news, struct vdc_err *err)
{
	struct names names = {
		.host = apply->host ? apply->host->name : "(none)",
		.vm = vm->name,
		.detail = vm->status_detail ?: "no reason given",
	};

	if (news == VDC_VM_NEWS_NONE)
		return 0;
	if (news == VDC_VM_NEWS_MIGRATED || news == VDC_VM_NEWS_TWICE)
		names.other = host_name(apply, before->host.id);
	return tell(apply, &vm_tales[news], &vdc_vm_kind, vm, &names, err);
}

int vdc_apply_vm_mode(struct vdc_apply *apply, const struct vdc_vm *before, const struct vdc_vm *vm,
		      struct vdc_err *err)
{
	static const struct tale entered = {
		"vm_compatibility_mode", VDC_SEVERITY_WARNING, VDC_UNSET,
		"VM %v came from the older cluster %o and runs in compatibility mode (compat-level "
		"vm upgrade ends it)"
	};
	static const struct tale left = { "vm_compatibility_mode_left", VDC_SEVERITY_NORMAL,
					  VDC_UNSET,
					  "VM %v went back and is not in compatibility mode" };
	const struct names names = {
		.host = apply->host->name,
		.vm = vm->name,
		.other = vm->migrated_from_cluster,
	};
	bool was = vdc_is_true(before->compatibility_mode),
	     is = vdc_is_true(vm->compatibility_mode);

	if (was == is)
		return 0;
	return tell(apply, is ? &entered : &left, &vdc_vm_kind, vm, &names, err);
}
