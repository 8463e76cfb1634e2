/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/time.h"
#include "base/words.h"
#include "plan/fence_type.h"

/* Options in the order in which they came, each once. */
struct options {
	struct vdc_arena *arena;
	struct option {
		const char *name, *key, *value; /* key: the name as agents compare it; NULL: none */
		const char *line;		/* as it is to be sent; NULL: NAME=VALUE */
	} * all;
	size_t n, room;
};

/* fencing.py's longopts, and the names that it has for them from older days. */
static const char *const aliases[][2] = {
	{ "ip", "ipaddr" },  { "username", "login" },  { "plug", "port" },
	{ "ssh", "secure" }, { "password", "passwd" }, { "password_script", "passwd_script" },
};

const char *vdc_fence_option_name(const char *name, size_t len, struct vdc_arena *arena)
{
	char *key = vdc_arena_strndup(arena, name, len);
	size_t plain;

	if (!len || vdc_fence_line_name(key, &plain) != key || plain != len)
		return NULL;
	for (char *p = key; (p = strchr(p, '-'));)
		*p = '_';
	for (size_t i = 0; i < VDC_COUNT(aliases); i++)
		if (strcmp(key, aliases[i][0]) == 0)
			return aliases[i][1];
	return key;
}

/* Without what could end a line; quoted where an agent would trim it. */
static const char *harmless(const char *value, size_t len, struct vdc_arena *arena)
{
	char *text = vdc_arena_strndup(arena, value, len);

	for (char *p = text; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = ' ';
	len = strlen(text);
	if (len && (text[0] == ' ' || text[len - 1] == ' '))
		return vdc_arena_format(arena, "\"%s\"", text);
	return text;
}

char *vdc_fence_next_line(const char **text, struct vdc_arena *arena)
{
	const char *line = *text ? *text : "";
	size_t len;

	line += strspn(line, "\r\n");
	len = strcspn(line, "\r\n");
	*text = line + len;
	return len ? vdc_arena_strndup(arena, line, len) : NULL;
}

static void add(struct options *options, const struct option *option)
{
	if (options->n == options->room) {
		options->room = options->room ? 2 * options->room : 16;
		options->all = vdc_realloc(options->all, options->room, sizeof(*options->all));
	}
	options->all[options->n++] = *option;
}

static void set(struct options *options, const char *name, size_t name_len, const char *value,
		size_t len)
{
	static const char *const never[] = { "action", "help", "version" };
	const char *key = vdc_fence_option_name(name, name_len, options->arena);
	struct option option = { .key = key };

	if (!key)
		return;
	for (size_t i = 0; i < VDC_COUNT(never); i++)
		if (strcasecmp(key, never[i]) == 0)
			return;
	option.name = vdc_arena_strndup(options->arena, name, name_len);
	option.value = harmless(value, len, options->arena);
	for (size_t i = 0; i < options->n; i++) {
		if (options->all[i].line || strcmp(options->all[i].key, key) != 0)
			continue;
		options->all[i] = option;
		return;
	}
	add(options, &option);
}

/* What was to be sent under that name otherwise; another raw line is not. */
static void forget(struct options *options, const char *key)
{
	size_t n = 0;

	for (size_t i = 0; i < options->n; i++)
		if (options->all[i].line || strcmp(options->all[i].key, key) != 0)
			options->all[n++] = options->all[i];
	options->n = n;
}

/* A name alone switches nothing on for an agent, and takes nothing's place. */
static void set_raw(struct options *options, const char *line)
{
	const char *name = line + strspn(line, " \t"), *is = strchr(name, '=');
	struct option option = { .line = line };

	if (vdc_fence_line_names_action(line))
		return;
	if (is)
		option.key = vdc_fence_option_name(name, (size_t)(is - name), options->arena);
	if (option.key) {
		option.value = is + 1;
		forget(options, option.key);
	}
	add(options, &option);
}

static void set_raw_lines(struct options *options, const char *text)
{
	const char *line;

	while ((line = vdc_fence_next_line(&text, options->arena)))
		set_raw(options, line);
}

static void set_text(struct options *options, const char *name, const char *value)
{
	if (value && *value)
		set(options, name, strlen(name), value, strlen(value));
}

const char *vdc_fence_word(const struct vdc_fence_type *type, const char *word)
{
	if (type && type->secure && strcmp(word, "secure") == 0)
		return type->secure;
	if (type && type->slot && strcmp(word, "slot") == 0)
		return type->slot;
	if (type && type->port && !type->port_is_slot && strcmp(word, "port") == 0)
		return type->port;
	return word;
}

/* NAME or NAME=VALUE: a name alone switches something on. TYPE: its words are oVirt's. */
static void set_pair(struct options *options, const char *pair, size_t len,
		     const struct vdc_fence_type *type)
{
	const char *is = memchr(pair, '=', len);
	size_t name_len = is ? (size_t)(is - pair) : len;
	const char *value = is ? is + 1 : "1";
	size_t value_len = is ? len - name_len - 1 : 1;
	vdc_autofree char *word = vdc_strndup(pair, name_len);
	const char *name = vdc_fence_word(type, word);

	set(options, name, strlen(name), value, value_len);
}

/* All pairs of TEXT, a line each. */
static void set_pairs(struct options *options, const char *text, const struct vdc_fence_type *type)
{
	const char *pair;

	while ((pair = vdc_fence_next_line(&text, options->arena))) {
		pair += strspn(pair, " \t");
		set_pair(options, pair, strlen(pair), type);
	}
}

static const struct option *find(const struct options *options, const char *key)
{
	for (size_t i = 0; i < options->n; i++)
		if (options->all[i].key && strcmp(options->all[i].key, key) == 0)
			return &options->all[i];
	return NULL;
}

/* Agents print 23 as the port also of those that use SSH: it is said whenever SSH is chosen. */
static void set_ssh_port(struct options *options)
{
	static const char *const yes[] = { "1", "yes", "on", "true" };
	const struct option *secure = find(options, "secure");

	if (!secure || find(options, "ipport"))
		return;
	for (size_t i = 0; i < VDC_COUNT(yes); i++)
		if (strcasecmp(secure->value, yes[i]) == 0)
			set_text(options, "ipport", "22");
}

const char *vdc_fence_lines(const struct vdc_fence_agent *agent, const char *architecture,
			    struct vdc_arena *arena)
{
	const struct vdc_fence_type *type = vdc_fence_type_find(agent->type);
	bool ppc = architecture && strncmp(architecture, "ppc", 3) == 0;
	struct options options = { .arena = arena };
	vdc_autobuf out = { 0 };

	if (type)
		set_pairs(&options, ppc && type->ppc_defaults ? type->ppc_defaults : type->defaults,
			  NULL);
	set_text(&options, "ipaddr", agent->address);
	set_text(&options, "login", agent->username);
	set_text(&options, type && type->slot ? type->slot : "port", agent->plug);
	if (agent->port > 0)
		set_text(&options, type && type->port ? type->port : "ipport",
			 vdc_arena_format(arena, "%" PRId64, agent->port));
	set_pairs(&options, agent->options, type);
	set_raw_lines(&options, agent->raw_option);
	set_ssh_port(&options);
	for (size_t i = 0; i < options.n; i++)
		if (options.all[i].line)
			vdc_buf_printf(&out, "%s\n", options.all[i].line);
		else
			vdc_buf_printf(&out, "%s=%s\n", options.all[i].name, options.all[i].value);
	free(options.all);
	return vdc_arena_strdup(arena, vdc_buf_str(&out));
}

static int64_t seconds_of(const char *lines, const char *name, struct vdc_arena *arena)
{
	const char *value = vdc_line_value(lines, name, arena);
	double seconds = value ? strtod(value, NULL) : 0;

	return seconds > 0 && seconds < 3600 ? (int64_t)(seconds * (double)VDC_SECOND) : 0;
}

int64_t vdc_fence_own_waits(const char *lines)
{
	static const char *const waits[] = { "delay", "power_wait" };
	vdc_autoarena *arena = vdc_arena_new();
	int64_t sum = 0;

	for (size_t i = 0; i < VDC_COUNT(waits); i++)
		sum += seconds_of(lines, waits[i], arena);
	return sum;
}
