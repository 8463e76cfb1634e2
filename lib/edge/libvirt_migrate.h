/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Live migration through libvirt, peer to peer: the source's libvirtd talks to the destination's, and
 * goes on when whoever asked for it is killed. libvirt has no time limit for a migration; whoever
 * starts one watches its job over another connection and aborts it there.
 *
 * As in edge/libvirt.h: each call can block, and its errors are those named there. -ECANCELED: the
 * migration was aborted. Constants: libvirt.org/html/libvirt-libvirt-domain.html.
 */
#pragma once

#include "edge/libvirt.h"

/* What the hypervisor of the host that is to take a VM is asked about its CPU. */
struct vdc_virt_cpu_question {
	const char *cpu; /* the domain's <cpu> element, as it runs */
	const char *type, *emulator, *architecture, *machine; /* of the domain; may be NULL */
};
enum vdc_virt_cpu_answer {
	VDC_VIRT_CPU_FITS = 1,
	VDC_VIRT_CPU_LACKS,   /* TEXT has libvirt's words */
	VDC_VIRT_CPU_UNKNOWN, /* that it cannot say */
};
int vdc_virt_compare_cpu(struct vdc_virt *virt, const struct vdc_virt_cpu_question *question,
			 struct vdc_arena *arena, enum vdc_virt_cpu_answer *ret, const char **text,
			 struct vdc_err *err);

struct vdc_virt_migration {
	const char *uuid;
	const char *peer_uri; /* as the source's libvirtd reaches the destination's */
	const char
		*address_uri; /* "tcp://ADDRESS": where the memory goes; NULL: libvirt's choice */
	int64_t bandwidth;    /* bytes per second; 0: no limit */
	int64_t downtime_ms;  /* longest pause at the end; 0: the hypervisor's */
	bool auto_converge;   /* slow the guest down when it writes too fast */
	bool post_copy;	      /* allow vdc_virt_post_copy */
	bool compressed, encrypted;
	bool unsafe; /* also where libvirt is not sure that both hosts share the disk */
};

/* Returns when it is over. The definition goes along: in the end one host has it. */
int vdc_virt_migrate(struct vdc_virt *virt, const struct vdc_virt_migration *migration,
		     struct vdc_err *err);

/* Bytes, milliseconds; -1: unknown. */
struct vdc_virt_job {
	bool running; /* a migration away from the host; else nothing below holds */
	bool post_copy;
	int64_t elapsed_ms;
	int64_t total, processed, remaining;
	int64_t rate;	    /* bytes per second that are sent */
	int64_t dirty_rate; /* bytes per second that the guest writes */
	int64_t iteration;  /* how many times it went over the memory */
	int64_t throttle;   /* percent by which the guest is slowed down */
};
int vdc_virt_job(struct vdc_virt *virt, const char *uuid, struct vdc_virt_job *ret,
		 struct vdc_err *err);

/* How long the guest stood still in the last migration, ms; asked at the destination. -1: unknown. */
int64_t vdc_virt_downtime(struct vdc_virt *virt, const char *uuid);

/* On another connection than vdc_virt_migrate. -EPERM: post-copy cannot be cancelled. */
int vdc_virt_abort(struct vdc_virt *virt, const char *uuid, struct vdc_err *err);

/* From now on the guest runs at the destination and fetches what it needs: no way back. */
int vdc_virt_post_copy(struct vdc_virt *virt, const char *uuid, struct vdc_err *err);

/* The module's table. */
struct vdc_virt_migration_ops {
	int (*compare_cpu)(struct vdc_virt *virt, const struct vdc_virt_cpu_question *question,
			   struct vdc_arena *arena, enum vdc_virt_cpu_answer *ret,
			   const char **text, struct vdc_err *err);
	int (*migrate)(struct vdc_virt *virt, const struct vdc_virt_migration *migration,
		       struct vdc_err *err);
	int (*job)(struct vdc_virt *virt, const char *uuid, struct vdc_virt_job *ret,
		   struct vdc_err *err);
	int64_t (*downtime)(struct vdc_virt *virt, const char *uuid);
	int (*abort)(struct vdc_virt *virt, const char *uuid, struct vdc_err *err);
	int (*post_copy)(struct vdc_virt *virt, const char *uuid, struct vdc_err *err);
};
extern const struct vdc_virt_migration_ops vdc_virt_migrating;
