/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* image-discrepancies: the sources, one after the other. */
#include "base/log.h"
#include "base/time.h"
#include "cli/progress.h"
#include "image_discrepancies.h"

#define CHECK_LIMIT (10 * 60 * VDC_SECOND)

static void say_volume(void *ctx, const char *volume)
{
	vdc_progress_step(ctx, "checking the image of volume %s", volume);
}

/* --check: what the source has is known now. */
static int verify(struct pass *pass, const struct vdc_image_source *source,
		  struct vdc_progress *progress, struct vdc_err *err)
{
	struct vdc_image_verify run = {
		.limit_us = vdc_int_option(pass->call, "timeout", CHECK_LIMIT),
		.step = say_volume,
		.ctx = progress,
	};
	int r = vdc_given(pass->call, "check") ? vdc_image_verify(pass->check, source, &run, err)
					       : 0;

	pass->open += run.open;
	pass->unchecked += run.skipped;
	return r;
}

struct watching {
	struct vdc_progress *progress;
	const char *label;
};

static void say_volumes(void *ctx, size_t volumes)
{
	const struct watching *watching = ctx;

	vdc_progress_within(watching->progress, "reading %s: %zu volumes", watching->label,
			    volumes);
}

static int read_source(struct pass *pass, const struct vdc_image_source *of,
		       struct vdc_progress *progress, struct vdc_err *err)
{
	struct watching watching = { progress, of->label };
	struct vdc_image_source source = *of;

	source.told = say_volumes;
	source.ctx = &watching;
	vdc_progress_step(progress, "reading %s", source.label);
	return vdc_image_read_source(pass->check, &source, err);
}

/* What cannot be read is told of and passed: the others are worth a look. */
int discrepancies_read(struct pass *pass, struct vdc_err *err)
{
	size_t n = pass->sources->n;
	struct vdc_progress *progress = vdc_progress_new(n);
	int failed = 0, fatal = 0;

	for (size_t i = 0; !fatal && i < n; i++) {
		const struct vdc_image_source *source = &pass->sources->all[i];
		int r;

		r = read_source(pass, source, progress, err);
		fatal = r ? 0 : verify(pass, source, progress, err);
		if (r < 0 && n > 1)
			vdc_log(VDC_LOG_ERROR, "%s", vdc_err_text(err));
		pass->unreadable += r < 0;
		failed = r < 0 ? r : failed;
		vdc_progress_done(progress, i + 1);
	}
	vdc_progress_free(progress);
	if (fatal)
		return fatal;
	if (n > 1 && pass->unreadable == n)
		return vdc_err_set(err, failed, "no source could be read");
	return pass->unreadable == n ? failed : 0;
}
