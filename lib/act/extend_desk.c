/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The clerk of the database: takes the requests that wait there, and writes what became of them. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "act/extend_part.h"
#include "base/buf.h"
#include "base/setting.h"
#include "base/size.h"
#include "base/time.h"
#include "model/volume.h"
#include "plan/extend.h"
#include "store/extensions.h"

#define LOOK (5 * VDC_SECOND)
#define TROUBLE_PAUSE (VDC_SECOND / 2)
#define PURGE_EVERY (3600 * VDC_SECOND)

struct paper {
	char id[VDC_UUID_LEN + 1];
	struct vdc_extend_request request;
	bool sent, seen;
	enum vdc_extension_status status; /* of what is to be written; WAITING: nothing yet */
	int64_t old_size, new_size;
	char text[VDC_EXTEND_TEXT];
};

struct desk {
	const struct extend_office *office;
	int fd;
	struct vdc_db *db;
	struct vdc_buf papers; /* struct paper each */
	struct vdc_buf
		spaces; /* struct extend_outcome each: the last one of a domain, to be noted */
	int64_t purged;
	struct extend_way way;
};

static struct paper *papers_of(const struct desk *desk, size_t *n)
{
	*n = desk->papers.len / sizeof(struct paper);
	return (struct paper *)(void *)desk->papers.data;
}

static struct paper *find(const struct desk *desk, const char *id)
{
	size_t n;
	struct paper *papers = papers_of(desk, &n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(papers[i].id, id) == 0)
			return &papers[i];
	return NULL;
}

static bool is_ours(const struct desk *desk, const char *domain)
{
	const struct vdc_lockspaces *spaces = desk->office->spaces;

	for (size_t i = 0; i < spaces->n; i++)
		if (spaces->all[i]->volume_group && strcmp(spaces->all[i]->id, domain) == 0)
			return true;
	return false;
}

/* By what the inventory says; the storage's own word comes later, where it can be had. */
static void judge(struct paper *paper, const struct vdc_extension_wish *wish)
{
	const struct vdc_extend_rules rules = vdc_extend_rules(NULL, 0);
	char wanted[VDC_SIZE_LEN + 1], most[VDC_SIZE_LEN + 1];

	if (wish->allocation == VDC_ALLOCATION_PREALLOCATED)
		snprintf(paper->text, sizeof(paper->text),
			 "volume %s is preallocated: it has all of its space", wish->volume);
	else if (wish->capacity != VDC_UNSET &&
		 wish->size > vdc_extend_most(&rules, wish->capacity))
		snprintf(paper->text, sizeof(paper->text),
			 "volume %s: %s are more than its disk can need, %s", wish->volume,
			 vdc_size_format(wish->size, wanted),
			 vdc_size_format(vdc_extend_most(&rules, wish->capacity), most));
	else
		return;
	paper->status = VDC_EXTENSION_FAILED;
}

static int take_wish(void *ctx, const struct vdc_extension_wish *wish,
		     struct vdc_err *err vdc_unused)
{
	struct desk *desk = ctx;
	struct paper *known = find(desk, wish->id);
	struct paper paper = { .request.size = wish->size,
			       .seen = true,
			       .status = VDC_EXTENSION_WAITING,
			       .old_size = VDC_UNSET,
			       .new_size = VDC_UNSET };

	if (known)
		known->seen = true;
	if (known || !is_ours(desk, wish->domain))
		return 0;
	snprintf(paper.id, sizeof(paper.id), "%s", wish->id);
	snprintf(paper.request.domain, sizeof(paper.request.domain), "%s", wish->domain);
	snprintf(paper.request.volume, sizeof(paper.request.volume), "%s", wish->volume);
	judge(&paper, wish);
	vdc_buf_add(&desk->papers, &paper, sizeof(paper));
	return 0;
}

/* They are in use as long as the papers are not changed. */
static struct vdc_extension end_of(const struct desk *desk, struct paper *paper)
{
	return (struct vdc_extension){ .id = paper->id,
				       .status = paper->status,
				       .old_size = paper->old_size,
				       .new_size = paper->new_size,
				       .end_time = vdc_time_now(),
				       .lver = desk->office->lver,
				       .message = *paper->text ? paper->text : NULL };
}

