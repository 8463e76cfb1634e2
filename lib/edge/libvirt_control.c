/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "edge/libvirt_conn.h"
#include "edge/libvirt_control.h"

static inline void free_domain(virDomainPtr *dom)
{
	if (*dom)
		virDomainFree(*dom);
}
#define autodomain vdc_cleanup(free_domain) virDomainPtr

static int find(struct vdc_virt *virt, const char *uuid, virDomainPtr *ret, struct vdc_err *err)
{
	*ret = virDomainLookupByUUIDString(virt->conn, uuid);
	return *ret ? 0 : vdc_virt_failed(err);
}

/* What libvirt's calls without any other result return. */
static int result(int r, struct vdc_err *err)
{
	return r < 0 ? vdc_virt_failed(err) : 0;
}

static int now(struct vdc_virt *virt, const char *uuid, struct vdc_virt_now *ret,
	       struct vdc_err *err)
{
	autodomain dom = NULL;
	struct vdc_virt_now now = { .known = true };
	int r = find(virt, uuid, &dom, err);

	if (r == -ENOENT) {
		*ret = (struct vdc_virt_now){ .state = VDC_VIRT_SHUTOFF, .reason = "unknown" };
		return 0;
	}
	if (r)
		return r;
	if (vdc_virt_domain_state(dom, &now.state, &now.reason) < 0)
		return vdc_virt_failed(err);
	now.persistent = virDomainIsPersistent(dom) > 0;
	now.managed_save = virDomainHasManagedSaveImage(dom, 0) > 0;
	*ret = now;
	return 0;
}

static int definition(struct vdc_virt *virt, const char *uuid, bool secrets, char **ret,
		      struct vdc_err *err)
{
	const unsigned flags = VIR_DOMAIN_XML_INACTIVE | (secrets ? VIR_DOMAIN_XML_SECURE : 0);
	autodomain dom = NULL;
	char *xml;
	int r = find(virt, uuid, &dom, err);

	if (r)
		return r;
	xml = virDomainGetXMLDesc(dom, flags);
	if (!xml)
		return vdc_virt_failed(err);
	*ret = xml;
	return 0;
}

static int define(struct vdc_virt *virt, const char *xml, struct vdc_err *err)
{
	autodomain dom = virDomainDefineXML(virt->conn, xml);

	return dom ? 0 : vdc_virt_failed(err);
}

/* A driver that does not know of what is to be kept has nothing of it. */
static int undefine(struct vdc_virt *virt, const char *uuid, struct vdc_err *err)
{
	autodomain dom = NULL;
	int r = find(virt, uuid, &dom, err);

	if (r)
		return r;
	if (!virDomainUndefineFlags(dom, VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA |
						 VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA |
						 VIR_DOMAIN_UNDEFINE_KEEP_NVRAM |
						 VIR_DOMAIN_UNDEFINE_KEEP_TPM))
		return 0;
	return result(virDomainUndefine(dom), err);
}

/* Lock managers have no code of their own for what another host holds. */
static bool is_held(int code, const char *message)
{
	return code == -EBUSY || strstr(message, "Failed to acquire lock");
}

static int start(struct vdc_virt *virt, const char *uuid, struct vdc_err *err)
{
	autodomain dom = NULL;
	struct vdc_err why = { 0 };
	int r = find(virt, uuid, &dom, err);

	if (r)
		return r;
	r = result(virDomainCreate(dom), &why);
	if (r && is_held(r, vdc_err_text(&why)))
		r = -ENOLCK;
	return r ? vdc_err_set(err, r, "%s", vdc_err_text(&why)) : 0;
}

static int shut_down(struct vdc_virt *virt, const char *uuid, struct vdc_err *err)
{
	autodomain dom = NULL;
	int r = find(virt, uuid, &dom, err);

	return r ? r : result(virDomainShutdown(dom), err);
}

static int destroy(struct vdc_virt *virt, const char *uuid, struct vdc_err *err)
{
	autodomain dom = NULL;
	int r = find(virt, uuid, &dom, err);

	return r ? r : result(virDomainDestroy(dom), err);
}

static int resume(struct vdc_virt *virt, const char *uuid, struct vdc_err *err)
{
	autodomain dom = NULL;
	int r = find(virt, uuid, &dom, err);

	return r ? r : result(virDomainResume(dom), err);
}

