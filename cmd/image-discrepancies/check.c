/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* image-discrepancies: read, compare, perhaps read and compare again, tell. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "base/log.h"
#include "base/time.h"
#include "cli/exit_code.h"
#include "image_discrepancies.h"

#define RECENT (10 * 60 * VDC_SECOND)
#define PAUSE (5 * VDC_SECOND)

/* What is in place changes while it is read; a dump does not. */
static int64_t pause_of(struct vdc_call *call, const struct sources *sources)
{
	for (size_t i = 0; i < sources->n; i++)
		if (vdc_image_source_is_live(&sources->all[i]))
			return vdc_int_option(call, "confirm", PAUSE);
	return vdc_int_option(call, "confirm", 0);
}

static struct vdc_image_check *new_check(const struct pass *pass)
{
	struct vdc_call *call = pass->call;
	struct vdc_image_check_options options = {
		.now = vdc_time_now() / VDC_SECOND,
		.recent = vdc_int_option(call, "recent", RECENT) / VDC_SECOND,
		.database = !vdc_given(call, "storage-only"),
		.engine = pass->engine,
		.work_known = pass->engine && vdc_engine_knows_work(pass->engine),
		.stamps = pause_of(pass->call, pass->sources) > 0,
		.all_domains = vdc_given(call, "all-domains"),
		.wanted = vdc_text_option(call, "tree"),
	};

	if (getrandom(&options.secret, sizeof(options.secret), GRND_NONBLOCK) < 0)
		options.secret = (uint64_t)vdc_time_monotonic();
	return vdc_image_check_new(vdc_call_arena(call), &options);
}

static int read_document(struct pass *pass, const char *path, struct vdc_err *err)
{
	bool standard = !strcmp(path, "-");
	FILE *in = standard ? stdin : fopen(path, "re");
	int r;

	if (!in)
		return vdc_err_set(err, errno == EACCES ? -EACCES : -EINVAL,
				   "--inventory %.200s: %s", path, strerror(errno));
	r = vdc_image_read_document(in, standard ? "standard input" : path, pass->check,
				    vdc_call_arena(pass->call), &pass->result, err);
	if (!standard)
		fclose(in);
	return r;
}

static int read_database(struct pass *pass, struct vdc_err *err)
{
	const char *document = vdc_text_option(pass->call, "inventory");

	if (vdc_given(pass->call, "storage-only")) {
		vdc_image_check_end(pass->check, &pass->result);
		return 0;
	}
	if (document)
		return read_document(pass, document, err);
	if (pass->engine)
		return vdc_image_read_engine(pass->engine, pass->check, vdc_call_arena(pass->call),
					     &pass->result, err);
	return vdc_image_read_database(vdc_call_db(pass->call), pass->check,
				       vdc_call_arena(pass->call), &pass->result, err);
}

static int run_pass(struct pass *pass, struct vdc_err *err)
{
	int r;

	pass->check = new_check(pass);
	r = discrepancies_read(pass, err);
	if (!r)
		r = read_database(pass, err);
	if (!r)
		vdc_image_trees(pass->check, &pass->trees, &pass->n_trees);
	vdc_image_check_free(pass->check);
	return r;
}

/* Whether FOUND is about a disk that is drawn. */
static bool is_drawn(const struct pass *pass, const struct vdc_discrepancy *found)
{
	struct vdc_uuid image;

	if (!found->image || !vdc_uuid_read(found->image, &image))
		return false;
	for (size_t i = 0; i < pass->n_trees; i++)
		if (vdc_uuid_equal(pass->trees[i].image, image))
			return true;
	return false;
}

static int choose_trees(const struct pass *pass, bool *hidden, struct vdc_err *err)
{
	const char *wanted = vdc_text_option(pass->call, "tree");

	if (!wanted)
		return 0;
	if (!pass->n_trees)
		return vdc_err_set(err, -ENOENT,
				   "--tree: none of the storage domains has a volume of a disk or "
				   "virtual machine '%.100s'",
				   wanted);
	for (size_t i = 0; i < pass->result.n; i++)
		hidden[i] = hidden[i] || !is_drawn(pass, pass->result.items[i]);
	return 0;
}

static void keep_confirmed(const struct pass *first, struct pass *second, bool *hidden)
{
	vdc_image_confirm(&first->result, &second->result);
	for (size_t i = 0; i < second->result.n; i++)
		hidden[i] = !second->result.items[i]->confirmed;
}

