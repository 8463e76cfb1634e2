/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hosts of libvirt's test driver, read into a scratch database. */
#pragma once

#include "act/sync.h"
#include "base/setting.h"
#include "base/time.h"
#include "model/storage_domain.h"
#include "scratch_store.h"

/* The VMs of tests/data/libvirt/node.xml. */
#define DB1 "11111111-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
#define OFF1 "22222222-bbbb-4bbb-8bbb-bbbbbbbbbbbb"

static struct vdc_sync_options options;
static struct vdc_sync_summary summary;

#define PUT(s, kind, ...) put((s)->db, &(kind), OBJECT(&(kind), __VA_ARGS__))

static inline const char *node_uri(void)
{
	return vdc_arena_format(arena, "test://%s/tests/data/libvirt/node.xml",
				getenv("VDC_TEST_SRC") ?: ".");
}

/* A cluster with a storage domain. */
static inline void prepare(struct scratch *s)
{
	struct vdc_err err = { 0 };

	options = vdc_sync_options();
	options.connect_us = VDC_SECOND;
	options.grace.base = 0;
	options.grace.per_vm = 0;
	must(vdc_store_migrate(s->db, &err), &err);
	PUT(s, vdc_data_center_kind, "name", "dc");
	PUT(s, vdc_cluster_kind, "name", "c", "data_center", "dc");
	PUT(s, vdc_storage_domain_kind, "name", "sd", "data_center", "dc", "type", "data",
	    "storage_type", "posixfs", "mount_point", "/shared/vms");
}

static inline const char *add_host(struct scratch *s, const char *name, const char *uri)
{
	return PUT(s, vdc_host_kind, "name", name, "cluster", "c", "libvirt_uri", uri);
}

static inline void sync_hosts(struct scratch *s, const char *const *hosts, size_t n)
{
	struct vdc_err err = { 0 };

	must(vdc_sync(s->db, &options, hosts, n, &summary, &err), &err);
}

static inline void sync_one(struct scratch *s, const char *host)
{
	sync_hosts(s, &host, 1);
}
