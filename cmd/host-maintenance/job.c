/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The job of a run: made, read back, carried out, its result printed. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/words.h"
#include "cli/list.h"
#include "cli/migration_options.h"
#include "host_maintenance.h"
#include "store/store.h"

static char *write_plan(const struct maintenance *what, struct vdc_arena *arena)
{
	const struct vdc_drain_options *options = &what->options;
	vdc_autobuf out = { 0 };

	vdc_buf_printf(&out, "leave=%d\nrestore=%d\nforce-off=%d\nno-reserve=%d\n", what->leave,
		       what->restore, options->force_off, options->no_reserve);
	vdc_buf_printf(&out, "shutdown=%" PRId64 "\nhosts=", options->shutdown_us);
	for (size_t i = 0; i < what->n; i++)
		vdc_buf_printf(&out, "%s%s", i ? " " : "", what->hosts[i]->id);
	vdc_buf_putc(&out, '\n');
	if (options->reason)
		vdc_buf_printf(&out, "reason=%s\n", options->reason);
	vdc_migration_options_write(&options->migrate, &out);
	return vdc_arena_strdup(arena, vdc_buf_str(&out));
}

static bool flag(const struct vdc_job *job, const char *name, struct vdc_arena *arena)
{
	const char *value = vdc_line_value(job->plan, name, arena);

	return value && strcmp(value, "1") == 0;
}

int maintenance_read_job(struct vdc_call *call, const struct vdc_job *job, struct maintenance *ret,
			 struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(call);
	const char *hosts = vdc_line_value(job->plan, "hosts", arena), *word;
	const char *shutdown = vdc_line_value(job->plan, "shutdown", arena);
	size_t len;
	int r = 0;

	*ret = (struct maintenance){
		.leave = flag(job, "leave", arena),
		.restore = flag(job, "restore", arena),
		.options = {
			.migrate = vdc_migrate_options(),
			.force_off = flag(job, "force-off", arena),
			.no_reserve = flag(job, "no-reserve", arena),
			.shutdown_us = shutdown ? strtoll(shutdown, NULL, 10) : 0,
			.reason = vdc_line_value(job->plan, "reason", arena),
		},
	};
	vdc_migration_options_parse(job->plan, &ret->options.migrate);
	ret->hosts = vdc_arena_alloc(arena, (strlen(hosts ?: "") + 1) * sizeof(*ret->hosts));
	while (!r && hosts && (word = vdc_word_next(&hosts, &len))) {
		void *host;

		r = vdc_store_get(vdc_call_db(call), &vdc_host_kind,
				  vdc_arena_strndup(arena, word, len), 0, arena, &host, err);
		if (!r)
			ret->hosts[ret->n++] = host;
	}
	return !r && !ret->n ? vdc_err_set(err, -EBADMSG, "job %s has no plan", job->id) : r;
}

int maintenance_make_job(struct vdc_call *call, const struct maintenance *what, char **ret,
			 struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(call);
	struct vdc_job *job = vdc_job_new(VDC_MAINTENANCE_ACTION, write_plan(what, arena), arena);
	const char *verb = what->leave ? "return from" : "enter";
	const char *whose = what->n == 1
				    ? vdc_arena_format(arena, "host %s is", what->hosts[0]->name)
				    : vdc_arena_format(arena, "%zu hosts are", what->n);
	int r;

	job->description = vdc_arena_format(arena, "%s to %s maintenance", whose, verb);
	if (what->n == 1)
		vdc_job_about(job, &vdc_host_kind, what->hosts[0]->id, what->hosts[0]->name, arena);
	r = vdc_job_create(vdc_call_db(call), job, arena, err);
	if (!r)
		*ret = job->id;
	return r;
}

/* What became of a host. */
struct ending {
	enum vdc_maintenance_result result;
	const char *reason;
	size_t started, returned, left;
};

static enum vdc_exit code_of(const struct ending *ending)
{
	static const enum vdc_exit codes[] = {
		[VDC_MAINTENANCE_DONE] = VDC_EXIT_OK,
		[VDC_MAINTENANCE_REFUSED] = VDC_EXIT_REFUSED,
		[VDC_MAINTENANCE_FAILED] = VDC_EXIT_FINDINGS,
		[VDC_MAINTENANCE_STOPPED] = VDC_EXIT_FINDINGS,
		[VDC_MAINTENANCE_UNFIT] = VDC_EXIT_FINDINGS,
		[VDC_MAINTENANCE_NO_ANSWER] = VDC_EXIT_UNREACHABLE,
	};

	return codes[ending->result] == VDC_EXIT_OK && ending->left ? VDC_EXIT_PARTLY
								    : codes[ending->result];
}