static int confirm(struct pass *pass, bool **hidden, struct vdc_err *err)
{
	int64_t pause = pause_of(pass->call, pass->sources);
	struct pass second = { .call = pass->call,
			       .engine = pass->engine,
			       .sources = pass->sources };
	char text[VDC_TIME_LEN + 1];
	int r;

	*hidden = vdc_arena_alloc(vdc_call_arena(pass->call), pass->result.n + 1);
	if (!pause || !pass->result.n)
		return 0;
	vdc_log(VDC_LOG_INFO, "%zu finding%s, all is read again in %s", pass->result.n,
		pass->result.n == 1 ? "" : "s", vdc_duration_format(pause, text));
	vdc_sleep(pause);
	r = run_pass(&second, err);
	if (r)
		return r;
	*hidden = vdc_arena_alloc(vdc_call_arena(pass->call), second.result.n + 1);
	keep_confirmed(pass, &second, *hidden);
	*pass = second;
	return 0;
}

static void count(struct shown *shown, const struct ignored *ignored)
{
	for (size_t i = 0; i < shown->result->n; i++) {
		const struct vdc_discrepancy *found = shown->result->items[i];

		if (shown->hidden[i])
			continue;
		if (discrepancies_is_ignored(ignored, found)) {
			shown->hidden[i] = true;
			shown->n_hidden++;
			continue;
		}
		shown->counts[found->severity]++;
		shown->n++;
	}
}

static int exit_code(struct vdc_call *call, const struct shown *shown)
{
	const char *least = vdc_text_option(call, "fail-on");
	int64_t from =
		least ? vdc_enum_find(&vdc_finding_severity_values, least) : VDC_FINDING_WARNING;

	if (shown->unreadable)
		return VDC_EXIT_PARTLY;
	for (; from <= VDC_FINDING_DATA_LOSS_RISK; from++)
		if (shown->counts[from])
			return VDC_EXIT_FINDINGS;
	return 0;
}

/* Standard input is read once, and by one. */
static int check_inputs(struct vdc_call *call, const struct sources *sources, struct vdc_err *err)
{
	const char *document = vdc_text_option(call, "inventory");
	int readers = document && !strcmp(document, "-");

	for (size_t i = 0; i < sources->n; i++)
		readers += sources->all[i].kind == VDC_IMAGE_STANDARD_INPUT;
	if (readers > 1)
		return vdc_err_set(err, -EINVAL, "standard input can be read by one only");
	if (readers && pause_of(call, sources))
		return vdc_err_set(err, -EINVAL, "--confirm: standard input cannot be read again");
	return 0;
}

static int check_and_tell(struct pass pass, const struct ignored *ignored, struct vdc_err *err)
{
	struct vdc_call *call = pass.call;
	struct shown shown = { .result = &pass.result };
	int r = run_pass(&pass, err);

	if (!r)
		r = confirm(&pass, &shown.hidden, err);
	if (!r)
		r = choose_trees(&pass, shown.hidden, err);
	if (r)
		return r;
	shown.trees = pass.trees;
	shown.n_trees = pass.n_trees;
	shown.unreadable = pass.unreadable;
	shown.open = pass.open;
	shown.unchecked = pass.unchecked;
	count(&shown, ignored);
	shown.code = exit_code(call, &shown);
	r = discrepancies_print(call, &shown, err);
	return r ? r : shown.code;
}

/* What storage is compared with is open from here on, so that nobody waits for sources in vain. */
static int open_database(struct vdc_call *call, const struct sources *sources,
			 struct vdc_engine **engine, struct vdc_err *err)
{
	const char *where = vdc_text_option(call, "engine");
	int r;

	if (vdc_given(call, "storage-only") || vdc_given(call, "inventory"))
		return 0;
	if (where)
		return vdc_engine_open(where, engine, err);
	r = vdc_call_open_db(call, VDC_NEEDS_DB_READ, err);
	return r ? r
		 : vdc_image_hosts(vdc_call_db(call), sources->all, sources->n,
				   vdc_call_arena(call), err);
}

int discrepancies_check(struct vdc_call *call, struct vdc_err *err)
{
	struct sources sources = { 0 };
	struct ignored *ignored = NULL;
	struct vdc_engine *engine = NULL;
	int r = discrepancies_sources(call, &sources.all, &sources.n, err);

	if (!r)
		r = check_inputs(call, &sources, err);
	if (!r)
		r = discrepancies_ignored(call, &ignored, err);
	if (!r)
		r = open_database(call, &sources, &engine, err);
	if (!r)
		r = check_and_tell(
			(struct pass){ .call = call, .engine = engine, .sources = &sources },
			ignored, err);
	vdc_engine_close(engine);
	discrepancies_ignored_free(ignored);
	return r;
}
