/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/cells.h"

#include <stdbool.h>
#include <string.h>
#include <wchar.h>

int vdc_cells_add(struct vdc_buf *out, const char *text, int cells)
{
	mbstate_t state = { 0 };
	size_t left = strlen(text);
	int used = 0;

	while (left) {
		wchar_t c;
		size_t len = mbrtowc(&c, text, left, &state);
		int width = len <= left ? wcwidth(c) : -1;
		bool shown = width >= 0;

		if (used + (shown ? width : 1) > cells)
			break;
		if (shown) {
			vdc_buf_add(out, text, len);
		} else {
			state = (mbstate_t){ 0 };
			vdc_buf_putc(out, '?');
			len = width = 1;
		}
		used += width;
		text += len;
		left -= len;
	}
	return used;
}
