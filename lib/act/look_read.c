/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What runs in the child: it may hang anywhere, and nobody but it has to wait. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "act/look.h"
#include "base/buf.h"
#include "base/setting.h"
#include "base/time.h"
#include "base/wire.h"

/* Counters of the kernel tick in hundredths of a second: a shorter time says nothing. */
#define SAMPLE_TIME (VDC_SECOND / 4)

struct reader {
	const struct vdc_target *target;
	struct vdc_sender *sender;
	struct vdc_virt *virt;
	struct vdc_arena *arena;
	struct vdc_virt_cpu_times before, after;
	struct vdc_buf changed; /* uuids of domains to be read again, each VDC_UUID_LEN and a NUL */
	bool lost;		/* events were: all are to be read again */
};

static int say(struct reader *reader, enum vdc_look_message message, struct vdc_look *look,
	       struct vdc_look_domain *domain, struct vdc_err *err)
{
	vdc_autobuf out = { 0 };
	struct vdc_wire wire = vdc_wire_writer(&out);
	int64_t kind = message;
	int r;

	vdc_wire_int(&wire, &kind);
	if (look)
		vdc_look_wire_host(&wire, look, reader->arena);
	if (domain)
		vdc_look_wire_domain(&wire, domain, reader->arena);
	r = vdc_send(reader->sender, out.data, out.len);
	return r ? vdc_err_set(err, r, "the reading process lost its parent") : 0;
}

static void read_facts(struct reader *reader, struct vdc_look *look)
{
	const struct vdc_target *target = reader->target;
	struct vdc_err err = { 0 };

	if (!target->shell && !target->local)
		return;
	if (vdc_host_facts(target->shell, target->limit_us, reader->arena, &look->facts, &err))
		look->shell_failure = vdc_arena_strdup(reader->arena, vdc_err_text(&err));
	else
		look->has_facts = true;
}

static int64_t load(int64_t before, int64_t after, const struct reader *reader)
{
	int64_t us = reader->after.at - reader->before.at;

	return us <= 0 || before < 0 || after < before ? -1 : (after - before) / us;
}

static int64_t load_of_domain(const struct reader *reader, const char *uuid)
{
	const struct vdc_virt_cpu *first = reader->before.domains, *last = reader->after.domains;

	for (size_t i = 0; i < reader->before.n_domains; i++)
		for (size_t k = 0; strcmp(first[i].uuid, uuid) == 0 && k < reader->after.n_domains;
		     k++)
			if (strcmp(last[k].uuid, uuid) == 0)
				return load(first[i].ns, last[k].ns, reader);
	return -1;
}

static int measure(struct reader *reader, struct vdc_err *err)
{
	int64_t rest;

	if (reader->before.busy < 0 && !reader->before.n_domains)
		return 0;
	rest = reader->before.at + SAMPLE_TIME - vdc_time_monotonic();
	if (rest > 0)
		usleep((useconds_t)rest);
	return vdc_virt_cpu_times(reader->virt, reader->arena, &reader->after, err);
}

static int send_domain(void *ctx, const struct vdc_virt_domain *virt, struct vdc_err *err)
{
	struct reader *reader = ctx;
	struct vdc_look_domain domain = { .virt = *virt,
					  .cpu = load_of_domain(reader, virt->uuid) };

	return say(reader, VDC_LOOK_DOMAIN, NULL, &domain, err);
}

/* Everything once. */
static int read_all(struct reader *reader, struct vdc_err *err)
{
	struct vdc_look look = { 0 };
	int r;

	vdc_arena_reset(reader->arena);
	r = vdc_virt_cpu_times(reader->virt, reader->arena, &reader->before, err);
	if (!r)
		r = vdc_virt_host(reader->virt, reader->arena, &look.virt, err);
	if (!r)
		r = say(reader, VDC_LOOK_BEAT, NULL, NULL, err);
	if (r)
		return r;
	read_facts(reader, &look);
	r = measure(reader, err);
	if (r)
		return r;
	look.cpu = load(reader->before.busy, reader->after.busy, reader);
	/* The time of the reading is that of what it says about VMs. */
	look.at = vdc_time_now();
	r = say(reader, VDC_LOOK_HOST, &look, NULL, err);
	if (!r)
		r = vdc_virt_domains(reader->virt, send_domain, reader, err);
	return r ? r : say(reader, VDC_LOOK_DONE, NULL, NULL, err);
}

