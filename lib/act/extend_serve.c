/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The dispatcher. */
#include "act/extend_serve.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "act/extend_part.h"
#include "act/spm_part.h"
#include "base/time.h"
#include "plan/domain_place.h"
#include "plan/storage_health.h"

#define ROLE_PAUSE VDC_SECOND
#define END_LIMIT (VDC_SECOND / 2)

enum { CLERKS = 2 }; /* of the mailbox and of the database; the second one may be away */

struct domain {
	struct extend_office office;
	struct vdc_aide aide; /* begins with the first request */
	int64_t space;
	bool trouble;
};

struct session {
	const struct vdc_extend_serve *serve;
	struct extend_office office;
	struct vdc_aide clerks[CLERKS];
	bool trouble;
	struct domain *domains;
	size_t n;
};

struct extend_outcome extend_outcome(const char *domain, const char *volume)
{
	struct extend_outcome outcome = {
		.old_size = VDC_UNSET, .new_size = VDC_UNSET, .space = VDC_UNSET, .free = VDC_UNSET
	};

	snprintf(outcome.domain, sizeof(outcome.domain), "%s", domain);
	snprintf(outcome.volume, sizeof(outcome.volume), "%s", volume);
	return outcome;
}

bool extend_settles(const struct extend_outcome *outcome, const struct vdc_extend_request *request)
{
	return strcmp(request->volume, outcome->volume) == 0 &&
	       strcmp(request->domain, outcome->domain) == 0 &&
	       (request->size <= outcome->asked || request->size <= outcome->new_size);
}

void extend_report(int fd, struct extend_outcome *outcome, const struct vdc_err *why)
{
	if (why && why->code) {
		outcome->code = why->code;
		snprintf(outcome->text, sizeof(outcome->text), "%s", vdc_err_text(why));
	}
	vdc_aide_send(fd, outcome, sizeof(*outcome));
}

static void tell(const struct session *session, const struct vdc_extend_served *news)
{
	session->serve->told(session->serve->ctx, news);
}

static struct domain *domain_of(const struct session *session, const char *id)
{
	for (size_t i = 0; i < session->n; i++)
		if (strcmp(session->domains[i].office.space->id, id) == 0)
			return &session->domains[i];
	return NULL;
}

static void tell_clerks(const struct session *session, const struct extend_outcome *outcome)
{
	for (size_t i = 0; i < CLERKS; i++)
		if (session->clerks[i].pid)
			vdc_aide_send(session->clerks[i].fd, outcome, sizeof(*outcome));
}

/* What does not get through is asked for again. */
static int dispatch(const struct session *session, const struct vdc_extend_request *request,
		    struct vdc_err *err)
{
	struct extend_outcome outcome = extend_outcome(request->domain, request->volume);
	struct domain *domain = domain_of(session, request->domain);
	int r;

	if (!domain) {
		outcome.asked = request->size;
		snprintf(outcome.text, sizeof(outcome.text),
			 "this host knows no volume group of domain %s", request->domain);
		tell_clerks(session, &outcome);
		tell(session, &(struct vdc_extend_served){ .what = VDC_EXTEND_TOLD_REFUSED,
							   .volume = request->volume,
							   .text = outcome.text });
		return 0;
	}
	r = domain->aide.pid
		    ? 0
		    : vdc_aide_start(&domain->aide, extend_grow_life, &domain->office, err);
	if (!r)
		vdc_aide_send(domain->aide.fd, request, sizeof(*request));
	return r;
}

static void judge_space(const struct session *session, struct domain *domain,
			const struct extend_outcome *outcome)
{
	vdc_autoarena *arena = vdc_arena_new();
	const struct vdc_storage_domain *limits = vdc_lockspace_domain(domain->office.space, arena);
	const int64_t now = vdc_storage_space_of(limits, domain->space, outcome->free,
						 outcome->space - outcome->free);

	if (now == domain->space)
		return;
	domain->space = now;
	tell(session, &(struct vdc_extend_served){ .what = VDC_EXTEND_TOLD_SPACE,
						   .domain = domain->office.space->name,
						   .free = outcome->free,
						   .size = outcome->space,
						   .space = now });
}

