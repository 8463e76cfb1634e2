/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/fence_setup.h"

#include <errno.h>
#include <string.h>

#include "base/words.h"
#include "plan/fence_option.h"
#include "plan/fence_type.h"

static int check_line(const char *what, const char *text, struct vdc_err *err)
{
	for (const char *p = text; p && *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return vdc_err_set(err, -EINVAL, "%s: there is a control character in it",
					   what);
	return 0;
}

/* Agents put the address into command lines. */
static int check_address(const char *address, struct vdc_err *err)
{
	if (!address)
		return 0;
	if (!*address || *address == '-' || strpbrk(address, " \t\"'\\$`;|&<>()"))
		return vdc_err_set(err, -EINVAL, "'%.60s' is not the address of a device", address);
	return check_line("the address", address, err);
}

struct checking {
	const struct vdc_fence_agent *agent;
	const struct vdc_fence_metadata *metadata;
};

static int check_option(const struct checking *checking, char *name, struct vdc_err *err)
{
	char *value = strchr(name, '=');

	if (value)
		*value++ = '\0';
	if (checking->metadata)
		return vdc_fence_option_check(checking->metadata, checking->agent->type, name,
					      value ?: "1", err);
	return vdc_fence_option_allowed(name, err);
}

static int check_options(const struct checking *checking, struct vdc_arena *arena,
			 struct vdc_err *err)
{
	const char *text = checking->agent->options;
	char *option;
	int r = 0;

	while (!r && (option = vdc_fence_next_line(&text, arena)))
		r = check_option(checking, option + strspn(option, " \t"), err);
	return r;
}

static const char *name_of(const char *line, struct vdc_arena *arena)
{
	size_t len;
	const char *name = vdc_fence_line_name(line, &len);

	return vdc_arena_strndup(arena, name, len);
}

static int check_raw(const char *text, struct vdc_arena *arena, struct vdc_err *err)
{
	const char *line;

	while ((line = vdc_fence_next_line(&text, arena))) {
		struct vdc_err why = { 0 };

		if (vdc_fence_option_harmless(name_of(line, arena), &why))
			return vdc_err_set(err, -EINVAL, "raw %s", vdc_err_text(&why));
	}
	return 0;
}

const char *vdc_fence_setup_doubt(const char *line, struct vdc_arena *arena)
{
	const char *name = name_of(line, arena);
	struct vdc_err err = { 0 };

	if (!*name || !vdc_fence_option_allowed(name, &err))
		return NULL;
	return vdc_arena_strdup(arena, vdc_err_text(&err));
}

/* Whether the agent gets OPTION by any of its names, or a file or program that has it. */
static bool is_given(const struct vdc_fence_agent *agent, const struct vdc_fence_option *option,
		     const char *lines, struct vdc_arena *arena)
{
	const char *key = vdc_fence_option_name(option->name, strlen(option->name), arena);

	if (strcmp(key, "action") == 0 || option->preset)
		return true;
	if (strcmp(key, "passwd") == 0)
		return agent->password || vdc_line_value(lines, "passwd_script", arena) ||
		       vdc_line_value(lines, "password_script", arena) ||
		       vdc_line_value(lines, "identity_file", arena);
	return vdc_line_value(lines, key, arena) || vdc_line_value(lines, option->name, arena) ||
	       (option->older && vdc_line_value(lines, option->older, arena));
}

static const char *how(const struct vdc_fence_option *option, struct vdc_arena *arena)
{
	static const char *const fields[][2] = {
		{ "ipaddr", "--address" },
		{ "login", "--user" },
		{ "passwd", "--secret" },
		{ "port", "--plug" },
	};
	const char *key = vdc_fence_option_name(option->name, strlen(option->name), arena);

	for (size_t i = 0; i < VDC_COUNT(fields); i++)
		if (strcmp(key, fields[i][0]) == 0)
			return fields[i][1];
	return vdc_arena_format(arena, "--option %s=", option->name);
}

/* fence_ipmilan and its kin want an address and do not say so. */
static bool is_wanted(const struct vdc_fence_option *option)
{
	return vdc_is_true(option->required) ||
	       (option->older && strcmp(option->older, "ipaddr") == 0);
}

static int check_required(const struct checking *checking, struct vdc_arena *arena,
			  struct vdc_err *err)
{
	const char *lines = vdc_fence_lines(checking->agent, NULL, arena);

	for (size_t i = 0; checking->metadata && i < checking->metadata->n; i++) {
		const struct vdc_fence_option *option = checking->metadata->options[i];

		if (!is_wanted(option) || option->deprecated ||
		    is_given(checking->agent, option, lines, arena))
			continue;
		return vdc_err_set(err, -EINVAL, "%s needs %s%s%s%s", checking->agent->type,
				   how(option, arena), option->description ? " (" : "",
				   option->description ?: "", option->description ? ")" : "");
	}
	return 0;
}

int vdc_fence_setup_check(const struct vdc_fence_agent *agent,
			  const struct vdc_fence_metadata *metadata, struct vdc_err *err)
{
	const struct checking checking = { agent, metadata };
	vdc_autoarena *arena = vdc_arena_new();
	int r = check_address(agent->address, err);

	if (!r)
		r = check_line("the user", agent->username, err);
	if (!r)
		r = check_line("the plug", agent->plug, err);
	if (!r)
		r = check_options(&checking, arena, err);
	if (!r)
		r = check_raw(agent->raw_option, arena, err);
	return r ? r : check_required(&checking, arena, err);
}
