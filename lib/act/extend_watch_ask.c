/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which way goes to the manager, and what comes back on it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>

#include "act/extend_watch_part.h"
#include "base/aide.h"
#include "base/time.h"

static int begin(struct extend_watch *watch, size_t way, enum vdc_extend_transport transport,
		 struct vdc_err *err)
{
	const struct vdc_extend_ask_options options = {
		.transport = transport,
		.master = watch->known->master,
		.db = watch->known->db,
		.host_id = watch->known->host_id,
	};
	struct epoll_event event = { .events = EPOLLIN };

	if (vdc_extend_ask_open(&options, &watch->asks[way], &watch->why_not[way])) {
		watch->asks[way] = NULL;
		return 0;
	}
	return epoll_ctl(watch->wakes, EPOLL_CTL_ADD, vdc_extend_ask_fd(watch->asks[way]), &event)
		       ? vdc_err_set(err, -errno, "epoll: %m")
		       : 0;
}

int extend_watch_ways_begin(struct extend_watch *watch, struct vdc_err *err)
{
	int r = 0;

	vdc_err_set(&watch->why_not[WATCH_MAILBOX], -ENOENT,
		    "this host is in no lockspace of a master domain; see spm-elect(8) join");
	vdc_err_set(&watch->why_not[WATCH_DATABASE], -ENOENT,
		    "there is no database on a server; give one with --db");
	if (watch->known->master)
		r = begin(watch, WATCH_MAILBOX, VDC_EXTEND_MAILBOX, err);
	if (!r && watch->known->db)
		r = begin(watch, WATCH_DATABASE, VDC_EXTEND_DATABASE, err);
	return r;
}

void extend_watch_ways_end(struct extend_watch *watch)
{
	for (size_t i = 0; i < WATCH_WAYS; i++)
		vdc_extend_ask_close(watch->asks[i]);
}

static const struct vdc_storage_domain *domain_of(const struct vdc_extend_known *known,
						  const char *group)
{
	for (size_t i = 0; i < known->n; i++) {
		const struct vdc_storage_domain *domain = known->domains[i];

		if (strcmp(domain->id, group) == 0 ||
		    (domain->volume_group && strcmp(domain->volume_group, group) == 0))
			return domain;
	}
	return NULL;
}

static struct extend_figures *came(const struct extend_watch *watch, size_t *n)
{
	*n = watch->figures.len / sizeof(struct extend_figures);
	return (struct extend_figures *)(void *)watch->figures.data;
}

static bool is_of(const struct extend_figures *figures, const char *group)
{
	return strcmp(figures->domain, group) == 0 || strcmp(figures->group, group) == 0;
}

/* A group of vdsm's is called as its domain is, whoever knows that. */
static struct extend_figures figures_of(const struct extend_watch *watch, const char *group)
{
	const struct vdc_storage_domain *domain = domain_of(watch->known, group);
	struct extend_figures ret = { .chunk = VDC_EXTEND_CHUNK_PRESET,
				      .percent = VDC_EXTEND_PERCENT_PRESET,
				      .transport = VDC_EXTEND_MAILBOX };
	size_t n;
	const struct extend_figures *newer = came(watch, &n);

	for (; n > 0; n--)
		if (is_of(&newer[n - 1], group))
			return newer[n - 1];
	if (domain) {
		ret.chunk = domain->extend_chunk;
		ret.percent = domain->extend_percent;
		ret.transport = domain->extend_transport;
	}
	snprintf(ret.domain, sizeof(ret.domain), "%s", domain ? domain->id : group);
	return ret;
}

static struct vdc_extend_rules find(const struct extend_watch *watch, struct watched_disk *disk)
{
	const struct extend_figures figures = figures_of(watch, disk->place.group);
	const struct vdc_storage_domain domain = { .extend_chunk = figures.chunk,
						   .extend_percent = figures.percent };

	disk->way = figures.transport == VDC_EXTEND_DATABASE ? WATCH_DATABASE : WATCH_MAILBOX;
	disk->unasked = false;
	if (vdc_uuid_valid(figures.domain) && vdc_uuid_valid(disk->place.volume)) {
		disk->ask = watch->asks[disk->way];
		memcpy(disk->domain, figures.domain, VDC_UUID_LEN + 1);
	}
	return vdc_extend_rules(&domain, 0);
}

void extend_watch_find_way(const struct extend_watch *watch, struct watched_disk *disk)
{
	const struct vdc_extend_rules rules = find(watch, disk);

	vdc_extend_disk_begin(&disk->plan, &rules);
}

static void keep(struct extend_watch *watch, const struct extend_figures *figures)
{
	size_t n;
	struct extend_figures *all = came(watch, &n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(all[i].domain, figures->domain) == 0) {
			all[i] = *figures;
			return;
		}
	vdc_buf_add(&watch->figures, figures, sizeof(*figures));
}

void extend_watch_figures(struct extend_watch *watch)
{
	struct extend_figures figures;

	while (vdc_aide_take(watch->figures_fd, &figures, sizeof(figures)) > 0) {
		keep(watch, &figures);
		watch->rescan.wanted = watch->rescan.wanted || figures.larger;
		for (struct watched_guest *guest = watch->guests; guest; guest = guest->next)
			for (size_t i = 0; i < guest->n; i++) {
				struct watched_disk *disk = &guest->disks[i];

				if (!is_of(&figures, disk->place.group))
					continue;
				disk->plan.rules = find(watch, disk);
				vdc_extend_disk_event(&disk->plan, VDC_EXTEND_AGAIN);
			}
	}
}

static int take(struct extend_watch *watch, struct watched_disk *disk,
		const struct vdc_extend_answer *answer, struct vdc_err *err)
{
	struct vdc_thin_news news = { .to = disk->plan.wanted, .text = answer->text };
	bool news_to_tell = !answer->size && disk->plan.wanted && !disk->plan.refusals;

	if (!answer->size && disk->plan.wanted)
		watch->rescan.wanted = true; /* what it lacks is mostly space */
	vdc_extend_disk_answer(&disk->plan, &vdc_extend_preset, vdc_time_monotonic(), answer->size);
	return news_to_tell ? extend_watch_tell(watch, VDC_THIN_NEWS_REFUSED, disk->guest, disk,
						&news, err)
			    : 0;
}

static int take_all(struct extend_watch *watch, const struct vdc_extend_answer *answer,
		    struct vdc_err *err)
{
	int r = 0;

	if (!*answer->volume)
		return extend_watch_tell(
			watch, VDC_THIN_NEWS_WAY, NULL, NULL,
			&(struct vdc_thin_news){ .text = *answer->text ? answer->text : NULL },
			err);
	for (struct watched_guest *guest = watch->guests; guest && !r; guest = guest->next)
		for (size_t i = 0; i < guest->n && !r; i++)
			if (strcmp(guest->disks[i].place.volume, answer->volume) == 0 &&
			    strcmp(guest->disks[i].domain, answer->domain) == 0)
				r = take(watch, &guest->disks[i], answer, err);
	return r;
}

int extend_watch_answers(struct extend_watch *watch, struct vdc_err *err)
{
	struct vdc_extend_answer answer;
	int r = 0;

	for (size_t i = 0; i < WATCH_WAYS && r >= 0; i++)
		while (watch->asks[i] && r >= 0) {
			r = vdc_extend_ask_answer(watch->asks[i], &answer, err);
			if (r <= 0)
				break;
			r = take_all(watch, &answer, err);
		}
	return r < 0 ? r : 0;
}
