/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/libvirt_conn.h"

#include <errno.h>
#include <string.h>

/*
 * Callbacks run in the middle of libvirt's loop, where asking the host something is not safe. They
 * only take a note, and vdc_virt_wait passes the notes on.
 */
struct vdc_virt_note {
	struct vdc_virt_note *next;
	char uuid[VIR_UUID_STRING_BUFLEN];
	char *name;
	const char *what;
	const char *detail;
};

static void free_note(struct vdc_virt_note *note)
{
	free(note->name);
	free(note);
}

void vdc_virt_drop_notes(struct vdc_virt *virt)
{
	while (virt->first) {
		struct vdc_virt_note *next = virt->first->next;

		free_note(virt->first);
		virt->first = next;
	}
	virt->last = &virt->first;
}

static void take_note(struct vdc_virt *virt, virDomainPtr dom, const char *what, const char *detail)
{
	struct vdc_virt_note *note = vdc_alloc(sizeof(*note));

	if (virDomainGetUUIDString(dom, note->uuid) < 0) {
		free_note(note);
		return;
	}
	note->name = vdc_strdup(virDomainGetName(dom));
	note->what = what;
	note->detail = detail;
	*virt->last = note;
	virt->last = &note->next;
}

/* In the order of virDomainEventType and virDomainEventStoppedDetailType. */
static const char *const lifecycle[] = { "defined",   "undefined",   "started",
					 "suspended", "resumed",     "stopped",
					 "shutdown",  "pmsuspended", "crashed" };
static const char *const stopped[] = { "shutdown", "destroyed", "crashed",	"migrated",
				       "saved",	   "failed",	"from_snapshot" };

static int on_lifecycle(virConnectPtr conn, virDomainPtr dom, int event, int detail, void *ctx)
{
	(void)conn;
	take_note(ctx, dom, vdc_virt_word_of(lifecycle, event),
		  event == VIR_DOMAIN_EVENT_STOPPED ? vdc_virt_word_of(stopped, detail) : NULL);
	return 0;
}

/* Whatever else the callbacks of libvirt bring, the first two arguments are these. */
#define CALLBACK(name, what, ...)                                                \
	static void on_##name(virConnectPtr conn, virDomainPtr dom, __VA_ARGS__) \
	{                                                                        \
		(void)conn;                                                      \
		take_note(ctx, dom, what, NULL);                                 \
	}
CALLBACK(reboot, "reboot", void *ctx)
CALLBACK(watchdog, "watchdog", vdc_unused int action, void *ctx)
CALLBACK(io_error, "io_error", vdc_unused const char *path, vdc_unused const char *alias,
	 vdc_unused int action, vdc_unused const char *reason, void *ctx)
CALLBACK(block_job, "block_job", vdc_unused const char *disk, vdc_unused int type,
	 vdc_unused int status, void *ctx)
CALLBACK(disk_change, "disk", vdc_unused const char *old, vdc_unused const char *new,
	 vdc_unused const char *alias, vdc_unused int reason, void *ctx)
CALLBACK(device_added, "device", vdc_unused const char *alias, void *ctx)
CALLBACK(device_removed, "device", vdc_unused const char *alias, void *ctx)
CALLBACK(balloon, "balloon", vdc_unused unsigned long long actual, void *ctx)
CALLBACK(tunable, "tunable", vdc_unused virTypedParameterPtr params, vdc_unused int n, void *ctx)
CALLBACK(job_done, "job", vdc_unused virTypedParameterPtr params, vdc_unused int n, void *ctx)
CALLBACK(metadata, "metadata", vdc_unused int type, vdc_unused const char *uri, void *ctx)
CALLBACK(threshold, "block_threshold", vdc_unused const char *dev, vdc_unused const char *path,
	 vdc_unused unsigned long long at, vdc_unused unsigned long long excess, void *ctx)

