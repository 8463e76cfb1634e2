/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/image_child.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "act/image_block.h"
#include "act/image_folder.h"
#include "act/image_stream.h"
#include "base/time.h"

struct reading {
	const struct vdc_image_source *source;
	const struct vdc_image_dump_sink *sink;
	struct vdc_err failure;
};

static int read_folder(const struct vdc_image_source *source,
		       const struct vdc_image_dump_sink *sink, struct vdc_err *err)
{
	int fd = open(source->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (fd < 0)
		return vdc_err_set(err, -errno, "%s", strerror(errno));
	r = vdc_image_folder_read(fd, source->id, source->deep, sink, err);
	close(fd);
	return r;
}

static int work(void *ctx, struct vdc_sender *sender, struct vdc_err *err)
{
	const struct reading *reading = ctx;
	struct vdc_image_stream stream = { .sender = sender, .sent = vdc_time_monotonic() };
	const struct vdc_image_dump_sink sink = vdc_image_stream_sink(&stream);
	const struct vdc_image_source *source = reading->source;
	int r = source->kind == VDC_IMAGE_GROUP ? vdc_image_block_read(source->path, source->deep,
								       source->limit_us, &sink, err)
						: read_folder(source, &sink, err);

	return r ? r : vdc_image_stream_end(&stream);
}

static int got(void *ctx, const char *data, size_t len, struct vdc_err *err)
{
	return vdc_image_stream_take(data, len, ((struct reading *)ctx)->sink, err);
}

static int ended(void *ctx, const struct vdc_err *failure, struct vdc_err *err vdc_unused)
{
	((struct reading *)ctx)->failure = *failure;
	return 0;
}

int vdc_image_child_read(const struct vdc_image_source *source,
			 const struct vdc_image_dump_sink *sink, struct vdc_err *err)
{
	struct reading reading = { .source = source, .sink = sink };
	vdc_autopool *pool = vdc_pool_new(1);
	char limit[VDC_TIME_LEN + 1];
	int r;

	vdc_pool_add(pool, &(struct vdc_task){ .ctx = &reading,
					       .work = work,
					       .got = got,
					       .ended = ended,
					       .quiet_us = source->limit_us,
					       .limit_us = vdc_image_time_left(source) });
	r = vdc_pool_run(pool, -1, err);
	if (r || !reading.failure.code)
		return r;
	if (reading.failure.code == -ETIMEDOUT && vdc_image_is_late(source))
		return -ETIME;
	if (reading.failure.code == -ETIMEDOUT)
		return vdc_err_set(err, -ETIMEDOUT,
				   "its storage does not answer: nothing came within %s",
				   vdc_duration_format(source->limit_us, limit));
	return vdc_err_set(err, reading.failure.code, "%s", vdc_err_text(&reading.failure));
}
