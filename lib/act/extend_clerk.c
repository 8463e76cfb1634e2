/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The process that serves the mailbox: reads the inbox, and writes the outbox under the lease. */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "act/extend_part.h"
#include "act/mailbox_part.h"
#include "act/spm_state.h"
#include "base/buf.h"
#include "base/time.h"
#include "doc/mailbox_manager.h"

/* The event page is read so often, 4 KiB, and all of the inbox at an event or as often as vdsm does. Where
 * nobody asked for a while, nobody is in haste: a guest that writes asks again and again. */
#define LOOK (VDC_SECOND / 50)
#define LOOK_IDLE (VDC_SECOND / 10)
#define IDLE_AFTER (10 * VDC_SECOND)
#define LOOK_AT_ALL (2 * VDC_SECOND)
/* A page that was read while it was written is soon a sound one; so long it is looked for in haste. */
#define TORN VDC_SECOND
#define TROUBLE_PAUSE (VDC_SECOND / 2)

/* Who waits for an answer. */
struct slot {
	int64_t host_id;
	size_t slot;
	struct vdc_mailbox_message message;
	struct vdc_extend_request request; /* the same, for the others */
	bool sent;
};

struct clerk {
	const struct extend_office *office;
	int fd;
	struct vdc_direct *inbox, *outbox;
	struct vdc_mailbox_manager *pages; /* by host id */
	uint8_t *bytes;			   /* of the inbox when it was read last, with its event */
	struct vdc_buf slots;		   /* struct slot each */
	int64_t looked;			   /* at all of it, 0: not yet */
	int64_t asked;			   /* when something in it was new */
	int64_t damaged;		   /* since when a page of it is, 0: none */
	bool changed; /* a page of the outbox is to be written: not looked for at each look */
	struct extend_way way;
};

static int empty_outbox(struct clerk *clerk, struct vdc_err *err)
{
	const struct extend_office *office = clerk->office;
	struct vdc_spm_work *work;
	int r = vdc_spm_work_begin(office->master, office->lver, &work, err);

	if (r)
		return r;
	r = vdc_spm_work_check(work, err);
	if (!r)
		r = vdc_direct_write(clerk->outbox, 0, clerk->bytes, MAILBOX_SIZE, err);
	vdc_spm_work_end(work);
	return r;
}

static int open_clerk(struct clerk *clerk, struct vdc_err *err)
{
	const struct vdc_lockspace *master = clerk->office->master;
	int r = 0;

	if (!clerk->inbox)
		r = mailbox_open(master, VDC_MAILBOX_INBOX, 0, &clerk->inbox, err);
	if (r || clerk->outbox)
		return r;
	r = mailbox_open(master, VDC_MAILBOX_OUTBOX, 1, &clerk->outbox, err);
	if (!r)
		r = empty_outbox(clerk, err);
	if (r) {
		vdc_direct_close(clerk->outbox);
		clerk->outbox = NULL;
	}
	return r;
}

static void take_page(struct clerk *clerk, int64_t host_id, const uint8_t *page)
{
	struct vdc_mailbox_message message;
	size_t at = 0;

	while (vdc_mailbox_manager_read(&clerk->pages[host_id], page, &at, &message)) {
		struct slot slot = { .host_id = host_id, .slot = at - 1, .message = message };

		slot.request.size = message.size;
		memcpy(slot.request.domain, message.domain, sizeof(slot.request.domain));
		memcpy(slot.request.volume, message.volume, sizeof(slot.request.volume));
		/* What is not understood is seen by `lv-extend mailbox show`, and by nobody answered. */
		if (message.kind == VDC_MAILBOX_EXTEND && message.size)
			vdc_buf_add(&clerk->slots, &slot, sizeof(slot));
	}
	clerk->changed = clerk->changed || clerk->pages[host_id].changed;
}

/* Most pages are those of hosts that there are not, and nearly all are as they were. */
static void take_inbox(struct clerk *clerk, const uint8_t *inbox, int64_t now)
{
	bool damaged = false;

	for (int64_t id = 1; id < MAILBOX_PAGES; id++) {
		const uint8_t *page = inbox + id * VDC_MAILBOX_PAGE;
		uint8_t *before = clerk->bytes + id * VDC_MAILBOX_PAGE;

		if (memcmp(page, before, VDC_MAILBOX_PAGE) != 0) {
			memcpy(before, page, VDC_MAILBOX_PAGE);
			take_page(clerk, id, page);
			clerk->asked = now;
		}
		damaged = damaged || clerk->pages[id].damaged;
	}
	if (!damaged)
		clerk->damaged = 0;
	else if (!clerk->damaged)
		clerk->damaged = now;
	clerk->looked = now;
}

