/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside the module vdc-libvirt: moving domains. */
#include "edge/libvirt_migrate.h"

#include <errno.h>
#include <string.h>

#include "edge/libvirt_conn.h"

enum { MIB = 1024 * 1024 };

static int compare_cpu(struct vdc_virt *virt, const struct vdc_virt_cpu_question *q,
		       struct vdc_arena *arena, enum vdc_virt_cpu_answer *ret, const char **text,
		       struct vdc_err *err)
{
	const unsigned flags = VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE;
	int answer = virConnectCompareHypervisorCPU(virt->conn, q->emulator, q->architecture,
						    q->machine, q->type, q->cpu, flags);
	const virError *error = virGetLastError();

	*text = NULL;
	if (answer == VIR_CPU_COMPARE_IDENTICAL || answer == VIR_CPU_COMPARE_SUPERSET) {
		*ret = VDC_VIRT_CPU_FITS;
		return 0;
	}
	if (answer == VIR_CPU_COMPARE_INCOMPATIBLE ||
	    (error && error->code == VIR_ERR_CPU_INCOMPATIBLE)) {
		*ret = VDC_VIRT_CPU_LACKS;
		*text = vdc_arena_strdup(arena, error && error->message ? error->message
									: "its CPU lacks features");
		return 0;
	}
	if (vdc_virt_failed(NULL) == -ECONNRESET)
		return vdc_virt_failed(err);
	*ret = VDC_VIRT_CPU_UNKNOWN;
	return 0;
}

static unsigned flags_of(const struct vdc_virt_migration *m, virDomainPtr dom)
{
	unsigned flags = VIR_MIGRATE_LIVE | VIR_MIGRATE_PEER2PEER | VIR_MIGRATE_ABORT_ON_ERROR;

	/* One host has the definition in the end, as one host has the VM. */
	if (virDomainIsPersistent(dom) > 0)
		flags |= VIR_MIGRATE_PERSIST_DEST | VIR_MIGRATE_UNDEFINE_SOURCE;
	flags |= m->auto_converge ? VIR_MIGRATE_AUTO_CONVERGE : 0;
	flags |= m->post_copy ? VIR_MIGRATE_POSTCOPY : 0;
	flags |= m->compressed ? VIR_MIGRATE_COMPRESSED : 0;
	flags |= m->encrypted ? VIR_MIGRATE_TLS : 0;
	flags |= m->unsafe ? VIR_MIGRATE_UNSAFE : 0;
	return flags;
}

struct params {
	virTypedParameterPtr list;
	int n, room;
};

/* Out of memory is the only way in which these fail. */
static void add_text(struct params *params, const char *name, const char *value)
{
	if (value &&
	    virTypedParamsAddString(&params->list, &params->n, &params->room, name, value) < 0)
		vdc_out_of_memory();
}

/* libvirt counts in MiB per second. */
static void add_bandwidth(struct params *params, const char *name, int64_t bytes)
{
	if (bytes > 0 && virTypedParamsAddULLong(&params->list, &params->n, &params->room, name,
						 (unsigned long long)((bytes + MIB - 1) / MIB)) < 0)
		vdc_out_of_memory();
}

static int failed(struct vdc_err *err)
{
	const virError *error = virGetLastError();
	int r = vdc_virt_failed(err);

	if (error && error->code == VIR_ERR_OPERATION_ABORTED)
		return vdc_err_set(err, -ECANCELED, "libvirt: %s", error->message);
	return r;
}

static int migrate(struct vdc_virt *virt, const struct vdc_virt_migration *m, struct vdc_err *err)
{
	virDomainPtr dom = virDomainLookupByUUIDString(virt->conn, m->uuid);
	struct params params = { 0 };
	int r = 0;

	if (!dom)
		return vdc_virt_failed(err);
	add_text(&params, VIR_MIGRATE_PARAM_URI, m->address_uri);
	add_bandwidth(&params, VIR_MIGRATE_PARAM_BANDWIDTH, m->bandwidth);
	if (m->post_copy)
		add_bandwidth(&params, VIR_MIGRATE_PARAM_BANDWIDTH_POSTCOPY, m->bandwidth);
	/* A wish only: a hypervisor that cannot set it has a limit of its own. */
	if (m->downtime_ms > 0)
		virDomainMigrateSetMaxDowntime(dom, (unsigned long long)m->downtime_ms, 0);
	if (virDomainMigrateToURI3(dom, m->peer_uri, params.list, (unsigned)params.n,
				   flags_of(m, dom)) < 0)
		r = failed(err);
	virTypedParamsFree(params.list, params.n);
	virDomainFree(dom);
	return r;
}

static int64_t number(virTypedParameterPtr list, int n, const char *name)
{
	unsigned long long value;
	int small;

	if (virTypedParamsGetULLong(list, n, name, &value) == 1)
		return value > INT64_MAX ? INT64_MAX : (int64_t)value;
	virResetLastError();
	if (virTypedParamsGetInt(list, n, name, &small) == 1)
		return small;
	virResetLastError();
	return -1;
}

