/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What runs in the children of a migration. */
#include "act/migrate_child.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/node.h"
#include "base/time.h"
#include "base/wire.h"
#include "edge/xml.h"

enum { WATCH_MS = 500, DECISION_MS = 60 * 1000 };

static void wire_look(struct vdc_wire *wire, struct vdc_migrate_look *look)
{
	vdc_wire_bool(wire, &look->known);
	vdc_wire_bool(wire, &look->active);
	vdc_wire_int(wire, &look->state);
	vdc_wire_text(wire, &look->job);
	vdc_wire_bool(wire, &look->dest_active);
	vdc_wire_int(wire, &look->cpu);
	vdc_wire_text(wire, &look->cpu_text);
}

static void wire_job(struct vdc_wire *wire, struct vdc_virt_job *job)
{
	int64_t *const numbers[] = { &job->elapsed_ms, &job->total,   &job->processed,
				     &job->remaining,  &job->rate,    &job->dirty_rate,
				     &job->iteration,  &job->throttle };

	vdc_wire_bool(wire, &job->running);
	vdc_wire_bool(wire, &job->post_copy);
	for (size_t i = 0; i < VDC_COUNT(numbers); i++)
		vdc_wire_int(wire, numbers[i]);
}

static void wire_place(struct vdc_wire *wire, struct vdc_migrate_place *place)
{
	vdc_wire_int(wire, &place->host);
	vdc_wire_int(wire, &place->answer);
	vdc_wire_text(wire, &place->failure);
	vdc_wire_bool(wire, &place->known);
	vdc_wire_bool(wire, &place->active);
	vdc_wire_bool(wire, &place->arrives);
	vdc_wire_int(wire, &place->state);
	vdc_wire_int(wire, &place->downtime_ms);
	vdc_wire_text(wire, &place->reason);
}

#define TAKE(name, type)                                                     \
	int vdc_migrate_take_##name(const char *data, size_t len, type *ret) \
	{                                                                    \
		struct vdc_wire wire = vdc_wire_reader(data, len);           \
                                                                             \
		*ret = (type){ 0 };                                          \
		wire_##name(&wire, ret);                                     \
		return wire.bad ? -EBADMSG : 0;                              \
	}
TAKE(look, struct vdc_migrate_look)
TAKE(job, struct vdc_virt_job)
TAKE(place, struct vdc_migrate_place)

#define SAY(name, type)                                                                   \
	static int say_##name(struct vdc_sender *sender, type *what, struct vdc_err *err) \
	{                                                                                 \
		vdc_autobuf out = { 0 };                                                  \
		struct vdc_wire wire = vdc_wire_writer(&out);                             \
		int r;                                                                    \
                                                                                          \
		wire_##name(&wire, what);                                                 \
		r = vdc_send(sender, out.data, out.len);                                  \
		return r ? vdc_err_set(err, r, "the parent is gone") : 0;                 \
	}
SAY(look, struct vdc_migrate_look)
SAY(job, struct vdc_virt_job)
SAY(place, struct vdc_migrate_place)

/* The next word of the parent, 0 when none comes in that time; QUIT when there is no parent. */
static int next_word(int fd, int ms)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	char word;

	if (poll(&poll_fd, 1, ms) <= 0)
		return 0;
	return read(fd, &word, 1) == 1 ? word : VDC_WORD_QUIT;
}

struct source {
	struct vdc_arena *arena;
	struct vdc_migrate_look *look;
	struct vdc_virt_cpu_question cpu;
};

/* The element as it is written; not <cputune>. */
static char *cpu_element(const char *xml, struct vdc_arena *arena)
{
	const char *begin = strstr(xml, "<cpu "), *end;

	if (!begin)
		begin = strstr(xml, "<cpu>");
	if (!begin)
		return NULL;
	end = strstr(begin, "</cpu>");
	return end ? vdc_arena_strndup(arena, begin, (size_t)(end - begin) + strlen("</cpu>"))
		   : NULL;
}

static int take_source(void *ctx, const struct vdc_virt_domain *domain, struct vdc_err *err)
{
	struct source *source = ctx;
	struct vdc_node *root;
	int r;

	source->look->known = true;
	source->look->active = vdc_virt_is_active(domain->state);
	source->look->state = domain->state;
	source->look->job = vdc_arena_strdup(source->arena, domain->job);
	if (!domain->xml)
		return 0;
	r = vdc_xml_parse(domain->xml, strlen(domain->xml), source->arena, &root, err);
	if (r)
		return r;
	source->cpu = (struct vdc_virt_cpu_question){
		.cpu = cpu_element(domain->xml, source->arena),
		.type = vdc_node_text(root, "type"),
		.emulator = vdc_node_text(root, "devices/emulator"),
		.architecture = vdc_node_text(root, "os/type/arch"),
		.machine = vdc_node_text(root, "os/type/machine"),
	};
	return 0;
}

/* The emulator's path is the source's: the destination has its own. */
static int look_at_destination(struct vdc_virt *virt, struct source *source, const char *uuid,
			       struct vdc_err *err)
{
	struct vdc_virt_cpu_question question = source->cpu;
	enum vdc_virt_cpu_answer answer = VDC_VIRT_CPU_UNKNOWN;
	struct vdc_virt_now now;
	const char *text = NULL;
	int r = vdc_virt_now(virt, uuid, &now, err);

