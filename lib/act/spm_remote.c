/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/spm_remote.h"

#include <errno.h>
#include <string.h>

#include "act/spm_command.h"
#include "base/time.h"

/* Above the limit of what runs at the host: the child is killed when the shell does not end. */
#define MARGIN (2 * VDC_SECOND)

struct remote {
	struct vdc_buf text; /* what vdc_task_text gathers */
	struct vdc_spm_word *word;
	struct vdc_target target;
	const char *const *argv;
	struct vdc_arena *arena;
	int64_t begun;
};

static int work(void *ctx, struct vdc_sender *sender, struct vdc_err *err)
{
	vdc_autobuf out = { 0 };
	const struct remote *remote = ctx;
	int r = vdc_spm_command(&remote->target, remote->argv, NULL, &out, NULL, err);

	return r ? r : vdc_send(sender, vdc_buf_str(&out), out.len);
}

/* An errand puts it in front, and it stands beside the failure. */
static const char *without_name(const struct remote *remote, const char *text)
{
	const char *prefix = vdc_arena_format(remote->arena, "host %s: ", remote->word->host->name);
	size_t len = strlen(prefix);

	return vdc_arena_strdup(remote->arena, text + (strncmp(text, prefix, len) ? 0 : len));
}

static void take(struct remote *remote, const struct vdc_err *failure)
{
	struct vdc_spm_word *word = remote->word;
	struct vdc_err why = *failure;

	word->took_us = vdc_time_monotonic() - remote->begun;
	word->code =
		why.code ? why.code
			 : vdc_spm_command_read(&remote->text, remote->arena, &word->spaces, &why);
	if (word->code)
		word->failure = without_name(remote, vdc_err_text(&why));
	vdc_buf_free(&remote->text);
}

static int ended(void *ctx, const struct vdc_err *failure, struct vdc_err *err vdc_unused)
{
	take(ctx, failure);
	return 0;
}

static struct remote remote_of(struct vdc_spm_word *word, const char *const *argv, int64_t limit_us,
			       struct vdc_arena *arena)
{
	*word = (struct vdc_spm_word){ .host = word->host };
	return (struct remote){
		.word = word,
		.target = vdc_target_of(word->host, limit_us, arena),
		.argv = argv,
		.arena = arena,
		.begun = vdc_time_monotonic(),
	};
}

int vdc_spm_ask(struct vdc_spm_word *words, size_t n, unsigned jobs, int64_t limit_us,
		struct vdc_arena *arena, struct vdc_err *err)
{
	static const char *const argv[] = { "spm-elect", "status", "--local", "--json", NULL };
	struct remote *remotes = vdc_arena_alloc(arena, (n + 1) * sizeof(*remotes));
	vdc_autopool *pool = vdc_pool_new(jobs);

	for (size_t i = 0; i < n; i++) {
		remotes[i] = remote_of(&words[i], argv, limit_us, arena);
		vdc_pool_add(pool, &(struct vdc_task){
					   .ctx = &remotes[i],
					   .work = work,
					   .got = vdc_task_text,
					   .ended = ended,
					   .limit_us = limit_us + MARGIN,
				   });
	}
	return vdc_pool_run(pool, -1, err);
}

/* In the child. */
static int run_told(void *ctx, struct vdc_errand *errand, struct vdc_virt *virt vdc_unused,
		    struct vdc_err *err)
{
	const struct remote *remote = ctx;
	vdc_autobuf out = { 0 };
	int r = vdc_errand_may(errand, err);

	if (!r)
		r = vdc_spm_command(&remote->target, remote->argv, NULL, &out, NULL, err);
	return r ? r : vdc_errand_tell(errand, vdc_buf_str(&out), out.len, err);
}

int vdc_spm_tell(struct vdc_db *db, struct vdc_job_lease *lease, struct vdc_spm_word *word,
		 const char *const *argv, int64_t limit_us, struct vdc_arena *arena,
		 struct vdc_err *err)
{
	struct remote remote = remote_of(word, argv, limit_us, arena);
	const struct vdc_errand_call call = {
		.host = word->host->name,
		.limit_us = limit_us + MARGIN,
		.db = db,
		.lease = lease,
		.ctx = &remote,
		.run = run_told,
		.told = vdc_task_text,
	};
	struct vdc_err failure = { 0 };

	vdc_errand_run(&call, &failure);
	if (failure.code == -EBUSY)
		return vdc_err_set(err, -EBUSY, "%s", vdc_err_text(&failure));
	take(&remote, &failure);
	return 0;
}

const struct vdc_lockspace *vdc_spm_word_of(const struct vdc_spm_word *word, const char *domain)
{
	for (size_t i = 0; i < word->spaces.n; i++)
		if (strcmp(word->spaces.all[i]->id, domain) == 0)
			return word->spaces.all[i];
	return NULL;
}
