/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lv-extend watch: on a host, for as long as its VMs run. */
#include <errno.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "act/apply.h"
#include "act/extend_note.h"
#include "base/log.h"
#include "base/setting.h"
#include "base/size.h"
#include "base/time.h"
#include "cli/work.h"
#include "lv_extend.h"
#include "store/store.h"

struct watcher {
	struct vdc_call *call;
	struct vdc_db *db; /* NULL: it works without */
	bool away;
};

/* "VM web1, vda: " */
static const char *subject(const struct vdc_thin_news *news, struct vdc_arena *arena)
{
	if (!news->vm)
		return "";
	if (!news->target)
		return vdc_arena_format(arena, "VM %s: ", news->vm);
	return vdc_arena_format(arena, "VM %s, %s: ", news->vm, news->target);
}

static const enum vdc_log_level levels[] = {
	[VDC_THIN_NEWS_BEGUN] = VDC_LOG_NOTICE,	   [VDC_THIN_NEWS_EXTENDED] = VDC_LOG_NOTICE,
	[VDC_THIN_NEWS_PAUSED] = VDC_LOG_WARNING,  [VDC_THIN_NEWS_RESUMED] = VDC_LOG_NOTICE,
	[VDC_THIN_NEWS_REFUSED] = VDC_LOG_WARNING, [VDC_THIN_NEWS_IMPROBABLE] = VDC_LOG_ERROR,
	[VDC_THIN_NEWS_UNASKED] = VDC_LOG_ERROR,   [VDC_THIN_NEWS_FAILED] = VDC_LOG_WARNING,
	[VDC_THIN_NEWS_WAY] = VDC_LOG_WARNING,	   [VDC_THIN_NEWS_SPACE] = VDC_LOG_WARNING,
	[VDC_THIN_NEWS_ENDED] = VDC_LOG_WARNING,
};

static void say(const struct vdc_thin_news *news)
{
	vdc_autoarena *arena = vdc_arena_new();

	vdc_log(levels[news->what], "%s%s", subject(news, arena), vdc_extend_say(news, arena));
}

static void told(void *ctx, const struct vdc_thin_news *news)
{
	struct watcher *watcher = ctx;
	struct vdc_err err = { 0 };
	int r;

	say(news);
	if (!watcher->db)
		return;
	r = vdc_extend_note(watcher->db, news, &err);
	if (r && !watcher->away)
		vdc_log(VDC_LOG_WARNING, "what happens is not recorded: %s", vdc_err_text(&err));
	watcher->away = r != 0;
}

/* Domains of the inventory, and what this host was told of its lockspaces. */
static int read_known(void *ctx, struct vdc_arena *arena, struct vdc_extend_known *ret,
		      struct vdc_err *err)
{
	const struct watcher *watcher = ctx;

	return vdc_extend_known(watcher->db, vdc_text_option(watcher->call, "host"), arena, ret,
				err);
}

/* Without one, what the host itself was told of its lockspaces has to do. */
static int open_db(struct watcher *watcher, struct vdc_err *err)
{
	struct vdc_err why = { 0 };
	int r;

	if (!vdc_given(watcher->call, "db") && !vdc_setting_text(VDC_SETTING_DATABASE))
		return 0;
	r = vdc_call_open_db(watcher->call, VDC_NEEDS_DB_WRITE, &why);
	if (vdc_db_is_away(r)) {
		vdc_log(VDC_LOG_WARNING, "without a database: %s", vdc_err_text(&why));
		return 0;
	}
	if (r)
		return vdc_err_set(err, r, "%s", vdc_err_text(&why));
	watcher->db = vdc_call_db(watcher->call);
	vdc_db_set_reconnect(watcher->db, 0, NULL, NULL);
	return 0;
}

static const char *host_name(struct vdc_call *call)
{
	const char *given = vdc_text_option(call, "host");
	struct utsname names;

	return given ?: vdc_arena_strdup(vdc_call_arena(call), uname(&names) ? "" : names.nodename);
}

int lv_extend_watch(struct vdc_call *call, struct vdc_err *err)
{
	struct watcher watcher = { .call = call };
	struct vdc_extend_watch_options options = {
		.host = host_name(call),
		.uri = "qemu:///system",
		.connect_us = vdc_setting_number(VDC_SETTING_CONNECT_TIMEOUT),
		.read = read_known,
		.told = told,
		.ctx = &watcher,
		.stop_fd = vdc_work_signals(),
	};
	int r = open_db(&watcher, err);

	if (!r)
		r = read_known(&watcher, vdc_call_arena(call), &options.known, err);
	if (!r)
		r = vdc_extend_watch(&options, err);
	close(options.stop_fd);
	return r;
}
