/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The lines that a command of the site prints. */
#include "plan/update_offer.h"

#include <errno.h>
#include <string.h>

#include "base/release.h"
#include "base/words.h"

enum { MOST_WORDS = 3 };

/* The words of a line up to a '#'; returns how many, one more than fit at most. */
static size_t split(char *line, struct vdc_arena *arena, const char *words[MOST_WORDS])
{
	const char *rest = line, *word;
	size_t n = 0, len;

	line[strcspn(line, "#")] = '\0';
	while ((word = vdc_word_next(&rest, &len)) && n <= MOST_WORDS) {
		if (n < MOST_WORDS)
			words[n] = vdc_arena_strndup(arena, word, len);
		n++;
	}
	return n;
}

static int take_component(const char *word, struct vdc_update_offers *offers, unsigned line,
			  struct vdc_err *err)
{
	int64_t component = vdc_enum_find(&vdc_component_values, word);

	if (component <= 0)
		return vdc_err_set(err, -EBADMSG,
				   "line %u: '%.60s' is not a component; there are platform and "
				   "virtualization",
				   line, word);
	for (size_t i = 0; i < offers->n; i++)
		if (offers->items[i].component == component)
			return vdc_err_set(err, -EBADMSG, "line %u: %s a second time", line, word);
	offers->items[offers->n].component = component;
	return 0;
}

static int take_reboot(const char *word, struct vdc_update_offer *offer, unsigned line,
		       struct vdc_err *err)
{
	if (!word)
		offer->needs_reboot = offer->component == VDC_COMPONENT_PLATFORM;
	else if (strcmp(word, "reboot") == 0)
		offer->needs_reboot = true;
	else if (strcmp(word, "no-reboot") == 0)
		offer->needs_reboot = false;
	else
		return vdc_err_set(err, -EBADMSG,
				   "line %u: '%.60s' is neither reboot nor no-reboot", line, word);
	return 0;
}

static int take_line(char *text, unsigned line, struct vdc_arena *arena,
		     struct vdc_update_offers *offers, struct vdc_err *err)
{
	const char *words[MOST_WORDS] = { NULL };
	size_t n = split(text, arena, words);
	struct vdc_update_offer *offer = &offers->items[offers->n];
	int r;

	if (n == 0)
		return 0;
	if (n < 2 || n > MOST_WORDS)
		return vdc_err_set(err, -EBADMSG,
				   "line %u: '%.60s' is not COMPONENT VERSION [reboot|no-reboot]",
				   line, text);
	r = take_component(words[0], offers, line, err);
	if (r)
		return r;
	if (!vdc_release_numbers(words[1]))
		return vdc_err_set(err, -EBADMSG, "line %u: '%.60s' is not a version", line,
				   words[1]);
	*offer = (struct vdc_update_offer){ .component = offer->component, .version = words[1] };
	offers->n++;
	return take_reboot(words[2], offer, line, err);
}

int vdc_plan_offers_of_command(const char *text, struct vdc_arena *arena,
			       struct vdc_update_offers *ret, struct vdc_err *err)
{
	struct vdc_update_offers offers = { .n = 0 };
	vdc_autofree char *lines = vdc_strdup(text);
	unsigned number = 0;
	int r = 0;

	for (char *rest = lines, *line; !r && (line = strsep(&rest, "\n"));)
		r = take_line(line, ++number, arena, &offers, err);
	if (!r)
		*ret = offers;
	return r;
}
