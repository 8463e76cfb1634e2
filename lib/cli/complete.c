/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/complete.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/time.h>

#include "act/fence_cache.h"
#include "base/setting.h"
#include "base/words.h"
#include "cli/complete_line.h"
#include "edge/conf.h"
#include "plan/fence_type.h"
#include "store/job.h"
#include "store/store.h"

enum { NAMES_MAX = 500, LIMIT_SECONDS = 1 };

/* A word that fits what was typed. Its first DONE bytes are not compared: "name,sta" is about "sta". */
static void offer(const struct vdc_unfinished *line, size_t done, const char *word,
		  const char *suffix, const char *help)
{
	const char *typed = line->word + done;

	if (strncmp(word, typed, strlen(typed)) != 0 || strpbrk(word, "\t\n"))
		return;
	printf("%s%.*s%s%s\t%s\n", line->before, (int)done, line->word, word, suffix,
	       help ? help : "");
}

static void offer_verbs(const struct vdc_unfinished *line)
{
	const char *before = "";

	for (const struct vdc_verb *v = line->command->verbs; v->name; v++) {
		size_t len = strcspn(v->name, " ");
		const char *second = line->group ? vdc_verb_in(v, line->group) : NULL;
		const char *first = vdc_arena_strndup(line->arena, v->name, len);

		if (second)
			offer(line, 0, second, "", v->help);
		else if (!line->group && len && strcmp(first, before) != 0)
			offer(line, 0, first, "", v->name[len] ? NULL : v->help);
		before = first;
	}
}

static void offer_options(const struct vdc_unfinished *line)
{
	for (size_t i = 0; i < line->n_rows; i++) {
		char dashed[64];

		snprintf(dashed, sizeof(dashed), "--%s", line->rows[i].option->name);
		if (vdc_option_goes_with(&line->rows[i], line->verb))
			offer(line, 0, dashed, "", line->rows[i].option->help);
	}
}

static void offer_words(const struct vdc_unfinished *line, const char *words)
{
	const char *word;
	size_t len;

	while ((word = vdc_word_next(&words, &len)))
		offer(line, 0, vdc_arena_strndup(line->arena, word, len), "", NULL);
}

static void offer_kinds(const struct vdc_unfinished *line)
{
	for (size_t i = 0; i < vdc_n_kinds; i++)
		offer(line, 0, vdc_kinds[i]->word, "", vdc_kinds[i]->help);
}

struct names {
	const struct vdc_unfinished *line;
	size_t done;
};

static void offer_name(void *ctx, const char *name)
{
	const struct names *names = ctx;

	offer(names->line, names->done, name, "", NULL);
}

/* NULL: it cannot be read now. */
static struct vdc_db *open_db(const struct vdc_unfinished *line)
{
	vdc_autofree char *where = NULL;
	struct vdc_db *db;

	if (vdc_conf_load(line->config, NULL))
		return NULL;
	where = line->db ? vdc_strdup(line->db) : vdc_store_default();
	return vdc_store_open(where, VDC_DB_READ_ONLY, &db, NULL) ? NULL : db;
}

static void offer_names(const struct vdc_unfinished *line, const struct vdc_kind *kind, size_t done)
{
	struct names names = { line, done };
	struct vdc_db *db = open_db(line);

	if (!db)
		return;
	vdc_store_names(db, kind, line->word + done, NAMES_MAX, offer_name, &names, NULL);
	vdc_db_close(db);
}

/* "name,-sta": what is behind the last comma, and behind a sign. */
static void offer_fields(const struct vdc_unfinished *line, const struct vdc_kind *kind)
{
	const char *comma = strrchr(line->word, ',');
	size_t done = comma ? (size_t)(comma + 1 - line->word) : 0;

	done += strspn(line->word + done, "+-");
	for (size_t i = 0; i < kind->n_fields; i++)
		offer(line, done, kind->fields[i].name, "", kind->fields[i].help);
}

/* FIELD=VALUE of what can be set. */
static void offer_assignments(const struct vdc_unfinished *line, const struct vdc_kind *kind)
{
	size_t len = strcspn(line->word, "=");
	const struct vdc_field *f;

	for (size_t i = 0; i < kind->n_fields && !line->word[len]; i++) {
		f = &kind->fields[i];
		if (i > 0 && !(f->flags & VDC_OBSERVED))
			offer(line, 0, f->name, "=", f->help);
	}
	f = vdc_kind_field(kind, vdc_arena_strndup(line->arena, line->word, len));
	if (!f || !line->word[len])
		return;
	if (f->type == VDC_REF)
		offer_names(line, f->target, len + 1);
	for (const char *const *w = f->values ? f->values->words : NULL; w && *w; w++)
		offer(line, len + 1, *w, "", NULL);
}

