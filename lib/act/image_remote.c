/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A domain that another host reaches: this command there, through the remote shell. */
#include <errno.h>
#include <inttypes.h>

#include "act/image_child.h"
#include "act/spm_command.h"
#include "base/time.h"
#include "edge/shell.h"

/* Of a domain with 400,000 volumes; and how long that may take. */
enum { MOST_OUTPUT = 256 << 20, NOT_FOUND = 127 };
#define LIMIT (10 * 60 * VDC_SECOND)

static int read_end(struct vdc_proc_end *end, const struct vdc_image_dump_sink *sink,
		    struct vdc_err *err)
{
	struct vdc_source source;
	const char *complaint;

	if (end->status == NOT_FOUND)
		return vdc_err_set(err, -ENOENT,
				   "image-discrepancies is not installed there: install "
				   "vdc-utils, or give a dump of the domain");
	if (end->status) {
		complaint = vdc_proc_complaint(end);
		return vdc_err_set(err, vdc_spm_command_code(end->status), "%s",
				   *complaint ? complaint : "image-discrepancies failed there");
	}
	vdc_source_of_text(&source, end->out.data, end->out.len);
	return vdc_image_dump_read(&source, sink, err);
}

int vdc_image_remote_read(const struct vdc_image_source *source,
			  const struct vdc_image_dump_sink *sink, struct vdc_err *err)
{
	vdc_autofree char *limit = vdc_format("%" PRId64 "ms", source->limit_us / 1000);
	int64_t left = vdc_image_time_left(source);
	const char *const argv[] = { "image-discrepancies",
				     "dump",
				     "--timeout",
				     limit,
				     source->deep ? "--deep" : "--",
				     source->deep ? "--" : source->path,
				     source->deep ? source->path : NULL,
				     NULL };
	const struct vdc_shell shell = {
		.address = source->host,
		.argv = argv,
		.limit_us = left && left < LIMIT ? left : LIMIT,
		.most_output = MOST_OUTPUT,
	};
	vdc_autoend end = { 0 };
	int r = vdc_shell_run(&shell, &end, err);

	if (r && vdc_image_is_late(source))
		return -ETIME;
	return r ? r : read_end(&end, sink, err);
}
