/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/fence_kdump.h"

#include <errno.h>
#include <string.h>

#include "act/fence_note.h"
#include "base/child.h"
#include "base/setting.h"
#include "base/time.h"
#include "edge/kdump_socket.h"
#include "store/events.h"

/* As ovirt-engine's listener has it: six messages at the usual pace. */
#define SILENCE (60 * VDC_SECOND)
/* For a name to be resolved. */
#define MARGIN (30 * VDC_SECOND)

enum { HEARD = 'h', ENDED = 'e' };

struct waiting {
	struct vdc_db *db;
	struct vdc_job_lease *lease;
	const struct vdc_fence_kdump_options *options;
	struct vdc_fence_kdump *asked;
	const struct vdc_host *host;
	struct vdc_arena *arena;
	struct vdc_fence_note note;
	bool over;
};

struct vdc_fence_kdump_options vdc_fence_kdump_options(void)
{
	return (struct vdc_fence_kdump_options){
		.first_us = vdc_setting_number(VDC_SETTING_FENCE_KDUMP_TIMEOUT),
		.limit_us = vdc_setting_number(VDC_SETTING_FENCE_KDUMP_LIMIT),
		.silence_us = SILENCE,
		.stop_fd = -1,
	};
}

static int say(struct vdc_sender *sender, char what, const char *from, struct vdc_err *err)
{
	vdc_autobuf out = { 0 };
	int r;

	vdc_buf_putc(&out, what);
	vdc_buf_puts(&out, from);
	r = vdc_send(sender, out.data, out.len);
	return r ? vdc_err_set(err, r, "the process that asked is gone") : 0;
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Until it is silent, or the time is up. */
static int await_end(const struct waiting *w, struct vdc_kdump_socket *sockets,
		     struct vdc_sender *sender, struct vdc_err *err)
{
	const int64_t end = vdc_time_monotonic() + w->options->limit_us;
	char from[VDC_KDUMP_ADDRESS];
	int64_t left;
	int r;

	while ((left = end - vdc_time_monotonic()) > 0) {
		r = vdc_kdump_wait(sockets, least(left, w->options->silence_us), from, err);
		if (r < 0)
			return r;
		if (!r)
			return left > w->options->silence_us ? say(sender, ENDED, "", err) : 0;
	}
	return 0;
}

static int await_all(const struct waiting *w, struct vdc_kdump_socket *sockets,
		     struct vdc_sender *sender, struct vdc_err *err)
{
	char from[VDC_KDUMP_ADDRESS];
	int r;

	if (w->asked->dumps_already)
		return await_end(w, sockets, sender, err);
	r = vdc_kdump_wait(sockets, w->options->first_us, from, err);
	if (r <= 0)
		return r;
	r = say(sender, HEARD, from, err);
	return r || w->asked->only_first ? r : await_end(w, sockets, sender, err);
}

/* In the child. */
static int work(void *ctx, struct vdc_sender *sender, struct vdc_err *err)
{
	const struct waiting *w = ctx;
	struct vdc_kdump_socket *sockets = NULL;
	int r = vdc_kdump_open(w->host->address ?: w->host->name,
			       vdc_setting_number(VDC_SETTING_FENCE_KDUMP_PORT), &sockets, err);

	if (!r)
		r = await_all(w, sockets, sender, err);
	vdc_kdump_close(sockets);
	return r;
}

static void tell(const struct waiting *w, const char *text)
{
	if (w->options->told)
		w->options->told(w->options->ctx, &(struct vdc_work_news){
							  .kind = VDC_WORK_NOTE,
							  .host = w->host->name,
							  .text = text,
						  });
}

static int write_news(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct waiting *w = ctx;
	int r = vdc_job_guard(w->lease, db, err);

	return r ? r
		 : vdc_event_note(db, VDC_SEVERITY_WARNING, "host_kdumping", &vdc_host_kind,
				  w->host, err, "host %s writes a kernel dump", w->host->name);
}

static int got(void *ctx, const char *data, size_t len, struct vdc_err *err)
{
	struct waiting *w = ctx;

	if (len && *data == ENDED)
		w->asked->result = VDC_KDUMP_FINISHED;
	if (!len || *data != HEARD)
		return 0;
	w->asked->result = VDC_KDUMP_DUMPING;
	w->asked->since = vdc_time_now();
	w->asked->evidence = vdc_arena_format(
		w->arena, "kernel dump: message of fence_kdump from %.*s", (int)len - 1, data + 1);
	tell(w, "it writes a kernel dump");
	return vdc_db_transaction(w->db, write_news, w, err);
}

static int ended(void *ctx, const struct vdc_err *failure, struct vdc_err *err vdc_unused)
{
	struct waiting *w = ctx;

	w->over = true;
	if (failure->code)
		w->asked->reason = vdc_arena_strdup(w->arena, vdc_err_text(failure));
	return 0;
}

static int await(struct waiting *w, struct vdc_err *err)
{
	vdc_autopool *pool = vdc_pool_new(1);
	const struct vdc_fence_kdump_options *options = w->options;

	vdc_pool_add(pool, &(struct vdc_task){
				   .ctx = w,
				   .work = work,
				   .got = got,
				   .ended = ended,
				   .limit_us = options->first_us + options->limit_us + MARGIN,
			   });
	return vdc_pool_run(pool, options->stop_fd, err);
}

static const char *seconds(const struct waiting *w, int64_t us)
{
	return vdc_arena_format(w->arena, "%lld s", (long long)(us / VDC_SECOND));
}

static int finish(struct waiting *w, struct vdc_err *err)
{
	const struct vdc_fence_kdump_options *options = w->options;
	struct vdc_fence_kdump *asked = w->asked;
	struct vdc_fence_ending ending = {
		.result = VDC_FENCE_SUCCESS,
		.evidence = asked->evidence,
		.severity = VDC_SEVERITY_NORMAL,
	};

	if (!w->over)
		asked->reason = "somebody asked to stop";
	switch (asked->result) {
	case VDC_KDUMP_NONE:
		ending.result = VDC_FENCE_FAILED;
		ending.message =
			vdc_arena_format(w->arena, "no message of a kernel dump came in %s",
					 seconds(w, options->first_us));
		break;
	case VDC_KDUMP_DUMPING:
		ending.message = "it writes a kernel dump";
		if (!asked->only_first && w->over)
			ending.message = vdc_arena_format(
				w->arena, "it still writes its kernel dump after %s",
				seconds(w, options->limit_us));
		break;
	case VDC_KDUMP_FINISHED:
		ending.message = "it has written its kernel dump";
		ending.type = "host_kdump_finished";
		ending.text = vdc_arena_format(w->arena, "host %s has written its kernel dump",
					       w->host->name);
		break;
	}
	if (asked->reason)
		ending.message = asked->reason;
	tell(w, ending.message);
	return vdc_fence_note_end(&w->note, &ending, err);
}

int vdc_fence_kdump(struct vdc_db *db, struct vdc_job_lease *lease,
		    const struct vdc_fence_kdump_options *options, struct vdc_fence_kdump *kdump,
		    struct vdc_arena *arena, struct vdc_err *err)
{
	struct waiting w = {
		.db = db, .lease = lease, .options = options, .asked = kdump, .arena = arena
	};
	void *found;
	int r = vdc_store_get(db, &vdc_host_kind, kdump->host_id, 0, arena, &found, err);

	if (r)
		return r;
	w.host = found;
	kdump->result = kdump->dumps_already ? VDC_KDUMP_DUMPING : VDC_KDUMP_NONE;
	kdump->since = VDC_UNSET;
	kdump->evidence = kdump->reason = NULL;
	w.note = (struct vdc_fence_note){
		.db = db,
		.lease = lease,
		.host = w.host,
		.action = VDC_FENCE_KDUMP,
		.number = kdump->number,
		.step_action = VDC_FENCE_STEP_KDUMP,
		.reason = options->reason,
		.arena = arena,
	};
	r = vdc_fence_note_begin(&w.note, err);
	if (!r)
		r = await(&w, err);
	return r ? r : finish(&w, err);
}
