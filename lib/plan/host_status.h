/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What status a host comes into by what was seen of it. The rules are those of ovirt-engine
 * (VdsManager.handleNetworkException, HostMonitoring); the numbers are its defaults.
 */
#pragma once

#include "model/host.h"

/* How long a silent host is given before it counts as lost. Microseconds. */
struct vdc_grace {
	int64_t base;	  /* 60 s */
	int64_t per_vm;	  /* 0.5 s: a host with many VMs is given up at a higher price */
	int64_t spm;	  /* 20 s more for the storage pool manager */
	int64_t attempts; /* 2: so many failures in a row are forgiven, however long they take */
	int64_t reboot;	  /* 10 min in which a host that was told to reboot may be away */
	int64_t settle;	  /* 5 min in which a host that answers must be able to run VMs */
	int64_t error;	  /* 30 min after which a host that failed to start VMs is tried again */
};

extern const struct vdc_grace vdc_grace_default;

/* Whether a monitor treats the host: then that decides when it is lost. */
enum vdc_host_treatment {
	VDC_HOST_UNTREATED,
	VDC_HOST_TREATED,
	VDC_HOST_GIVEN_UP, /* said by the treatment itself: it is lost */
};

/* What this attempt brought. */
struct vdc_host_look {
	int64_t now;
	bool answered;
	const char *failure; /* why it did not answer; NULL when it did */
	const char *boot_id; /* NULL: it did not say */
	bool ready;	     /* its hypervisor is there */
	int64_t unfit;	     /* enum vdc_host_reason; 0: it fits its cluster */
	const char *unfit_detail;
	int64_t vms; /* that run there as far as the database knows */
	enum vdc_host_treatment treatment;
};

enum vdc_host_news {
	VDC_HOST_NEWS_NONE,
	VDC_HOST_NEWS_UP,
	VDC_HOST_NEWS_CONNECTING,
	VDC_HOST_NEWS_LOST, /* non_responsive: its VMs are unknown */
	VDC_HOST_NEWS_UNFIT,
	VDC_HOST_NEWS_INITIALIZING,
	VDC_HOST_NEWS_REBOOTED, /* where no change of status tells */
};

struct vdc_host_verdict {
	enum vdc_host_status status;
	int64_t reason;	    /* enum vdc_host_reason; 0: none */
	const char *detail; /* borrowed from HOST or LOOK; NULL: none */
	int64_t failures;   /* attempts without an answer, one after another */
	bool rebooted;	    /* since it last answered */
	enum vdc_host_news news;
	int64_t grace_ends; /* of a host that is connecting: when it counts as lost */
};

struct vdc_host_verdict vdc_host_judge(const struct vdc_host *host,
				       const struct vdc_host_look *look,
				       const struct vdc_grace *grace);

/* Whether what ran there ran no more when it was proven down, and it has not answered since: what is
 * on it now was started after that. */
bool vdc_host_is_known_down(const struct vdc_host *host);

/* How long it may be silent, which runs VMS, and until when. */
int64_t vdc_host_grace(const struct vdc_host *host, int64_t vms, const struct vdc_grace *grace);
int64_t vdc_host_grace_ends(const struct vdc_host *host, int64_t vms,
			    const struct vdc_grace *grace);
