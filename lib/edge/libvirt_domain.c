/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/libvirt_conn.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"

/* As `virsh domstate --reason` names them; in the order of libvirt's enumerations. */
static const char *const running[] = {
	"unknown",	 "booted",   "migrated",	   "restored",
	"from_snapshot", "unpaused", "migration_canceled", "save_canceled",
	"event_wakeup",	 "crashed",  "post_copy",	   "post_copy_failed"
};
static const char *const paused[] = {
	"unknown", "user",	  "migrating",	   "saving",	       "dumping",
	"ioerror", "watchdog",	  "from_snapshot", "shutting_down",    "creating_snapshot",
	"crashed", "starting_up", "post_copy",	   "post_copy_failed", "api_error"
};
static const char *const shutting[] = { "unknown", "user" };
static const char *const shutoff[] = { "unknown", "shutdown",	   "destroyed",
				       "crashed", "migrated",	   "saved",
				       "failed",  "from_snapshot", "daemon" };
static const char *const crashed[] = { "unknown", "panicked" };
static const char *const none[] = { "unknown" };

static const struct {
	const char *const *words;
	size_t n;
} reasons[] = {
	[VIR_DOMAIN_NOSTATE] = { none, VDC_COUNT(none) },
	[VIR_DOMAIN_RUNNING] = { running, VDC_COUNT(running) },
	[VIR_DOMAIN_BLOCKED] = { none, VDC_COUNT(none) },
	[VIR_DOMAIN_PAUSED] = { paused, VDC_COUNT(paused) },
	[VIR_DOMAIN_SHUTDOWN] = { shutting, VDC_COUNT(shutting) },
	[VIR_DOMAIN_SHUTOFF] = { shutoff, VDC_COUNT(shutoff) },
	[VIR_DOMAIN_CRASHED] = { crashed, VDC_COUNT(crashed) },
	[VIR_DOMAIN_PMSUSPENDED] = { none, VDC_COUNT(none) },
};

static const char *const jobs[] = { "unknown",	"start",	   "save",
				    "restore",	"migration_in",	   "migration_out",
				    "snapshot", "snapshot_revert", "dump",
				    "backup",	"snapshot_delete" };

/* Which of the two a disk that stopped its VM met. */
static const char *disk_trouble(virDomainPtr dom)
{
	virDomainDiskError errors[64];
	int n = virDomainGetDiskErrors(dom, errors, VDC_COUNT(errors), 0);
	const char *word = "ioerror";

	for (int i = 0; i < n; i++) {
		if (errors[i].error == VIR_DOMAIN_DISK_ERROR_NO_SPACE)
			word = "enospc";
		else if (errors[i].error == VIR_DOMAIN_DISK_ERROR_UNSPEC && word[1] != 'n')
			word = "eio";
		free(errors[i].disk);
	}
	return word;
}

int vdc_virt_domain_state(virDomainPtr dom, enum vdc_virt_state *state, const char **reason)
{
	int number, why;

	if (virDomainGetState(dom, &number, &why, 0) < 0)
		return -1;
	*state = number >= 0 && number < (int)VDC_COUNT(reasons) ? (enum vdc_virt_state)number
								 : VDC_VIRT_NOSTATE;
	*reason = vdc_virt_word(reasons[*state].words, reasons[*state].n, why);
	if (number == VIR_DOMAIN_PAUSED && why == VIR_DOMAIN_PAUSED_IOERROR)
		*reason = disk_trouble(dom);
	return 0;
}

static bool is_active(const struct vdc_virt_domain *domain)
{
	return vdc_virt_is_active(domain->state);
}

/* Long jobs only: libvirt has a short one for every question. */
static const char *read_job(virDomainPtr dom)
{
	virTypedParameterPtr params = NULL;
	int n = 0, type = VIR_DOMAIN_JOB_NONE, operation = 0;

	if (virDomainGetJobStats(dom, &type, &params, &n, 0) < 0)
		return NULL;
	virTypedParamsGetInt(params, n, VIR_DOMAIN_JOB_OPERATION, &operation);
	virTypedParamsFree(params, n);
	if (type != VIR_DOMAIN_JOB_BOUNDED && type != VIR_DOMAIN_JOB_UNBOUNDED)
		return NULL;
	return vdc_virt_word_of(jobs, operation);
}

static const char *param_text(struct vdc_arena *arena, const virTypedParameter *param)
{
	switch (param->type) {
	case VIR_TYPED_PARAM_INT:
		return vdc_arena_format(arena, "%d", param->value.i);
	case VIR_TYPED_PARAM_UINT:
		return vdc_arena_format(arena, "%u", param->value.ui);
	case VIR_TYPED_PARAM_LLONG:
		return vdc_arena_format(arena, "%lld", param->value.l);
	case VIR_TYPED_PARAM_ULLONG:
		return vdc_arena_format(arena, "%llu", param->value.ul);
	case VIR_TYPED_PARAM_DOUBLE:
		return vdc_arena_format(arena, "%f", param->value.d);
	case VIR_TYPED_PARAM_BOOLEAN:
		return param->value.b ? "1" : "0";
	case VIR_TYPED_PARAM_STRING:
		return vdc_arena_strdup(arena, param->value.s);
	default:
		return "";
	}
}

static void take_stats(struct vdc_arena *arena, const virDomainStatsRecord *record,
		       struct vdc_virt_domain *domain)
{
	size_t n = record->nparams > 0 ? (size_t)record->nparams : 0;
	struct vdc_virt_stat *stats = vdc_arena_alloc(arena, (n + 1) * sizeof(*stats));

