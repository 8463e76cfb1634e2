/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Doing something to a domain, named by its UUID. What edge/libvirt.h says of errors and of calls
 * that block holds here; the connection must not be read only. -EPERM: libvirt refuses it in the
 * state that the domain is in.
 */
#pragma once

#include "edge/libvirt.h"

struct vdc_virt_now {
	bool known; /* the host knows such a domain; else nothing below says anything */
	enum vdc_virt_state state;
	const char *reason; /* as in struct vdc_virt_domain; lives for ever */
	bool persistent;
	bool managed_save;
};

/* Cheap enough to be asked again and again. */
int vdc_virt_now(struct vdc_virt *virt, const char *uuid, struct vdc_virt_now *ret,
		 struct vdc_err *err);

/* Whether a domain in that state has a process. */
bool vdc_virt_is_active(enum vdc_virt_state state);

/*
 * Its definition: what the next start will use. SECRETS: with passwords, which only somebody who
 * may change it gets to see; it is never to be kept anywhere. The caller frees it.
 */
int vdc_virt_definition(struct vdc_virt *virt, const char *uuid, bool secrets, char **ret,
			struct vdc_err *err);

/* Defines it, or changes the definition; what runs goes on as it is and is persistent then. */
int vdc_virt_define(struct vdc_virt *virt, const char *xml, struct vdc_err *err);

/* Forgets it: of one that is off. Its NVRAM and the state of its TPM stay where they are. */
int vdc_virt_undefine(struct vdc_virt *virt, const char *uuid, struct vdc_err *err);

/* Cold; one that runs already is an error. -ENOLCK: another host holds a lock that it needs, such as its
 * storage lease. */
int vdc_virt_start(struct vdc_virt *virt, const char *uuid, struct vdc_err *err);

/* Asks the guest to end, by its agent or else the power button. Returns before it did. */
int vdc_virt_shutdown(struct vdc_virt *virt, const char *uuid, struct vdc_err *err);

/* Pulls the plug. */
int vdc_virt_destroy(struct vdc_virt *virt, const char *uuid, struct vdc_err *err);

/* Lets one go on that is paused. */
int vdc_virt_resume(struct vdc_virt *virt, const char *uuid, struct vdc_err *err);

/* An event "block_threshold" is to come, once, when the layer ("vda[1]") is written to at OFFSET or
 * behind it; what is written there already tells nothing before the next write. */
int vdc_virt_threshold(struct vdc_virt *virt, const char *uuid, const char *layer, int64_t offset,
		       struct vdc_err *err);

/* A snapshot inside of its qcow2 images, of a domain that is off. -EEXIST: there is one. */
int vdc_virt_snapshot(struct vdc_virt *virt, const char *uuid, const char *name,
		      const char *description, struct vdc_err *err);
/* 1 or 0: whether there is one of that name. */
int vdc_virt_has_snapshot(struct vdc_virt *virt, const char *uuid, const char *name,
			  struct vdc_err *err);

/* 1 or 0: whether its disk TARGET stopped the domain for want of space. */
int vdc_virt_lacks_space(struct vdc_virt *virt, const char *uuid, const char *target,
			 struct vdc_err *err);

/* A disk of a domain: bytes that the guest sees, that are taken, that file or device has. */
struct vdc_virt_block {
	int64_t capacity, allocation, physical;
};
/* TARGET: "vda". */
int vdc_virt_block(struct vdc_virt *virt, const char *uuid, const char *target,
		   struct vdc_virt_block *ret, struct vdc_err *err);

/* What the module exports of these. */
struct vdc_virt_control_ops {
	int (*now)(struct vdc_virt *virt, const char *uuid, struct vdc_virt_now *ret,
		   struct vdc_err *err);
	int (*definition)(struct vdc_virt *virt, const char *uuid, bool secrets, char **ret,
			  struct vdc_err *err);
	int (*define)(struct vdc_virt *virt, const char *xml, struct vdc_err *err);
	int (*undefine)(struct vdc_virt *virt, const char *uuid, struct vdc_err *err);
	int (*start)(struct vdc_virt *virt, const char *uuid, struct vdc_err *err);
	int (*shutdown)(struct vdc_virt *virt, const char *uuid, struct vdc_err *err);
	int (*destroy)(struct vdc_virt *virt, const char *uuid, struct vdc_err *err);
	int (*resume)(struct vdc_virt *virt, const char *uuid, struct vdc_err *err);
	int (*threshold)(struct vdc_virt *virt, const char *uuid, const char *layer, int64_t offset,
			 struct vdc_err *err);
	int (*snapshot)(struct vdc_virt *virt, const char *uuid, const char *name,
			const char *description, struct vdc_err *err);
	int (*has_snapshot)(struct vdc_virt *virt, const char *uuid, const char *name,
			    struct vdc_err *err);
	int (*lacks_space)(struct vdc_virt *virt, const char *uuid, const char *target,
			   struct vdc_err *err);
	int (*block)(struct vdc_virt *virt, const char *uuid, const char *target,
		     struct vdc_virt_block *ret, struct vdc_err *err);
};
extern const struct vdc_virt_control_ops vdc_virt_control;