static bool in_post_copy(virDomainPtr dom)
{
	int state, reason;

	if (virDomainGetState(dom, &state, &reason, 0) < 0)
		return false;
	return state == VIR_DOMAIN_PAUSED && (reason == VIR_DOMAIN_PAUSED_POSTCOPY ||
					      reason == VIR_DOMAIN_PAUSED_POSTCOPY_FAILED);
}

static int64_t product(int64_t a, int64_t b)
{
	int64_t result;

	return a < 0 || b < 0 || __builtin_mul_overflow(a, b, &result) ? -1 : result;
}

static void take_job(virDomainPtr dom, virTypedParameterPtr list, int n, struct vdc_virt_job *job)
{
	*job = (struct vdc_virt_job){
		.running = true,
		.post_copy = in_post_copy(dom),
		.elapsed_ms = number(list, n, VIR_DOMAIN_JOB_TIME_ELAPSED),
		.total = number(list, n, VIR_DOMAIN_JOB_DATA_TOTAL),
		.processed = number(list, n, VIR_DOMAIN_JOB_DATA_PROCESSED),
		.remaining = number(list, n, VIR_DOMAIN_JOB_DATA_REMAINING),
		.rate = number(list, n, VIR_DOMAIN_JOB_MEMORY_BPS),
		.iteration = number(list, n, VIR_DOMAIN_JOB_MEMORY_ITERATION),
		.throttle = number(list, n, VIR_DOMAIN_JOB_AUTO_CONVERGE_THROTTLE),
		/* pages per second */
		.dirty_rate = product(number(list, n, VIR_DOMAIN_JOB_MEMORY_DIRTY_RATE),
				      number(list, n, VIR_DOMAIN_JOB_MEMORY_PAGE_SIZE)),
	};
}

/* A domain that the host does not have any more is no error: the migration was faster. */
static int job(struct vdc_virt *virt, const char *uuid, struct vdc_virt_job *ret,
	       struct vdc_err *err)
{
	virDomainPtr dom = virDomainLookupByUUIDString(virt->conn, uuid);
	virTypedParameterPtr list = NULL;
	int n = 0, type = VIR_DOMAIN_JOB_NONE, operation = 0, r = 0;
	struct vdc_virt_job none = { 0 };

	if (!dom || virDomainGetJobStats(dom, &type, &list, &n, 0) < 0) {
		r = vdc_virt_failed(err);
		if (r == -ENOENT || r == -EPERM) /* not there, or just off */
			r = 0;
		if (!r)
			*ret = none;
		goto out;
	}
	virTypedParamsGetInt(list, n, VIR_DOMAIN_JOB_OPERATION, &operation);
	*ret = none;
	if ((type == VIR_DOMAIN_JOB_BOUNDED || type == VIR_DOMAIN_JOB_UNBOUNDED) &&
	    operation == VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT)
		take_job(dom, list, n, ret);
	virTypedParamsFree(list, n);
out:
	if (dom)
		virDomainFree(dom);
	return r;
}

static int64_t downtime(struct vdc_virt *virt, const char *uuid)
{
	const unsigned flags = VIR_DOMAIN_JOB_STATS_COMPLETED | VIR_DOMAIN_JOB_STATS_KEEP_COMPLETED;
	virDomainPtr dom = virDomainLookupByUUIDString(virt->conn, uuid);
	virTypedParameterPtr list = NULL;
	int n = 0, type;
	int64_t ms = -1;

	if (dom && virDomainGetJobStats(dom, &type, &list, &n, flags) == 0)
		ms = number(list, n, VIR_DOMAIN_JOB_DOWNTIME);
	virTypedParamsFree(list, n);
	if (dom)
		virDomainFree(dom);
	virResetLastError();
	return ms;
}

typedef int call(virDomainPtr dom);

static int on_domain(struct vdc_virt *virt, const char *uuid, call *fn, struct vdc_err *err)
{
	virDomainPtr dom = virDomainLookupByUUIDString(virt->conn, uuid);
	int r = 0;

	if (!dom)
		return vdc_virt_failed(err);
	if (fn(dom) < 0)
		r = vdc_virt_failed(err);
	virDomainFree(dom);
	return r;
}

static int start_post_copy(virDomainPtr dom)
{
	return virDomainMigrateStartPostCopy(dom, 0);
}

static int abort_job(struct vdc_virt *virt, const char *uuid, struct vdc_err *err)
{
	return on_domain(virt, uuid, virDomainAbortJob, err);
}

static int post_copy(struct vdc_virt *virt, const char *uuid, struct vdc_err *err)
{
	return on_domain(virt, uuid, start_post_copy, err);
}

const struct vdc_virt_migration_ops vdc_virt_migrating = {
	.compare_cpu = compare_cpu,
	.migrate = migrate,
	.job = job,
	.downtime = downtime,
	.abort = abort_job,
	.post_copy = post_copy,
};
