/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/fence_doctor.h"

#include <string.h>
#include <unistd.h>

#include "act/look.h"
#include "base/time.h"
#include "base/words.h"
#include "edge/fence_program.h"
#include "edge/shell.h"
#include "model/fence_agent.h"
#include "plan/fence_option.h"
#include "plan/fence_type.h"
#include "store/store.h"

#define PROXY_TIME (15 * VDC_SECOND)

static const struct vdc_finding_code helper_used = {
	"FENCE_HELPER_MISSING", VDC_FINDING_ERROR,
	"install it, or the agents of these hosts cannot do anything"
};
static const struct vdc_finding_code helper_unused = {
	"FENCE_HELPER_NOT_INSTALLED", VDC_FINDING_INFO,
	"install it before such a device is configured"
};
static const struct vdc_finding_code agent_missing = { "FENCE_AGENT_NOT_INSTALLED",
						       VDC_FINDING_ERROR,
						       "install the package with the fence agent" };
static const struct vdc_finding_code agent_silent = { "FENCE_AGENT_WITHOUT_METADATA",
						      VDC_FINDING_INFO,
						      "run it with -o metadata to see why" };
static const struct vdc_finding_code proxy_away = { "FENCE_PROXY_UNREACHABLE", VDC_FINDING_ERROR,
						    "see whether the remote shell works" };

/* An agent of a host. */
struct use {
	const struct vdc_fence_agent *agent;
	const struct vdc_fence_program *program; /* NULL: it is not installed here */
	const char *name, *lines;
};

/* What is looked at, in one place. */
struct doctor {
	struct vdc_arena *arena;
	struct vdc_findings *findings;
	struct vdc_fence_catalogue catalogue;
	struct use *uses;
	size_t n;
};

static void note(struct doctor *doctor, const struct vdc_finding_code *code, const char *kind,
		 const char *object, const char *text)
{
	struct vdc_finding *finding = vdc_object_new(&vdc_finding_kind, doctor->arena);

	finding->id = vdc_arena_format(doctor->arena, "%s:%s", code->code, object);
	finding->code = vdc_arena_strdup(doctor->arena, code->code);
	finding->severity = code->severity;
	finding->kind = vdc_arena_strdup(doctor->arena, kind);
	finding->object = vdc_arena_strdup(doctor->arena, object);
	finding->text = vdc_arena_strdup(doctor->arena, text);
	finding->advice = vdc_arena_strdup(doctor->arena, code->advice);
	vdc_findings_take(doctor->findings, finding);
}

static void add_name(struct vdc_buf *names, const char *name)
{
	if (!vdc_words_have(vdc_buf_str(names), name))
		vdc_buf_printf(names, "%s%s", names->len ? " " : "", name);
}

static const struct vdc_fence_program *find(const struct doctor *doctor, const char *name)
{
	for (size_t i = 0; i < doctor->catalogue.n; i++)
		if (strcmp(doctor->catalogue.programs[i].name, name) == 0)
			return &doctor->catalogue.programs[i];
	return NULL;
}

static int gather(void *ctx, const struct vdc_kind *kind vdc_unused, void *object,
		  struct vdc_err *err vdc_unused)
{
	struct vdc_buf *rows = ctx;

	vdc_buf_add(rows, &object, sizeof(object));
	return 0;
}

static int load(struct vdc_db *db, struct doctor *doctor, struct vdc_err *err)
{
	vdc_autobuf rows = { 0 };
	int r = vdc_fence_catalogue_read(doctor->arena, &doctor->catalogue, err);

	if (!r)
		r = vdc_store_each(db, &vdc_fence_agent_kind, VDC_WITH_NAMES, doctor->arena, gather,
				   &rows, err);
	if (r)
		return r;
	doctor->n = rows.len / sizeof(void *);
	doctor->uses = vdc_arena_alloc(doctor->arena, (doctor->n + 1) * sizeof(*doctor->uses));
	for (size_t i = 0; i < doctor->n; i++) {
		struct use *use = &doctor->uses[i];

		use->agent = ((const struct vdc_fence_agent *const *)(const void *)rows.data)[i];
		use->name = vdc_fence_program(use->agent->type, doctor->arena) ?: "fence_";
		use->program = find(doctor, use->name);
		use->lines = vdc_fence_lines(use->agent, NULL, doctor->arena);
	}
	return 0;
}

/* Where that agent would look for the helper of OPTION, NULL: it does not call it. */
static const char *called(const struct doctor *doctor, const struct use *use,
			  const struct vdc_fence_option *option)
{
	const char *path = vdc_fence_option_helper(&use->program->metadata, option);

	if (!path || !vdc_fence_option_calls(&use->program->metadata, option, use->lines))
		return NULL;
	return vdc_line_value(use->lines, option->name, doctor->arena) ?: path;
}

/* Names of the hosts whose agents call PATH; "": none. */
static const char *users_of(const struct doctor *doctor, const char *path)
{
	vdc_autobuf hosts = { 0 };

	for (size_t i = 0; i < doctor->n; i++) {
		const struct use *use = &doctor->uses[i];
		const struct vdc_fence_metadata *metadata =
			use->program ? &use->program->metadata : NULL;

		for (size_t k = 0; metadata && k < metadata->n; k++) {
			const char *helper = called(doctor, use, metadata->options[k]);

			if (helper && strcmp(helper, path) == 0)
				add_name(&hosts, use->agent->host.name);
		}
	}
	return vdc_arena_strdup(doctor->arena, vdc_buf_str(&hosts));
}

