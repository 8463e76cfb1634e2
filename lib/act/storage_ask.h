/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Hosts asked to read storage domains, many at once: through `storage-health --local` where it is
 * installed there, else through a few lines for the host's shell (edge/host_storage.h). Nobody waits for
 * a host longer than a reading and the way there may take.
 */
#pragma once

#include "model/domain_reading.h"
#include "model/host.h"
#include "model/storage_domain.h"

struct vdc_storage_asked {
	const struct vdc_host *host;
	/* Filled in, in the arena of the call: one for each domain, in that order. */
	struct vdc_domain_reading **readings;
	const char *failure; /* why the host could not be asked; NULL: it answered */
};

/* NULL: it has no place that could be read. */
struct vdc_domain_reading *vdc_storage_question(const struct vdc_storage_domain *domain,
						struct vdc_arena *arena);

/*
 * QUESTIONS as vdc_storage_question() makes them. EACH_US: after that a domain counts as not read. A
 * domain of which a host that answered says nothing has neither problem nor latency. That a host cannot
 * be asked is no error.
 */
int vdc_storage_ask(struct vdc_storage_asked *asked, size_t n,
		    const struct vdc_domain_reading *const *questions, size_t n_questions,
		    int64_t each_us, struct vdc_arena *arena, struct vdc_err *err);