/* Those that are over, and those that were taken back, leave. */
static int write_ends(struct desk *desk, struct vdc_err *err)
{
	size_t n, left = 0, over = 0;
	struct paper *papers = papers_of(desk, &n);
	vdc_autofree struct vdc_extension *ends = vdc_alloc((n + 1) * sizeof(*ends));
	int r;

	for (size_t i = 0; i < n; i++)
		if (papers[i].status != VDC_EXTENSION_WAITING)
			ends[over++] = end_of(desk, &papers[i]);
	r = vdc_extensions_end(desk->db, ends, over, err);
	if (r)
		return r;
	for (size_t i = 0; i < n; i++)
		if (papers[i].status == VDC_EXTENSION_WAITING && papers[i].seen)
			papers[left++] = papers[i];
	desk->papers.len = left * sizeof(*papers);
	return 0;
}

static void send_requests(struct desk *desk)
{
	size_t n;
	struct paper *papers = papers_of(desk, &n);

	for (size_t i = 0; i < n; i++) {
		if (papers[i].sent || papers[i].status != VDC_EXTENSION_WAITING)
			continue;
		if (vdc_aide_send(desk->fd, &papers[i].request, sizeof(papers[i].request)))
			return;
		papers[i].sent = true;
	}
}

static void take_space(struct desk *desk, const struct extend_outcome *outcome)
{
	struct extend_outcome *all = (struct extend_outcome *)(void *)desk->spaces.data;

	for (size_t i = 0; i < desk->spaces.len / sizeof(*all); i++)
		if (strcmp(all[i].domain, outcome->domain) == 0) {
			all[i] = *outcome;
			return;
		}
	vdc_buf_add(&desk->spaces, outcome, sizeof(*outcome));
}

static int note_spaces(struct desk *desk, struct vdc_err *err)
{
	const struct extend_outcome *all = (const void *)desk->spaces.data;

	for (size_t i = 0; i < desk->spaces.len / sizeof(*all); i++) {
		int r = extend_note_space(desk->db, &all[i], err);

		if (r && r != -ENOENT)
			return r;
	}
	desk->spaces.len = 0;
	return 0;
}

static void take_outcome(struct desk *desk, const struct extend_outcome *outcome)
{
	size_t n;
	struct paper *papers = papers_of(desk, &n);

	if (!*outcome->volume)
		take_space(desk, outcome);
	for (size_t i = 0; i < n; i++) {
		struct paper *paper = &papers[i];

		if (paper->status != VDC_EXTENSION_WAITING ||
		    !extend_settles(outcome, &paper->request))
			continue;
		paper->status = paper->request.size <= outcome->new_size ? VDC_EXTENSION_DONE
									 : VDC_EXTENSION_FAILED;
		paper->old_size = outcome->old_size;
		paper->new_size = outcome->new_size;
		memcpy(paper->text, outcome->text, sizeof(paper->text));
	}
}

static int purge(struct desk *desk, struct vdc_err *err)
{
	const int64_t keep = vdc_setting_number(VDC_SETTING_EVENT_RETENTION);
	int r;

	if (desk->purged && vdc_time_monotonic() - desk->purged < PURGE_EVERY)
		return 0;
	r = vdc_extension_purge(desk->db, vdc_time_now() - keep, err);
	if (!r)
		desk->purged = vdc_time_monotonic();
	return r;
}

static int round_of(struct desk *desk, struct vdc_err *err)
{
	size_t n;
	struct paper *papers = papers_of(desk, &n);
	int r = extend_open_database(desk->office->db, &desk->db, err);

	for (size_t i = 0; i < n; i++)
		papers[i].seen = false;
	if (!r)
		r = vdc_extension_each_waiting(desk->db, take_wish, desk, err);
	if (!r) {
		send_requests(desk);
		r = write_ends(desk, err) ?: note_spaces(desk, err);
	}
	return r ? r : purge(desk, err);
}

void extend_desk_life(void *office, int fd)
{
	struct desk *desk = vdc_alloc(sizeof(*desk));
	struct extend_outcome outcome;
	int r;

	desk->office = office;
	desk->fd = desk->way.fd = fd;
	do {
		struct vdc_err why = { 0 };

		r = round_of(desk, &why);
		extend_way_failed(&desk->way, &why);
		extend_changed(desk->db, fd, r ? TROUBLE_PAUSE : LOOK, &why);
		while ((r = vdc_aide_take(fd, &outcome, sizeof(outcome))) > 0)
			take_outcome(desk, &outcome);
	} while (r == 0);
	vdc_db_close(desk->db);
}
