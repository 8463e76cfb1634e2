/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Hosts through libvirt. What a host says is passed on as plain structs and as the XML that libvirt
 * writes (capabilities: libvirt.org/formatcaps.html, formatdomaincaps.html; domains:
 * formatdomain.html); lib/doc makes nouns of it. The libvirt client library stands in the module
 * vdc-libvirt, which is opened at the first call.
 *
 * Every call here can block for as long as the host likes: make them in a child process that is
 * killed at its limit (base/child.h).
 *
 * Errors: -ECONNREFUSED, -EHOSTUNREACH, -ETIMEDOUT, -ECONNRESET the host cannot be reached or was
 * lost; -EACCES it does not let us in; -ENOENT no such domain; -ENOTSUP its hypervisor cannot do
 * it; -EBUSY something else is done to the domain; -EINVAL libvirt refuses the request; -EIO
 * whatever else it complains about. The message is libvirt's.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"

struct vdc_virt; /* a connection */

enum vdc_virt_flags {
	VDC_VIRT_READ_ONLY = 1 << 0,
	VDC_VIRT_EVENTS =
		1 << 1, /* vdc_virt_follow will be called; one such connection a process */
};

/* Opens the module and prepares the library. Done once before forking, no child needs to. */
int vdc_virt_load(struct vdc_err *err);

/* URI: as libvirt takes it (libvirt.org/uri.html). */
int vdc_virt_open(const char *uri, unsigned flags, struct vdc_virt **ret, struct vdc_err *err);
void vdc_virt_close(struct vdc_virt *virt); /* NULL is fine */

/* True where the URI speaks to this machine, without any transport: qemu:///system, test:///... */
bool vdc_virt_uri_is_local(const char *uri);

struct vdc_virt_network {
	const char *name;
	const char *bridge; /* NULL: it has none */
	bool active;
};

/* All that does not hang on one domain. Text is NULL and numbers are -1 where a host has no answer. */
struct vdc_virt_host {
	const char *hostname;
	const char *type;		 /* "QEMU", "TEST" */
	const char *libvirt_version;	 /* "9.0.0": of the daemon, not of the client library */
	const char *hypervisor_version;	 /* "7.2.0" */
	const char *capabilities;	 /* XML */
	const char *domain_capabilities; /* XML: of the machine type the host prefers */
	int64_t memory, memory_free;	 /* bytes */
	int64_t cpus, mhz;		 /* threads that are online; as the kernel reports it */
	const struct vdc_virt_network *networks; /* of libvirt, and bridges known to it */
	size_t n_networks;
};

int vdc_virt_host(struct vdc_virt *virt, struct vdc_arena *arena, struct vdc_virt_host *ret,
		  struct vdc_err *err);

/* In the order of virDomainState. */
enum vdc_virt_state {
	VDC_VIRT_NOSTATE,
	VDC_VIRT_RUNNING,
	VDC_VIRT_BLOCKED,
	VDC_VIRT_PAUSED,
	VDC_VIRT_SHUTDOWN, /* on its way down */
	VDC_VIRT_SHUTOFF,
	VDC_VIRT_CRASHED,
	VDC_VIRT_PMSUSPENDED,
};

/* One of libvirt's typed statistics (virConnectGetAllDomainStats): "balloon.current" "2097152". */
struct vdc_virt_stat {
	const char *name;
	const char *value;
};

struct vdc_virt_domain {
	const char *uuid;
	const char *name;
	enum vdc_virt_state state;
	const char
		*reason; /* one word as `virsh domstate --reason` has it, '_' for ' '; for a VM that
			       a full or failing disk stopped "enospc" or "eio" */
	const char *job; /* "migration_out", "migration_in", "save", ...; NULL: none is running */
	bool persistent;
	bool autostart;
	bool managed_save;    /* its memory was saved, and it goes on from there */
	const char *xml;      /* as it runs; as it is defined while it does not run */
	const char *next_xml; /* as it is defined, of one that runs and is persistent */
	const struct vdc_virt_stat *stats;
	size_t n_stats;
};

