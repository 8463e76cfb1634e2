/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What makes a host new: a command that runs on it and outlives us, or one of this machine that gives
 * it an image. Before that the host tells what it is, so that afterwards can be told whether it changed.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "act/look.h"
#include "act/updates.h"
#include "act/upgrade_work.h"
#include "base/buf.h"
#include "base/proc.h"
#include "base/time.h"
#include "base/wire.h"
#include "base/words.h"
#include "edge/remote_job.h"

enum { MOST_WORDS = 64, KEPT_OUTPUT = 16 * 1024 };

#define LOOK_TIME (20 * VDC_SECOND) /* one call that waits for a command's end */
#define TRY_AGAIN (2 * VDC_SECOND)

/* Words of a command, with %h and %a as NAME and ADDRESS. */
static int split(const char *command, const struct vdc_host *host, const char **words,
		 struct vdc_arena *arena, struct vdc_err *err)
{
	const char *word;
	size_t len, n = 0;

	while (command && (word = vdc_word_next(&command, &len))) {
		vdc_autobuf out = { 0 };

		if (n == MOST_WORDS)
			return vdc_err_set(err, -EINVAL, "a command has more than %d words",
					   MOST_WORDS);
		for (size_t i = 0; i < len; i++) {
			bool special = word[i] == '%' && i + 1 < len;

			if (special && word[i + 1] == 'h')
				vdc_buf_puts(&out, host->name);
			else if (special && word[i + 1] == 'a')
				vdc_buf_puts(&out, host->address ? host->address : host->name);
			else
				vdc_buf_putc(&out, word[i]);
			i += special && (word[i + 1] == 'h' || word[i + 1] == 'a');
		}
		words[n++] = vdc_arena_strdup(arena, vdc_buf_str(&out));
	}
	words[n] = NULL;
	return 0;
}

/* What a command comes to; the child tells it. */
struct outcome {
	int64_t status;
	const char *output;
};

static void wire_outcome(struct vdc_wire *wire, struct outcome *outcome)
{
	vdc_wire_int(wire, &outcome->status);
	vdc_wire_text(wire, &outcome->output);
}

struct errand {
	struct upgrade_host *host;
	const char *words[MOST_WORDS + 1];
	struct vdc_remote_job job; /* of a command on the host */
	int64_t limit_us, lost_us; /* how long all of it may take; how long it may not answer */
	bool local;
	struct outcome outcome;
};

static int send_outcome(struct vdc_sender *sender, int status, const struct vdc_buf *out,
			struct vdc_err *err)
{
	const char *text = vdc_buf_str(out);
	struct outcome outcome = {
		.status = status,
		.output = out->len > KEPT_OUTPUT ? text + (out->len - KEPT_OUTPUT) : text,
	};
	vdc_autobuf message = { 0 };
	struct vdc_wire wire = vdc_wire_writer(&message);
	int r;

	wire_outcome(&wire, &outcome);
	r = vdc_send(sender, message.data, message.len);
	return r ? vdc_err_set(err, r, "the process that asked is gone") : 0;
}

static bool is_silence(int code)
{
	return code == -EHOSTUNREACH || code == -ECONNREFUSED || code == -ETIMEDOUT ||
	       code == -ECONNRESET;
}

/* In the child: begins it or finds it, and stays until it has ended. */
static int run_there(void *ctx, struct vdc_sender *sender, struct vdc_err *err)
{
	struct errand *errand = ctx;
	struct vdc_remote_job_end end = { 0 };
	int64_t heard = vdc_time_monotonic();
	int r;

	for (;;) {
		r = vdc_remote_job_run(&errand->job, LOOK_TIME, &end, err);
		if (r == 0)
			break;
		if (r > 0) {
			heard = vdc_time_monotonic();
		} else if (!is_silence(r) || vdc_time_monotonic() - heard > errand->lost_us) {
			return r;
		} else {
			vdc_sleep(TRY_AGAIN);
		}
	}
	r = send_outcome(sender, end.status, &end.out, err);
	vdc_buf_free(&end.out);
	return r;
}

