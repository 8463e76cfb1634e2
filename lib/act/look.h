/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One reading of a host: what libvirt and the remote shell say. It is made in a child process
 * (base/child.h) and travels to the parent as messages.
 */
#pragma once

#include "base/child.h"
#include "edge/host_facts.h"
#include "edge/libvirt.h"
#include "model/host.h"

/* How a host is reached. */
struct vdc_target {
	const char *id;
	const char *name;
	const char *uri;
	const char *shell; /* address for the remote shell; NULL: it has none */
	bool local;	   /* it is this machine: no remote shell is needed for its facts */
	int64_t limit_us;  /* for the remote shell */
};

/* Texts live in ARENA. */
struct vdc_target vdc_target_of(const struct vdc_host *host, int64_t limit_us,
				struct vdc_arena *arena);

struct vdc_look_domain {
	struct vdc_virt_domain virt;
	int64_t cpu; /* thousandths of a CPU; -1: not measured */
	bool gone;   /* only uuid and name; reason says why it stopped */
};

struct vdc_look {
	struct vdc_arena *arena; /* of all texts */
	int64_t at;		 /* wall clock: when the reading began */
	struct vdc_virt_host virt;
	struct vdc_host_facts facts;
	bool has_facts;
	const char *shell_failure; /* why there are no facts; NULL: nothing failed */
	struct vdc_look_domain *domains;
	size_t n_domains;
	int64_t cpu;   /* thousandths of a CPU that were busy; -1: not measured */
	bool has_host; /* else only domains that changed */
	bool complete; /* all has arrived */
};

/* In the child: reads the host and sends what it finds. */
int vdc_look_read(const struct vdc_target *target, struct vdc_sender *sender, struct vdc_err *err);

/*
 * In the child: the same, then follows events and sends domains that changed, until the connection
 * is lost; all is read again every REFRESH_US.
 */
int vdc_look_follow(const struct vdc_target *target, int64_t refresh_us, struct vdc_sender *sender,
		    struct vdc_err *err);

/* In the parent: takes a message. Look at LOOK when it is complete. -EBADMSG. */
void vdc_look_begin(struct vdc_look *look);
int vdc_look_take(struct vdc_look *look, const char *data, size_t len, struct vdc_err *err);
void vdc_look_end(struct vdc_look *look);

/* Both sides: what a message says. */
enum vdc_look_message {
	VDC_LOOK_BEAT,	 /* I am alive */
	VDC_LOOK_HOST,	 /* struct vdc_look without its domains */
	VDC_LOOK_DOMAIN, /* one of them */
	VDC_LOOK_DONE,	 /* that was all */
};

struct vdc_wire;
void vdc_look_wire_host(struct vdc_wire *wire, struct vdc_look *look, struct vdc_arena *arena);
void vdc_look_wire_domain(struct vdc_wire *wire, struct vdc_look_domain *domain,
			  struct vdc_arena *arena);