static bool is_due(const struct clerk *clerk, const uint8_t *event, int64_t now)
{
	return !clerk->looked || now - clerk->looked >= LOOK_AT_ALL ||
	       (clerk->damaged && now - clerk->damaged < TORN) ||
	       memcmp(event, clerk->bytes, VDC_MAILBOX_PAGE) != 0;
}

static int read_inbox(struct clerk *clerk, struct vdc_err *err)
{
	const int64_t now = vdc_time_monotonic();
	const void *bytes;
	int r = vdc_direct_look(clerk->inbox, 0, VDC_MAILBOX_PAGE, &bytes, err);

	if (r || !is_due(clerk, bytes, now))
		return r;
	/* What is written from here on has another event. */
	memcpy(clerk->bytes, bytes, VDC_MAILBOX_PAGE);
	r = vdc_direct_look(clerk->inbox, 0, MAILBOX_SIZE, &bytes, err);
	if (!r)
		take_inbox(clerk, bytes, now);
	else
		clerk->looked = 0;
	return r;
}

static struct slot *slots_of(const struct clerk *clerk, size_t *n)
{
	*n = clerk->slots.len / sizeof(struct slot);
	return (struct slot *)(void *)clerk->slots.data;
}

static void send_requests(struct clerk *clerk)
{
	size_t n;
	struct slot *slots = slots_of(clerk, &n);

	for (size_t i = 0; i < n; i++) {
		if (slots[i].sent)
			continue;
		if (vdc_aide_send(clerk->fd, &slots[i].request, sizeof(slots[i].request)))
			return;
		slots[i].sent = true;
	}
}

static void take_outcome(struct clerk *clerk, const struct extend_outcome *outcome)
{
	size_t n, left = 0;
	struct slot *slots = slots_of(clerk, &n);
	const bool grew = outcome->new_size > outcome->old_size;

	for (size_t i = 0; i < n; i++) {
		const struct slot *it = &slots[i];

		if (!extend_settles(outcome, &it->request)) {
			slots[left++] = *it;
			continue;
		}
		vdc_mailbox_manager_reply(
			&clerk->pages[it->host_id], it->slot, &it->message,
			it->request.size <= outcome->new_size || grew ? outcome->new_size : 0);
		clerk->changed = true;
	}
	clerk->slots.len = left * sizeof(*slots);
}

static int write_changed(struct clerk *clerk, struct vdc_spm_work *work, struct vdc_err *err)
{
	int r = vdc_spm_work_check(work, err);

	for (int64_t id = 1; id < MAILBOX_PAGES && !r; id++) {
		struct vdc_mailbox_manager *page = &clerk->pages[id];

		if (!page->changed)
			continue;
		r = vdc_direct_write(clerk->outbox, id * VDC_MAILBOX_PAGE, page->out,
				     sizeof(page->out), err);
		page->changed = r != 0;
	}
	return r;
}

static int write_outbox(struct clerk *clerk, struct vdc_err *err)
{
	const struct extend_office *office = clerk->office;
	struct vdc_spm_work *work;
	int r;

	if (!clerk->changed)
		return 0;
	r = vdc_spm_work_begin(office->master, office->lver, &work, err);
	if (r)
		return r;
	r = write_changed(clerk, work, err);
	vdc_spm_work_end(work);
	clerk->changed = r != 0;
	return r;
}

/* False: nobody wants more of it. */
static bool listen_to(struct clerk *clerk, int64_t limit_us)
{
	struct pollfd fd = { .fd = clerk->fd, .events = POLLIN };
	struct extend_outcome outcome;
	int r;

	poll(&fd, 1, (int)(limit_us / 1000));
	while ((r = vdc_aide_take(clerk->fd, &outcome, sizeof(outcome))) > 0)
		take_outcome(clerk, &outcome);
	return r == 0;
}

static int round_of(struct clerk *clerk, struct vdc_err *err)
{
	int r = open_clerk(clerk, err);

	if (!r)
		r = read_inbox(clerk, err);
	if (!r) {
		send_requests(clerk);
		r = write_outbox(clerk, err);
	}
	return r;
}

static int64_t pause_of(const struct clerk *clerk)
{
	return clerk->slots.len || vdc_time_monotonic() - clerk->asked < IDLE_AFTER ? LOOK
										    : LOOK_IDLE;
}

void extend_clerk_life(void *office, int fd)
{
	struct clerk *clerk = vdc_alloc(sizeof(*clerk));
	int64_t pause = 0;

	clerk->office = office;
	clerk->fd = clerk->way.fd = fd;
	clerk->pages = vdc_alloc(MAILBOX_PAGES * sizeof(*clerk->pages));
	clerk->bytes = vdc_alloc(MAILBOX_SIZE);
	while (listen_to(clerk, pause)) {
		struct vdc_err why = { 0 };
		int r = round_of(clerk, &why);

		extend_way_failed(&clerk->way, &why);
		if (r == -EPERM)
			break;
		pause = r ? TROUBLE_PAUSE : pause_of(clerk);
	}
}