static int run_here(void *ctx, struct vdc_sender *sender, struct vdc_err *err)
{
	struct errand *errand = ctx;
	const struct vdc_proc proc = {
		.argv = errand->words,
		.limit_us = errand->limit_us,
		.most_output = 1024 * 1024,
		.keep_end = true,
	};
	vdc_autoend end = { 0 };
	int r = vdc_proc_run(&proc, &end, err);

	if (r)
		return r;
	vdc_buf_add(&end.out, end.err.data, end.err.len);
	return send_outcome(sender, end.status, &end.out, err);
}

static int got(void *ctx, const char *data, size_t len, struct vdc_err *err vdc_unused)
{
	struct errand *errand = ctx;
	struct vdc_wire wire = vdc_wire_reader(data, len);

	wire_outcome(&wire, &errand->outcome);
	if (wire.bad)
		return -EBADMSG;
	errand->outcome.output = vdc_arena_strdup(errand->host->run->arena, errand->outcome.output);
	return 0;
}

static const char *last_line(const char *text, struct vdc_arena *arena)
{
	size_t len = text ? strlen(text) : 0, begin;

	while (len && (text[len - 1] == '\n' || text[len - 1] == ' '))
		len--;
	for (begin = len; begin && text[begin - 1] != '\n'; begin--)
		;
	if (len - begin > 200)
		len = begin + 200;
	return len > begin ? vdc_arena_strndup(arena, text + begin, len - begin) : NULL;
}

static const char *why(const struct errand *errand)
{
	struct vdc_arena *arena = errand->host->run->arena;
	const char *line = last_line(errand->outcome.output, arena);
	const char *what = errand->local ? "the image command" : "the update command";
	int64_t status = errand->outcome.status;

	if (status == 124 || status == 137)
		return vdc_arena_format(arena, "%s did not end in its time (%" PRId64 " s)", what,
					errand->limit_us / VDC_SECOND);
	return vdc_arena_format(arena, "%s failed with status %" PRId64 "%s%s", what, status,
				line ? ": " : "", line ? line : "");
}

static int ended(void *ctx, const struct vdc_err *failure, struct vdc_err *err vdc_unused)
{
	struct errand *errand = ctx;
	struct upgrade_host *host = errand->host;

	host->busy = false;
	if (failure->code)
		host->failure = vdc_arena_strdup(host->run->arena, vdc_err_text(failure));
	else if (errand->outcome.status != 0)
		host->failure = why(errand);
	return 0;
}

static const char *who_is_busy(const struct upgrade_run *run)
{
	vdc_autobuf text = { 0 };

	for (size_t i = 0; i < run->n_hosts; i++)
		if (run->hosts[i].busy)
			vdc_buf_printf(&text, "%s%s", text.len ? ", " : "the command for host ",
				       run->hosts[i].row->name);
	return vdc_arena_strdup(run->arena, vdc_buf_str(&text));
}

static void add_errand(struct errand *errand, int64_t limit_us)
{
	vdc_pool_add(errand->host->run->pool, &(struct vdc_task){
						      .ctx = errand,
						      .work = errand->local ? run_here : run_there,
						      .got = got,
						      .ended = ended,
						      .limit_us = limit_us,
					      });
	errand->host->busy = true;
}

static int here(struct upgrade_host *host, const char *command, struct errand *errand,
		struct vdc_err *err)
{
	struct upgrade_run *run = host->run;

	*errand = (struct errand){
		.host = host,
		.local = true,
		.limit_us = run->options.command_us,
	};
	if (split(command, host->host, errand->words, run->arena, err))
		host->failure = vdc_arena_strdup(run->arena, vdc_err_text(err));
	else if (!errand->words[0])
		host->failure = "no image command is set: --image-command, or "
				"upgrade.image-command in vdc.conf";
	host->lasting = host->failure;
	if (!host->failure)
		add_errand(errand, run->options.command_us + 10 * VDC_SECOND);
	return 0;
}

