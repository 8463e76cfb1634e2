/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/libvirt_conn.h"

#include <string.h>

#include "base/buf.h"

/* libvirt's 1000000 * major + 1000 * minor + release. */
static const char *version_text(struct vdc_arena *arena, unsigned long v)
{
	return vdc_arena_format(arena, "%lu.%lu.%lu", v / 1000000, v / 1000 % 1000, v % 1000);
}

/* Takes over text that libvirt allocated; NULL stays NULL. */
static const char *take(struct vdc_arena *arena, char *text)
{
	const char *kept = vdc_arena_strdup(arena, text);

	free(text);
	return kept;
}

static int read_versions(struct vdc_virt *virt, struct vdc_arena *arena, struct vdc_virt_host *host,
			 struct vdc_err *err)
{
	unsigned long v;

	if (virConnectGetLibVersion(virt->conn, &v) < 0)
		return vdc_virt_failed(err);
	host->libvirt_version = version_text(arena, v);
	if (virConnectGetVersion(virt->conn, &v) < 0)
		return vdc_virt_failed(err);
	if (v)
		host->hypervisor_version = version_text(arena, v);
	return 0;
}

static int read_machine(struct vdc_virt *virt, struct vdc_virt_host *host, struct vdc_err *err)
{
	virNodeInfo info;
	unsigned long long free_memory;

	if (virNodeGetInfo(virt->conn, &info) < 0)
		return vdc_virt_failed(err);
	host->memory = (int64_t)info.memory * 1024;
	host->cpus = info.cpus;
	host->mhz = info.mhz;
	free_memory = virNodeGetFreeMemory(virt->conn);
	host->memory_free = free_memory ? (int64_t)free_memory : -1;
	return 0;
}

/*
 * Free as in "can be used": libvirt's free memory does not count the page cache. The total of these
 * numbers is the kernel's; that of the node's info leaves out what a container may not see.
 */
static void read_memory(struct vdc_virt *virt, struct vdc_virt_host *host)
{
	virNodeMemoryStats stats[16];
	int n = 0; /* it wants to be told exactly how many there are */
	int64_t usable = 0;

	if (virNodeGetMemoryStats(virt->conn, VIR_NODE_MEMORY_STATS_ALL_CELLS, NULL, &n, 0) < 0 ||
	    n > (int)VDC_COUNT(stats) ||
	    virNodeGetMemoryStats(virt->conn, VIR_NODE_MEMORY_STATS_ALL_CELLS, stats, &n, 0) < 0)
		return;
	for (int i = 0; i < n; i++) {
		int64_t bytes = (int64_t)stats[i].value * 1024;

		if (strcmp(stats[i].field, VIR_NODE_MEMORY_STATS_TOTAL) == 0)
			host->memory = bytes;
		else if (strcmp(stats[i].field, VIR_NODE_MEMORY_STATS_FREE) == 0 ||
			 strcmp(stats[i].field, VIR_NODE_MEMORY_STATS_BUFFERS) == 0 ||
			 strcmp(stats[i].field, VIR_NODE_MEMORY_STATS_CACHED) == 0)
			usable += bytes;
	}
	if (usable)
		host->memory_free = usable;
}

static size_t add_networks(struct vdc_virt *virt, struct vdc_arena *arena, struct vdc_buf *out)
{
	virNetworkPtr *found = NULL;
	int n = virConnectListAllNetworks(virt->conn, &found, 0);

	for (int i = 0; i < n; i++) {
		struct vdc_virt_network network = {
			.name = vdc_arena_strdup(arena, virNetworkGetName(found[i])),
			.bridge = take(arena, virNetworkGetBridgeName(found[i])),
			.active = virNetworkIsActive(found[i]) > 0,
		};

		vdc_buf_add(out, &network, sizeof(network));
		virNetworkFree(found[i]);
	}
	free(found);
	return n > 0 ? (size_t)n : 0;
}

static size_t add_interfaces(struct vdc_virt *virt, struct vdc_arena *arena, struct vdc_buf *out)
{
	virInterfacePtr *found = NULL;
	int n = virConnectListAllInterfaces(virt->conn, &found, 0);
	size_t added = 0;

	for (int i = 0; i < n; i++) {
		const char *name = vdc_arena_strdup(arena, virInterfaceGetName(found[i]));
		vdc_autofree char *xml = virInterfaceGetXMLDesc(found[i], 0);

		if (xml && strstr(xml, "type='bridge'")) {
			struct vdc_virt_network network = {
				.name = name,
				.bridge = name,
				.active = virInterfaceIsActive(found[i]) > 0,
			};

			vdc_buf_add(out, &network, sizeof(network));
			added++;
		}
		virInterfaceFree(found[i]);
	}
	free(found);
	return added;
}

/* Neither is there on every host; a host without them simply has none to show. */
static void read_networks(struct vdc_virt *virt, struct vdc_arena *arena,
			  struct vdc_virt_host *host)
{
	vdc_autobuf found = { 0 };
	struct vdc_virt_network *kept;

	host->n_networks = add_networks(virt, arena, &found);
	host->n_networks += add_interfaces(virt, arena, &found);
	kept = vdc_arena_alloc(arena, found.len + 1);
	if (found.len)
		memcpy(kept, found.data, found.len);
	host->networks = kept;
}

int vdc_virt_conn_host(struct vdc_virt *virt, struct vdc_arena *arena, struct vdc_virt_host *ret,
		       struct vdc_err *err)
{
	struct vdc_virt_host host = {
		.memory_free = -1,
	};
	int r = read_versions(virt, arena, &host, err);

	if (!r)
		r = read_machine(virt, &host, err);
	if (r)
		return r;
	host.type = vdc_arena_strdup(arena, virConnectGetType(virt->conn));
	host.hostname = take(arena, virConnectGetHostname(virt->conn));
	host.capabilities = take(arena, virConnectGetCapabilities(virt->conn));
	if (!host.capabilities)
		return vdc_virt_failed(err);
	/* From here on a driver may have no answer. */
	host.domain_capabilities =
		take(arena, virConnectGetDomainCapabilities(virt->conn, NULL, NULL, NULL, NULL, 0));
	read_memory(virt, &host);
	read_networks(virt, arena, &host);
	virResetLastError();
	*ret = host;
	return 0;
}
