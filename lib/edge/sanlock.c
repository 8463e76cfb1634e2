/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/sanlock.h"

#include "edge/module.h"
#include "edge/sanlock_ops.h"

static const struct vdc_sanlock_ops *ops;

int vdc_sanlock_load(struct vdc_err *err)
{
	const void *table = ops;
	int r = ops ? 0 : vdc_module_table("sanlock", "vdc_sanlock_ops", &table, err);

	ops = table;
	return r;
}

#define CALL(function, ...)                                \
	do {                                               \
		int r = vdc_sanlock_load(err);             \
		return r ? r : ops->function(__VA_ARGS__); \
	} while (0)

int vdc_sanlock_spaces(struct vdc_arena *arena, struct vdc_sanlock_joined **ret, size_t *n,
		       struct vdc_err *err)
{
	CALL(spaces, arena, ret, n, err);
}

int vdc_sanlock_join(const struct vdc_sanlock_space *space, unsigned io_timeout,
		     struct vdc_err *err)
{
	CALL(join, space, io_timeout, err);
}

int vdc_sanlock_in(const struct vdc_sanlock_space *space, struct vdc_err *err)
{
	CALL(in, space, err);
}

int vdc_sanlock_leave(const struct vdc_sanlock_space *space, struct vdc_err *err)
{
	CALL(leave, space, err);
}

int vdc_sanlock_hosts(const char *space, int64_t host_id, struct vdc_arena *arena,
		      struct vdc_sanlock_host **ret, size_t *n, struct vdc_err *err)
{
	CALL(hosts, space, host_id, arena, ret, n, err);
}

int vdc_sanlock_write_space(const struct vdc_sanlock_space *space, unsigned io_timeout,
			    struct vdc_err *err)
{
	CALL(write_space, space, io_timeout, err);
}

int vdc_sanlock_write_lease(const struct vdc_sanlock_lease *lease, struct vdc_err *err)
{
	CALL(write_lease, lease, err);
}

int vdc_sanlock_owner(const struct vdc_sanlock_lease *lease, struct vdc_sanlock_owner *ret,
		      struct vdc_err *err)
{
	CALL(owner, lease, ret, err);
}

int vdc_sanlock_register(int *ret, struct vdc_err *err)
{
	CALL(register_, ret, err);
}

int vdc_sanlock_killpath(int fd, const char *program, const char *args, struct vdc_err *err)
{
	CALL(killpath, fd, program, args, err);
}

int vdc_sanlock_acquire(int fd, const struct vdc_sanlock_lease *lease, int64_t *lver,
			struct vdc_err *err)
{
	CALL(acquire, fd, lease, lver, err);
}

int vdc_sanlock_held(int pid, const struct vdc_sanlock_lease *lease, int64_t *lver,
		     struct vdc_err *err)
{
	CALL(held, pid, lease, lver, err);
}

int vdc_sanlock_release(int fd, const struct vdc_sanlock_lease *lease, struct vdc_err *err)
{
	CALL(release, fd, lease, err);
}
