/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/cells.h"

#include <string.h>
#include <wchar.h>

int vdc_cells_add(struct vdc_buf *out, const char *text, int cells)
{
	mbstate_t state = { 0 };
	size_t left = strlen(text);
	int used = 0;

	while (left && used < cells) {
		wchar_t c;
		size_t len = mbrtowc(&c, text, left, &state);
		int width = len <= left ? wcwidth(c) : -1;

		if (width < 0) {
			state = (mbstate_t){ 0 };
			len = 1;
			vdc_buf_putc(out, '?');
			width = 1;
		} else if (used + width <= cells) {
			vdc_buf_add(out, text, len);
		} else {
			break;
		}
		used += width;
		text += len;
		left -= len;
	}
	return used;
}
