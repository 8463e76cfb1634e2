/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "act/look.h"
#include "base/buf.h"
#include "base/wire.h"

static void wire_network(struct vdc_wire *wire, struct vdc_virt_network *network)
{
	vdc_wire_text(wire, &network->name);
	vdc_wire_text(wire, &network->bridge);
	vdc_wire_bool(wire, &network->active);
}

static void wire_virt(struct vdc_wire *wire, struct vdc_virt_host *virt, struct vdc_arena *arena)
{
	struct vdc_virt_network *networks = NULL;

	vdc_wire_text(wire, &virt->hostname);
	vdc_wire_text(wire, &virt->type);
	vdc_wire_text(wire, &virt->libvirt_version);
	vdc_wire_text(wire, &virt->hypervisor_version);
	vdc_wire_text(wire, &virt->capabilities);
	vdc_wire_text(wire, &virt->domain_capabilities);
	vdc_wire_int(wire, &virt->memory);
	vdc_wire_int(wire, &virt->memory_free);
	vdc_wire_int(wire, &virt->cpus);
	vdc_wire_int(wire, &virt->mhz);
	vdc_wire_count(wire, &virt->n_networks);
	networks = vdc_arena_alloc(arena, (virt->n_networks + 1) * sizeof(*networks));
	if (wire->out)
		memcpy(networks, virt->networks, virt->n_networks * sizeof(*networks));
	for (size_t i = 0; i < virt->n_networks; i++)
		wire_network(wire, &networks[i]);
	virt->networks = networks;
}

static void wire_facts(struct vdc_wire *wire, struct vdc_host_facts *facts)
{
	vdc_wire_text(wire, &facts->os_id);
	vdc_wire_text(wire, &facts->os_version);
	vdc_wire_text(wire, &facts->os_description);
	vdc_wire_text(wire, &facts->boot_id);
	vdc_wire_text(wire, &facts->kernel);
	vdc_wire_text(wire, &facts->vendor);
	vdc_wire_text(wire, &facts->product);
	vdc_wire_text(wire, &facts->uuid);
	vdc_wire_text(wire, &facts->packages);
	vdc_wire_text(wire, &facts->bridges);
	vdc_wire_int(wire, &facts->boot_time);
	vdc_wire_text(wire, &facts->kdump);
	vdc_wire_text(wire, &facts->sanlock_name);
	vdc_wire_int(wire, &facts->memory_available);
}

void vdc_look_wire_host(struct vdc_wire *wire, struct vdc_look *look, struct vdc_arena *arena)
{
	vdc_wire_int(wire, &look->at);
	wire_virt(wire, &look->virt, arena);
	vdc_wire_bool(wire, &look->has_facts);
	wire_facts(wire, &look->facts);
	vdc_wire_text(wire, &look->shell_failure);
	vdc_wire_int(wire, &look->cpu);
}

void vdc_look_wire_domain(struct vdc_wire *wire, struct vdc_look_domain *domain,
			  struct vdc_arena *arena)
{
	struct vdc_virt_domain *virt = &domain->virt;
	int64_t state = (int64_t)virt->state;
	struct vdc_virt_stat *stats;

	vdc_wire_text(wire, &virt->uuid);
	vdc_wire_text(wire, &virt->name);
	vdc_wire_int(wire, &state);
	virt->state = (enum vdc_virt_state)state;
	vdc_wire_text(wire, &virt->reason);
	vdc_wire_text(wire, &virt->job);
	vdc_wire_bool(wire, &virt->persistent);
	vdc_wire_bool(wire, &virt->autostart);
	vdc_wire_bool(wire, &virt->managed_save);
	vdc_wire_text(wire, &virt->xml);
	vdc_wire_text(wire, &virt->next_xml);
	vdc_wire_int(wire, &domain->cpu);
	vdc_wire_bool(wire, &domain->gone);
	vdc_wire_count(wire, &virt->n_stats);
	stats = vdc_arena_alloc(arena, (virt->n_stats + 1) * sizeof(*stats));
	if (wire->out && virt->n_stats)
		memcpy(stats, virt->stats, virt->n_stats * sizeof(*stats));
	for (size_t i = 0; i < virt->n_stats; i++) {
		vdc_wire_text(wire, &stats[i].name);
		vdc_wire_text(wire, &stats[i].value);
	}
	virt->stats = stats;
}

void vdc_look_begin(struct vdc_look *look)
{
	*look = (struct vdc_look){ .arena = vdc_arena_new(), .cpu = -1 };
}

void vdc_look_end(struct vdc_look *look)
{
	vdc_arena_free(look->arena);
	free(look->domains);
	*look = (struct vdc_look){ 0 };
}

static void take_domain(struct vdc_look *look, struct vdc_wire *wire)
{
	size_t n = look->n_domains;

	/* Grows to the next power of two. */
	if ((n & (n - 1)) == 0)
		look->domains = vdc_realloc(look->domains, n ? 2 * n : 1, sizeof(*look->domains));
	look->domains[n] = (struct vdc_look_domain){ 0 };
	vdc_look_wire_domain(wire, &look->domains[n], look->arena);
	look->n_domains++;
}

int vdc_look_take(struct vdc_look *look, const char *data, size_t len, struct vdc_err *err)
{
	/* Texts point into the message, which the pipe's buffer will not keep. */
	char *kept = vdc_arena_alloc(look->arena, len);
	struct vdc_wire wire = vdc_wire_reader(kept, len);
	int64_t message;

	memcpy(kept, data, len);
	vdc_wire_int(&wire, &message);
	switch (message) {
	case VDC_LOOK_BEAT:
		break;
	case VDC_LOOK_HOST:
		vdc_look_wire_host(&wire, look, look->arena);
		look->has_host = true;
		break;
	case VDC_LOOK_DOMAIN:
		take_domain(look, &wire);
		break;
	case VDC_LOOK_DONE:
		look->complete = true;
		break;
	default:
		wire.bad = true;
	}
	return wire.bad ? vdc_err_set(err, -EBADMSG, "a message of the reading process is garbled")
			: 0;
}
