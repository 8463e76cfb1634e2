/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A number that changes when the cluster does (base/fnv.h): it guards against mistakes only. */
#include <inttypes.h>

#include "base/fnv.h"
#include "plan/upgrade_snapshot.h"

static void add_bytes(uint64_t *hash, const void *bytes, size_t n)
{
	*hash = vdc_fnv(*hash, bytes, n);
}

static void add_text(uint64_t *hash, const char *text)
{
	for (; text && *text; text++)
		add_bytes(hash, text, 1);
	add_bytes(hash, "", 1);
}

static void add_number(uint64_t *hash, int64_t number)
{
	for (int shift = 0; shift < 64; shift += 8) {
		unsigned char byte = (unsigned char)((uint64_t)number >> shift);

		add_bytes(hash, &byte, 1);
	}
}

const char *vdc_upgrade_fingerprint(const struct vdc_upgrade_snapshot *snapshot,
				    struct vdc_arena *arena)
{
	const struct vdc_upgrade_input *in = &snapshot->input;
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	add_text(&hash, snapshot->cluster->id);
	add_text(&hash, snapshot->cluster->scheduling_policy);
	for (uint32_t h = 0; h < in->n_hosts; h++) {
		const struct vdc_host *host = snapshot->hosts[h];

		add_text(&hash, host->id);
		add_text(&hash, host->libvirt_version);
		add_text(&hash, host->qemu_version);
		add_number(&hash, host->status);
		add_number(&hash, host->os_major);
		add_number(&hash, in->hosts[h].memory);
	}
	for (uint32_t v = 0; v < in->n_vms; v++) {
		add_text(&hash, in->vms[v].id);
		add_number(&hash, in->vms[v].host);
		add_number(&hash, in->vms[v].memory);
		add_number(&hash, in->vms[v].drain);
	}
	return vdc_arena_format(arena, "%016" PRIx64, hash);
}
