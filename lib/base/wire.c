/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/wire.h"

#include <string.h>

struct vdc_wire vdc_wire_writer(struct vdc_buf *out)
{
	return (struct vdc_wire){ .out = out };
}

struct vdc_wire vdc_wire_reader(const void *data, size_t len)
{
	return (struct vdc_wire){ .in = data, .left = len };
}

/* The next LEN bytes, or NULL. */
static const char *take(struct vdc_wire *wire, size_t len)
{
	const char *at = wire->in;

	if (wire->bad || len > wire->left) {
		wire->bad = true;
		return NULL;
	}
	wire->in += len;
	wire->left -= len;
	return at;
}

void vdc_wire_int(struct vdc_wire *wire, int64_t *value)
{
	const char *at;

	if (wire->out) {
		vdc_buf_add(wire->out, value, sizeof(*value));
		return;
	}
	at = take(wire, sizeof(*value));
	*value = 0;
	if (at)
		memcpy(value, at, sizeof(*value));
}

void vdc_wire_bool(struct vdc_wire *wire, bool *value)
{
	int64_t number = *value;

	vdc_wire_int(wire, &number);
	*value = number;
}

void vdc_wire_bytes(struct vdc_wire *wire, void *data, size_t len)
{
	const char *at;

	if (wire->out) {
		vdc_buf_add(wire->out, data, len);
		return;
	}
	at = take(wire, len);
	memset(data, 0, len);
	if (at)
		memcpy(data, at, len);
}

void vdc_wire_text(struct vdc_wire *wire, const char **text)
{
	int64_t len = wire->out && *text ? (int64_t)strlen(*text) : -1;

	vdc_wire_int(wire, &len);
	if (wire->out) {
		if (*text)
			vdc_buf_add(wire->out, *text, (size_t)len + 1);
		return;
	}
	*text = NULL;
	if (wire->bad || len < 0)
		return;
	*text = take(wire, (size_t)len + 1);
	if (*text && (*text)[len] != '\0')
		wire->bad = true;
	if (wire->bad)
		*text = NULL;
}

void vdc_wire_count(struct vdc_wire *wire, size_t *n)
{
	int64_t count = wire->out ? (int64_t)*n : 0;

	vdc_wire_int(wire, &count);
	if (wire->out)
		return;
	if (count < 0 || (uint64_t)count > wire->left)
		wire->bad = true;
	*n = wire->bad ? 0 : (size_t)count;
}
