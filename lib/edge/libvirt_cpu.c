/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/libvirt_conn.h"

#include <errno.h>
#include <string.h>

#include "base/time.h"

static int64_t busy_ns(struct vdc_virt *virt)
{
	virNodeCPUStats stats[16];
	int n = 0;
	int64_t busy = 0;

	/* It wants exactly as many as there are. */
	if (virNodeGetCPUStats(virt->conn, VIR_NODE_CPU_STATS_ALL_CPUS, NULL, &n, 0) < 0 ||
	    n > (int)VDC_COUNT(stats))
		return -1;
	if (virNodeGetCPUStats(virt->conn, VIR_NODE_CPU_STATS_ALL_CPUS, stats, &n, 0) < 0)
		return -1;
	for (int i = 0; i < n; i++)
		if (strcmp(stats[i].field, VIR_NODE_CPU_STATS_USER) == 0 ||
		    strcmp(stats[i].field, VIR_NODE_CPU_STATS_KERNEL) == 0)
			busy += (int64_t)stats[i].value;
	return busy;
}

int vdc_virt_conn_cpu_times(struct vdc_virt *virt, struct vdc_arena *arena,
			    struct vdc_virt_cpu_times *ret, struct vdc_err *err)
{
	const unsigned flags = VIR_CONNECT_GET_ALL_DOMAINS_STATS_RUNNING;
	struct vdc_virt_cpu_times times = { .at = vdc_time_monotonic(), .busy = busy_ns(virt) };
	virDomainStatsRecordPtr *records = NULL;
	int n = virConnectGetAllDomainStats(virt->conn, VIR_DOMAIN_STATS_CPU_TOTAL, &records,
					    flags);
	struct vdc_virt_cpu *domains;

	/* A driver that has no such statistics is none that runs real VMs. */
	if (n < 0 && vdc_virt_failed(NULL) == -ECONNRESET)
		return vdc_virt_failed(err);
	domains = vdc_arena_alloc(arena, (n > 0 ? (size_t)n + 1 : 1) * sizeof(*domains));
	for (int i = 0; i < n; i++) {
		char uuid[VIR_UUID_STRING_BUFLEN];
		unsigned long long ns;

		if (virDomainGetUUIDString(records[i]->dom, uuid) < 0 ||
		    virTypedParamsGetULLong(records[i]->params, records[i]->nparams, "cpu.time",
					    &ns) != 1)
			continue;
		domains[times.n_domains++] = (struct vdc_virt_cpu){
			.uuid = vdc_arena_strdup(arena, uuid),
			.ns = (int64_t)ns,
		};
	}
	virDomainStatsRecordListFree(records);
	times.domains = domains;
	*ret = times;
	return 0;
}
