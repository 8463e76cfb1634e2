/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside the module vdc-libvirt: the only place where libvirt's types are known. */
#pragma once

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include "edge/libvirt_ops.h"

struct vdc_virt_note; /* an event that nobody took yet (libvirt_event.c) */

struct vdc_virt {
	virConnectPtr conn;
	bool lost;
	int timer;
	bool timed_out;
	bool woken;
	struct vdc_virt_note *first, **last;
	size_t n_notes;
};

/* The last error of libvirt in this thread, translated. Returns its code. */
int vdc_virt_failed(struct vdc_err *err);

/* Whether that error says that this driver or this libvirt does not have such a function. */
bool vdc_virt_unsupported(void);

int vdc_virt_conn_host(struct vdc_virt *virt, struct vdc_arena *arena, struct vdc_virt_host *ret,
		       struct vdc_err *err);
int vdc_virt_conn_domains(struct vdc_virt *virt, vdc_virt_domain_fn *fn, void *ctx,
			  struct vdc_err *err);
int vdc_virt_conn_domain(struct vdc_virt *virt, const char *uuid, vdc_virt_domain_fn *fn, void *ctx,
			 struct vdc_err *err);
int vdc_virt_conn_disks(struct vdc_virt *virt, const char *uuid, vdc_virt_domain_fn *fn, void *ctx,
			struct vdc_err *err);
int vdc_virt_conn_cpu_times(struct vdc_virt *virt, struct vdc_arena *arena,
			    struct vdc_virt_cpu_times *ret, struct vdc_err *err);
int vdc_virt_conn_follow(struct vdc_virt *virt, struct vdc_err *err);
int vdc_virt_conn_wait(struct vdc_virt *virt, int64_t limit_us, vdc_virt_event_fn *fn, void *ctx,
		       struct vdc_err *err);
int vdc_virt_conn_wake(struct vdc_virt *virt, int fd, struct vdc_err *err);
/* State and reason; -1 with libvirt's error. */
int vdc_virt_domain_state(virDomainPtr dom, enum vdc_virt_state *state, const char **reason);
void vdc_virt_drop_notes(struct vdc_virt *virt);

/* Words for numbers of libvirt's enumerations; "unknown" for what is newer than this program. */
const char *vdc_virt_word(const char *const *words, size_t n, int index);
#define vdc_virt_word_of(words, index) vdc_virt_word(words, VDC_COUNT(words), index)