/* The kind of "of:KIND" in the verb's words, NULL without. */
static const struct vdc_kind *kind_of_verb(const struct vdc_unfinished *line)
{
	const char *words = line->verb ? line->verb->complete : NULL, *word;
	size_t len;

	if (!words || !(word = vdc_word_next(&words, &len)) || strncmp(word, "of:", 3) != 0)
		return NULL;
	return vdc_kind_find(vdc_arena_strndup(line->arena, word + 3, len - 3));
}

/* The kind that the operand for "kind" names, NULL without. */
static const struct vdc_kind *kind_of_operand(const struct vdc_unfinished *line)
{
	const char *words = line->verb ? line->verb->complete : NULL, *word;
	size_t i = 0, len;

	while (words && i < line->n_operands && (word = vdc_word_next(&words, &len))) {
		if (len == strlen("kind") && !strncmp(word, "kind", len))
			return vdc_kind_find(line->operands[i]);
		i += strncmp(word, "of:", 3) != 0;
	}
	return NULL;
}

/* Ids of jobs of that action that are not ended, and what they are about. */
static void offer_jobs(const struct vdc_unfinished *line, const char *action)
{
	struct vdc_db *db = open_db(line);
	char **ids;
	size_t n;

	if (!db)
		return;
	if (vdc_job_open_all(db, action, line->arena, &ids, &n, NULL))
		n = 0;
	for (size_t i = 0; i < n; i++) {
		void *job;

		if (!vdc_store_get(db, &vdc_job_kind, ids[i], 0, line->arena, &job, NULL))
			offer(line, 0, ids[i], "", ((struct vdc_job *)job)->description);
	}
	vdc_db_close(db);
}

/* "host", "host|cluster", "cluster|job:cluster-upgrade" */
static void offer_names_of(const struct vdc_unfinished *line, const char *words)
{
	for (const char *word = words; *word;) {
		size_t len = strcspn(word, "|");
		const char *one = vdc_arena_strndup(line->arena, word, len);
		const struct vdc_kind *kind = vdc_kind_find(one);

		if (strncmp(one, "job:", 4) == 0)
			offer_jobs(line, one + 4);
		else if (kind)
			offer_names(line, kind, 0);
		word += len + (word[len] == '|');
	}
}

/* Those that have a name of their own, and what is known of the agents that are installed. */
static void offer_fence_types(const struct vdc_unfinished *line)
{
	struct vdc_fence_catalogue known;

	for (const struct vdc_fence_type *type = vdc_fence_types; type->name; type++)
		offer(line, 0, type->name, "", type->help);
	vdc_conf_load(line->config, NULL);
	vdc_fence_cache_load(line->arena, &known);
	for (size_t i = 0; i < known.n; i++) {
		const struct vdc_fence_program *program = &known.programs[i];
		const char *type = program->name + strlen("fence_");

		if (!program->failure && !vdc_fence_type_find(type))
			offer(line, 0, type, "", program->metadata.description);
	}
}

static void offer_by_word(const struct vdc_unfinished *line, const char *how)
{
	const struct vdc_kind *kind = kind_of_operand(line), *about = kind_of_verb(line);

	about = about ? about : kind;
	if (!strcmp(how, "file"))
		puts(":file");
	else if (!strcmp(how, "kind"))
		offer_kinds(line);
	else if (!strcmp(how, "name") && kind)
		offer_names(line, kind, 0);
	else if (!strcmp(how, "fields") && about)
		offer_fields(line, about);
	else if (!strcmp(how, "assignment") && kind)
		offer_assignments(line, kind);
	else if (!strcmp(how, "fence-type"))
		offer_fence_types(line);
	else
		offer_names_of(line, how);
}

/* The verb's word for the operand that is being typed; the last one repeats. */
static void offer_operands(const struct vdc_unfinished *line)
{
	const char *rest = line->verb->complete, *word, *how = NULL;
	size_t len, i = 0;

	if (line->verb->max >= 0 && line->n_operands >= (size_t)line->verb->max)
		return;
	while (rest && i <= line->n_operands && (word = vdc_word_next(&rest, &len))) {
		if (!strncmp(word, "of:", 3))
			continue;
		how = vdc_arena_strndup(line->arena, word, len);
		i++;
	}
	if (how)
		offer_by_word(line, how);
}

static void offer_value(const struct vdc_unfinished *line)
{
	if (line->value_of->choices)
		offer_words(line, line->value_of->choices);
	else if (line->value_of->complete)
		offer_by_word(line, line->value_of->complete);
}

void vdc_complete(const struct vdc_command *command, size_t n, char **words)
{
	struct itimerval limit = { .it_value.tv_sec = LIMIT_SECONDS };
	struct vdc_unfinished line = { .command = command, .arena = vdc_arena_new() };

	setitimer(ITIMER_REAL, &limit, NULL); /* SIGALRM ends us without a word */
	vdc_unfinished_read(&line, n, words);
	if (line.value_of)
		offer_value(&line);
	else if (line.word[0] == '-' && !line.options_ended)
		offer_options(&line);
	else if (line.verb)
		offer_operands(&line);
	else if (!line.n_operands)
		offer_verbs(&line);
	vdc_arena_free(line.arena);
}
