/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a watch remembers from one look to the next, as the text that its job keeps. */
#include <inttypes.h>

#include "base/buf.h"
#include "base/number.h"
#include "base/words.h"
#include "plan/spm_watch.h"

static const struct vdc_enum cause_values = {
	.name = "cause of an election",
	.words = (const char *const[]){ "", "vacant", "crashed", "domains", "renewal", "unfinished",
					NULL },
};

char *vdc_spm_watch_text(const struct vdc_spm_watch *watch, struct vdc_arena *arena)
{
	return vdc_arena_format(arena,
				"cause=%s\nlooks=%u\naway=%u\nfailed=%u\nnot-before=%" PRId64 "\n",
				watch->cause ? vdc_enum_word(&cause_values, watch->cause) : "none",
				watch->looks, watch->away, watch->failed, watch->not_before);
}

static int64_t number(const char *text, const char *name, int64_t most, struct vdc_arena *arena)
{
	const char *value = vdc_line_value(text, name, arena);
	int64_t ret;

	if (!value || vdc_int_parse(value, &ret, NULL) || ret < 0)
		return 0;
	return ret < most ? ret : most;
}

void vdc_spm_watch_parse(const char *text, const struct vdc_spm_watch_figures *figures, int64_t now,
			 struct vdc_spm_watch *ret)
{
	vdc_autoarena *arena = vdc_arena_new();
	const char *word = vdc_line_value(text, "cause", arena);
	int64_t cause = word ? vdc_enum_find(&cause_values, word) : 0;
	const int64_t many = 1000;

	*ret = (struct vdc_spm_watch){
		.figures = *figures,
		.cause = cause > 0 ? (enum vdc_spm_cause)cause : 0,
		.looks = (unsigned)number(text, "looks", many, arena),
		.away = (unsigned)number(text, "away", many, arena),
		.failed = (unsigned)number(text, "failed", many, arena),
		/* Also when the clock was set back: no pause is longer than the longest. */
		.not_before = number(text, "not-before", now + figures->longest, arena),
	};
}