static int drain(struct vdc_call *call, struct vdc_job_lease *lease, const struct maintenance *what,
		 struct ending *ends, struct vdc_err *err)
{
	static const enum vdc_maintenance_result results[] = {
		[VDC_DRAIN_DONE] = VDC_MAINTENANCE_DONE,
		[VDC_DRAIN_REFUSED] = VDC_MAINTENANCE_REFUSED,
		[VDC_DRAIN_FAILED] = VDC_MAINTENANCE_FAILED,
		[VDC_DRAIN_STOPPED] = VDC_MAINTENANCE_STOPPED,
	};
	struct vdc_arena *arena = vdc_call_arena(call);
	struct vdc_drain_host *hosts = vdc_arena_alloc(arena, (what->n + 1) * sizeof(*hosts));
	int r;

	for (size_t i = 0; i < what->n; i++) {
		hosts[i].id = what->hosts[i]->id;
		hosts[i].number = 1 + (int64_t)i * VDC_DRAIN_NUMBERS;
	}
	r = vdc_drain_hosts(vdc_call_db(call), lease, &what->options, hosts, what->n, arena, err);
	for (size_t i = 0; i < what->n && !r; i++)
		ends[i] = (struct ending){ .result = results[hosts[i].end],
					   .reason = hosts[i].reason };
	return r;
}

static int activate(struct vdc_call *call, struct vdc_job_lease *lease,
		    const struct maintenance *what, struct ending *ends, struct vdc_err *err)
{
	static const enum vdc_maintenance_result results[] = {
		[VDC_ACTIVATE_UP] = VDC_MAINTENANCE_DONE,
		[VDC_ACTIVATE_UNFIT] = VDC_MAINTENANCE_UNFIT,
		[VDC_ACTIVATE_NO_ANSWER] = VDC_MAINTENANCE_NO_ANSWER,
	};
	struct vdc_arena *arena = vdc_call_arena(call);
	struct vdc_activate_host *hosts = vdc_arena_alloc(arena, (what->n + 1) * sizeof(*hosts));
	int r;

	for (size_t i = 0; i < what->n; i++) {
		hosts[i].id = what->hosts[i]->id;
		hosts[i].number = 1 + (int64_t)i * VDC_DRAIN_NUMBERS;
		hosts[i].restore = what->restore;
	}
	r = vdc_activate_hosts(vdc_call_db(call), lease, &what->options, hosts, what->n, arena,
			       err);
	for (size_t i = 0; i < what->n && !r; i++)
		ends[i] = (struct ending){ .result = results[hosts[i].end],
					   .reason = hosts[i].reason,
					   .started = hosts[i].started,
					   .returned = hosts[i].returned,
					   .left = hosts[i].left };
	return r;
}

static int print(struct vdc_call *call, const char *job, const struct maintenance *what,
		 const struct ending *ends, struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(call);
	struct vdc_list *list;
	int r = vdc_list_new(call, &vdc_host_away_kind, &list, err);

	for (size_t i = 0; i < what->n + what->n_there && !r; i++) {
		struct vdc_host_away *row;

		r = maintenance_row(call, what->hosts[i]->id, &row, err);
		if (r)
			break;
		row->result = i < what->n ? ends[i].result : VDC_MAINTENANCE_DONE;
		row->job = i < what->n ? vdc_arena_strdup(arena, job) : NULL;
		if (i < what->n && ends[i].reason)
			row->reason = vdc_arena_strdup(arena, ends[i].reason);
		if (what->leave) {
			row->started = (int64_t)ends[i].started;
			row->returned = (int64_t)ends[i].returned;
			row->left = (int64_t)ends[i].left;
		}
		r = vdc_list_add(list, row, err);
	}
	return r ? r : vdc_list_end(list, err);
}

int maintenance_do_job(struct vdc_call *call, const char *job, struct maintenance *what,
		       struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(call);
	struct ending *ends = vdc_arena_alloc(arena, (what->n + 1) * sizeof(*ends));
	size_t n = what->n + what->n_there;
	enum vdc_exit *codes = vdc_arena_alloc(arena, (n + 1) * sizeof(*codes));
	struct vdc_job_lease *lease = NULL;
	struct vdc_work_watch watch;
	int code = VDC_EXIT_OK, r;

	if (!job)
		return print(call, NULL, what, ends, err);
	vdc_work_begin(&watch, 0);
	what->options.told = vdc_work_told;
	what->options.ctx = what->options.migrate.ctx = &watch;
	what->options.migrate.stop_fd = watch.signals;
	what->options.migrate.stop_taken = vdc_work_take_signal;
	r = vdc_job_acquire(vdc_call_db(call), job, VDC_JOB_TTL, &lease, err);
	if (!r)
		r = what->leave ? activate(call, lease, what, ends, err)
				: drain(call, lease, what, ends, err);
	for (size_t i = 0; i < what->n && !r; i++)
		codes[i] = code_of(&ends[i]);
	if (!r) {
		code = vdc_work_exit(codes, n);
		r = vdc_work_close_job(call, lease, code, err);
	}
	vdc_job_release(lease, r == -EBUSY ? NULL : vdc_call_db(call));
	vdc_work_end(&watch);
	if (!r)
		r = print(call, job, what, ends, err);
	return r ? r : code;
}
