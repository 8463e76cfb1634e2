/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/conf.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/setting.h"
#include "base/similar.h"

enum { LINE_MAX_BYTES = 4096 };

static const char blanks[] = " \t\r\n";

static char *trim(char *s)
{
	size_t len;

	s += strspn(s, blanks);
	len = strlen(s);
	while (len && strchr(blanks, s[len - 1]))
		len--;
	s[len] = '\0';
	return s;
}

static int unknown_setting(const char *name, struct vdc_err *err)
{
	struct vdc_similar similar = { .word = name };
	char hint[VDC_SIMILAR_HINT];

	for (enum vdc_setting i = 0; i < VDC_N_SETTINGS; i++)
		vdc_similar_try(&similar, vdc_setting_name(i));
	return vdc_err_set(err, -EINVAL, "unknown setting '%.60s'%s", name,
			   vdc_similar_hint(&similar, hint));
}

static int take_line(char *line, bool seen[VDC_N_SETTINGS], struct vdc_err *err)
{
	char *equals, *name = trim(line);
	enum vdc_setting setting;

	if (!*name || *name == '#')
		return 0;
	equals = strchr(name, '=');
	if (!equals)
		return vdc_err_set(err, -EINVAL, "'%.60s' is not of the form name = value", name);
	*equals = '\0';
	name = trim(name);
	setting = vdc_setting_find(name);
	if (setting == VDC_N_SETTINGS)
		return unknown_setting(name, err);
	if (seen[setting])
		return vdc_err_set(err, -EINVAL, "%s is set a second time", name);
	seen[setting] = true;
	return vdc_setting_set(setting, trim(equals + 1), err);
}

static int read_lines(FILE *in, const char *file, struct vdc_err *err)
{
	bool seen[VDC_N_SETTINGS] = { false };
	char line[LINE_MAX_BYTES];
	int r = 0;

	for (unsigned n = 1; fgets(line, sizeof(line), in); n++) {
		if (strlen(line) == sizeof(line) - 1)
			r = vdc_err_set(err, -EINVAL, "the line is too long");
		else
			r = take_line(line, seen, err);
		if (r) {
			vdc_err_prefix(err, "%s:%u: ", file, n);
			return r;
		}
	}
	if (ferror(in))
		return vdc_err_set(err, -errno, "%s: %s", file, strerror(errno));
	return 0;
}

static int read_file(const char *file, bool may_be_missing, struct vdc_err *err)
{
	FILE *in = fopen(file, "re");
	int r;

	if (!in && errno == ENOENT && may_be_missing)
		return 0;
	if (!in)
		return vdc_err_set(err, errno == EACCES ? -EACCES : -EINVAL, "%s: %s", file,
				   strerror(errno));
	r = read_lines(in, file, err);
	fclose(in);
	return r;
}

static int read_environment(struct vdc_err *err)
{
	for (enum vdc_setting i = 0; i < VDC_N_SETTINGS; i++) {
		const char *variable = vdc_setting_variable(i);
		const char *value = variable ? secure_getenv(variable) : NULL;
		int r;

		if (!value || !*value)
			continue;
		r = vdc_setting_set(i, value, err);
		if (r) {
			vdc_err_prefix(err, "environment variable %s: ", variable);
			return r;
		}
	}
	return 0;
}

int vdc_conf_load(const char *file, struct vdc_err *err)
{
	int r;

	if (!file)
		file = secure_getenv("VDC_CONF");
	r = file && *file ? read_file(file, false, err) : read_file("/etc/vdc/vdc.conf", true, err);
	return r ? r : read_environment(err);
}
