/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/crew.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/mem.h"

struct crew {
	void (*work)(void *ctx, size_t i);
	void *ctx;
	size_t n;
	atomic_size_t next;
};

static void *member(void *ctx)
{
	struct crew *crew = ctx;
	size_t i;

	while ((i = atomic_fetch_add(&crew->next, 1)) < crew->n)
		crew->work(crew->ctx, i);
	return NULL;
}

/* The caller works along: where no thread can be made it does all of it. */
void vdc_crew(size_t n, unsigned at_once, void (*work)(void *ctx, size_t i), void *ctx)
{
	struct crew crew = { .work = work, .ctx = ctx, .n = n };
	size_t most = n < at_once ? n : at_once, made = 0;
	vdc_autofree pthread_t *threads = vdc_alloc((most + 1) * sizeof(*threads));

	while (made + 1 < most && pthread_create(&threads[made], NULL, member, &crew) == 0)
		made++;
	member(&crew);
	while (made)
		pthread_join(threads[--made], NULL);
}
