/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lvm_extend DEVICE GROUP VOLUME SIZE STEP RUNS FOLDER: grows a volume of SIZE bytes by STEP, RUNS times,
 * through one shell of LVM, whose configuration is kept in FOLDER, and prints milliseconds of a call.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/setting.h"
#include "base/time.h"
#include "edge/lvm_volume.h"

static int by_value(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int run(char **argv, struct vdc_err *err)
{
	const char *const devices[] = { argv[1], NULL };
	const struct vdc_lvm_options options = { .devices = devices };
	const int64_t step = atoll(argv[5]);
	const size_t runs = (size_t)atoll(argv[6]);
	vdc_autofree int64_t *took = vdc_alloc((runs + 1) * sizeof(*took));
	vdc_autolvm *lvm = NULL;
	int64_t size = atoll(argv[4]);
	int r = vdc_lvm_new(&options, &lvm, err);

	/* The first one starts it. */
	for (size_t i = 0; i <= runs && !r; i++) {
		int64_t begun = vdc_time_monotonic();

		size += step;
		r = vdc_lvm_extend(lvm, argv[2], argv[3], size, err);
		took[i ? i - 1 : runs] = vdc_time_monotonic() - begun;
	}
	if (r)
		return r;
	printf("first %.1f", (double)took[runs] / 1e3);
	qsort(took, runs, sizeof(*took), by_value);
	printf(" median %.1f longest %.1f\n", (double)took[runs / 2] / 1e3,
	       (double)took[runs - 1] / 1e3);
	return 0;
}

int main(int argc, char **argv)
{
	struct vdc_err err = { 0 };

	if (argc != 8)
		return 2;
	if (vdc_setting_set(VDC_SETTING_LVM_DIRECTORY, argv[7], &err) || run(argv, &err)) {
		fprintf(stderr, "lvm_extend: %s\n", vdc_err_text(&err));
		return 1;
	}
	return 0;
}
