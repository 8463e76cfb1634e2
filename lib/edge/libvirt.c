/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/libvirt.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "edge/libvirt_ops.h"
#include "edge/module.h"

enum { BLOCKS_MOST = 4096 };

static const struct vdc_virt_ops *ops;

int vdc_virt_load(struct vdc_err *err)
{
	const void *table;
	int r;

	if (ops)
		return 0;
	r = vdc_module_table("libvirt", "vdc_libvirt_ops", &table, err);
	if (r)
		return r;
	ops = table;
	return ops->load(err);
}

int vdc_virt_open(const char *uri, unsigned flags, struct vdc_virt **ret, struct vdc_err *err)
{
	int r = vdc_virt_load(err);

	return r ? r : ops->open(uri, flags, ret, err);
}

void vdc_virt_close(struct vdc_virt *virt)
{
	if (virt)
		ops->close(virt);
}

int vdc_virt_host(struct vdc_virt *virt, struct vdc_arena *arena, struct vdc_virt_host *ret,
		  struct vdc_err *err)
{
	return ops->host(virt, arena, ret, err);
}

int vdc_virt_domains(struct vdc_virt *virt, vdc_virt_domain_fn *fn, void *ctx, struct vdc_err *err)
{
	return ops->domains(virt, fn, ctx, err);
}

int vdc_virt_domain(struct vdc_virt *virt, const char *uuid, vdc_virt_domain_fn *fn, void *ctx,
		    struct vdc_err *err)
{
	return ops->domain(virt, uuid, fn, ctx, err);
}

int vdc_virt_disks(struct vdc_virt *virt, const char *uuid, vdc_virt_domain_fn *fn, void *ctx,
		   struct vdc_err *err)
{
	return ops->disks(virt, uuid, fn, ctx, err);
}

int vdc_virt_cpu_times(struct vdc_virt *virt, struct vdc_arena *arena,
		       struct vdc_virt_cpu_times *ret, struct vdc_err *err)
{
	return ops->cpu_times(virt, arena, ret, err);
}

int vdc_virt_follow(struct vdc_virt *virt, struct vdc_err *err)
{
	return ops->follow(virt, err);
}

int vdc_virt_wait(struct vdc_virt *virt, int64_t limit_us, vdc_virt_event_fn *fn, void *ctx,
		  struct vdc_err *err)
{
	return ops->wait(virt, limit_us, fn, ctx, err);
}

int vdc_virt_wake(struct vdc_virt *virt, int fd, struct vdc_err *err)
{
	return ops->wake(virt, fd, err);
}

int vdc_virt_now(struct vdc_virt *virt, const char *uuid, struct vdc_virt_now *ret,
		 struct vdc_err *err)
{
	return ops->control->now(virt, uuid, ret, err);
}

int vdc_virt_definition(struct vdc_virt *virt, const char *uuid, bool secrets, char **ret,
			struct vdc_err *err)
{
	return ops->control->definition(virt, uuid, secrets, ret, err);
}

int vdc_virt_define(struct vdc_virt *virt, const char *xml, struct vdc_err *err)
{
	return ops->control->define(virt, xml, err);
}

int vdc_virt_undefine(struct vdc_virt *virt, const char *uuid, struct vdc_err *err)
{
	return ops->control->undefine(virt, uuid, err);
}

int vdc_virt_start(struct vdc_virt *virt, const char *uuid, struct vdc_err *err)
{
	return ops->control->start(virt, uuid, err);
}

int vdc_virt_shutdown(struct vdc_virt *virt, const char *uuid, struct vdc_err *err)
{
	return ops->control->shutdown(virt, uuid, err);
}

int vdc_virt_resume(struct vdc_virt *virt, const char *uuid, struct vdc_err *err)
{
	return ops->control->resume(virt, uuid, err);
}

int vdc_virt_threshold(struct vdc_virt *virt, const char *uuid, const char *layer, int64_t offset,
		       struct vdc_err *err)
{
	return ops->control->threshold(virt, uuid, layer, offset, err);
}

int vdc_virt_lacks_space(struct vdc_virt *virt, const char *uuid, const char *target,
			 struct vdc_err *err)
{
	return ops->control->lacks_space(virt, uuid, target, err);
}

