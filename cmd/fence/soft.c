/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fence soft */
#include <errno.h>

#include "act/fence_soft.h"
#include "act/sync.h"
#include "base/time.h"
#include "cli/list.h"
#include "cli/named.h"
#include "doc/catalogue.h"
#include "fence.h"

struct soft {
	struct vdc_call *call;
	const struct vdc_host *const *hosts;
	struct vdc_fence_soft *asked;
	size_t n;
	struct vdc_fence_soft_options options;
};

/* Those that answer again: the database is to know. That it cannot be read is no failure of this. */
static int read_hosts(const struct soft *soft, struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(soft->call);
	struct vdc_sync_options options = vdc_sync_options();
	const char **ids = vdc_arena_alloc(arena, (soft->n + 1) * sizeof(*ids));
	struct vdc_sync_summary summary;
	size_t n = 0;

	if (vdc_catalogue_read(arena, &options.catalogue, NULL))
		options.catalogue = NULL;
	for (size_t i = 0; i < soft->n; i++)
		if (soft->asked[i].result == VDC_FENCE_SUCCESS)
			ids[n++] = soft->hosts[i]->id;
	return n ? vdc_sync(vdc_call_db(soft->call), &options, ids, n, &summary, err) : 0;
}

static enum vdc_exit code_of(const struct soft *soft)
{
	enum vdc_exit *codes =
		vdc_arena_alloc(vdc_call_arena(soft->call), (soft->n + 1) * sizeof(*codes));

	for (size_t i = 0; i < soft->n; i++)
		codes[i] = soft->asked[i].code ? vdc_exit_of(soft->asked[i].code) : VDC_EXIT_OK;
	return vdc_work_exit(codes, soft->n);
}

static int print(const struct soft *soft, bool preview, struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(soft->call);
	struct vdc_list *list;
	int r = vdc_list_new(soft->call, &vdc_fence_record_kind, &list, err);

	for (size_t i = 0; i < soft->n && !r; i++) {
		const struct vdc_fence_soft *asked = &soft->asked[i];
		struct vdc_fence_record *row = vdc_object_new(&vdc_fence_record_kind, arena);

		row->id = vdc_arena_strdup(arena, asked->record ?: soft->hosts[i]->id);
		row->host = (struct vdc_ref){ soft->hosts[i]->id, soft->hosts[i]->name };
		row->start_time = asked->began;
		row->end_time = asked->ended;
		row->action = VDC_FENCE_SOFT;
		row->result = preview && !asked->code ? VDC_FENCE_SKIPPED : asked->result;
		row->agent = vdc_arena_strdup(arena, asked->daemons);
		row->reason = vdc_arena_strdup(arena, preview && !asked->code ? "would be restarted"
									      : asked->reason);
		r = vdc_list_add(list, row, err);
	}
	return r ? r : vdc_list_end(list, err);
}

static int carry_out(void *ctx, struct vdc_job_lease *lease, struct vdc_work_watch *watch,
		     struct vdc_err *err)
{
	struct soft *soft = ctx;
	int r;

	soft->options.told = vdc_work_told;
	soft->options.ctx = watch;
	soft->options.stop_fd = watch->signals;
	r = vdc_fence_soft(vdc_call_db(soft->call), lease, &soft->options, soft->asked, soft->n,
			   vdc_call_arena(soft->call), err);
	if (!r)
		r = read_hosts(soft, err);
	return r ? r : (int)code_of(soft);
}

static int do_it(struct soft *soft, struct vdc_err *err)
{
	const struct fence_job job = {
		.action = "fence-soft",
		.step_action = VDC_FENCE_STEP_SOFT,
		.what = "soft fencing",
		.hosts = soft->hosts,
		.n = soft->n,
	};

	return fence_do_job(soft->call, &job, carry_out, soft, err);
}

int fence_soft(struct vdc_call *call, struct vdc_err *err)
{
	vdc_autobuf hosts = { 0 };
	struct soft soft = { .call = call, .options = vdc_fence_soft_options() };
	bool preview = vdc_given(call, "dry-run");
	int r = vdc_named_objects(call, &vdc_host_kind, &hosts, err), code;

	soft.hosts = (const void *)hosts.data;
	soft.n = hosts.len / sizeof(void *);
	if (r || !soft.n)
		return r;
	soft.asked = vdc_arena_alloc(vdc_call_arena(call), soft.n * sizeof(*soft.asked));
	for (size_t i = 0; i < soft.n; i++) {
		soft.asked[i].host_id = soft.hosts[i]->id;
		soft.asked[i].number = 1 + (int64_t)i;
	}
	soft.options.even_if_it_answers = vdc_given(call, "yes");
	soft.options.reason = vdc_text_option(call, "reason");
	if (preview) {
		r = vdc_fence_soft_preview(vdc_call_db(call), &soft.options, soft.asked, soft.n,
					   vdc_call_arena(call), err);
		code = r ? r : (int)code_of(&soft);
	} else {
		code = do_it(&soft, err);
	}
	if (code >= 0)
		r = print(&soft, preview, err);
	return code < 0 || !r ? code : r;
}
