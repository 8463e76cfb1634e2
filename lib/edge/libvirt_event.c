/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/libvirt_conn.h"

#include <errno.h>
#include <string.h>

enum { NOTES_MOST = 4096 };

/*
 * Callbacks run in the middle of libvirt's loop, where asking the host something is not safe. They
 * only take a note, and vdc_virt_wait passes the notes on.
 */
struct vdc_virt_note {
	struct vdc_virt_note *next;
	char uuid[VIR_UUID_STRING_BUFLEN]; /* "": of no domain */
	char *name;
	const char *what;
	char *detail, *device;
	int64_t offset;
};

static void free_note(struct vdc_virt_note *note)
{
	free(note->name);
	free(note->detail);
	free(note->device);
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
	virt->n_notes = 0;
}

static bool is_same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* Threshold events come as fast as a guest writes; what else happens keeps its order. */
static bool is_known(const struct vdc_virt *virt, const struct vdc_virt_note *new)
{
	for (struct vdc_virt_note *note = virt->first; note && new->device; note = note->next) {
		if (!is_same(note->what, new->what) || !is_same(note->device, new->device) ||
		    !is_same(note->detail, new->detail) || strcmp(note->uuid, new->uuid) != 0)
			continue;
		if (new->offset > note->offset)
			note->offset = new->offset;
		return true;
	}
	return false;
}

static void add_note(struct vdc_virt *virt, struct vdc_virt_note *note)
{
	if (is_known(virt, note) || (virt->first && strcmp(virt->first->what, "lost") == 0)) {
		free_note(note);
		return;
	}
	if (virt->n_notes == NOTES_MOST) {
		vdc_virt_drop_notes(virt);
		free_note(note);
		note = vdc_alloc(sizeof(*note));
		note->what = "lost";
	}
	*virt->last = note;
	virt->last = &note->next;
	virt->n_notes++;
}

static void take_device_note(struct vdc_virt *virt, virDomainPtr dom, const char *what,
			     const char *detail, const char *device, unsigned long long offset)
{
	struct vdc_virt_note *note = vdc_alloc(sizeof(*note));

	if (virDomainGetUUIDString(dom, note->uuid) < 0) {
		free_note(note);
		return;
	}
	note->name = vdc_strdup(virDomainGetName(dom));
	note->what = what;
	note->detail = vdc_strdup(detail);
	note->device = vdc_strdup(device);
	note->offset = offset > INT64_MAX ? INT64_MAX : (int64_t)offset;
	add_note(virt, note);
}

static void take_note(struct vdc_virt *virt, virDomainPtr dom, const char *what, const char *detail)
{
	take_device_note(virt, dom, what, detail, NULL, 0);
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

static void on_io_error(virConnectPtr conn, virDomainPtr dom, const char *path,
			vdc_unused const char *alias, vdc_unused int action, const char *reason,
			void *ctx)
{
	(void)conn;
	take_device_note(ctx, dom, "io_error", reason, path, 0);
}

static void on_threshold(virConnectPtr conn, virDomainPtr dom, const char *dev,
			 vdc_unused const char *path, unsigned long long at,
			 unsigned long long excess, void *ctx)
{
	unsigned long long sum;

	(void)conn;
	if (__builtin_add_overflow(at, excess, &sum))
		sum = at;
	take_device_note(ctx, dom, "block_threshold", NULL, dev, sum);
}

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

static void on_wake(vdc_unused int watch, vdc_unused int fd, vdc_unused int events, void *ctx)
{
	((struct vdc_virt *)ctx)->woken = true;
}

int vdc_virt_conn_wake(struct vdc_virt *virt, int fd, struct vdc_err *err)
{
	int watch = virEventAddHandle(fd, VIR_EVENT_HANDLE_READABLE, on_wake, virt, NULL);

	return watch < 0 ? vdc_virt_failed(err) : 0;
}

static int pass_on(struct vdc_virt *virt, vdc_virt_event_fn *fn, void *ctx, struct vdc_err *err)
{
	int r = 0;

	while (virt->first && !r) {
		struct vdc_virt_note *note = virt->first;
		struct vdc_virt_event event = {
			.uuid = *note->uuid ? note->uuid : NULL,
			.name = note->name,
			.what = note->what,
			.detail = note->detail,
			.device = note->device,
			.offset = note->offset,
		};

		virt->first = note->next;
		if (!virt->first)
			virt->last = &virt->first;
		virt->n_notes--;
		r = fn(ctx, &event, err);
		free_note(note);
	}
	return r;
}

int vdc_virt_conn_wait(struct vdc_virt *virt, int64_t limit_us, vdc_virt_event_fn *fn, void *ctx,
		       struct vdc_err *err)
{
	virt->timed_out = virt->woken = false;
	virEventUpdateTimeout(virt->timer, (int)(limit_us / 1000));
	while (!virt->first && !virt->lost && !virt->timed_out && !virt->woken)
		if (virEventRunDefaultImpl() < 0)
			return vdc_virt_failed(err);
	if (virt->lost || virConnectIsAlive(virt->conn) == 0)
		return vdc_err_set(err, -ECONNRESET, "libvirt: the connection was lost");
	return pass_on(virt, fn, ctx, err);
}
