/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/fence_option.h"

#include <errno.h>
#include <string.h>

#include "base/number.h"
#include "base/similar.h"
#include "base/words.h"
#include "plan/fence_type.h"

static bool same_name(const char *a, const char *b)
{
	for (; a && *a && *b; a++, b++)
		if ((*a == '-' ? '_' : *a) != (*b == '-' ? '_' : *b))
			return false;
	return a && *a == *b;
}

const struct vdc_fence_option *vdc_fence_option_find(const struct vdc_fence_metadata *metadata,
						     const char *name)
{
	for (size_t i = 0; i < metadata->n; i++)
		if (same_name(metadata->options[i]->name, name) ||
		    same_name(metadata->options[i]->older, name))
			return metadata->options[i];
	return NULL;
}

/* By what agents called them first. */
static const char *const fields[][2] = {
	{ "ipaddr", "--address" }, { "login", "--user" },  { "passwd", "--secret" },
	{ "port", "--plug" },	   { "ipport", "--port" },
};

static bool ends(const char *text, const char *with)
{
	size_t len = strlen(text), n = strlen(with);

	return len >= n && strcmp(text + len - n, with) == 0;
}

/* By name: "snmp_priv_passwd", "secret_key", "token"; what names a program or a file holds none. */
static bool is_secret(const char *name)
{
	static const char *const words[] = {
		"passw",      "secret", "token",	  "apikey",
		"access_key", "tlskey", "hexadecimal_kg", "key_value"
	};

	if (ends(name, "_script") || ends(name, "_file") || ends(name, "_path"))
		return false;
	for (size_t i = 0; i < VDC_COUNT(words); i++)
		if (strcasestr(name, words[i]))
			return true;
	return false;
}

int vdc_fence_option_harmless(const char *name, struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	const char *key = vdc_fence_option_name(name, strlen(name), arena);

	if (!key)
		return 0;
	if (strcasecmp(key, "action") == 0)
		return vdc_err_set(err, -EINVAL,
				   "option %s: what is to be done is said with each call", name);
	if (strcmp(key, "missing_as_off") == 0)
		return vdc_err_set(err, -EINVAL,
				   "option %s: a plug that nobody finds would count as off", name);
	if (is_secret(key))
		return vdc_err_set(err, -EINVAL,
				   "option %s: secrets are not kept in the database; a password is "
				   "given as --secret, and some agents have a %s_script",
				   name, name);
	return 0;
}

int vdc_fence_option_allowed(const char *name, struct vdc_err *err)
{
	static const char ends_early[] = "help version";
	static const char logs[] = "debug debug_file verbose verbose_level boto3_debug";
	vdc_autoarena *arena = vdc_arena_new();
	const char *key = vdc_fence_option_name(name, strlen(name), arena);

	if (!key)
		return vdc_err_set(err, -EINVAL, "'%.60s' is not the name of an option", name);
	if (vdc_words_have(ends_early, key))
		return vdc_err_set(
			err, -EINVAL,
			"option %s: the agent would do nothing, and say that all is well", name);
	if (vdc_words_have(logs, key))
		return vdc_err_set(err, -EINVAL,
				   "option %s: the agent would write into a log or file what it "
				   "exchanges with the device, the password too",
				   name);
	return vdc_fence_option_harmless(name, err);
}

static int unknown(const struct vdc_fence_metadata *metadata, const char *type, const char *name,
		   struct vdc_err *err)
{
	struct vdc_similar similar = { .word = name };
	char hint[VDC_SIMILAR_HINT];

	for (size_t i = 0; i < metadata->n; i++)
		if (!metadata->options[i]->deprecated)
			vdc_similar_try(&similar, metadata->options[i]->name);
	return vdc_err_set(err, -EINVAL,
			   "%s has no option '%.60s'%s; 'fence agents %s' lists what it has", type,
			   name, vdc_similar_hint(&similar, hint), type);
}

/* Whether TEXT is one of the words between SEPARATOR; case does not count. */
static bool is_among(const char *words, char separator, const char *text)
{
	size_t len = strlen(text);

	for (const char *word = strchr(text, separator) ? NULL : words; word; word = strchr(word, separator)) {
		word += word != words;
		if (strncasecmp(word, text, len) == 0 &&
		    (word[len] == '\0' || word[len] == separator))
			return true;
	}
	return false;
}

