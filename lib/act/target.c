/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "act/look.h"

/* Where libvirt is. no_tty: nobody is there to type a password for ssh. */
static const char *uri_of(const struct vdc_host *host, struct vdc_arena *arena)
{
	if (host->libvirt_uri)
		return vdc_arena_strdup(arena, host->libvirt_uri);
	return vdc_arena_format(arena, "qemu+ssh://root@%s/system?no_tty=1",
				host->address ?: host->name);
}

/* A host that speaks to libvirt without a transport is this machine, or pretends to be one. */
static const char *shell_of(const struct vdc_host *host, const char *uri, struct vdc_arena *arena)
{
	if (!host->rsh_address && vdc_virt_uri_is_local(uri))
		return NULL;
	return vdc_arena_strdup(arena, host->rsh_address ?: host->address ?: host->name);
}

struct vdc_target vdc_target_of(const struct vdc_host *host, int64_t limit_us,
				struct vdc_arena *arena)
{
	struct vdc_target target = {
		.id = vdc_arena_strdup(arena, host->id),
		.name = vdc_arena_strdup(arena, host->name),
		.uri = uri_of(host, arena),
		.limit_us = limit_us,
	};

	target.shell = shell_of(host, target.uri, arena);
	target.local = !target.shell && strncmp(target.uri, "test:", 5) != 0;
	return target;
}