/* Valid during the call only. Non-zero ends the reading and is returned. */
typedef int vdc_virt_domain_fn(void *ctx, const struct vdc_virt_domain *domain,
			       struct vdc_err *err);

/* All defined and running domains, statistics in one bulk call. One that goes away while
 * it is read is left out. */
int vdc_virt_domains(struct vdc_virt *virt, vdc_virt_domain_fn *fn, void *ctx, struct vdc_err *err);

/* One of them. -ENOENT: the host does not know it. */
int vdc_virt_domain(struct vdc_virt *virt, const char *uuid, vdc_virt_domain_fn *fn, void *ctx,
		    struct vdc_err *err);

/* The same of one with no more than its state, reason and job and the statistics of its disks: cheap
 * enough to be asked every few seconds of each. */
int vdc_virt_disks(struct vdc_virt *virt, const char *uuid, vdc_virt_domain_fn *fn, void *ctx,
		   struct vdc_err *err);

/* NULL when it is not there. */
const char *vdc_virt_stat_text(const struct vdc_virt_domain *domain, const char *name);
int64_t vdc_virt_stat(const struct vdc_virt_domain *domain, const char *name, int64_t otherwise);
/* WHAT ("allocation", ...) of a layer of the disk TARGET; INDEX -1: of the disk, where it has no layers. */
int64_t vdc_virt_block_stat(const struct vdc_virt_domain *domain, const char *target, int64_t index,
			    const char *what, int64_t otherwise);

/* CPU time that was used up to now; two of them give the load between. */
struct vdc_virt_cpu {
	const char *uuid;
	int64_t ns;
};
struct vdc_virt_cpu_times {
	int64_t at;			    /* monotonic time, microseconds */
	int64_t busy;			    /* of all CPUs of the host, nanoseconds; -1: unknown */
	const struct vdc_virt_cpu *domains; /* those that run */
	size_t n_domains;
};

int vdc_virt_cpu_times(struct vdc_virt *virt, struct vdc_arena *arena,
		       struct vdc_virt_cpu_times *ret, struct vdc_err *err);

/* Something happened to a domain: look at it again. */
struct vdc_virt_event {
	const char *uuid;
	const char *name;
	const char
		*what; /* "started", "stopped", "migrated", "reboot", "device", "block_job", ... */
	const char *detail; /* for "stopped" the reason: "shutdown", "destroyed", "crashed",
			       "migrated", "saved", "failed"; for "io_error" libvirt's word:
			       "enospc"; else NULL */
	const char *device; /* of "block_threshold" the layer, "vda[1]", or the disk alone, "vda";
			       of "io_error" the path; else NULL */
	int64_t offset;	    /* of "block_threshold": up to where was written, at least */
};
typedef int vdc_virt_event_fn(void *ctx, const struct vdc_virt_event *event, struct vdc_err *err);

/*
 * Asks for all events of domains. Those that nobody took yet are bounded: of the same device and kind
 * there is one, with the highest offset; where there are too many for that, all but an event "lost",
 * without UUID and name, are dropped: look at all of them again.
 */
int vdc_virt_follow(struct vdc_virt *virt, struct vdc_err *err);

/* vdc_virt_wait() also returns when FD, the caller's, can be read; one for each connection. */
int vdc_virt_wake(struct vdc_virt *virt, int fd, struct vdc_err *err);

/*
 * Waits for events, at most LIMIT_US, and passes on what came; 0 then. FN may use the connection.
 * -ECONNRESET when the connection was lost; a host that stops answering is noticed in 20 s.
 */
int vdc_virt_wait(struct vdc_virt *virt, int64_t limit_us, vdc_virt_event_fn *fn, void *ctx,
		  struct vdc_err *err);

static inline void vdc_cleanup_virt(struct vdc_virt **virt)
{
	vdc_virt_close(*virt);
}
#define vdc_autovirt vdc_cleanup(vdc_cleanup_virt) struct vdc_virt