/* Types of devices whose agents could call PATH. */
static const char *types_of(const struct doctor *doctor, const char *path)
{
	vdc_autobuf types = { 0 };

	for (size_t i = 0; i < doctor->catalogue.n; i++) {
		const struct vdc_fence_program *program = &doctor->catalogue.programs[i];

		for (size_t k = 0; k < program->metadata.n; k++) {
			const char *helper = vdc_fence_option_helper(&program->metadata,
								     program->metadata.options[k]);

			if (helper && strcmp(helper, path) == 0)
				add_name(&types, program->name + strlen("fence_"));
		}
	}
	return vdc_arena_strdup(doctor->arena, vdc_buf_str(&types));
}

static void note_helper(struct doctor *doctor, const char *path)
{
	const char *hosts = users_of(doctor, path);

	if (*hosts)
		note(doctor, &helper_used, "program", path,
		     vdc_arena_format(doctor->arena, "there is no %s, which is needed for %s", path,
				      hosts));
	else if (!strstr(path, "/sudo"))
		note(doctor, &helper_unused, "program", path,
		     vdc_arena_format(doctor->arena, "there is no %s: %s", path,
				      types_of(doctor, path)));
}

/* Each missing helper once, of the agents that are installed and of paths that hosts have. */
static void look_here(struct doctor *doctor)
{
	vdc_autobuf seen = { 0 };

	for (size_t i = 0; i < doctor->catalogue.n; i++) {
		const struct vdc_fence_program *program = &doctor->catalogue.programs[i];

		if (program->failure)
			note(doctor, &agent_silent, "program", program->name, program->failure);
		for (size_t k = 0; k < program->metadata.n; k++) {
			const char *path = vdc_fence_option_helper(&program->metadata,
								   program->metadata.options[k]);

			if (!path || access(path, X_OK) == 0 ||
			    vdc_words_have(vdc_buf_str(&seen), path))
				continue;
			add_name(&seen, path);
			note_helper(doctor, path);
		}
	}
	for (size_t i = 0; i < doctor->n; i++) {
		const struct use *use = &doctor->uses[i];

		if (!use->program)
			note(doctor, &agent_missing, "host", use->agent->host.name,
			     vdc_arena_format(doctor->arena, "its agent %s is not installed here",
					      use->name));
	}
}

/* All that the agents of hosts need at a proxy, each once, as words. */
static const char *needs(const struct doctor *doctor)
{
	vdc_autobuf paths = { 0 };

	for (size_t i = 0; i < doctor->n; i++) {
		const struct use *use = &doctor->uses[i];

		add_name(&paths, vdc_fence_program_path(use->name, doctor->arena));
		for (size_t k = 0; use->program && k < use->program->metadata.n; k++) {
			const char *path = called(doctor, use, use->program->metadata.options[k]);

			if (path && !strchr(path, ' '))
				add_name(&paths, path);
		}
	}
	return vdc_arena_strdup(doctor->arena, vdc_buf_str(&paths));
}

/* SAID: lines "755 PATH" of what is there. */
static bool is_there(const char *said, const char *path)
{
	size_t len = strlen(path);

	for (const char *line = said; line && *line; line = strchr(line, '\n')) {
		char *rest;
		long mode;

		line += *line == '\n';
		mode = strtol(line, &rest, 8);
		if (*rest == ' ' && (mode & 0111) && strncmp(rest + 1, path, len) == 0 &&
		    (rest[1 + len] == '\n' || !rest[1 + len]))
			return true;
	}
	return false;
}

static int look_there(struct doctor *doctor, const struct vdc_host *proxy, const char *paths)
{
	struct vdc_target target = vdc_target_of(proxy, PROXY_TIME, doctor->arena);
	const char *words = paths, *word, **argv;
	struct vdc_shell shell = { .address = target.shell, .limit_us = PROXY_TIME };
	struct vdc_err why = { 0 };
	vdc_autoend end = { 0 };
	size_t len, n = 0;

	argv = vdc_arena_alloc(doctor->arena, (strlen(paths) + 8) * sizeof(*argv));
	for (const char *first[] = { "stat", "-L", "-c", "%a %n", "--", NULL }; first[n]; n++)
		argv[n] = first[n];
	while ((word = vdc_word_next(&words, &len)))
		argv[n++] = vdc_arena_strndup(doctor->arena, word, len);
	shell.argv = argv;
	if (!target.shell && !target.local) {
		note(doctor, &proxy_away, "host", proxy->name,
		     "it has no address for the remote shell");
		return 0;
	}
	if (vdc_shell_run(&shell, &end, &why)) {
		note(doctor, &proxy_away, "host", proxy->name, vdc_err_text(&why));
		return 0;
	}
	for (size_t i = 5; argv[i]; i++) {
		if (is_there(vdc_buf_str(&end.out), argv[i]))
			continue;
		note(doctor, strstr(argv[i], "/fence_") ? &agent_missing : &helper_used, "host",
		     proxy->name,
		     vdc_arena_format(doctor->arena, "as a proxy it has no %s", argv[i]));
	}
	return 0;
}

int vdc_fence_doctor(struct vdc_db *db, const struct vdc_host *const *proxies, size_t n,
		     struct vdc_findings *findings, struct vdc_err *err)
{
	struct doctor doctor = { .arena = findings->arena, .findings = findings };
	const char *paths;
	int r = load(db, &doctor, err);

	if (r)
		return r;
	look_here(&doctor);
	paths = needs(&doctor);
	for (size_t i = 0; i < n && *paths && !r; i++)
		r = look_there(&doctor, proxies[i], paths);
	return r;
}