static int check_choice(const struct vdc_fence_option *option, const char *value,
			struct vdc_err *err)
{
	if (*value && is_among(option->choices, '|', value))
		return 0;
	return vdc_err_set(err, -EINVAL, "option %s cannot be '%.60s', only one of %s",
			   option->name, value, option->choices);
}

static int check_value(const struct vdc_fence_option *option, const char *value,
		       struct vdc_err *err)
{
	bool number =
		option->type == VDC_FENCE_OPTION_INTEGER || option->type == VDC_FENCE_OPTION_SECOND;
	int64_t parsed = 0;

	if (option->type == VDC_FENCE_OPTION_SELECT)
		return check_choice(option, value, err);
	if (option->type == VDC_FENCE_OPTION_BOOLEAN &&
	    (!*value || !is_among("1 0 yes no on off true false", ' ', value)))
		return vdc_err_set(err, -EINVAL, "option %s cannot be '%.60s', only yes or no",
				   option->name, value);
	if (number && vdc_int_parse(value, &parsed, NULL))
		return vdc_err_set(err, -EINVAL, "option %s cannot be '%.60s', only a number%s",
				   option->name, value,
				   option->type == VDC_FENCE_OPTION_SECOND ? " of seconds" : "");
	if (option->type == VDC_FENCE_OPTION_SECOND && parsed < 0)
		return vdc_err_set(err, -EINVAL, "option %s cannot be negative", option->name);
	for (const char *p = value; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return vdc_err_set(err, -EINVAL,
					   "option %s: there is a control character in its value",
					   option->name);
	return 0;
}

int vdc_fence_option_check(const struct vdc_fence_metadata *metadata, const char *type,
			   const char *name, const char *value, struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	const char *called = vdc_fence_word(vdc_fence_type_find(type), name);
	const struct vdc_fence_option *option = vdc_fence_option_find(metadata, called);
	const char *key = vdc_fence_option_name(called, strlen(called), arena);

	for (size_t i = 0; key && i < VDC_COUNT(fields); i++)
		if (strcmp(key, fields[i][0]) == 0)
			return vdc_err_set(err, -EINVAL, "option %s: give it as %s", name,
					   fields[i][1]);
	if (key && vdc_fence_option_allowed(name, err))
		return -EINVAL;
	return option ? check_value(option, value, err) : unknown(metadata, type, name, err);
}

const char *vdc_fence_option_helper(const struct vdc_fence_metadata *metadata,
				    const struct vdc_fence_option *option)
{
	const char *path = option->preset;

	/* All agents for HTTPS have that path; those that use it let the version of TLS be chosen. */
	if (strcmp(option->name, "gnutlscli_path") == 0 &&
	    !vdc_fence_option_find(metadata, "tls1.0"))
		return NULL;
	if (!ends(option->name, "_path") || !path || *path != '/')
		return NULL;
	return strstr(path, "/bin/") || strstr(path, "/sbin/") ? path : NULL;
}

static bool is_on(const struct vdc_fence_metadata *metadata, const char *lines, const char *name,
		  const char *older)
{
	vdc_autoarena *arena = vdc_arena_new();
	const struct vdc_fence_option *option = vdc_fence_option_find(metadata, name);
	const char *value = vdc_line_value(lines, name, arena);

	if (!value && older)
		value = vdc_line_value(lines, older, arena);
	if (!value && option)
		value = option->preset;
	return value && *value && is_among("1 yes on true", ' ', value);
}

bool vdc_fence_option_calls(const struct vdc_fence_metadata *metadata,
			    const struct vdc_fence_option *option, const char *lines)
{
	bool ssl = is_on(metadata, lines, "ssl", NULL) ||
		   is_on(metadata, lines, "ssl_insecure", NULL) ||
		   is_on(metadata, lines, "ssl_secure", NULL);

	if (strcmp(option->name, "sudo_path") == 0)
		return is_on(metadata, lines, "use_sudo", "sudo");
	if (strcmp(option->name, "ssh_path") == 0)
		return is_on(metadata, lines, "ssh", "secure");
	if (strcmp(option->name, "gnutlscli_path") == 0)
		return ssl;
	if (strcmp(option->name, "telnet_path") == 0)
		return !ssl && !is_on(metadata, lines, "ssh", "secure");
	return true;
}
