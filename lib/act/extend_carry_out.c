/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "act/extend_ask.h"
#include "act/extend_order.h"
#include "base/size.h"
#include "base/time.h"
#include "store/events.h"

/* A little longer than after what a request that was sent again is a new one. */
#define AGAIN (5 * VDC_SECOND)

enum { WAYS = VDC_EXTEND_DATABASE };

struct carrying {
	struct vdc_db *db;
	struct vdc_arena *arena;
	struct vdc_extension *const *all;
	const struct vdc_storage_domain **domains; /* of each */
	size_t n;
	struct vdc_extend_ask *asks[WAYS + 1]; /* by transport */
	const char *trouble[WAYS + 1];
};

static int find_domains(struct carrying *c, struct vdc_err *err)
{
	int r = 0;

	c->domains = vdc_arena_alloc(c->arena, (c->n + 1) * sizeof(*c->domains));
	for (size_t i = 0; i < c->n && !r; i++) {
		void *found;

		r = vdc_store_get(c->db, &vdc_storage_domain_kind, c->all[i]->storage_domain.id, 0,
				  c->arena, &found, err);
		if (!r)
			c->domains[i] = found;
	}
	return r;
}

static int open_ways(struct carrying *c, const struct vdc_lockspace *master, struct vdc_err *err)
{
	int r = 0;

	for (size_t i = 0; i < c->n && !r; i++) {
		const int64_t way = c->domains[i]->extend_transport;
		struct vdc_extend_ask_options *options;

		if (c->asks[way])
			continue;
		options = vdc_arena_alloc(c->arena, sizeof(*options));
		options->transport = (enum vdc_extend_transport)way;
		options->master = master;
		options->db = c->db;
		r = vdc_extend_ask_open(options, &c->asks[way], err);
		if (r)
			vdc_err_prefix(err, "domain %s is extended by %s: ", c->domains[i]->name,
				       vdc_enum_word(&vdc_extend_transport_values, way));
	}
	return r;
}

static size_t send_all(struct carrying *c)
{
	size_t left = 0;

	for (size_t i = 0; i < c->n; i++) {
		const struct vdc_extension *it = c->all[i];
		struct vdc_extend_request request = { .size = it->requested_size };

		if (it->status != VDC_EXTENSION_WAITING)
			continue;
		left++;
		snprintf(request.domain, sizeof(request.domain), "%s", it->storage_domain.id);
		snprintf(request.volume, sizeof(request.volume), "%s", it->volume.id);
		vdc_extend_ask_send(c->asks[c->domains[i]->extend_transport], &request, NULL);
	}
	return left;
}

struct note {
	const struct vdc_extension *extension;
	const struct vdc_storage_domain *domain;
};

static int write_note(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct vdc_extension *it = ((const struct note *)ctx)->extension;
	const struct vdc_storage_domain *domain = ((const struct note *)ctx)->domain;
	char before[VDC_SIZE_LEN + 1] = "?", after[VDC_SIZE_LEN + 1];

	if (it->status != VDC_EXTENSION_DONE)
		return vdc_event_note(db, VDC_SEVERITY_WARNING, "volume_extension_failed",
				      &vdc_storage_domain_kind, domain, err,
				      "volume %s on storage domain %s was not extended: %s",
				      it->volume.id, domain->name, it->message);
	if (it->old_size != VDC_UNSET)
		vdc_size_format(it->old_size, before);
	return vdc_event_note(
		db, VDC_SEVERITY_NORMAL, "volume_extended", &vdc_storage_domain_kind, domain, err,
		"volume %s on storage domain %s was extended from %s to %s", it->volume.id,
		domain->name, before, vdc_size_format(it->new_size, after));
}

static void end(struct vdc_extension *it, const struct vdc_extend_answer *answer,
		struct vdc_arena *arena)
{
	char got[VDC_SIZE_LEN + 1];

