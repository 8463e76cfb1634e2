/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "act/thin_part.h"
#include "base/setting.h"

struct thin_look {
	const struct vdc_thin_options *options;
	struct vdc_arena *arena;
	struct thin_choice choice;
	struct vdc_buf disks; /* struct vdc_thin_disk * */
	size_t hosts, unread;
	struct vdc_err failure; /* of the first host without an answer */
};

int64_t thin_over(const struct thin_host *host)
{
	return host->look->options->over_us;
}

static const struct vdc_vm *vm_of(const struct thin_choice *choice, const char *id)
{
	for (size_t i = 0; i < choice->vms.n; i++) {
		const struct vdc_vm *vm = choice->vms.objects[i];

		if (strcmp(vm->id, id) == 0)
			return vm;
	}
	return NULL;
}

/* Of no domain that is known: vdsm's figures. */
static struct vdc_extend_rules rules_of(const struct vdc_storage_domain *domain)
{
	struct vdc_storage_domain preset = { .extend_chunk = VDC_EXTEND_CHUNK_PRESET,
					     .extend_percent = VDC_EXTEND_PERCENT_PRESET };

	return vdc_extend_rules(domain ?: &preset, 0);
}

static void judge(struct vdc_thin_disk *disk, const struct vdc_storage_domain *domain,
		  const struct thin_row *row)
{
	const struct vdc_extend_rules rules = rules_of(domain);
	struct vdc_extend_volume volume = row->volume;
	int64_t left;

	disk->state = VDC_THIN_DISK_UNKNOWN;
	if (volume.capacity < 0 || volume.highest < 0 || volume.size < 0)
		return;
	volume.latency = VDC_EXTEND_LATENCY_PRESET;
	left = vdc_extend_time_left(&volume);
	disk->state = vdc_extend_judge(&rules, &volume); /* the words are in its order */
	disk->threshold = vdc_extend_threshold(&rules, &volume);
	disk->seconds_left = left < 0 ? VDC_UNSET : left / VDC_SECOND;
}

static int64_t known(int64_t value)
{
	return value < 0 ? VDC_UNSET : value;
}

void thin_take(const struct thin_host *host, const struct thin_row *row)
{
	struct thin_look *look = host->look;
	struct vdc_arena *arena = look->arena;
	const struct vdc_vm *vm = vm_of(&look->choice, row->vm_id);
	const struct vdc_storage_domain *domain = thin_domain_of(&look->choice, row->path);
	struct vdc_thin_disk *disk;

	if (!look->choice.all && !thin_is_chosen(&look->choice, host->host) &&
	    !thin_is_chosen(&look->choice, vm) && !thin_is_chosen(&look->choice, domain))
		return;
	disk = vdc_object_new(&vdc_thin_disk_kind, arena);
	disk->id = vdc_arena_format(arena, "%s/%s", row->vm_id, row->target);
	disk->vm = vdc_arena_strdup(arena, vm ? vm->name : row->vm);
	disk->target = vdc_arena_strdup(arena, row->target);
	disk->host = host->host->name;
	disk->storage_domain = domain ? domain->name : NULL;
	disk->path = vdc_arena_strdup(arena, row->path);
	disk->paused = row->paused;
	disk->capacity = known(row->volume.capacity);
	disk->allocated = known(row->volume.highest);
	disk->size = known(row->volume.size);
	if (row->volume.highest >= 0 && row->volume.size >= row->volume.highest)
		disk->room = row->volume.size - row->volume.highest;
	disk->armed = row->armed > 0 ? row->armed : VDC_UNSET;
	disk->rate = row->volume.rate;
	judge(disk, domain, row);
	vdc_buf_add(&look->disks, &disk, sizeof(disk));
}

static int ended(void *ctx, const struct vdc_err *failure, struct vdc_err *err vdc_unused)
{
	const struct thin_host *host = ctx;
	struct thin_look *look = host->look;

	if (!failure->code)
		return 0;
	if (!look->unread++)
		look->failure = *failure;
	if (look->options->unread)
		look->options->unread(look->options->ctx, failure);
	return 0;
}

static int add_host(struct thin_look *look, const struct vdc_host *host, struct vdc_pool *pool,
		    struct vdc_err *err)
{
	const struct vdc_thin_options *options = look->options;
	struct thin_host *it = vdc_arena_alloc(look->arena, sizeof(*it));

	*it = (struct thin_host){
		.look = look,
		.host = host,
		.target = vdc_target_of(host, options->limit_us, look->arena),
	};
	it->call = (struct vdc_errand_call){
		.host = it->target.name,
		.uri = it->target.uri,
		.connect_us = vdc_setting_number(VDC_SETTING_CONNECT_TIMEOUT),
		.limit_us = options->limit_us + options->over_us,
		.ctx = it,
		.run = thin_read,
		.told = thin_told,
	};
	look->hosts++;
	return vdc_errand_add(pool, &it->call, ended, look->arena, err);
}

static int ask(struct thin_look *look, struct vdc_err *err)
{
	vdc_autopool *pool = vdc_pool_new(look->options->jobs);
	int r = vdc_virt_load(err);

	for (size_t i = 0; i < look->choice.hosts.n && !r; i++)
		if (thin_asks(&look->choice, look->choice.hosts.objects[i]))
			r = add_host(look, look->choice.hosts.objects[i], pool, err);
	return r ? r : vdc_pool_run(pool, -1, err);
}

static int by_name(const void *left, const void *right)
{
	const struct vdc_thin_disk *a = *(const struct vdc_thin_disk *const *)left;
	const struct vdc_thin_disk *b = *(const struct vdc_thin_disk *const *)right;

	return strcmp(a->vm, b->vm) ?: strcmp(a->target, b->target);
}

static void finish(struct thin_look *look, struct vdc_thin_disks *ret)
{
	size_t n = look->disks.len / sizeof(*ret->all);

	ret->all = vdc_arena_alloc(look->arena, look->disks.len + sizeof(*ret->all));
	if (n)
		memcpy(ret->all, look->disks.data, look->disks.len);
	qsort(ret->all, n, sizeof(*ret->all), by_name);
	ret->n = n;
	ret->hosts = look->hosts;
	ret->unread = look->unread;
}

int vdc_thin_look(struct vdc_db *db, const struct vdc_thin_options *options,
		  struct vdc_arena *arena, struct vdc_thin_disks *ret, struct vdc_err *err)
{
	struct thin_look look = { .options = options, .arena = arena };
	int r = thin_choose(db, options, arena, &look.choice, err);

	if (!r)
		r = ask(&look, err);
	if (!r && look.hosts && look.unread == look.hosts)
		r = vdc_err_set(err, look.failure.code, "%s", vdc_err_text(&look.failure));
	if (!r)
		finish(&look, ret);
	vdc_buf_free(&look.disks);
	vdc_buf_free(&look.choice.chosen);
	return r;
}
