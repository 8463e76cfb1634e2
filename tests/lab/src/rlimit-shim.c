// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Preloaded into sanlock: it insists on raising RLIMIT_MEMLOCK and gives up where a container may
 * not. The limit is asked for, but a refusal is not passed on. What sanlock runs itself does without.
 */
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

__attribute__((constructor)) static void keep_from_children(void)
{
	unsetenv("LD_PRELOAD");
}

int setrlimit(__rlimit_resource_t resource, const struct rlimit *limit)
{
	syscall(SYS_prlimit64, 0, resource, limit, NULL);
	return 0;
}
