/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hosts that had lost storage come back as after maintenance: unassigned, then read. */
#include <errno.h>
#include <string.h>

#include "act/storage_part.h"
#include "act/sync.h"
#include "act/update.h"
#include "base/time.h"
#include "base/words.h"
#include "doc/catalogue.h"
#include "store/events.h"

/* Those of an earlier run that was killed are kept. */
static int read_returning(struct vdc_db *db, const struct storage_pass *pass, const char **ret,
			  struct vdc_err *err)
{
	void *found;
	int r = vdc_store_get(db, &vdc_job_kind, vdc_job_lease_id(pass->lease), VDC_WITH_LONG,
			      pass->arena, &found, err);

	if (!r)
		*ret = vdc_line_value(((const struct vdc_job *)found)->state, "returning",
				      pass->arena)
			       ?: "";
	return r;
}

static int write_returning(struct vdc_db *db, const struct storage_pass *pass, const char *words,
			   struct vdc_err *err)
{
	struct vdc_job *job = vdc_object_new(&vdc_job_kind, pass->arena);

	job->id = vdc_arena_strdup(pass->arena, vdc_job_lease_id(pass->lease));
	job->status = VDC_JOB_STARTED;
	job->last_updated = vdc_time_now();
	job->state = vdc_arena_format(pass->arena, "returning=%s\n", words);
	return vdc_store_put(db, &vdc_job_kind, job, pass->arena, err);
}

static int unassign(struct vdc_db *db, const struct storage_pass *pass,
		    const struct vdc_host *before, struct vdc_err *err)
{
	struct vdc_host *after = vdc_object_copy(&vdc_host_kind, before, pass->arena);
	int r;

	after->status = VDC_HOST_UNASSIGNED;
	after->reason = 0;
	after->status_detail = NULL;
	after->status_since = vdc_time_now();
	r = vdc_update(db, &vdc_host_kind, before, after, pass->arena, NULL, err);
	return r ? r
		 : vdc_event_note(db, VDC_SEVERITY_NORMAL, "host_activating", &vdc_host_kind, after,
				  err, "host %s reads its storage and is to come back",
				  after->name);
}

int storage_note_returning(struct vdc_db *db, const struct storage_pass *pass,
			   const struct storage_written *written, struct vdc_err *err)
{
	const char *words = "";
	bool any = false;
	int r = 0;

	for (size_t h = 0; h < written->after.n_hosts && !r; h++) {
		const struct vdc_host *host = written->after.hosts[h];

		if (written->verdict.hosts[h] != VDC_STORAGE_HOST_MAY_RETURN)
			continue;
		r = any ? 0 : read_returning(db, pass, &words, err);
		any = true;
		if (!r)
			r = unassign(db, pass, host, err);
		words = vdc_arena_format(pass->arena, "%s%s%s", words, *words ? " " : "", host->id);
	}
	return r || !any ? r : write_returning(db, pass, words, err);
}

static int clear(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct storage_pass *pass = ctx;
	int r = vdc_job_guard(pass->lease, db, err);

	return r ? r : write_returning(db, pass, "", err);
}

/* Hosts that were removed since are left out. */
static int read_hosts(const struct storage_pass *pass, const char *words, const char **ids,
		      size_t *n, struct vdc_err *err)
{
	const char *word;
	size_t len;
	int r = 0;

	while (!r && (word = vdc_word_next(&words, &len))) {
		char *id = vdc_arena_strndup(pass->arena, word, len);
		struct vdc_err why = { 0 };
		void *host;

		r = vdc_store_get(pass->db, &vdc_host_kind, id, 0, pass->arena, &host, &why);
		if (!r)
			ids[(*n)++] = id;
		else if (r != -ENOENT && err)
			*err = why;
		r = r == -ENOENT ? 0 : r;
	}
	return r;
}

int storage_return(const struct storage_pass *pass, struct vdc_err *err)
{
	struct vdc_sync_options options = vdc_sync_options();
	struct storage_pass copy = *pass;
	struct vdc_sync_summary summary;
	const char *words, **ids;
	size_t n = 0;
	int r = read_returning(pass->db, pass, &words, err);

	if (r || !*words)
		return r;
	ids = vdc_arena_alloc(pass->arena, (strlen(words) + 1) * sizeof(*ids));
	r = read_hosts(pass, words, ids, &n, err);
	if (vdc_catalogue_read(pass->arena, &options.catalogue, NULL))
		options.catalogue = NULL;
	if (!r && n)
		r = vdc_sync(pass->db, &options, ids, n, &summary, err);
	return r ? r : vdc_db_transaction(pass->db, clear, &copy, err);
}