static const struct {
	int id;
	virConnectDomainEventGenericCallback call;
} wanted[] = {
	{ VIR_DOMAIN_EVENT_ID_LIFECYCLE, VIR_DOMAIN_EVENT_CALLBACK(on_lifecycle) },
	{ VIR_DOMAIN_EVENT_ID_REBOOT, VIR_DOMAIN_EVENT_CALLBACK(on_reboot) },
	{ VIR_DOMAIN_EVENT_ID_WATCHDOG, VIR_DOMAIN_EVENT_CALLBACK(on_watchdog) },
	{ VIR_DOMAIN_EVENT_ID_IO_ERROR_REASON, VIR_DOMAIN_EVENT_CALLBACK(on_io_error) },
	{ VIR_DOMAIN_EVENT_ID_BLOCK_JOB_2, VIR_DOMAIN_EVENT_CALLBACK(on_block_job) },
	{ VIR_DOMAIN_EVENT_ID_DISK_CHANGE, VIR_DOMAIN_EVENT_CALLBACK(on_disk_change) },
	{ VIR_DOMAIN_EVENT_ID_DEVICE_ADDED, VIR_DOMAIN_EVENT_CALLBACK(on_device_added) },
	{ VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED, VIR_DOMAIN_EVENT_CALLBACK(on_device_removed) },
	{ VIR_DOMAIN_EVENT_ID_BALLOON_CHANGE, VIR_DOMAIN_EVENT_CALLBACK(on_balloon) },
	{ VIR_DOMAIN_EVENT_ID_TUNABLE, VIR_DOMAIN_EVENT_CALLBACK(on_tunable) },
	{ VIR_DOMAIN_EVENT_ID_JOB_COMPLETED, VIR_DOMAIN_EVENT_CALLBACK(on_job_done) },
	{ VIR_DOMAIN_EVENT_ID_METADATA_CHANGE, VIR_DOMAIN_EVENT_CALLBACK(on_metadata) },
	{ VIR_DOMAIN_EVENT_ID_BLOCK_THRESHOLD, VIR_DOMAIN_EVENT_CALLBACK(on_threshold) },
};

static void on_timer(int timer, void *ctx)
{
	struct vdc_virt *virt = ctx;

	virt->timed_out = true;
	virEventUpdateTimeout(timer, -1);
}

int vdc_virt_conn_follow(struct vdc_virt *virt, struct vdc_err *err)
{
	for (size_t i = 0; i < VDC_COUNT(wanted); i++) {
		int id = virConnectDomainEventRegisterAny(virt->conn, NULL, wanted[i].id,
							  wanted[i].call, virt, NULL);

		/* Only the lifecycle is known to every driver. */
		if (id < 0 && wanted[i].id == VIR_DOMAIN_EVENT_ID_LIFECYCLE)
			return vdc_virt_failed(err);
	}
	virt->timer = virEventAddTimeout(-1, on_timer, virt, NULL);
	return virt->timer < 0 ? vdc_virt_failed(err) : 0;
}

static int pass_on(struct vdc_virt *virt, vdc_virt_event_fn *fn, void *ctx, struct vdc_err *err)
{
	int r = 0;

	while (virt->first && !r) {
		struct vdc_virt_note *note = virt->first;
		struct vdc_virt_event event = {
			.uuid = note->uuid,
			.name = note->name,
			.what = note->what,
			.detail = note->detail,
		};

		virt->first = note->next;
		if (!virt->first)
			virt->last = &virt->first;
		r = fn(ctx, &event, err);
		free_note(note);
	}
	return r;
}

int vdc_virt_conn_wait(struct vdc_virt *virt, int64_t limit_us, vdc_virt_event_fn *fn, void *ctx,
		       struct vdc_err *err)
{
	virt->timed_out = false;
	virEventUpdateTimeout(virt->timer, (int)(limit_us / 1000));
	while (!virt->first && !virt->lost && !virt->timed_out)
		if (virEventRunDefaultImpl() < 0)
			return vdc_virt_failed(err);
	if (virt->lost || virConnectIsAlive(virt->conn) == 0)
		return vdc_err_set(err, -ECONNRESET, "libvirt: the connection was lost");
	return pass_on(virt, fn, ctx, err);
}
