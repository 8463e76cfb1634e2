/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The process that asks by database: a row for each request, and a look at those whenever something
 * changed. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "act/extend_part.h"
#include "base/buf.h"
#include "base/time.h"
#include "store/extensions.h"

#define LOOK (2 * VDC_SECOND)
#define TROUBLE_PAUSE (VDC_SECOND / 2)

struct row {
	char id[VDC_UUID_LEN + 1];
	struct vdc_extend_request request;
};

struct asker {
	const struct vdc_extend_ask_options *options;
	struct vdc_db *db;
	struct vdc_extend_queue wishes;
	struct vdc_buf rows; /* struct row each: not answered yet */
	struct extend_way way;
};

int extend_open_database(const struct vdc_db *known, struct vdc_db **db, struct vdc_err *err)
{
	int r;

	if (*db)
		return 0;
	r = vdc_db_open_again(known, db, err);
	if (!r)
		vdc_db_set_reconnect(*db, 0, NULL, NULL); /* the caller tries again */
	return r;
}

bool extend_changed(struct vdc_db *db, int fd, int64_t limit_us, struct vdc_err *err)
{
	/* Without a database, with one that is away, and for a change that was heard of already. */
	int r = db ? vdc_db_wait_change(db, 0, err) : 0;
	struct pollfd fds[] = { { .fd = fd, .events = POLLIN },
				{ .fd = db && !r ? vdc_db_change_fd(db) : -1, .events = POLLIN } };

	poll(fds, VDC_COUNT(fds), r > 0 ? 0 : limit_us < 0 ? -1 : (int)((limit_us + 999) / 1000));
	return r > 0 || fds[1].revents;
}

static struct row *rows_of(const struct asker *asker, size_t *n)
{
	*n = asker->rows.len / sizeof(struct row);
	return (struct row *)(void *)asker->rows.data;
}

static bool is_asked(const struct asker *asker, const struct vdc_extend_request *request)
{
	size_t n;
	const struct row *rows = rows_of(asker, &n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i].request.volume, request->volume) == 0 &&
		    rows[i].request.size >= request->size)
			return true;
	return false;
}

static void answer(const struct asker *asker, const struct vdc_extend_request *request,
		   int64_t size, const char *text)
{
	struct vdc_extend_answer it = { .size = size };

	memcpy(it.domain, request->domain, sizeof(it.domain));
	memcpy(it.volume, request->volume, sizeof(it.volume));
	snprintf(it.text, sizeof(it.text), "%s", text ?: "");
	vdc_aide_send(asker->way.fd, &it, sizeof(it));
}

static int add_row(struct asker *asker, const struct vdc_extend_request *request,
		   struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_extension *it = vdc_object_new(&vdc_extension_kind, arena);
	struct row row = { .request = *request };
	int r;

	it->volume.id = vdc_arena_strdup(arena, request->volume);
	it->storage_domain.id = vdc_arena_strdup(arena, request->domain);
	if (asker->options->host_id)
		it->host.id = vdc_arena_strdup(arena, asker->options->host_id);
	it->requested_size = request->size;
	r = vdc_extension_add(asker->db, it, arena, err);
	if (r)
		return r;
	snprintf(row.id, sizeof(row.id), "%s", it->id);
	vdc_buf_add(&asker->rows, &row, sizeof(row));
	return 0;
}

static int place_wishes(struct asker *asker, struct vdc_err *err)
{
	struct vdc_extend_request request;

	while (vdc_extend_queue_take(&asker->wishes, NULL, &request)) {
		struct vdc_err why = { 0 };
		int r = is_asked(asker, &request) ? 0 : add_row(asker, &request, &why);

		if (r == -ENOENT || r == -EINVAL) {
			answer(asker, &request, 0, vdc_err_text(&why));
			continue;
		}
		if (r) {
			vdc_extend_queue_put(&asker->wishes, &request);
			return vdc_err_set(err, r, "%s", vdc_err_text(&why));
		}
	}
	return 0;
}

/* 1: it is over. */
static int look_at(struct asker *asker, const struct row *row, struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_extension it = { 0 };
	int r = vdc_extension_read(asker->db, row->id, arena, &it, err);

	if (r == -ENOENT)
		it.status = VDC_EXTENSION_SUPERSEDED;
	else if (r)
		return r;
	if (it.status == VDC_EXTENSION_WAITING || it.status == VDC_EXTENSION_RUNNING)
		return 0;
	/* Another process of this host asked for more, which may be refused. */
	if (it.status == VDC_EXTENSION_SUPERSEDED)
		vdc_extend_queue_put(&asker->wishes, &row->request);
	else
		answer(asker, &row->request,
		       it.new_size != VDC_UNSET && (it.status == VDC_EXTENSION_DONE ||
						    it.new_size > it.old_size)
			       ? it.new_size
			       : 0,
		       it.message);
	return 1;
}

static int look_at_all(struct asker *asker, struct vdc_err *err)
{
	size_t n, left = 0;
	struct row *rows = rows_of(asker, &n);
	int r = 0;

	for (size_t i = 0; i < n; i++) {
		if (r >= 0)
			r = look_at(asker, &rows[i], err);
		if (r <= 0)
			rows[left++] = rows[i];
	}
	asker->rows.len = left * sizeof(*rows);
	return r < 0 ? r : 0;
}

static int round_of(struct asker *asker, struct vdc_err *err)
{
	int r = extend_open_database(asker->options->db, &asker->db, err);

	if (!r)
		r = place_wishes(asker, err);
	return r ? r : look_at_all(asker, err);
}

static void take_back(struct asker *asker)
{
	size_t n;
	const struct row *rows = rows_of(asker, &n);
	int r = 0;

	for (size_t i = 0; i < n && !r; i++)
		r = vdc_extension_withdraw(asker->db, rows[i].id, NULL);
}

void extend_database_life(void *options, int fd)
{
	struct asker *asker = vdc_alloc(sizeof(*asker));
	int64_t pause = -1;

	asker->options = options;
	asker->way.fd = fd;
	do {
		struct vdc_err why = { 0 };
		bool trouble = round_of(asker, &why) != 0;

		extend_way_is(&asker->way, trouble ? vdc_err_text(&why) : "");
		pause = trouble ? TROUBLE_PAUSE : asker->rows.len ? LOOK : -1;
		if (!trouble && asker->wishes.n)
			pause = 0;
		extend_changed(asker->db, fd, pause, &why);
	} while (extend_take_requests(fd, 0, &asker->wishes));
	if (asker->db)
		take_back(asker);
	vdc_db_close(asker->db);
}
