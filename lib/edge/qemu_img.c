/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/qemu_img.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/number.h"
#include "base/proc.h"
#include "edge/json.h"

/* Exit codes of qemu-img(1), check. */
enum { DONE = 0, CORRUPT = 2, LEAKS = 3 };

/* The bytes of writing, of writing unchanged data, and of resizing. */
enum { FIRST_LOCK = 101, LOCKS = 3 };

int vdc_qemu_img_is_open(int fd)
{
	struct flock lock = {
		.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = FIRST_LOCK, .l_len = LOCKS
	};

	if (fcntl(fd, F_OFD_GETLK, &lock) < 0)
		return -errno;
	return lock.l_type != F_UNLCK;
}

static int64_t number(const struct vdc_node *node, const char *name)
{
	const char *text = vdc_node_text(node, name);
	int64_t value;

	return text && vdc_int_parse(text, &value, NULL) == 0 && value > 0 ? value : 0;
}

static int read_verdict(const struct vdc_proc_end *end, struct vdc_image_verdict *ret,
			struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_node *node;
	int r = vdc_json_parse(end->out.data, end->out.len, arena, &node, err);

	if (r)
		return vdc_err_prefix(err, "qemu-img: ");
	*ret = (struct vdc_image_verdict){
		.corruptions = number(node, "corruptions"),
		.leaks = number(node, "leaks"),
		.errors = number(node, "check-errors"),
	};
	return 0;
}

/* A name of its own may name anything, and what the image is based on may be anywhere. */
static void name_image(struct vdc_buf *out, const char *path)
{
	vdc_buf_puts(out, "json:{\"driver\":\"qcow2\",\"backing\":null,\"file\":{\"driver\":"
			  "\"file\",\"locking\":\"off\",\"filename\":");
	vdc_json_quote(out, path);
	vdc_buf_puts(out, "}}");
}

int vdc_qemu_img_check(const char *path, int64_t limit_us, struct vdc_image_verdict *ret,
		       struct vdc_err *err)
{
	vdc_autobuf image = { 0 };
	vdc_autoend end = { 0 };
	int r;

	name_image(&image, path);
	{
		const char *const argv[] = { "qemu-img",      "check",	  "--output=json",
					     "--force-share", image.data, NULL };
		const struct vdc_proc proc = {
			.argv = argv,
			.limit_us = limit_us,
			.most_output = 64 * 1024,
			.keep_end = true, /* it says a line on standard error for each error */
		};

		r = vdc_proc_run(&proc, &end, err);
	}
	if (r)
		return r;
	if (end.status != DONE && end.status != CORRUPT && end.status != LEAKS)
		return vdc_err_set(err, -EBADMSG, "%.200s", vdc_proc_complaint(&end));
	return read_verdict(&end, ret, err);
}
