/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sizes, times, durations and ids as people and documents write them. */
#include <stdlib.h>

#include "base/mem.h"
#include "base/size.h"
#include "base/time.h"
#include "base/uuid.h"
#include "fuzz.h"

/* What we write we read, as the same time. */
static void check_time(int64_t time)
{
	char text[VDC_TIME_LEN + 1];
	int64_t again;

	vdc_time_format(time, text);
	if (vdc_time_parse(text, &again, NULL) < 0 || again != time)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	vdc_autofree char *text = size ? vdc_strndup((const char *)data, size) :
					  vdc_strdup("");
	char out[VDC_SIZE_LEN + 1], age[VDC_TIME_LEN + 1];
	struct vdc_err err = { 0 };
	int64_t value;

	if (vdc_time_parse(text, &value, &err) == 0)
		check_time(value);
	if (vdc_size_parse(text, &value, &err) == 0)
		vdc_size_format(value, out);
	if (vdc_duration_parse(text, &value, &err) == 0)
		vdc_duration_format(value, age);
	vdc_time_parse_since(text, INT64_C(1767225600) * VDC_SECOND, &value, &err);
	vdc_uuid_valid(text);
	return 0;
}
