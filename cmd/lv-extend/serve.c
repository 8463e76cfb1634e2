/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lv-extend serve: the manager's answers to requests for space, for systemd. */
#include <unistd.h>

#include "act/extend_serve.h"
#include "base/log.h"
#include "base/size.h"
#include "cli/work.h"
#include "lv_extend.h"
#include "model/storage_domain.h"

static void say_space(const struct vdc_extend_served *news)
{
	char left[VDC_SIZE_LEN + 1], all[VDC_SIZE_LEN + 1];
	const char *what = news->space == VDC_STORAGE_SPACE_OK	  ? "there is enough space again"
			   : news->space == VDC_STORAGE_SPACE_LOW ? "its space runs low"
								  : "its space is critically low";

	vdc_log(news->space == VDC_STORAGE_SPACE_OK ? VDC_LOG_NOTICE : VDC_LOG_WARNING,
		"domain %s: %s: %s of %s are free", news->domain, what,
		vdc_size_format(news->free, left), vdc_size_format(news->size, all));
}

static void told(void *ctx vdc_unused, const struct vdc_extend_served *news)
{
	char before[VDC_SIZE_LEN + 1], after[VDC_SIZE_LEN + 1];

	switch (news->what) {
	case VDC_EXTEND_TOLD_MANAGER:
		vdc_log(VDC_LOG_NOTICE, "this host is the storage pool manager: it serves");
		break;
	case VDC_EXTEND_TOLD_OVER:
		vdc_log(VDC_LOG_NOTICE, "it serves no more");
		break;
	case VDC_EXTEND_TOLD_GREW:
		vdc_log(VDC_LOG_INFO, "domain %s: volume %s: %s to %s", news->domain, news->volume,
			vdc_size_format(news->old_size, before),
			vdc_size_format(news->new_size, after));
		break;
	case VDC_EXTEND_TOLD_REFUSED:
		vdc_log(VDC_LOG_WARNING, "volume %s is not extended: %s", news->volume, news->text);
		break;
	case VDC_EXTEND_TOLD_SPACE:
		say_space(news);
		break;
	case VDC_EXTEND_TOLD_TROUBLE:
		vdc_log(VDC_LOG_WARNING, "%s", news->text);
		break;
	case VDC_EXTEND_TOLD_WELL:
		vdc_log(VDC_LOG_NOTICE, "%s%s: what failed works again",
			news->domain ? "domain " : "requests", news->domain ?: "");
		break;
	}
}

int lv_extend_serve(struct vdc_call *call, struct vdc_err *err)
{
	struct vdc_extend_serve serve = { .told = told };
	struct vdc_lockspaces spaces;
	struct vdc_lockspace *master;
	int r = lv_extend_master(call, &spaces, &master, err);

	if (r)
		return r;
	serve.spaces = &spaces;
	serve.master = master;
	if (vdc_given(call, "database"))
		r = vdc_call_open_db(call, VDC_NEEDS_DB_WRITE, err);
	if (r)
		return r;
	serve.db = vdc_call_db(call);
	serve.stop_fd = vdc_work_signals();
	r = vdc_extend_serve(&serve, err);
	close(serve.stop_fd);
	return r;
}