int vdc_virt_destroy(struct vdc_virt *virt, const char *uuid, struct vdc_err *err)
{
	return ops->control->destroy(virt, uuid, err);
}

int vdc_virt_snapshot(struct vdc_virt *virt, const char *uuid, const char *name,
		      const char *description, struct vdc_err *err)
{
	return ops->control->snapshot(virt, uuid, name, description, err);
}

int vdc_virt_has_snapshot(struct vdc_virt *virt, const char *uuid, const char *name,
			  struct vdc_err *err)
{
	return ops->control->has_snapshot(virt, uuid, name, err);
}

int vdc_virt_block(struct vdc_virt *virt, const char *uuid, const char *target,
		   struct vdc_virt_block *ret, struct vdc_err *err)
{
	return ops->control->block(virt, uuid, target, ret, err);
}

int vdc_virt_compare_cpu(struct vdc_virt *virt, const struct vdc_virt_cpu_question *question,
			 struct vdc_arena *arena, enum vdc_virt_cpu_answer *ret, const char **text,
			 struct vdc_err *err)
{
	return ops->migration->compare_cpu(virt, question, arena, ret, text, err);
}

int vdc_virt_migrate(struct vdc_virt *virt, const struct vdc_virt_migration *migration,
		     struct vdc_err *err)
{
	return ops->migration->migrate(virt, migration, err);
}

int vdc_virt_job(struct vdc_virt *virt, const char *uuid, struct vdc_virt_job *ret,
		 struct vdc_err *err)
{
	return ops->migration->job(virt, uuid, ret, err);
}

int64_t vdc_virt_downtime(struct vdc_virt *virt, const char *uuid)
{
	return ops->migration->downtime(virt, uuid);
}

int vdc_virt_abort(struct vdc_virt *virt, const char *uuid, struct vdc_err *err)
{
	return ops->migration->abort(virt, uuid, err);
}

int vdc_virt_post_copy(struct vdc_virt *virt, const char *uuid, struct vdc_err *err)
{
	return ops->migration->post_copy(virt, uuid, err);
}

bool vdc_virt_is_active(enum vdc_virt_state state)
{
	return state != VDC_VIRT_SHUTOFF && state != VDC_VIRT_CRASHED;
}

bool vdc_virt_uri_is_local(const char *uri)
{
	const char *colon = strchr(uri, ':');
	const char *plus = strchr(uri, '+');

	if (!colon || (plus && plus < colon))
		return false;
	return strncmp(colon, ":///", 4) == 0;
}

const char *vdc_virt_stat_text(const struct vdc_virt_domain *domain, const char *name)
{
	for (size_t i = 0; i < domain->n_stats; i++)
		if (strcmp(domain->stats[i].name, name) == 0)
			return domain->stats[i].value;
	return NULL;
}

int64_t vdc_virt_stat(const struct vdc_virt_domain *domain, const char *name, int64_t otherwise)
{
	const char *text = vdc_virt_stat_text(domain, name);
	char *end;
	long long value;

	if (!text)
		return otherwise;
	errno = 0;
	value = strtoll(text, &end, 10);
	return errno || *end ? otherwise : value;
}

int64_t vdc_virt_block_stat(const struct vdc_virt_domain *domain, const char *target, int64_t index,
			    const char *what, int64_t otherwise)
{
	int64_t n = vdc_virt_stat(domain, "block.count", 0);

	for (int64_t i = 0; i < n && i < BLOCKS_MOST; i++) {
		const char *name;
		char key[64];

		snprintf(key, sizeof(key), "block.%d.name", (int)i);
		name = vdc_virt_stat_text(domain, key);
		if (!name || strcmp(name, target) != 0)
			continue;
		snprintf(key, sizeof(key), "block.%d.backingIndex", (int)i);
		if (index >= 0 && vdc_virt_stat(domain, key, index) != index)
			continue;
		snprintf(key, sizeof(key), "block.%d.%s", (int)i, what);
		return vdc_virt_stat(domain, key, otherwise);
	}
	return otherwise;
}