static void tell_trouble(const struct session *session, const char *domain, bool *trouble,
			 const struct extend_outcome *outcome)
{
	if (!outcome->code && !*trouble)
		return;
	*trouble = outcome->code != 0;
	tell(session, &(struct vdc_extend_served){ .what = *trouble ? VDC_EXTEND_TOLD_TROUBLE
								    : VDC_EXTEND_TOLD_WELL,
						   .domain = domain,
						   .text = outcome->text });
}

static void take_outcome(const struct session *session, struct domain *domain,
			 const struct extend_outcome *outcome)
{
	const bool grew = outcome->new_size > outcome->old_size;

	if (!*outcome->volume) {
		if (outcome->free != VDC_UNSET) {
			judge_space(session, domain, outcome);
			tell_clerks(session, outcome);
		}
		tell_trouble(session, domain->office.space->name, &domain->trouble, outcome);
		return;
	}
	tell_clerks(session, outcome);
	if (grew || outcome->code)
		tell(session, &(struct vdc_extend_served){ .what = grew ? VDC_EXTEND_TOLD_GREW
									: VDC_EXTEND_TOLD_REFUSED,
							   .domain = domain->office.space->name,
							   .volume = outcome->volume,
							   .old_size = outcome->old_size,
							   .new_size = outcome->new_size,
							   .text = outcome->text });
}

/* A clerk's request is shorter than what it says about its transport. */
static int hear_clerk(struct session *session, const struct vdc_aide *clerk, struct vdc_err *err)
{
	union {
		struct vdc_extend_request request;
		struct extend_outcome outcome;
	} message;
	size_t len;
	int r;

	while ((r = vdc_aide_take_any(clerk->fd, &message, sizeof(message), &len)) > 0) {
		if (len == sizeof(message.request))
			r = dispatch(session, &message.request, err);
		else if (len == sizeof(message.outcome))
			tell_trouble(session, NULL, &session->trouble, &message.outcome);
		if (r < 0)
			return r;
	}
	return r;
}

static int hear_domain(const struct session *session, struct domain *domain)
{
	struct extend_outcome outcome;
	int r;

	while ((r = vdc_aide_take(domain->aide.fd, &outcome, sizeof(outcome))) > 0)
		take_outcome(session, domain, &outcome);
	return r;
}

static int hear_all(struct session *session, struct vdc_err *err)
{
	int r = 0;

	for (size_t i = 0; i < CLERKS && r >= 0; i++)
		if (session->clerks[i].pid)
			r = hear_clerk(session, &session->clerks[i], err);
	for (size_t i = 0; i < session->n && r >= 0; i++)
		if (session->domains[i].aide.pid)
			r = hear_domain(session, &session->domains[i]);
	return r;
}

/* 1: somebody asked to stop. */
static int wait_for(const struct session *session, struct pollfd *fds, int64_t limit_us)
{
	size_t n = 0;

	fds[n++] = (struct pollfd){ .fd = session->serve->stop_fd, .events = POLLIN };
	for (size_t i = 0; i < CLERKS; i++)
		if (session->clerks[i].pid)
			fds[n++] = (struct pollfd){ .fd = session->clerks[i].fd, .events = POLLIN };
	for (size_t i = 0; i < session->n; i++)
		if (session->domains[i].aide.pid)
			fds[n++] = (struct pollfd){ .fd = session->domains[i].aide.fd,
						    .events = POLLIN };
	poll(fds, n, (int)(limit_us / 1000));
	return fds[0].revents != 0;
}

/* Whether this host is the manager, with LVER where that is set, and goes on to be. */
static bool is_manager(const struct vdc_extend_serve *serve, int64_t *lver)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_spm_state state;

	if (vdc_spm_state_read(serve->master->id, arena, &state, NULL) ||
	    state.role != VDC_SPM_ROLE_SPM || state.stopping ||
	    (*lver != VDC_UNSET && state.lver != *lver))
		return false;
	*lver = state.lver;
	return true;
}

