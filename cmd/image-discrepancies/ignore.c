/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* --ignore and --baseline */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/map.h"
#include "base/time.h"
#include "doc/doc.h"
#include "image_discrepancies.h"

struct ignored {
	struct vdc_map *words; /* codes in capitals and ids */
	struct vdc_map *known; /* ids of findings in the baseline */
};

static bool is_code(const char *word)
{
	return vdc_image_code_find(word);
}

static bool is_id(const char *word)
{
	struct vdc_uuid id;

	return vdc_uuid_read(word, &id);
}

static void add(struct vdc_map *map, const char *word)
{
	const struct vdc_image_code *code = vdc_image_code_find(word);
	struct vdc_uuid id;
	char text[VDC_UUID_LEN + 1];

	if (code)
		word = code->code;
	else if (vdc_uuid_read(word, &id))
		word = vdc_uuid_write(id, text);
	*vdc_map_add(map, word, strlen(word)) = 1;
}

/* "CODE|ID UNTIL REASON", where UNTIL is a time or "-". */
static int read_line(struct ignored *ignored, char *line, const char *path, unsigned number,
		     struct vdc_err *err)
{
	char *rest = line + strspn(line, " \t"), *word, *until;
	int64_t end = 0;

	rest[strcspn(rest, "\r\n")] = '\0';
	if (!*rest || *rest == '#')
		return 0;
	word = strsep(&rest, " \t");
	until = rest ? strsep(&rest, " \t") : NULL;
	if (!is_code(word) && !is_id(word))
		return vdc_err_set(err, -EINVAL, "%s:%u: '%.60s' is neither a code nor an id", path,
				   number, word);
	if (!until || !rest || !rest[strspn(rest, " \t")])
		return vdc_err_set(err, -EINVAL,
				   "%s:%u: write CODE|ID, until when (a time or -), and why", path,
				   number);
	if (strcmp(until, "-") != 0 && vdc_time_parse(until, &end, err) < 0)
		return vdc_err_prefix(err, "%s:%u: ", path, number);
	if (end && end <= vdc_time_now())
		vdc_log(VDC_LOG_WARNING, "%s:%u: %s is ignored no longer: it was until %s", path,
			number, word, until);
	else
		add(ignored->words, word);
	return 0;
}

static int read_file(struct ignored *ignored, const char *path, struct vdc_err *err)
{
	FILE *in = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;
	int r = 0;

	if (!in)
		return vdc_err_set(err, errno == EACCES ? -EACCES : -EINVAL,
				   "--ignore %.200s: no such code, no id, and as a file: %s", path,
				   strerror(errno));
	for (unsigned number = 1; !r && getline(&line, &size, in) >= 0; number++)
		r = read_line(ignored, line, path, number, err);
	free(line);
	fclose(in);
	return r;
}

static int take_known(void *ctx, const struct vdc_kind *kind, void *object, struct vdc_place place,
		      struct vdc_arena *arena, struct vdc_err *err)
{
	const struct vdc_discrepancy *found = object;

	(void)place;
	(void)arena;
	(void)err;
	if (kind == &vdc_discrepancy_kind && found->id)
		add(ctx, found->id);
	return 0;
}

static int read_baseline(struct ignored *ignored, const char *path, struct vdc_err *err)
{
	static const struct vdc_kind *const kinds[] = { &vdc_discrepancy_kind, NULL };
	const struct vdc_doc_options options = { .name = path, .kinds = kinds };
	FILE *in = fopen(path, "re");
	int r;

	if (!in)
		return vdc_err_set(err, errno == EACCES ? -EACCES : -EINVAL,
				   "--baseline %.200s: %s", path, strerror(errno));
	r = vdc_doc_read(in, &options, take_known, ignored->known, err);
	fclose(in);
	return r;
}

int discrepancies_ignored(struct vdc_call *call, struct ignored **ret, struct vdc_err *err)
{
	struct ignored *ignored = vdc_alloc(sizeof(*ignored));
	const char *baseline = vdc_text_option(call, "baseline");
	const char *const *words;
	size_t n = vdc_repeated_option(call, "ignore", &words);
	int r = 0;

	ignored->words = vdc_map_new();
	ignored->known = vdc_map_new();
	for (size_t i = 0; !r && i < n; i++) {
		if (is_code(words[i]) || is_id(words[i]))
			add(ignored->words, words[i]);
		else
			r = read_file(ignored, words[i], err);
	}
	if (!r && baseline)
		r = read_baseline(ignored, baseline, err);
	if (r)
		discrepancies_ignored_free(ignored);
	else
		*ret = ignored;
	return r;
}

static bool has(const struct vdc_map *map, const char *word)
{
	return word && vdc_map_find(map, word, strlen(word));
}

bool discrepancies_is_ignored(const struct ignored *ignored, const struct vdc_discrepancy *found)
{
	return has(ignored->words, found->code) || has(ignored->words, found->image) ||
	       has(ignored->words, found->volume) ||
	       has(ignored->words, found->storage_domain.id) || has(ignored->known, found->id);
}

void discrepancies_ignored_free(struct ignored *ignored)
{
	if (!ignored)
		return;
	vdc_map_free(ignored->words);
	vdc_map_free(ignored->known);
	free(ignored);
}