	it->end_time = vdc_time_now();
	it->status = answer->size >= it->requested_size ? VDC_EXTENSION_DONE : VDC_EXTENSION_FAILED;
	if (answer->size)
		it->new_size = answer->size;
	if (it->status == VDC_EXTENSION_DONE)
		return;
	if (*answer->text)
		it->message = vdc_arena_strdup(arena, answer->text);
	else if (answer->size)
		it->message = vdc_arena_format(arena, "the manager had %s to give",
					       vdc_size_format(answer->size, got));
	else
		it->message = vdc_arena_strdup(
			arena, "the storage pool manager refused; its log says why");
}

static int take(struct carrying *c, int64_t way, const struct vdc_extend_answer *answer,
		struct vdc_err *err)
{
	if (!*answer->volume) {
		c->trouble[way] = *answer->text ? vdc_arena_strdup(c->arena, answer->text) : NULL;
		return 0;
	}
	for (size_t i = 0; i < c->n; i++) {
		struct vdc_extension *it = c->all[i];
		struct note note = { it, c->domains[i] };

		if (it->status != VDC_EXTENSION_WAITING ||
		    strcmp(it->volume.id, answer->volume) != 0)
			continue;
		end(it, answer, c->arena);
		return vdc_db_transaction(c->db, write_note, &note, err);
	}
	return 0;
}

/* 1: somebody asked to stop. */
static int listen_for(struct carrying *c, int stop_fd, int64_t limit_us, struct vdc_err *err)
{
	struct pollfd fds[WAYS + 1] = { { .fd = stop_fd, .events = POLLIN } };
	struct vdc_extend_answer answer;
	int r = 0;

	for (int way = 1; way <= WAYS; way++)
		fds[way] =
			(struct pollfd){ .fd = c->asks[way] ? vdc_extend_ask_fd(c->asks[way]) : -1,
					 .events = POLLIN };
	poll(fds, VDC_COUNT(fds), (int)(limit_us / 1000) + 1);
	for (int way = 1; way <= WAYS && r >= 0; way++) {
		if (!c->asks[way])
			continue;
		while ((r = vdc_extend_ask_answer(c->asks[way], &answer, err)) > 0) {
			r = take(c, way, &answer, err);
			if (r < 0)
				break;
		}
	}
	return r < 0 ? r : stop_fd >= 0 && fds[0].revents;
}

static void give_up(struct carrying *c)
{
	for (size_t i = 0; i < c->n; i++) {
		const char *trouble = c->trouble[c->domains[i]->extend_transport];

		if (c->all[i]->status != VDC_EXTENSION_WAITING)
			continue;
		c->all[i]->message =
			trouble ? vdc_arena_strdup(c->arena, trouble)
				: vdc_arena_strdup(c->arena, "no answer; does lv-extend serve "
							     "run on the storage pool manager?");
	}
}

static size_t waiting(const struct carrying *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++)
		n += c->all[i]->status == VDC_EXTENSION_WAITING;
	return n;
}

static int wait_for_all(struct carrying *c, int64_t limit_us, int stop_fd, struct vdc_err *err)
{
	const int64_t until = vdc_time_monotonic() + limit_us;
	int64_t sent = 0, now;
	int r = 0;

	while (!r && waiting(c) && (now = vdc_time_monotonic()) < until) {
		if (!sent || now - sent >= AGAIN) {
			send_all(c);
			sent = now;
		}
		r = listen_for(c, stop_fd, until - now < AGAIN ? until - now : AGAIN, err);
	}
	return r < 0 ? r : 0;
}

int vdc_extend_carry_out(struct vdc_db *db, const struct vdc_lockspace *master,
			 struct vdc_extension *const *all, size_t n, int64_t limit_us, int stop_fd,
			 struct vdc_arena *arena, struct vdc_err *err)
{
	struct carrying c = { .db = db, .arena = arena, .all = all, .n = n };
	int r = find_domains(&c, err);

	if (!r)
		r = open_ways(&c, master, err);
	if (!r)
		r = wait_for_all(&c, limit_us, stop_fd, err);
	give_up(&c);
	for (int way = 1; way <= WAYS; way++)
		vdc_extend_ask_close(c.asks[way]);
	return r;
}
