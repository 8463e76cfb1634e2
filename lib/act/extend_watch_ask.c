/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which way goes to the manager, and what comes back on it. */
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

#include "act/extend_watch_part.h"
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

/* A group of vdsm's is called as its domain is, whoever knows that. */
void extend_watch_find_way(const struct extend_watch *watch, struct watched_disk *disk)
{
	const struct vdc_storage_domain *domain = domain_of(watch->known, disk->place.group);
	struct vdc_storage_domain preset = { .extend_chunk = VDC_EXTEND_CHUNK_PRESET,
					     .extend_percent = VDC_EXTEND_PERCENT_PRESET };
	const struct vdc_extend_rules rules = vdc_extend_rules(domain ?: &preset, 0);
	bool database = domain && domain->extend_transport == VDC_EXTEND_DATABASE;
	const char *id = domain ? domain->id : disk->place.group;

	vdc_extend_disk_begin(&disk->plan, &rules);
	disk->way = database ? WATCH_DATABASE : WATCH_MAILBOX;
	if (!vdc_uuid_valid(id) || !vdc_uuid_valid(disk->place.volume))
		return;
	disk->ask = watch->asks[disk->way];
	memcpy(disk->domain, id, VDC_UUID_LEN + 1);
}

static int take(struct extend_watch *watch, struct watched_disk *disk,
		const struct vdc_extend_answer *answer, struct vdc_err *err)
{
	struct vdc_thin_news news = { .to = disk->plan.wanted, .text = answer->text };
	bool news_to_tell = !answer->size && disk->plan.wanted && !disk->plan.refusals;

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
