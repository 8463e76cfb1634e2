/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/opt.h"

#include <errno.h>
#include <popt.h>
#include <string.h>

#include "base/mem.h"
#include "base/similar.h"

struct vdc_opt_parser {
	struct vdc_arena *arena;
	const struct vdc_opt_name *names;
	size_t n;
	struct poptOption *table;
	poptContext popt;
};

/* popt's val is the index plus one: zero would mean "do not return". */
static struct poptOption *popt_table(struct vdc_arena *arena, const struct vdc_opt_name *names,
				     size_t n)
{
	struct poptOption *table = vdc_arena_alloc(arena, (n + 1) * sizeof(*table));

	for (size_t i = 0; i < n; i++) {
		table[i].longName = names[i].name;
		table[i].shortName = names[i].letter;
		table[i].argInfo = names[i].value ? POPT_ARG_STRING : POPT_ARG_NONE;
		table[i].val = (int)i + 1;
	}
	return table;
}

struct vdc_opt_parser *vdc_opt_open(struct vdc_arena *arena, const struct vdc_opt_name *names,
				    size_t n, int argc, char **argv)
{
	struct vdc_opt_parser *parser = vdc_arena_alloc(arena, sizeof(*parser));

	parser->arena = arena;
	parser->names = names;
	parser->n = n;
	parser->table = popt_table(arena, names, n);
	parser->popt = poptGetContext(NULL, argc, (const char **)argv, parser->table, 0);
	return parser;
}

void vdc_opt_close(struct vdc_opt_parser *parser)
{
	poptFreeContext(parser->popt);
}

/* What stands in front of '=': "--name", "-x". */
static const char *bad_option(const struct vdc_opt_parser *parser)
{
	const char *text = poptBadOption(parser->popt, POPT_BADOPTION_NOALIAS);

	return vdc_arena_strndup(parser->arena, text, strcspn(text, "="));
}

static int unknown(const struct vdc_opt_parser *parser, struct vdc_err *err)
{
	const char *option = bad_option(parser);
	struct vdc_similar similar = { .word = option + strspn(option, "-") };

	for (size_t i = 0; i < parser->n && strlen(similar.word) > 1; i++)
		vdc_similar_try(&similar, parser->names[i].name);
	if (similar.best[0])
		return vdc_err_set(err, -EINVAL, "unknown option %.80s; did you mean --%s?", option,
				   similar.best);
	if (*similar.word >= '0' && *similar.word <= '9')
		return vdc_err_set(err, -EINVAL,
				   "unknown option %.80s; if it is a number, write -- before it",
				   option);
	return vdc_err_set(err, -EINVAL, "unknown option %.80s", option);
}

static int refuse(const struct vdc_opt_parser *parser, int code, struct vdc_err *err)
{
	switch (code) {
	case POPT_ERROR_BADOPT:
		return unknown(parser, err);
	case POPT_ERROR_NOARG:
		return vdc_err_set(err, -EINVAL, "%.80s needs a value", bad_option(parser));
	case POPT_ERROR_UNWANTEDARG:
		return vdc_err_set(err, -EINVAL, "%.80s takes no value", bad_option(parser));
	default:
		return vdc_err_set(err, -EINVAL, "%.80s: %s", bad_option(parser),
				   poptStrerror(code));
	}
}

int vdc_opt_next(struct vdc_opt_parser *parser, size_t *index, const char **value,
		 struct vdc_err *err)
{
	int code = poptGetNextOpt(parser->popt);
	char *text;

	if (code == -1)
		return 0;
	if (code < 0)
		return refuse(parser, code, err);
	text = poptGetOptArg(parser->popt);
	*index = (size_t)code - 1;
	*value = vdc_arena_strdup(parser->arena, text);
	free(text);
	return 1;
}

size_t vdc_opt_operands(struct vdc_opt_parser *parser, const char ***ret)
{
	const char **rest = poptGetArgs(parser->popt);
	size_t n = 0;

	while (rest && rest[n])
		n++;
	*ret = vdc_arena_alloc(parser->arena, (n + 1) * sizeof(**ret));
	for (size_t i = 0; i < n; i++)
		(*ret)[i] = vdc_arena_strdup(parser->arena, rest[i]);
	return n;
}
