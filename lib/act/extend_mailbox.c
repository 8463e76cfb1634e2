/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The process that asks by mailbox. Processes of one host share its page: a slot is whose lock it is on
 * a byte of a file, and the page is changed under a lock on another one, so that one that dies gives up
 * what it had.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "act/extend_part.h"
#include "act/mailbox_part.h"
#include "act/spm_part.h"
#include "base/time.h"
#include "doc/mailbox_host.h"

/* Between two looks for answers: a manager like this one takes tens of milliseconds, vdsm's 2 s. */
#define LOOK (VDC_SECOND / 100)
#define LOOK_SLOW (VDC_SECOND / 10)
#define SLOW_AFTER (2 * VDC_SECOND)
#define TROUBLE_PAUSE (VDC_SECOND / 2)

enum { PAGE_LOCK = 0, FIRST_SLOT_LOCK };

struct post {
	const struct vdc_lockspace *master;
	struct vdc_mailbox_host host;
	struct vdc_extend_queue waiting; /* wishes without a slot */
	struct vdc_direct *inbox, *outbox;
	int locks;
	int64_t last; /* when something was asked or answered */
	struct extend_way way;
};

static int lock(const struct post *post, int type, off_t byte, int how)
{
	struct flock range = {
		.l_type = (short)type, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1
	};

	return fcntl(post->locks, how, &range) ? -errno : 0;
}

static int open_post(struct post *post, struct vdc_err *err)
{
	vdc_autofree char *path = spm_path(post->master->id, ".page");
	int r = spm_make_folder(err);

	if (!r && post->locks < 0)
		post->locks = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (!r && post->locks < 0)
		r = vdc_err_set(err, -errno, "%s: %m", path);
	if (!r && !post->inbox)
		r = mailbox_open(post->master, VDC_MAILBOX_INBOX, 1, &post->inbox, err);
	if (!r && !post->outbox)
		r = mailbox_open(post->master, VDC_MAILBOX_OUTBOX, 0, &post->outbox, err);
	return r;
}

static int64_t at(const struct post *post)
{
	return post->master->host_id * VDC_MAILBOX_PAGE;
}

static int write_event(struct post *post, struct vdc_err *err)
{
	char event[VDC_UUID_LEN + 1];
	uint8_t page[VDC_MAILBOX_PAGE];
	int r = vdc_uuid_random(event);

	if (r)
		return vdc_err_set(err, r, "no random bytes");
	r = vdc_mailbox_event_write(event, page, err);
	return r ? r : vdc_direct_write(post->inbox, 0, page, sizeof(page), err);
}

/* Others change their slots of the page, too. */
static int write_page(struct post *post, struct vdc_err *err)
{
	const uint64_t changed = post->host.changed;
	uint8_t page[VDC_MAILBOX_PAGE];
	int r;

	if (!changed)
		return 0;
	lock(post, F_WRLCK, PAGE_LOCK, F_OFD_SETLKW);
	r = vdc_direct_read(post->inbox, at(post), page, sizeof(page), err);
	if (!r) {
		vdc_mailbox_host_write(&post->host, page);
		r = vdc_direct_write(post->inbox, at(post), page, sizeof(page), err);
	}
	lock(post, F_UNLCK, PAGE_LOCK, F_OFD_SETLK);
	if (!r)
		r = write_event(post, err);
	if (r)
		post->host.changed = changed;
	return r;
}

/* A slot that nobody has; those of the dead are made clean on the way. */
static bool find_slot(struct post *post, const struct vdc_mailbox_message *message,
		      const uint8_t *in, const uint8_t *out, int64_t now)
{
	for (size_t i = 0; i < VDC_MAILBOX_SLOTS; i++) {
		if (post->host.slots[i].turn != VDC_MAILBOX_OTHERS ||
		    lock(post, F_WRLCK, FIRST_SLOT_LOCK + (off_t)i, F_OFD_SETLK))
			continue;
		if (vdc_mailbox_host_put(&post->host, i, message, in + vdc_mailbox_at(i),
					 out + vdc_mailbox_at(i), now))
			return true;
	}
	return false;
}