static int threshold(struct vdc_virt *virt, const char *uuid, const char *layer, int64_t offset,
		     struct vdc_err *err)
{
	autodomain dom = NULL;
	int r = find(virt, uuid, &dom, err);

	return r ? r
		 : result(virDomainSetBlockThreshold(dom, layer, (unsigned long long)offset, 0),
			  err);
}

static void put_text(struct vdc_buf *out, const char *name, const char *text)
{
	vdc_buf_printf(out, "<%s>", name);
	for (; *text; text++) {
		if (*text == '<')
			vdc_buf_puts(out, "&lt;");
		else if (*text == '&')
			vdc_buf_puts(out, "&amp;");
		else
			vdc_buf_putc(out, *text);
	}
	vdc_buf_printf(out, "</%s>", name);
}

/* Of one that is off libvirt makes it inside of the images, of all that are written. */
static int snapshot(struct vdc_virt *virt, const char *uuid, const char *name,
		    const char *description, struct vdc_err *err)
{
	vdc_autobuf xml = { 0 };
	autodomain dom = NULL;
	virDomainSnapshotPtr made;
	int r = find(virt, uuid, &dom, err);

	if (r)
		return r;
	vdc_buf_puts(&xml, "<domainsnapshot>");
	put_text(&xml, "name", name);
	put_text(&xml, "description", description);
	vdc_buf_puts(&xml, "</domainsnapshot>");
	made = virDomainSnapshotCreateXML(dom, vdc_buf_str(&xml),
					  VIR_DOMAIN_SNAPSHOT_CREATE_ATOMIC);
	if (!made)
		return vdc_virt_failed(err);
	virDomainSnapshotFree(made);
	return 0;
}

static int has_snapshot(struct vdc_virt *virt, const char *uuid, const char *name,
			struct vdc_err *err)
{
	virDomainSnapshotPtr *list = NULL;
	autodomain dom = NULL;
	bool found = false;
	int r = find(virt, uuid, &dom, err), n;

	if (r)
		return r;
	n = virDomainListAllSnapshots(dom, &list, 0);
	if (n < 0)
		return vdc_virt_failed(err);
	for (int i = 0; i < n; i++) {
		found = found || strcmp(virDomainSnapshotGetName(list[i]), name) == 0;
		virDomainSnapshotFree(list[i]);
	}
	free(list);
	return found;
}

static int lacks_space(struct vdc_virt *virt, const char *uuid, const char *target,
		       struct vdc_err *err)
{
	virDomainDiskError errors[64];
	autodomain dom = NULL;
	bool found = false;
	int r = find(virt, uuid, &dom, err), n;

	if (r)
		return r;
	n = virDomainGetDiskErrors(dom, errors, VDC_COUNT(errors), 0);
	if (n < 0)
		return vdc_virt_failed(err);
	for (int i = 0; i < n; i++) {
		found = found || (errors[i].error == VIR_DOMAIN_DISK_ERROR_NO_SPACE &&
				  strcmp(errors[i].disk, target) == 0);
		free(errors[i].disk);
	}
	return found;
}

static int64_t bytes(unsigned long long n)
{
	return n > INT64_MAX ? INT64_MAX : (int64_t)n;
}

static int block(struct vdc_virt *virt, const char *uuid, const char *target,
		 struct vdc_virt_block *ret, struct vdc_err *err)
{
	virDomainBlockInfo info;
	autodomain dom = NULL;
	int r = find(virt, uuid, &dom, err);

	if (!r)
		r = result(virDomainGetBlockInfo(dom, target, &info, 0), err);
	if (!r)
		*ret = (struct vdc_virt_block){ bytes(info.capacity), bytes(info.allocation),
						bytes(info.physical) };
	return r;
}

const struct vdc_virt_control_ops vdc_virt_control = {
	.now = now,
	.definition = definition,
	.define = define,
	.undefine = undefine,
	.start = start,
	.shutdown = shut_down,
	.destroy = destroy,
	.resume = resume,
	.threshold = threshold,
	.snapshot = snapshot,
	.has_snapshot = has_snapshot,
	.lacks_space = lacks_space,
	.block = block,
};