	if (r)
		return r;
	source->look->dest_active = now.known && vdc_virt_is_active(now.state);
	question.emulator = NULL;
	if (question.cpu)
		r = vdc_virt_compare_cpu(virt, &question, source->arena, &answer, &text, err);
	source->look->cpu = answer;
	source->look->cpu_text = text;
	return r;
}

static int look_at_both(const struct vdc_migrate_task *task, struct vdc_virt *from,
			struct source *source, struct vdc_err *err)
{
	const char *uuid = task->migration.uuid;
	vdc_autovirt *to = NULL;
	int r = vdc_virt_domain(from, uuid, take_source, source, err);

	if (r == -ENOENT)
		return 0;
	if (r)
		return vdc_err_prefix(err, "host %s: ", task->from.name);
	if (!source->look->active || source->look->job)
		return 0;
	r = vdc_virt_open(task->to.uri, 0, &to, err);
	if (!r)
		r = look_at_destination(to, source, uuid, err);
	return r ? vdc_err_prefix(err, "host %s: ", task->to.name) : 0;
}

int vdc_migrate_move(const struct vdc_migrate_task *task, struct vdc_sender *sender,
		     struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_migrate_look look = { 0 };
	struct source source = { .arena = arena, .look = &look };
	vdc_autovirt *from = NULL;
	struct vdc_virt_job job;
	int64_t said = 0;
	int r = vdc_virt_open(task->from.uri, 0, &from, err);

	close(task->pipe[1]);
	if (r)
		return vdc_err_prefix(err, "host %s: ", task->from.name);
	r = look_at_both(task, from, &source, err);
	if (!r)
		r = say_look(sender, &look, err);
	if (r)
		return r;
	if (next_word(task->pipe[0], DECISION_MS) != VDC_WORD_GO ||
	    read(task->pipe[0], &said, sizeof(said)) != sizeof(said))
		return vdc_err_set(err, -ECANCELED, "it was not begun");
	/* The last look: somebody may have been faster. */
	r = vdc_virt_job(from, task->migration.uuid, &job, err);
	if (!r && job.running)
		r = vdc_err_set(err, -EALREADY, "it is being moved already");
	if (!r && vdc_time_monotonic() - said >= VDC_SECOND)
		r = vdc_err_set(err, -EAGAIN, "it took too long to begin");
	return r ? r : vdc_virt_migrate(from, &task->migration, err);
}

static int obey(struct vdc_virt *virt, const char *uuid, int word, struct vdc_err *err)
{
	struct vdc_err ignored = { 0 };

	(void)err;
	/* Either may come too late: how it ends is seen anyway. */
	if (word == VDC_WORD_ABORT)
		vdc_virt_abort(virt, uuid, &ignored);
	else if (word == VDC_WORD_POST_COPY)
		vdc_virt_post_copy(virt, uuid, &ignored);
	return 0;
}

int vdc_migrate_watch(const struct vdc_migrate_task *task, struct vdc_sender *sender,
		      struct vdc_err *err)
{
	vdc_autovirt *virt = NULL;
	int r = vdc_virt_open(task->from.uri, 0, &virt, err), word = 0;

	close(task->pipe[1]);
	while (!r && word != VDC_WORD_QUIT) {
		struct vdc_virt_job job;

		r = vdc_virt_job(virt, task->migration.uuid, &job, err);
		if (!r)
			r = say_job(sender, &job, err);
		if (r)
			break;
		word = next_word(task->pipe[0], WATCH_MS);
		r = obey(virt, task->migration.uuid, word, err);
	}
	return r ? vdc_err_prefix(err, "host %s: ", task->from.name) : 0;
}

static int take_job_word(void *ctx, const struct vdc_virt_domain *domain,
			 struct vdc_err *err vdc_unused)
{
	*(bool *)ctx = domain->job && strcmp(domain->job, "migration_in") == 0;
	return 0;
}

static int look_for(const struct vdc_migrate_host *host, const char *uuid,
		    struct vdc_migrate_place *place, struct vdc_err *err)
{
	vdc_autovirt *virt = NULL;
	struct vdc_virt_now now;
	int r = vdc_virt_open(host->uri, VDC_VIRT_READ_ONLY, &virt, err);

	if (!r)
		r = vdc_virt_now(virt, uuid, &now, err);
	if (r)
		return r;
	place->known = now.known;
	place->active = now.known && vdc_virt_is_active(now.state);
	place->state = now.known ? (int64_t)now.state : 0;
	place->reason = now.known ? now.reason : NULL;
	if (place->active) {
		r = vdc_virt_domain(virt, uuid, take_job_word, &place->arrives, err);
		place->downtime_ms = vdc_virt_downtime(virt, uuid);
	}
	return r == -ENOENT ? 0 : r;
}

int vdc_migrate_find(const struct vdc_migrate_host *hosts, size_t n, const char *uuid,
		     struct vdc_sender *sender, struct vdc_err *err)
{
	int r = 0;

	for (size_t i = 0; i < n && !r; i++) {
		struct vdc_migrate_place place = { .host = (int64_t)i, .downtime_ms = -1 };
		struct vdc_err failure = { 0 };

		place.answer = look_for(&hosts[i], uuid, &place, &failure);
		place.failure = place.answer ? vdc_err_text(&failure) : NULL;
		r = say_place(sender, &place, err);
	}
	return r;
}
