/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/extend_ask.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act/extend_part.h"
#include "base/mem.h"
#include "base/time.h"
#include "plan/lease_geometry.h"

/* To take back what was asked for. */
#define END_LIMIT VDC_SECOND

struct vdc_extend_ask {
	struct vdc_extend_ask_options options;
	struct vdc_aide aide;
};

int extend_check_database(const struct vdc_db *db, struct vdc_err *err)
{
	if (vdc_db_engine(db) == VDC_DB_POSTGRES)
		return 0;
	return vdc_err_set(err, -EINVAL,
			   "%s: SQLite serves one machine, and requests for space go from one host "
			   "to another: use the mailbox (inventory set storage-domain DOMAIN "
			   "extend_transport=mailbox), or a database on PostgreSQL",
			   vdc_db_where(db));
}

static int check(const struct vdc_extend_ask_options *options, struct vdc_err *err)
{
	if (options->transport == VDC_EXTEND_DATABASE)
		return options->db ? extend_check_database(options->db, err)
				   : vdc_err_set(err, -EINVAL, "no database is known here");
	if (!options->master)
		return vdc_err_set(err, -EINVAL,
				   "this host knows no master domain, whose mailbox it could use; "
				   "spm-elect join tells it");
	if (options->master->host_id < 1 || options->master->host_id >= VDC_MAILBOX_HOSTS)
		return vdc_err_set(err, -EINVAL,
				   "domain %s: host id %lld has no page in a mailbox, which has "
				   "those of 1 to %d",
				   options->master->name, (long long)options->master->host_id,
				   VDC_MAILBOX_HOSTS - 1);
	return 0;
}

int vdc_extend_ask_open(const struct vdc_extend_ask_options *options, struct vdc_extend_ask **ret,
			struct vdc_err *err)
{
	struct vdc_extend_ask *ask;
	int r = check(options, err);

	if (r)
		return r;
	ask = vdc_alloc(sizeof(*ask));
	ask->options = *options;
	r = vdc_aide_start(&ask->aide,
			   options->transport == VDC_EXTEND_DATABASE ? extend_database_life
								     : extend_mailbox_life,
			   &ask->options, err);
	if (r)
		free(ask);
	else
		*ret = ask;
	return r;
}

void vdc_extend_ask_close(struct vdc_extend_ask *ask)
{
	if (!ask)
		return;
	vdc_aide_end(&ask->aide, END_LIMIT);
	free(ask);
}

int vdc_extend_ask_send(struct vdc_extend_ask *ask, const struct vdc_extend_request *request,
			struct vdc_err *err)
{
	int r = vdc_aide_send(ask->aide.fd, request, sizeof(*request));

	if (r == -EPIPE)
		return vdc_err_set(err, r, "volume %s: the process that asks for space ended",
				   request->volume);
	return r ? vdc_err_set(err, r, "volume %s: too many requests for space are under way",
			       request->volume)
		 : 0;
}

int vdc_extend_ask_fd(const struct vdc_extend_ask *ask)
{
	return ask->aide.fd;
}

int vdc_extend_ask_answer(struct vdc_extend_ask *ask, struct vdc_extend_answer *ret,
			  struct vdc_err *err)
{
	struct vdc_extend_answer answer;
	int r = vdc_aide_take(ask->aide.fd, &answer, sizeof(answer));

	if (r < 0)
		return vdc_err_set(err, r, "the process that asks for space ended");
	if (r)
		*ret = answer;
	return r;
}

bool extend_take_requests(int fd, int64_t limit_us, struct vdc_extend_queue *queue)
{
	struct pollfd in = { .fd = fd, .events = POLLIN };
	struct vdc_extend_request request;
	int r;

	poll(&in, 1, limit_us < 0 ? -1 : (int)((limit_us + 999) / 1000));
	/* What does not fit stays in the socket, and who asks is told when that is full. */
	while (queue->n < VDC_EXTEND_QUEUE_MOST) {
		r = vdc_aide_take(fd, &request, sizeof(request));
		if (r <= 0)
			return r == 0;
		vdc_extend_queue_put(queue, &request);
	}
	return true;
}

static bool is_news(struct extend_way *way, const char *trouble)
{
	char text[VDC_EXTEND_TEXT];

	snprintf(text, sizeof(text), "%s", trouble);
	if (strcmp(text, way->said) == 0)
		return false;
	memcpy(way->said, text, sizeof(text));
	return true;
}

void extend_way_is(struct extend_way *way, const char *trouble)
{
	struct vdc_extend_answer answer = { 0 };

	if (!is_news(way, trouble))
		return;
	memcpy(answer.text, way->said, sizeof(answer.text));
	vdc_aide_send(way->fd, &answer, sizeof(answer));
}

void extend_way_failed(struct extend_way *way, const struct vdc_err *why)
{
	struct extend_outcome outcome = extend_outcome("", "");

	if (is_news(way, why->code ? vdc_err_text(why) : ""))
		extend_report(way->fd, &outcome, why);
}
