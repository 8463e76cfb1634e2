/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The module vdc-sanlock: leases that a process holds. */
#include "edge/sanlock_error.h"

#include <errno.h>
#include <sanlock_resource.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int sanlock_register_holder(int *ret, struct vdc_err *err)
{
	int fd = sanlock_register(), r;

	if (fd < 0)
		return sanlock_failed(fd, err, "a holder of", "leases");
	/* A stopped process would never see a SIGTERM. */
	r = sanlock_restrict(fd, SANLK_RESTRICT_SIGTERM);
	if (r < 0) {
		close(fd);
		return sanlock_failed(r, err, "a holder of", "leases");
	}
	*ret = fd;
	return 0;
}

int sanlock_set_killpath(int fd, const char *program, const char *args, struct vdc_err *err)
{
	char words[SANLK_HELPER_ARGS_LEN];
	int r;

	if (strlen(program) >= SANLK_HELPER_PATH_LEN || strlen(args) >= sizeof(words))
		return vdc_err_set(err, -ENAMETOOLONG, "%s: too long for sanlock's killpath",
				   program);
	memcpy(words, args, strlen(args) + 1);
	r = sanlock_killpath(fd, SANLK_KILLPATH_PID, program, words);
	return r < 0 ? sanlock_failed(r, err, "a holder of", "leases") : 0;
}

static bool is_same(const struct sanlk_resource *a, const struct sanlk_resource *b)
{
	return strncmp(a->lockspace_name, b->lockspace_name, SANLK_NAME_LEN) == 0 &&
	       strncmp(a->name, b->name, SANLK_NAME_LEN) == 0 && a->num_disks == 1 &&
	       b->num_disks == 1 && a->disks[0].offset == b->disks[0].offset &&
	       strncmp(a->disks[0].path, b->disks[0].path, SANLK_PATH_LEN) == 0;
}

static int lver_in(char *state, const struct sanlock_resource *resource, int64_t *ret)
{
	struct sanlk_resource **held = NULL;
	int count = 0, found = -ENOENT, r = sanlock_state_to_args(state, &count, &held);

	for (int i = 0; r >= 0 && i < count; i++) {
		if (is_same(held[i], &resource->head)) {
			*ret = (int64_t)held[i]->lver;
			found = 0;
		}
		free(held[i]);
	}
	free(held);
	return r < 0 ? -EBADMSG : found;
}

static int ask(int fd, int pid, const struct vdc_sanlock_lease *lease,
	       const struct sanlock_resource *resource, int64_t *lver, struct vdc_err *err)
{
	char *state = NULL;
	int count = 0, r = sanlock_inquire(fd, pid, 0, &count, &state);

	/* -ESRCH, -ENOENT: the daemon knows no such process */
	if (r == -ESRCH || r == -ENOENT || (r >= 0 && (!count || !state))) {
		free(state);
		return vdc_err_set(err, -ENOENT, "lease %s of %s is not held", lease->name,
				   lease->space);
	}
	if (r < 0)
		return sanlock_failed(r, err, "lease", lease->name);
	r = lver_in(state, resource, lver);
	free(state);
	return r == -ENOENT ? vdc_err_set(err, r, "lease %s of %s is not held", lease->name,
					  lease->space)
	       : r ? vdc_err_set(err, r, "lease %s: sanlock's answer is garbled", lease->name)
		   : 0;
}

int sanlock_acquire_lease(int fd, const struct vdc_sanlock_lease *lease, int64_t *lver,
			  struct vdc_err *err)
{
	struct sanlock_resource resource;
	struct sanlk_resource *list[] = { &resource.head };
	int r = sanlock_fill_resource(&resource, lease, err);

	if (r)
		return r;
	r = sanlock_acquire(fd, -1, SANLK_ACQUIRE_OWNER_NOWAIT, 1, list, NULL);
	if (r < 0)
		return sanlock_failed(r, err, "lease", lease->name);
	return ask(fd, -1, lease, &resource, lver, err);
}

int sanlock_lease_held(int pid, const struct vdc_sanlock_lease *lease, int64_t *lver,
		       struct vdc_err *err)
{
	struct sanlock_resource resource;
	int r = sanlock_fill_resource(&resource, lease, err);

	return r ? r : ask(-1, pid, lease, &resource, lver, err);
}

int sanlock_release_lease(int fd, const struct vdc_sanlock_lease *lease, struct vdc_err *err)
{
	struct sanlock_resource resource;
	struct sanlk_resource *list[] = { &resource.head };
	int r = sanlock_fill_resource(&resource, lease, err);

	if (r)
		return r;
	r = sanlock_release(fd, -1, 0, 1, list);
	return r < 0 ? sanlock_failed(r, err, "lease", lease->name) : 0;
}
