/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Messages of fence_kdump_send(8): eight bytes over UDP, a magic number and a version in the byte order
 * of the host that crashed. Only those from the address of one host are told.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct vdc_kdump_socket;

/*
 * ADDRESS: a name or an address of the host, all that it resolves to counts. Where somebody else has
 * the port a copy of the packets is taken, which needs CAP_NET_RAW. -ENOENT: no such name;
 * -EADDRINUSE, -EACCES. Resolving a name can take long: call it in a child.
 */
int vdc_kdump_open(const char *address, int64_t port, struct vdc_kdump_socket **ret,
		   struct vdc_err *err);
void vdc_kdump_close(struct vdc_kdump_socket *sockets); /* NULL is fine */

enum { VDC_KDUMP_ADDRESS = 64 };

/* Waits at most LIMIT_US. 1: a message came, FROM is its numeric address; 0: none did. */
int vdc_kdump_wait(struct vdc_kdump_socket *sockets, int64_t limit_us, char from[VDC_KDUMP_ADDRESS],
		   struct vdc_err *err);

/* Whether LEN bytes are such a message. */
bool vdc_kdump_is_message(const void *data, size_t len);
