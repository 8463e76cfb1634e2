/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/libvirt_conn.h"

#include <errno.h>
#include <string.h>

enum { KEEPALIVE_SECONDS = 5, KEEPALIVE_MISSES = 3 };

static const struct {
	int theirs;
	int ours;
} codes[] = {
	{ VIR_ERR_UNKNOWN_HOST, -EHOSTUNREACH },
	{ VIR_ERR_NO_CONNECT, -ENOTSUP },
	{ VIR_ERR_RPC, -ECONNRESET },
	{ VIR_ERR_GNUTLS_ERROR, -ECONNRESET },
	{ VIR_ERR_SSH, -ECONNRESET },
	{ VIR_ERR_LIBSSH, -ECONNRESET },
	{ VIR_ERR_INVALID_CONN, -ECONNRESET },
	{ VIR_ERR_OPERATION_TIMEOUT, -ETIMEDOUT },
	{ VIR_ERR_AGENT_UNRESPONSIVE, -ETIMEDOUT },
	{ VIR_ERR_AUTH_FAILED, -EACCES },
	{ VIR_ERR_AUTH_CANCELLED, -EACCES },
	{ VIR_ERR_AUTH_UNAVAILABLE, -EACCES },
	{ VIR_ERR_ACCESS_DENIED, -EACCES },
	{ VIR_ERR_OPERATION_DENIED, -EACCES },
	{ VIR_ERR_NO_DOMAIN, -ENOENT },
	{ VIR_ERR_NO_NETWORK, -ENOENT },
	{ VIR_ERR_NO_STORAGE_POOL, -ENOENT },
	{ VIR_ERR_NO_STORAGE_VOL, -ENOENT },
	{ VIR_ERR_NO_SUPPORT, -ENOTSUP },
	{ VIR_ERR_OPERATION_UNSUPPORTED, -ENOTSUP },
	{ VIR_ERR_ARGUMENT_UNSUPPORTED, -ENOTSUP },
	{ VIR_ERR_CONFIG_UNSUPPORTED, -ENOTSUP },
	{ VIR_ERR_RESOURCE_BUSY, -EBUSY },
	{ VIR_ERR_BLOCK_COPY_ACTIVE, -EBUSY },
	{ VIR_ERR_DOM_EXIST, -EEXIST },
	{ VIR_ERR_INVALID_ARG, -EINVAL },
	{ VIR_ERR_XML_ERROR, -EINVAL },
	{ VIR_ERR_XML_DETAIL, -EINVAL },
	{ VIR_ERR_XML_INVALID_SCHEMA, -EINVAL },
	{ VIR_ERR_OPERATION_INVALID, -EPERM },
	{ VIR_ERR_MIGRATE_UNSAFE, -EPERM },
};

/* What ssh says when the host answers and will not let us in; libvirt sees only a closed pipe. */
static bool is_refusal_of_ssh(const char *message)
{
	return message && (strstr(message, "Permission denied (") ||
			   strstr(message, "Host key verification failed"));
}

static int code_of(const virError *error)
{
	if (is_refusal_of_ssh(error->message))
		return -EACCES;
	/* A failed system call brings its errno. */
	if (error->code == VIR_ERR_SYSTEM_ERROR && error->int1 > 0)
		return -error->int1;
	for (size_t i = 0; i < VDC_COUNT(codes); i++)
		if (codes[i].theirs == error->code)
			return codes[i].ours;
	return -EIO;
}

int vdc_virt_failed(struct vdc_err *err)
{
	const virError *error = virGetLastError();

	if (!error)
		return vdc_err_set(err, -EIO, "libvirt: it failed without saying why");
	return vdc_err_set(err, code_of(error), "libvirt: %s",
			   error->message ? error->message : "it failed without saying why");
}

bool vdc_virt_unsupported(void)
{
	const virError *error = virGetLastError();

	return error && code_of(error) == -ENOTSUP;
}

const char *vdc_virt_word(const char *const *words, size_t n, int index)
{
	return index >= 0 && (size_t)index < n ? words[index] : "unknown";
}

/* The library would print every error on standard error. */
static void say_nothing(void *ctx, virErrorPtr error)
{
	(void)ctx;
	(void)error;
}

static int load(struct vdc_err *err)
{
	virSetErrorFunc(NULL, say_nothing);
	if (virInitialize() < 0)
		return vdc_virt_failed(err);
	return 0;
}

static void on_close(virConnectPtr conn, int reason, void *ctx)
{
	struct vdc_virt *virt = ctx;

	(void)conn;
	(void)reason;
	virt->lost = true;
}

static int prepare_events(struct vdc_virt *virt)
{
	/* Drivers without a transport know neither. */
	virConnectRegisterCloseCallback(virt->conn, on_close, virt, NULL);
	virConnectSetKeepAlive(virt->conn, KEEPALIVE_SECONDS, KEEPALIVE_MISSES);
	virResetLastError();
	return 0;
}

static void close_conn(struct vdc_virt *virt)
{
	vdc_virt_drop_notes(virt);
	if (virt->conn)
		virConnectClose(virt->conn);
	free(virt);
}

static int open_conn(const char *uri, unsigned flags, struct vdc_virt **ret, struct vdc_err *err)
{
	static bool loop;
	struct vdc_virt *virt;

	if ((flags & VDC_VIRT_EVENTS) && !loop) {
		if (virEventRegisterDefaultImpl() < 0)
			return vdc_virt_failed(err);
		loop = true;
	}
	virt = vdc_alloc(sizeof(*virt));
	virt->last = &virt->first;
	virt->timer = -1;
	virt->conn = flags & VDC_VIRT_READ_ONLY ? virConnectOpenReadOnly(uri) : virConnectOpen(uri);
	if (!virt->conn) {
		int r = vdc_virt_failed(err);

		close_conn(virt);
		return r;
	}
	if (flags & VDC_VIRT_EVENTS)
		prepare_events(virt);
	*ret = virt;
	return 0;
}

const struct vdc_virt_ops vdc_libvirt_ops = {
	.load = load,
	.open = open_conn,
	.close = close_conn,
	.host = vdc_virt_conn_host,
	.domains = vdc_virt_conn_domains,
	.domain = vdc_virt_conn_domain,
	.disks = vdc_virt_conn_disks,
	.cpu_times = vdc_virt_conn_cpu_times,
	.follow = vdc_virt_conn_follow,
	.wait = vdc_virt_conn_wait,
	.wake = vdc_virt_conn_wake,
	.control = &vdc_virt_control,
	.migration = &vdc_virt_migrating,
};
