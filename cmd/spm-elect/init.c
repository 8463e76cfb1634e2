/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* spm-elect init: of a storage domain by the database, or of a document on this host. */
#include <errno.h>
#include <stdio.h>

#include "act/domain_init.h"
#include "base/time.h"
#include "spm_elect.h"

/* On block storage seven volumes are made first. */
#define INIT_TIME (180 * VDC_SECOND)

static int init_local(struct vdc_call *call, struct vdc_err *err)
{
	const char *from = vdc_text_option(call, "from");
	struct vdc_lockspaces spaces;
	int r;

	if (!from || vdc_given(call, "dry-run"))
		return vdc_err_set(err, -EINVAL, "init --local wants --from, and has no --dry-run");
	r = spm_elect_read(call, from, &spaces, err);
	for (size_t i = 0; i < spaces.n && !r; i++) {
		r = vdc_lockspace_init(spaces.all[i], vdc_int_option(call, "timeout", INIT_TIME),
				       err);
		if (r)
			vdc_err_prefix(err, "domain %s: ", spaces.all[i]->name);
	}
	return r;
}

static int init_domain(struct vdc_call *call, const char *name, struct vdc_err *err)
{
	struct vdc_domain_init init = {
		.domain = name,
		.host = vdc_text_option(call, "host"),
		.sector = vdc_int_option(call, "sector", 0),
		.hosts = vdc_int_option(call, "hosts", 0),
		.master = vdc_given(call, "master"),
		.dry_run = vdc_given(call, "dry-run"),
		.limit_us = vdc_int_option(call, "timeout", INIT_TIME),
	};
	int r = vdc_call_open_db(call, VDC_NEEDS_DB_WRITE, err);

	r = r ?: vdc_domain_init(vdc_call_db(call), &init, vdc_call_arena(call), err);
	if (r)
		return r;
	printf("storage domain %s %s, by host %s: sectors of %lld bytes, areas of %lld MiB, host "
	       "ids 1 to %lld\n",
	       init.after->name, init.dry_run ? "would be made ready" : "is ready", init.by->name,
	       (long long)init.after->block_size, (long long)(init.after->alignment >> 20),
	       (long long)init.most_hosts);
	return 0;
}

int spm_elect_init(struct vdc_call *call, struct vdc_err *err)
{
	const char *const *names;
	bool named = vdc_call_operands(call, &names) > 0;

	if (vdc_given(call, "local") == named)
		return vdc_err_set(err, -EINVAL,
				   "init wants a storage domain, or --local and --from");
	return named ? init_domain(call, names[0], err) : init_local(call, err);
}
