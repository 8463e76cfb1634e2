/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/mailbox_box.h"

#include <errno.h>
#include <string.h>

#include "act/mailbox_part.h"
#include "act/spm_state.h"
#include "base/buf.h"
#include "base/child.h"
#include "doc/mailbox.h"

static const char *const names[] = {
	[VDC_MAILBOX_INBOX] = "inbox", [VDC_MAILBOX_OUTBOX] = "outbox"
};

int mailbox_open(const struct vdc_lockspace *space, enum vdc_mailbox_box box, int writable,
		 struct vdc_direct **ret, struct vdc_err *err)
{
	const char *slash = strrchr(space->ids, '/');
	vdc_autofree char *path = vdc_format("%.*s/%s", slash ? (int)(slash - space->ids) : 1,
					     slash ? space->ids : ".", names[box]);
	struct vdc_direct *direct;
	int r = vdc_direct_open(path, writable, &direct, err);

	if (r)
		return r;
	if (vdc_direct_size(direct) >= MAILBOX_SIZE) {
		*ret = direct;
		return 0;
	}
	r = vdc_err_set(err, -ENODATA, "%s has %lld bytes, and a mailbox %d", path,
			(long long)vdc_direct_size(direct), MAILBOX_SIZE);
	vdc_direct_close(direct);
	return r;
}

struct looking {
	const struct vdc_lockspace *space;
	int64_t host_id; /* whose pages are emptied; 0: all */
	struct vdc_arena *arena;
	struct vdc_buf slots; /* struct vdc_mailbox_slot * */
	struct vdc_err failure;
};

/* Before a page: which one. */
struct mark {
	int64_t box, host_id;
};

static int send_used(const uint8_t *pages, enum vdc_mailbox_box box, struct vdc_sender *sender)
{
	uint8_t message[sizeof(struct mark) + VDC_MAILBOX_PAGE];
	int r = 0;

	for (int id = 1; id < MAILBOX_PAGES && !r; id++) {
		const uint8_t *page = pages + (size_t)id * VDC_MAILBOX_PAGE;
		const struct mark mark = { box, id };

		if (!vdc_mailbox_used(page))
			continue;
		memcpy(message, &mark, sizeof(mark));
		memcpy(message + sizeof(mark), page, VDC_MAILBOX_PAGE);
		r = vdc_send(sender, message, sizeof(message));
	}
	return r;
}

static int read_box(const struct looking *looking, enum vdc_mailbox_box box,
		    struct vdc_sender *sender, struct vdc_err *err)
{
	vdc_autofree uint8_t *pages = vdc_alloc(MAILBOX_SIZE);
	struct vdc_direct *direct;
	int r = mailbox_open(looking->space, box, 0, &direct, err);

	if (r)
		return r;
	r = vdc_direct_read(direct, 0, pages, MAILBOX_SIZE, err);
	vdc_direct_close(direct);
	return r ? r : send_used(pages, box, sender);
}

static int read_both(void *ctx, struct vdc_sender *sender, struct vdc_err *err)
{
	return read_box(ctx, VDC_MAILBOX_INBOX, sender, err)
		       ?: read_box(ctx, VDC_MAILBOX_OUTBOX, sender, err);
}

static enum vdc_mailbox_what what_of(const struct vdc_mailbox_message *message,
				     const struct mark *mark)
{
	switch (message->kind) {
	case VDC_MAILBOX_CLEAN:
		return VDC_MAILBOX_WHAT_CLEAN;
	case VDC_MAILBOX_OTHER_VERSION:
		return VDC_MAILBOX_WHAT_OTHER_VERSION;
	case VDC_MAILBOX_OTHER_MESSAGE:
		return VDC_MAILBOX_WHAT_OTHER_MESSAGE;
	case VDC_MAILBOX_MALFORMED_SIZE:
		return VDC_MAILBOX_WHAT_MALFORMED_SIZE;
	default:
		break;
	}
	if (mark->box == VDC_MAILBOX_INBOX)
		return VDC_MAILBOX_WHAT_REQUEST;
	return message->size ? VDC_MAILBOX_WHAT_REPLY : VDC_MAILBOX_WHAT_FAILED;
}

