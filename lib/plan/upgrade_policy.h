/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The policy of a cluster while the major version of its hosts' operating system is changed: VMs go
 * to newer hosts and never back. The rules are those of ovirt-engine (InClusterUpgradeFilterPolicyUnit
 * and ...WeightPolicyUnit, OS.java), but for what it lets pass because it knows nothing: that is
 * refused here. Pure.
 */
#pragma once

#include "model/cluster.h"
#include "model/host.h"

/* What `scheduling_policy` says; the engine's own spellings and ids are read too. */
#define VDC_POLICY_IN_CLUSTER_UPGRADE "in_cluster_upgrade"
#define VDC_POLICY_IN_CLUSTER_UPGRADE_ID "8d5d7bec-68de-4a67-b53e-0ac54686d586"
#define VDC_POLICY_CLUSTER_MAINTENANCE "cluster_maintenance"

bool vdc_policy_is_upgrade(const struct vdc_cluster *cluster);
bool vdc_policy_is_maintenance(const struct vdc_cluster *cluster);

enum { VDC_OS_NAME_LEN = 63 };

struct vdc_os {
	char family[VDC_OS_NAME_LEN + 1]; /* "RHEL" for all that is made of it; "": unreadable */
	int64_t major, minor;		  /* -1: not said */
	/* What is compared: MAJOR, but for oVirt Node, which counts its own releases, the N of elN
	 * in its release; -1: unreadable. */
	int64_t platform;
};

/*
 * "RHEL - 7.2 - 9.el7", "Fedora - 22 - 1", "oVirt Node - 3.6 - 0.999.el7": a name, a version and a
 * release. False, and family "", for what is none. TEXT may be NULL.
 */
bool vdc_os_parse(const char *text, struct vdc_os *ret);

/* Of its os_type with os_major or os_version. */
struct vdc_os vdc_os_of_host(const struct vdc_host *host);

bool vdc_os_readable(const struct vdc_os *os);

enum vdc_os_verdict {
	VDC_OS_NEWER = 1, /* of a newer major version */
	VDC_OS_SAME,	  /* of the same one, whatever the minor */
	VDC_OS_OLDER,
	VDC_OS_OTHER,	   /* of another family */
	VDC_OS_UNREADABLE, /* one of the two */
};

/* A host with CANDIDATE, seen from one with REFERENCE. Only NEWER and SAME may take a running VM
 * from there. */
enum vdc_os_verdict vdc_os_compare(const struct vdc_os *candidate, const struct vdc_os *reference);

/* Lower is better. */
enum {
	VDC_UPGRADE_BEST = 0,
	VDC_UPGRADE_BETTER = 100000,
	VDC_UPGRADE_BAD = 1000000,
};

/* For a VM that runs on a host with RUNNING_ON. */
int64_t vdc_upgrade_weight(const struct vdc_os *candidate, const struct vdc_os *running_on);

/*
 * For one that is about to start: NEWEST is the newest of all candidates, with platform -1 when they
 * are of several families or none is readable: then all weigh the same.
 */
int64_t vdc_upgrade_start_weight(const struct vdc_os *candidate, const struct vdc_os *newest);
struct vdc_os vdc_os_newest(const struct vdc_os *candidates, size_t n);