static void refuse(const struct post *post, const struct vdc_extend_request *request,
		   const struct vdc_err *why)
{
	struct vdc_extend_answer answer = { 0 };

	memcpy(answer.domain, request->domain, sizeof(answer.domain));
	memcpy(answer.volume, request->volume, sizeof(answer.volume));
	snprintf(answer.text, sizeof(answer.text), "%s", vdc_err_text(why));
	vdc_aide_send(post->way.fd, &answer, sizeof(answer));
}

static int place_wishes(struct post *post, struct vdc_err *err)
{
	uint8_t in[VDC_MAILBOX_PAGE], out[VDC_MAILBOX_PAGE];
	struct vdc_extend_request request;
	bool have_pages = false, full = false;
	int64_t now = vdc_time_monotonic();
	int r = 0;

	while (!r && !full && vdc_extend_queue_take(&post->waiting, NULL, &request)) {
		struct vdc_mailbox_message message = { .kind = VDC_MAILBOX_EXTEND,
						       .size = request.size };
		struct vdc_err why = { 0 };
		int wish;

		memcpy(message.domain, request.domain, sizeof(message.domain));
		memcpy(message.volume, request.volume, sizeof(message.volume));
		wish = vdc_mailbox_host_wish(&post->host, &message, now, &why);
		post->last = now;
		if (wish < 0)
			refuse(post, &request, &why);
		if (wish != VDC_MAILBOX_WANTS_SLOT)
			continue;
		if (!have_pages) {
			r = vdc_direct_read(post->inbox, at(post), in, sizeof(in), err);
			if (!r)
				r = vdc_direct_read(post->outbox, at(post), out, sizeof(out), err);
			have_pages = !r;
		}
		full = r || !find_slot(post, &message, in, out, now);
		if (full)
			vdc_extend_queue_put(&post->waiting, &request);
	}
	return r;
}

static int read_answers(struct post *post, struct vdc_err *err)
{
	uint8_t out[VDC_MAILBOX_PAGE];
	struct vdc_mailbox_message message;
	size_t slot = 0;
	int r = vdc_direct_read(post->outbox, at(post), out, sizeof(out), err);

	if (r)
		return r;
	while (vdc_mailbox_host_read(&post->host, out, vdc_time_monotonic(), &slot, &message)) {
		struct vdc_extend_answer answer = { .size = message.size };

		memcpy(answer.domain, message.domain, sizeof(answer.domain));
		memcpy(answer.volume, message.volume, sizeof(answer.volume));
		vdc_aide_send(post->way.fd, &answer, sizeof(answer));
		post->last = vdc_time_monotonic();
	}
	return 0;
}

static void free_slots(struct post *post)
{
	uint64_t freed = vdc_mailbox_host_freed(&post->host);

	for (size_t i = 0; i < VDC_MAILBOX_SLOTS; i++)
		if (freed >> i & 1)
			lock(post, F_UNLCK, FIRST_SLOT_LOCK + (off_t)i, F_OFD_SETLK);
}

static int round_of(struct post *post, struct vdc_err *err)
{
	int r = open_post(post, err);

	if (!r)
		r = place_wishes(post, err);
	if (!r)
		r = write_page(post, err);
	if (!r && vdc_mailbox_host_waits(&post->host))
		r = read_answers(post, err);
	if (!r)
		r = write_page(post, err);
	if (!r)
		free_slots(post);
	return r;
}

static int64_t pause_of(const struct post *post, bool trouble)
{
	if (trouble)
		return TROUBLE_PAUSE;
	if (!vdc_mailbox_host_waits(&post->host))
		return post->waiting.n ? LOOK_SLOW : -1;
	return vdc_time_monotonic() - post->last < SLOW_AFTER ? LOOK : LOOK_SLOW;
}

void extend_mailbox_life(void *options, int fd)
{
	struct post *post = vdc_alloc(sizeof(*post));
	bool trouble = false;

	post->master = ((const struct vdc_extend_ask_options *)options)->master;
	post->locks = -1;
	post->way.fd = fd;
	while (extend_take_requests(fd, pause_of(post, trouble), &post->waiting)) {
		struct vdc_err why = { 0 };

		trouble = round_of(post, &why) != 0;
		extend_way_is(&post->way, trouble ? vdc_err_text(&why) : "");
	}
	/* Nobody takes an answer any more. */
	vdc_mailbox_host_leave(&post->host);
	if (post->inbox)
		write_page(post, NULL);
	vdc_direct_close(post->inbox);
	vdc_direct_close(post->outbox);
}