/* Nothing is changed, but libvirt tells what CPUs it can give only to those who may change things. */
static int open_reader(struct reader *reader, unsigned flags, struct vdc_err *err)
{
	const char *uri = reader->target->uri;
	int r = vdc_virt_open(uri, flags, &reader->virt, err);

	if (r == -EACCES)
		r = vdc_virt_open(uri, flags | VDC_VIRT_READ_ONLY, &reader->virt, err);

	return r ? r : say(reader, VDC_LOOK_BEAT, NULL, NULL, err);
}

static void close_reader(struct reader *reader)
{
	vdc_virt_close(reader->virt);
	vdc_arena_free(reader->arena);
	vdc_buf_free(&reader->changed);
}

int vdc_look_read(const struct vdc_target *target, struct vdc_sender *sender, struct vdc_err *err)
{
	struct reader reader = { .target = target, .sender = sender, .arena = vdc_arena_new() };
	int r = open_reader(&reader, 0, err);

	if (!r)
		r = read_all(&reader, err);
	close_reader(&reader);
	return r;
}

static bool is_noted(const struct reader *reader, const char *uuid)
{
	for (size_t at = 0; at < reader->changed.len; at += strlen(uuid) + 1)
		if (strcmp(reader->changed.data + at, uuid) == 0)
			return true;
	return false;
}

/* A domain that stopped may be gone with its reason: that is all there will ever be to tell. */
static int send_end(struct reader *reader, const struct vdc_virt_event *event, struct vdc_err *err)
{
	struct vdc_look_domain domain = {
		.virt = {
			.uuid = event->uuid,
			.name = event->name,
			.state = VDC_VIRT_SHUTOFF,
			.reason = event->detail ? event->detail : "unknown",
		},
		.cpu = -1,
		.gone = true,
	};

	return say(reader, VDC_LOOK_DOMAIN, NULL, &domain, err);
}

static int on_event(void *ctx, const struct vdc_virt_event *event, struct vdc_err *err)
{
	struct reader *reader = ctx;

	if (!event->uuid) {
		reader->lost = true;
		return 0;
	}
	if (strcmp(event->what, "stopped") == 0)
		return send_end(reader, event, err);
	if (!is_noted(reader, event->uuid))
		vdc_buf_add(&reader->changed, event->uuid, strlen(event->uuid) + 1);
	return 0;
}

static int send_changed(struct reader *reader, struct vdc_err *err)
{
	const char *at = vdc_buf_str(&reader->changed);
	const char *end = at + reader->changed.len;
	int r = 0;

	for (; !r && at < end; at += strlen(at) + 1) {
		r = vdc_virt_domain(reader->virt, at, send_domain, reader, err);
		if (r == -ENOENT) /* gone meanwhile, and its end was or will be an event */
			r = 0;
	}
	vdc_buf_clear(&reader->changed);
	return r;
}

/* A question that costs the host nothing: without an answer there is no beat. */
static int ping(struct reader *reader, struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_virt_cpu_times times;
	int r = vdc_virt_cpu_times(reader->virt, arena, &times, err);

	return r ? r : say(reader, VDC_LOOK_BEAT, NULL, NULL, err);
}

/* Until it is time to read everything again. */
static int follow_until(struct reader *reader, int64_t until, struct vdc_err *err)
{
	const int64_t pause = vdc_setting_number(VDC_SETTING_HOST_REFRESH);
	int r = 0;

	reader->lost = false;
	while (!r && !reader->lost && vdc_time_monotonic() < until) {
		int64_t left = until - vdc_time_monotonic();

		r = vdc_virt_wait(reader->virt, left < pause ? left : pause, on_event, reader, err);
		if (!r)
			r = send_changed(reader, err);
		if (!r)
			r = ping(reader, err);
	}
	return r;
}

int vdc_look_follow(const struct vdc_target *target, int64_t refresh_us, struct vdc_sender *sender,
		    struct vdc_err *err)
{
	struct reader reader = { .target = target, .sender = sender, .arena = vdc_arena_new() };
	int r = open_reader(&reader, VDC_VIRT_EVENTS, err);

	/* Events first, so that nothing happens unseen while it is read. */
	if (!r)
		r = vdc_virt_follow(reader.virt, err);
	while (!r) {
		r = read_all(&reader, err);
		if (!r)
			r = follow_until(&reader, vdc_time_monotonic() + refresh_us, err);
	}
	close_reader(&reader);
	return r;
}
