/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/similar.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static size_t min(size_t a, size_t b)
{
	return a < b ? a : b;
}

static bool same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Optimal string alignment; rows[i % 3] is the row of the first i letters of A. */
static size_t distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t rows[3][VDC_SIMILAR_LEN + 1];

	for (size_t j = 0; j <= b_len; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];

		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			size_t replace = above[j - 1] + !same(a[i - 1], b[j - 1]);

			row[j] = min(min(above[j], row[j - 1]) + 1, replace);
			if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
				row[j] = min(row[j], two_above[j - 2] + 1);
		}
	}
	return rows[a_len % 3][b_len];
}

/* How many slips a word of this length may have. */
static size_t tolerance(size_t len)
{
	return len < 3 ? 1 : len < 8 ? 2 : 3;
}

void vdc_similar_try(struct vdc_similar *similar, const char *candidate)
{
	size_t len = strlen(similar->word), candidate_len = strlen(candidate), d;

	if (!len || !candidate_len || len > VDC_SIMILAR_LEN || candidate_len > VDC_SIMILAR_LEN)
		return;
	d = distance(similar->word, len, candidate, candidate_len);
	if (d > tolerance(len) || d >= candidate_len)
		return;
	if (similar->best[0] && d >= similar->distance)
		return;
	snprintf(similar->best, sizeof(similar->best), "%s", candidate);
	similar->distance = d;
}

const char *vdc_similar_hint(const struct vdc_similar *similar, char out[VDC_SIMILAR_HINT])
{
	out[0] = '\0';
	if (similar->best[0])
		snprintf(out, VDC_SIMILAR_HINT, "; did you mean %s?", similar->best);
	return out;
}