static void open_session(struct session *session, const struct vdc_extend_serve *serve,
			 int64_t lver)
{
	const struct extend_office office = {
		.master = serve->master, .lver = lver, .spaces = serve->spaces, .db = serve->db
	};

	*session = (struct session){ .serve = serve, .office = office };
	session->domains = vdc_alloc((serve->spaces->n + 1) * sizeof(*session->domains));
	for (size_t i = 0; i < serve->spaces->n; i++) {
		const struct vdc_lockspace *space = serve->spaces->all[i];

		if (!space->volume_group)
			continue;
		session->domains[session->n] =
			(struct domain){ .office = office, .space = VDC_STORAGE_SPACE_OK };
		session->domains[session->n++].office.space = space;
	}
}

static void close_session(struct session *session)
{
	for (size_t i = 0; i < CLERKS; i++)
		vdc_aide_end(&session->clerks[i], END_LIMIT);
	for (size_t i = 0; i < session->n; i++)
		vdc_aide_end(&session->domains[i].aide, END_LIMIT);
	free(session->domains);
}

/* As long as this host is the manager. 1: somebody asked to stop. */
static int serve_session(const struct vdc_extend_serve *serve, int64_t lver, struct vdc_err *err)
{
	struct session session;
	vdc_autofree struct pollfd *fds = vdc_alloc((1 + CLERKS + serve->spaces->n) * sizeof(*fds));
	int64_t looked = vdc_time_monotonic();
	int r, stopped = 0;

	open_session(&session, serve, lver);
	tell(&session, &(struct vdc_extend_served){ .what = VDC_EXTEND_TOLD_MANAGER });
	r = vdc_aide_start(&session.clerks[0], extend_clerk_life, &session.office, err);
	if (!r && serve->db)
		r = vdc_aide_start(&session.clerks[1], extend_desk_life, &session.office, err);
	while (!r && !stopped) {
		stopped = wait_for(&session, fds, ROLE_PAUSE);
		r = hear_all(&session, err);
		if (vdc_time_monotonic() - looked >= ROLE_PAUSE) {
			if (!is_manager(serve, &lver))
				break;
			looked = vdc_time_monotonic();
		}
	}
	close_session(&session);
	tell(&session, &(struct vdc_extend_served){ .what = VDC_EXTEND_TOLD_OVER });
	/* One that ended was killed with the lease, or crashed: the next session begins afresh. */
	return stopped ? 1 : r == -EPIPE ? 0 : r;
}

static int take_lock(const struct vdc_extend_serve *serve, int *ret, struct vdc_err *err)
{
	vdc_autofree char *path = spm_path(serve->master->id, ".serve");
	int r = spm_make_folder(err), fd;

	if (r)
		return r;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return vdc_err_set(err, -errno, "%s: %m", path);
	if (flock(fd, LOCK_EX | LOCK_NB)) {
		r = -errno;
		close(fd);
		return vdc_err_set(err, r == -EWOULDBLOCK ? -EBUSY : r,
				   "domain %s: another process of this host serves its requests",
				   serve->master->name);
	}
	*ret = fd;
	return 0;
}

int vdc_extend_serve(const struct vdc_extend_serve *serve, struct vdc_err *err)
{
	struct pollfd stop = { .fd = serve->stop_fd, .events = POLLIN };
	int lock, r = serve->db ? extend_check_database(serve->db, err) : 0;

	if (!r)
		r = take_lock(serve, &lock, err);
	if (r)
		return r;
	r = vdc_sanlock_load(err);
	while (!r) {
		int64_t lver = VDC_UNSET;

		if (is_manager(serve, &lver))
			r = serve_session(serve, lver, err);
		if (!r)
			r = poll(&stop, 1, (int)(ROLE_PAUSE / 1000)) > 0;
	}
	close(lock);
	return r < 0 ? r : 0;
}
