/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/work_news.h"

#include <stdio.h>

void vdc_work_say(vdc_work_told_fn *told, void *ctx, enum vdc_work_kind kind, const char *host,
		  const char *fmt, va_list args)
{
	char text[512];

	vsnprintf(text, sizeof(text), fmt, args);
	if (told)
		told(ctx, &(struct vdc_work_news){
				  .kind = kind,
				  .host = host,
				  .status = VDC_UNSET,
				  .text = text,
			  });
}
