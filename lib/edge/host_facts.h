/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What libvirt does not tell about a host, from one command over the remote shell: os-release(5),
 * boot id, kernel, versions of packages, hardware (DMI), bridges.
 */
#pragma once

#include "base/err.h"
#include "base/mem.h"

/* Text is NULL and numbers are -1 where the host has no answer. */
struct vdc_host_facts {
	const char *os_id;	/* "debian" */
	const char *os_version; /* VERSION_ID: "9.4"; of Debian with its point release: "12.5" */
	const char *os_description; /* PRETTY_NAME */
	const char *boot_id;
	const char *kernel;
	const char *vendor, *product, *uuid; /* DMI; the UUID in lower case */
	const char
		*packages; /* lines "name=version", as in VDC_PROPERTIES; "" when none was found */
	const char *bridges; /* words */
	const char *kdump;   /* whether it sends messages while it dumps its kernel: "enabled" */
	const char *sanlock_name; /* under which its sanlock renews */
	int64_t boot_time;	  /* microseconds since 1970 */
	int64_t memory_available; /* bytes that can be had without swapping */
};

/* ADDRESS NULL: this machine. Errors as vdc_shell_run; -EBADMSG: it answered something else. */
int vdc_host_facts(const char *address, int64_t limit_us, struct vdc_arena *arena,
		   struct vdc_host_facts *ret, struct vdc_err *err);

/* The command, for who asks for more at the same time; it ends with the line "end". */
extern const char vdc_host_facts_script[];

/* What the command printed -> facts; for tests. */
int vdc_host_facts_parse(const char *text, struct vdc_arena *arena, struct vdc_host_facts *ret,
			 struct vdc_err *err);