/* Where no command is set the package manager upgrades all, or what may go and nothing else. */
static int choose_command(struct upgrade_host *host, struct errand *errand, struct vdc_err *err)
{
	struct vdc_arena *arena = host->run->arena;
	struct vdc_updates_expected expected;
	const char *command = NULL;
	int r = 0;

	if (split(host->run->options.command, host->host, errand->words, arena, err)) {
		host->failure = vdc_arena_strdup(arena, vdc_err_text(err));
		host->lasting = true;
		return 0;
	}
	if (!errand->words[0])
		r = vdc_updates_expected(host->run->db, host->row->id, host->run->job->id, arena,
					 &expected, err);
	if (!r && !errand->words[0])
		command = vdc_updates_command(&expected, arena);
	if (command) {
		errand->words[0] = "sh";
		errand->words[1] = "-c";
		errand->words[2] = command;
		errand->words[3] = NULL;
	}
	return r;
}

static int there(struct upgrade_host *host, struct errand *errand, struct vdc_err *err)
{
	struct upgrade_run *run = host->run;
	const struct vdc_target target =
		vdc_target_of(host->host, run->options.command_us, run->arena);
	int r;

	*errand = (struct errand){
		.host = host,
		.limit_us = run->options.command_us,
		.lost_us = run->options.return_us,
		.job = {
			.address = target.shell,
			.id = vdc_arena_format(run->arena, "%s-%" PRId64, run->job->id,
					       host->number + upgrade_attempt(host)),
			.argv = errand->words,
			.limit_us = run->options.command_us,
		},
	};
	r = choose_command(host, errand, err);
	if (r || host->failure)
		return r;
	/* A host that is down while its command ran may be back late. */
	add_errand(errand, run->options.command_us + 2 * run->options.return_us);
	return 0;
}

/* What it was, unless an owner before us has kept that for this attempt. */
static int keep_before(struct upgrade_host *host, struct vdc_err *err)
{
	const char *sanlock_id = NULL;
	int r = 0;

	if (host->resumed && upgrade_attempt(host) > 0)
		return 0;
	if (host->image)
		r = upgrade_keep_identity(host, &sanlock_id, err);
	/* That the host does not answer is its failure, and not ours. */
	if (r && r != -EBUSY) {
		host->failure = vdc_arena_strdup(host->run->arena, vdc_err_text(err));
		return 0;
	}
	return r ? r : upgrade_keep_before(host, sanlock_id, err);
}

static int begin(struct upgrade_host *host, struct errand *errand, struct vdc_err *err)
{
	struct upgrade_run *run = host->run;
	int r = upgrade_reload(host, err);

	if (!r && !host->host)
		host->failure = "it is not in the inventory any more";
	if (!r && !host->failure)
		r = keep_before(host, err);
	if (r || host->failure)
		return r;
	if (!run->options.no_reboot)
		r = upgrade_set_status(host, VDC_HOST_INSTALLING, "it is upgraded", err);
	if (!r && !host->image)
		r = upgrade_begin_updates(host, err);
	if (!r)
		r = vdc_job_check(run->lease, run->db, err);
	if (r)
		return r;
	return host->image ? here(host, run->options.image_command, errand, err)
			   : there(host, errand, err);
}

int upgrade_update(struct upgrade_run *run, struct upgrade_host **hosts, size_t n,
		   struct vdc_err *err)
{
	struct errand *errands = vdc_arena_alloc(run->arena, (n + 1) * sizeof(*errands));
	int r = 0;

	for (size_t i = 0; i < n && !r; i++)
		r = begin(hosts[i], &errands[i], err);
	if (!r)
		r = upgrade_wait_pool(run, who_is_busy, err);
	for (size_t i = 0; i < n && !r; i++)
		if (errands[i].outcome.output)
			r = upgrade_keep_output(hosts[i], errands[i].outcome.output, err);
	return r;
}

int upgrade_roll_back(struct upgrade_run *run, struct upgrade_host **hosts, size_t n,
		      struct vdc_err *err)
{
	struct errand *errands = vdc_arena_alloc(run->arena, (n + 1) * sizeof(*errands));
	int r = 0;

	for (size_t i = 0; i < n && !r; i++) {
		r = vdc_job_check(run->lease, run->db, err);
		if (!r)
			r = here(hosts[i], run->options.rollback_command, &errands[i], err);
	}
	return r ? r : upgrade_wait_pool(run, who_is_busy, err);
}
