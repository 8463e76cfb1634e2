/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a child reads of a source, on its way to who compares it: base/wire.h over base/child.h. */
#pragma once

#include "base/buf.h"
#include "base/child.h"
#include "doc/image_dump.h"

struct vdc_image_stream {
	struct vdc_sender *sender;
	struct vdc_buf out; /* records that are not sent yet */
	int64_t sent;	    /* when some were, on the monotonic clock */
};

/* The child's end: what SINK is told travels in messages, one in a second at least. */
struct vdc_image_dump_sink vdc_image_stream_sink(struct vdc_image_stream *stream);
/* The rest; the memory is given back. */
int vdc_image_stream_end(struct vdc_image_stream *stream);

/* The other end: one message, for SINK. -EBADMSG: it is garbled; else what SINK said. */
int vdc_image_stream_take(const char *data, size_t len, const struct vdc_image_dump_sink *sink,
			  struct vdc_err *err);
