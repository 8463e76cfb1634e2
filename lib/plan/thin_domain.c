/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/thin_domain.h"

#include <string.h>

#include "plan/storage_health.h"

static bool is_of(const struct vdc_ref *ref, const struct vdc_storage_domain *domain)
{
	return ref->id && strcmp(ref->id, domain->id) == 0;
}

static bool is_known(const struct vdc_thin_disk *thin, const struct vdc_disk *const *disks,
		     size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (disks[i]->path && thin->path && strcmp(disks[i]->path, thin->path) == 0)
			return true;
	return false;
}

static int64_t add(int64_t sum, int64_t value)
{
	int64_t ret;

	if (value < 0)
		return sum;
	return __builtin_add_overflow(sum, value, &ret) ? INT64_MAX : ret;
}

static void sum_up(struct vdc_thin_domain *ret, const struct vdc_storage_domain *domain,
		   const struct vdc_disk *const *disks, size_t n_disks,
		   const struct vdc_thin_disk *const *thin, size_t n_thin)
{
	ret->committed = ret->disks = ret->rate = 0;
	for (size_t i = 0; i < n_disks; i++)
		if (is_of(&disks[i]->storage_domain, domain))
			ret->committed = add(ret->committed, disks[i]->provisioned_size);
	for (size_t i = 0; i < n_thin; i++) {
		if (!thin[i]->storage_domain || strcmp(thin[i]->storage_domain, domain->name) != 0)
			continue;
		ret->disks++;
		ret->rate = add(ret->rate, thin[i]->rate);
		if (!is_known(thin[i], disks, n_disks))
			ret->committed = add(ret->committed, thin[i]->capacity);
	}
}

static enum vdc_thin_domain_state judge(const struct vdc_thin_domain *of,
					const struct vdc_storage_domain *domain)
{
	if (of->size == VDC_UNSET)
		return VDC_THIN_DOMAIN_UNKNOWN;
	switch ((enum vdc_storage_space)vdc_storage_space_of(domain, domain->space, of->available,
							     of->allocated)) {
	case VDC_STORAGE_SPACE_CRITICAL:
		return VDC_THIN_DOMAIN_CRITICAL;
	case VDC_STORAGE_SPACE_LOW:
		return VDC_THIN_DOMAIN_LOW;
	default:
		return of->committed > of->size ? VDC_THIN_DOMAIN_OVER : VDC_THIN_DOMAIN_FINE;
	}
}

static char *note_on(const struct vdc_thin_pools *pools, struct vdc_arena *arena)
{
	const char *backend = pools->backend ? "its storage is thin by itself: better preallocate "
					       "on it and watch what it has left itself"
					     : "";
	const char *pool = "";

	if (pools->pools && pools->unmonitored)
		pool = "a thin pool of it is not monitored, so lvm2 does not extend it: lvchange "
		       "--monitor y";
	else if (pools->pools && pools->threshold >= 100)
		pool = "lvm2 does not extend its thin pools: set "
		       "activation/thin_pool_autoextend_threshold below 100 in lvm.conf";
	if (!*backend && !*pool)
		return NULL;
	return vdc_arena_format(arena, "%s%s%s", backend, *backend && *pool ? "; " : "", pool);
}

struct vdc_thin_domain *vdc_thin_domain_of(const struct vdc_storage_domain *domain,
					   const struct vdc_disk *const *disks, size_t n_disks,
					   const struct vdc_thin_disk *const *thin, size_t n_thin,
					   const struct vdc_thin_pools *pools,
					   struct vdc_arena *arena)
{
	struct vdc_thin_domain *ret = vdc_object_new(&vdc_thin_domain_kind, arena);

	ret->id = vdc_arena_strdup(arena, domain->id);
	ret->name = vdc_arena_strdup(arena, domain->name);
	ret->available = domain->available;
	ret->allocated = domain->used;
	if (domain->available >= 0 && domain->used >= 0)
		ret->size = add(domain->available, domain->used);
	sum_up(ret, domain, disks, n_disks, thin, n_thin);
	if (ret->size > 0)
		ret->percent = (int64_t)((double)ret->committed * 100 / (double)ret->size);
	if (ret->available >= 0 && ret->rate > 0)
		ret->seconds_left = ret->available / ret->rate;
	ret->state = judge(ret, domain);
	if (pools->known)
		ret->thin_backend = pools->backend;
	ret->note = note_on(pools, arena);
	return ret;
}