static void take_slot(struct looking *looking, const struct mark *mark, const uint8_t *page,
		      size_t slot)
{
	struct vdc_arena *arena = looking->arena;
	struct vdc_mailbox_slot *it = vdc_object_new(&vdc_mailbox_slot_kind, arena);
	struct vdc_mailbox_message message;

	vdc_mailbox_read(page + vdc_mailbox_at(slot), &message);
	it->id = vdc_arena_format(arena, "%s/%lld/%zu", names[mark->box], (long long)mark->host_id,
				  slot);
	it->box = mark->box;
	it->host_id = mark->host_id;
	it->slot = (int64_t)slot;
	it->what = what_of(&message, mark);
	if (mark->box == VDC_MAILBOX_INBOX && !vdc_mailbox_is_sound(page))
		it->what = VDC_MAILBOX_WHAT_DAMAGED;
	else if (message.kind == VDC_MAILBOX_EXTEND) {
		it->storage_domain = vdc_arena_strdup(arena, message.domain);
		it->volume = vdc_arena_strdup(arena, message.volume);
		it->size = message.size;
	}
	vdc_buf_add(&looking->slots, &it, sizeof(it));
}

static int got(void *ctx, const char *data, size_t len, struct vdc_err *err)
{
	const uint8_t *page = (const uint8_t *)data + sizeof(struct mark);
	struct mark mark;
	uint64_t used;

	if (len != sizeof(mark) + VDC_MAILBOX_PAGE)
		return vdc_err_set(err, -EBADMSG, "a page of a mailbox has %zu bytes", len);
	memcpy(&mark, data, sizeof(mark));
	used = vdc_mailbox_used(page);
	for (size_t i = 0; i < VDC_MAILBOX_SLOTS; i++)
		if (used >> i & 1)
			take_slot(ctx, &mark, page, i);
	return 0;
}

static int ended(void *ctx, const struct vdc_err *failure, struct vdc_err *err vdc_unused)
{
	((struct looking *)ctx)->failure = *failure;
	return 0;
}

/* In a child, whose failure is returned. */
static int run(struct looking *looking,
	       int (*what)(void *ctx, struct vdc_sender *sender, struct vdc_err *err),
	       int64_t limit_us, struct vdc_err *err)
{
	vdc_autopool *pool = vdc_pool_new(1);
	const struct vdc_err *failure = &looking->failure;
	int r;

	vdc_pool_add(pool, &(struct vdc_task){ .ctx = looking,
					       .work = what,
					       .got = got,
					       .ended = ended,
					       .limit_us = limit_us });
	r = vdc_pool_run(pool, -1, err);
	if (r || !failure->code)
		return r;
	return vdc_err_set(err, failure->code, "domain %s: %s", looking->space->name,
			   vdc_err_text(failure));
}

int vdc_mailbox_look(const struct vdc_lockspace *space, int64_t limit_us, struct vdc_arena *arena,
		     struct vdc_mailbox_slots *ret, struct vdc_err *err)
{
	struct looking looking = { .space = space, .arena = arena };
	int r = run(&looking, read_both, limit_us, err);

	if (!r) {
		ret->n = looking.slots.len / sizeof(*ret->all);
		ret->all = vdc_arena_alloc(arena, looking.slots.len + sizeof(*ret->all));
		if (ret->n)
			memcpy(ret->all, looking.slots.data, looking.slots.len);
	}
	vdc_buf_free(&looking.slots);
	return r;
}

/* Right before each write it is still the manager, or nothing is written. */
static int clear_box(const struct looking *looking, enum vdc_mailbox_box box,
		     struct vdc_spm_work *leave, struct vdc_err *err)
{
	const int64_t first = looking->host_id, n = first ? 1 : MAILBOX_PAGES;
	const size_t len = (size_t)n * VDC_MAILBOX_PAGE;
	vdc_autofree uint8_t *zeros = vdc_alloc(len);
	struct vdc_direct *direct;
	int r = mailbox_open(looking->space, box, 1, &direct, err);

	if (r)
		return r;
	r = vdc_spm_work_check(leave, err);
	if (!r)
		r = vdc_direct_write(direct, first * VDC_MAILBOX_PAGE, zeros, len, err);
	vdc_direct_close(direct);
	return r;
}

static int clear_both(void *ctx, struct vdc_sender *sender vdc_unused, struct vdc_err *err)
{
	const struct looking *looking = ctx;
	struct vdc_spm_work *leave;
	int r = vdc_spm_work_begin(looking->space, VDC_UNSET, &leave, err);

	if (r)
		return r;
	r = clear_box(looking, VDC_MAILBOX_INBOX, leave, err);
	if (!r)
		r = clear_box(looking, VDC_MAILBOX_OUTBOX, leave, err);
	vdc_spm_work_end(leave);
	return r;
}

int vdc_mailbox_clear(const struct vdc_lockspace *space, int64_t host_id, int64_t limit_us,
		      struct vdc_err *err)
{
	struct looking looking = { .space = space, .host_id = host_id };

	return run(&looking, clear_both, limit_us, err);
}
