/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/claims.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

void vdc_claims_end(struct vdc_claims *claims)
{
	free(claims->rows);
	*claims = (struct vdc_claims){ 0 };
}

/* Our own copy of the id, which lives as long as the run; NULL: it does not read that host. */
static const char *host_of(const struct vdc_claims *claims, const char *id)
{
	for (size_t i = 0; id && i < claims->n_hosts; i++)
		if (strcmp(claims->hosts[i], id) == 0)
			return claims->hosts[i];
	return NULL;
}

bool vdc_claims_reads(const struct vdc_claims *claims, const char *host)
{
	return host_of(claims, host);
}

static struct vdc_vm_claim *find(const struct vdc_claims *claims, const char *vm)
{
	for (size_t i = 0; i < claims->n; i++)
		if (strcmp(claims->rows[i].vm, vm) == 0)
			return &claims->rows[i];
	return NULL;
}

struct vdc_vm_claim vdc_claims_of(const struct vdc_claims *claims, const char *vm)
{
	struct vdc_vm_claim *known = find(claims, vm), none = { 0 };

	if (known)
		return *known;
	snprintf(none.vm, sizeof(none.vm), "%s", vm);
	return none;
}

void vdc_claims_keep(struct vdc_claims *claims, const struct vdc_vm_claim *claim)
{
	struct vdc_vm_claim *row = find(claims, claim->vm);

	if (!claim->host) {
		if (row)
			*row = claims->rows[--claims->n];
		return;
	}
	if (!row) {
		claims->rows = vdc_realloc(claims->rows, claims->n + 1, sizeof(*row));
		row = &claims->rows[claims->n++];
	}
	*row = *claim;
	row->host = host_of(claims, claim->host);
	row->ask = host_of(claims, claim->ask);
}