	for (size_t i = 0; i < n; i++) {
		stats[i].name = vdc_arena_strdup(arena, record->params[i].field);
		stats[i].value = param_text(arena, &record->params[i]);
	}
	domain->stats = stats;
	domain->n_stats = n;
}

/* GONE: it went away meanwhile, which is no error. */
static int describe(virDomainPtr dom, struct vdc_virt_domain *domain, char *xml[2], bool *gone,
		    struct vdc_err *err)
{
	int on;

	if (vdc_virt_domain_state(dom, &domain->state, &domain->reason) < 0)
		goto failed;
	domain->persistent = virDomainIsPersistent(dom) > 0;
	domain->managed_save = virDomainHasManagedSaveImage(dom, 0) > 0;
	if (virDomainGetAutostart(dom, &on) == 0)
		domain->autostart = on;
	if (is_active(domain))
		domain->job = read_job(dom);
	xml[0] = virDomainGetXMLDesc(dom, 0);
	if (!xml[0])
		goto failed;
	if (is_active(domain) && domain->persistent)
		xml[1] = virDomainGetXMLDesc(dom, VIR_DOMAIN_XML_INACTIVE);
	domain->xml = xml[0];
	domain->next_xml = xml[1];
	return 0;
failed:
	*gone = vdc_virt_failed(NULL) == -ENOENT;
	return *gone ? 0 : vdc_virt_failed(err);
}

static int report(const virDomainStatsRecord *record, vdc_virt_domain_fn *fn, void *ctx,
		  struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	char uuid[VIR_UUID_STRING_BUFLEN];
	char *xml[2] = { NULL, NULL };
	struct vdc_virt_domain domain = { .uuid = uuid };
	bool gone = false;
	int r;

	if (virDomainGetUUIDString(record->dom, uuid) < 0)
		return vdc_virt_failed(err);
	domain.name = virDomainGetName(record->dom);
	take_stats(arena, record, &domain);
	r = describe(record->dom, &domain, xml, &gone, err);
	if (!r && !gone)
		r = fn(ctx, &domain, err);
	free(xml[0]);
	free(xml[1]);
	return r;
}

static int report_disks(const virDomainStatsRecord *record, vdc_virt_domain_fn *fn, void *ctx,
			struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	char uuid[VIR_UUID_STRING_BUFLEN];
	struct vdc_virt_domain domain = { .uuid = uuid, .name = virDomainGetName(record->dom) };

	if (virDomainGetUUIDString(record->dom, uuid) < 0 ||
	    vdc_virt_domain_state(record->dom, &domain.state, &domain.reason) < 0)
		return vdc_virt_failed(err);
	if (is_active(&domain))
		domain.job = read_job(record->dom);
	take_stats(arena, record, &domain);
	return fn(ctx, &domain, err);
}

/* One stuck VM must not hold up the statistics of all; older daemons do not know how. */
static const unsigned wishes[] = {
	VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT | VIR_CONNECT_GET_ALL_DOMAINS_STATS_BACKING,
	VIR_CONNECT_GET_ALL_DOMAINS_STATS_BACKING,
	0,
};

typedef int report_fn(const virDomainStatsRecord *record, vdc_virt_domain_fn *fn, void *ctx,
		      struct vdc_err *err);

/* STATS 0: all kinds. */
static int all_stats(struct vdc_virt *virt, virDomainPtr *doms, unsigned stats,
		     virDomainStatsRecordPtr **records)
{
	int n = -1;

	for (size_t i = 0; i < VDC_COUNT(wishes) && n < 0; i++)
		n = doms ? virDomainListGetStats(doms, stats, records, wishes[i])
			 : virConnectGetAllDomainStats(virt->conn, stats, records, wishes[i]);
	return n;
}

static int report_all(struct vdc_virt *virt, virDomainPtr *doms, unsigned stats, report_fn *each,
		      vdc_virt_domain_fn *fn, void *ctx, struct vdc_err *err)
{
	virDomainStatsRecordPtr *records = NULL;
	int n = all_stats(virt, doms, stats, &records);
	int r = 0;

	if (n < 0)
		return vdc_virt_failed(err);
	for (int i = 0; i < n && !r; i++)
		r = each(records[i], fn, ctx, err);
	virDomainStatsRecordListFree(records);
	return r;
}

int vdc_virt_conn_domains(struct vdc_virt *virt, vdc_virt_domain_fn *fn, void *ctx,
			  struct vdc_err *err)
{
	return report_all(virt, NULL, 0, report, fn, ctx, err);
}

static int report_one(struct vdc_virt *virt, const char *uuid, unsigned stats, report_fn *each,
		      vdc_virt_domain_fn *fn, void *ctx, struct vdc_err *err)
{
	virDomainPtr doms[] = { virDomainLookupByUUIDString(virt->conn, uuid), NULL };
	int r;

	if (!doms[0])
		return vdc_virt_failed(err);
	r = report_all(virt, doms, stats, each, fn, ctx, err);
	virDomainFree(doms[0]);
	return r;
}

int vdc_virt_conn_domain(struct vdc_virt *virt, const char *uuid, vdc_virt_domain_fn *fn, void *ctx,
			 struct vdc_err *err)
{
	return report_one(virt, uuid, 0, report, fn, ctx, err);
}

int vdc_virt_conn_disks(struct vdc_virt *virt, const char *uuid, vdc_virt_domain_fn *fn, void *ctx,
			struct vdc_err *err)
{
	return report_one(virt, uuid, VIR_DOMAIN_STATS_BLOCK, report_disks, fn, ctx, err);
}
