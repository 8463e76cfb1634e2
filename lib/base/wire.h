/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Values in a message between a process and its child, which are the same program: one function per
 * struct names its members in order, and serves both directions.
 *
 *	static void wire_network(struct vdc_wire *wire, struct vdc_virt_network *network)
 *	{
 *		vdc_wire_text(wire, &network->name);
 *		vdc_wire_bool(wire, &network->active);
 *	}
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct vdc_wire {
	struct vdc_buf *out; /* NULL: it reads */
	const char *in;	     /* texts that were read point into it */
	size_t left;
	bool bad; /* the message was too short; what follows reads as nothing */
};

struct vdc_wire vdc_wire_writer(struct vdc_buf *out);
struct vdc_wire vdc_wire_reader(const void *data, size_t len);

void vdc_wire_int(struct vdc_wire *wire, int64_t *value);
void vdc_wire_bool(struct vdc_wire *wire, bool *value);
void vdc_wire_bytes(struct vdc_wire *wire, void *data, size_t len); /* as they are: no pointers */
void vdc_wire_text(struct vdc_wire *wire, const char **text);	    /* NULL stays NULL */

/* The number of elements that follow, of which each takes at least a byte. */
void vdc_wire_count(struct vdc_wire *wire, size_t *n);
