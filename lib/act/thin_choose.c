/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/thin_part.h"

#include <errno.h>
#include <string.h>

#include "plan/domain_place.h"

bool thin_is_chosen(const struct thin_choice *choice, const void *object)
{
	const void *const *chosen = (const void *const *)(const void *)choice->chosen.data;

	for (size_t i = 0; i < choice->chosen.len / sizeof(*chosen); i++)
		if (chosen[i] == object)
			return true;
	return false;
}

static bool any_is_chosen(const struct thin_choice *choice, const struct vdc_objects *objects)
{
	for (size_t i = 0; i < objects->n; i++)
		if (thin_is_chosen(choice, objects->objects[i]))
			return true;
	return false;
}

bool thin_asks(const struct thin_choice *choice, const struct vdc_host *host)
{
	bool up = host->status == VDC_HOST_UP;

	if (choice->all)
		return up;
	if (thin_is_chosen(choice, host))
		return true;
	for (size_t i = 0; i < choice->vms.n; i++) {
		const struct vdc_vm *vm = choice->vms.objects[i];

		if (vm->host.id && strcmp(vm->host.id, host->id) == 0 && thin_is_chosen(choice, vm))
			return true;
	}
	return up && any_is_chosen(choice, &choice->domains);
}

const struct vdc_storage_domain *thin_domain_of(const struct thin_choice *choice, const char *path)
{
	for (size_t i = 0; i < choice->domains.n; i++)
		if (vdc_storage_domain_holds(choice->domains.objects[i], path))
			return choice->domains.objects[i];
	return NULL;
}

/* How many there are of that name or id; the last of them into RET. */
static size_t find(const struct vdc_kind *kind, const struct vdc_objects *objects, const char *name,
		   void **ret)
{
	size_t n = 0;

	for (size_t i = 0; i < objects->n; i++) {
		void *object = objects->objects[i];

		if (strcmp(vdc_object_name(kind, object), name) != 0 &&
		    strcmp(vdc_object_id(object), name) != 0)
			continue;
		*ret = object;
		n++;
	}
	return n;
}

static int choose(struct thin_choice *choice, const char *name, struct vdc_err *err)
{
	void *object = NULL;
	size_t n = find(&vdc_host_kind, &choice->hosts, name, &object) +
		   find(&vdc_vm_kind, &choice->vms, name, &object) +
		   find(&vdc_storage_domain_kind, &choice->domains, name, &object);

	if (!n)
		return vdc_err_set(err, -ENOENT, "no host, VM or storage domain is called '%.60s'",
				   name);
	if (n > 1)
		return vdc_err_set(err, -EINVAL,
				   "'%.60s' is the name of several things: give an id", name);
	vdc_buf_add(&choice->chosen, &object, sizeof(object));
	return 0;
}

struct reading {
	struct thin_choice *choice;
	struct vdc_arena *arena;
};

static int read_all(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct reading *reading = ctx;
	struct thin_choice *choice = reading->choice;
	int r = vdc_gather(db, &vdc_host_kind, NULL, NULL, reading->arena, &choice->hosts, err);

	if (!r)
		r = vdc_gather(db, &vdc_vm_kind, NULL, NULL, reading->arena, &choice->vms, err);
	return r ? r
		 : vdc_gather(db, &vdc_storage_domain_kind, NULL, NULL, reading->arena,
			      &choice->domains, err);
}

int thin_choose(struct vdc_db *db, const struct vdc_thin_options *options, struct vdc_arena *arena,
		struct thin_choice *ret, struct vdc_err *err)
{
	struct reading reading = { ret, arena };
	int r;

	*ret = (struct thin_choice){ .all = options->n == 0 };
	r = vdc_db_snapshot(db, read_all, &reading, err);
	for (size_t i = 0; i < options->n && !r; i++)
		r = choose(ret, options->names[i], err);
	return r;
}
