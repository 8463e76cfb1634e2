/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/setting.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/time.h"

enum type { TEXT, NUMBER, DURATION };

static const struct {
	const char *name;
	enum type type;
	const char *preset;
	int64_t min, max;
	const char *variable;
	const char *help;
} settings[] = {
#define X(id, ...) [VDC_SETTING_##id] = { __VA_ARGS__ },
	VDC_SETTINGS(X)
#undef X
};

static char *texts[VDC_N_SETTINGS]; /* NULL: the default */

const char *vdc_setting_text(enum vdc_setting setting)
{
	return texts[setting] ? texts[setting] : settings[setting].preset;
}

const char *vdc_setting_name(enum vdc_setting setting)
{
	return settings[setting].name;
}

const char *vdc_setting_variable(enum vdc_setting setting)
{
	return settings[setting].variable;
}

const char *vdc_setting_default(enum vdc_setting setting)
{
	return settings[setting].preset;
}

const char *vdc_setting_help(enum vdc_setting setting)
{
	return settings[setting].help;
}

enum vdc_setting vdc_setting_find(const char *name)
{
	enum vdc_setting i = 0;

	while (i < VDC_N_SETTINGS && strcmp(settings[i].name, name) != 0)
		i++;
	return i;
}

static int parse(enum vdc_setting setting, const char *text, int64_t *ret, struct vdc_err *err)
{
	*ret = 0;
	if (settings[setting].type == NUMBER)
		return vdc_int_parse(text, ret, err);
	return settings[setting].type == DURATION ? vdc_duration_parse(text, ret, err) : 0;
}

int64_t vdc_setting_number(enum vdc_setting setting)
{
	int64_t value = 0;

	parse(setting, vdc_setting_text(setting), &value, NULL); /* was checked when it was set */
	return value;
}

int vdc_setting_set(enum vdc_setting setting, const char *text, struct vdc_err *err)
{
	int64_t min = settings[setting].min;
	int64_t max = settings[setting].max ? settings[setting].max : INT64_MAX;
	int64_t value;
	int r = *text ? parse(setting, text, &value, err) :
			vdc_err_set(err, -EINVAL, "there is no value");

	if (!r && settings[setting].type != TEXT && (value < min || value > max))
		r = vdc_err_set(err, -EINVAL, "'%.60s' is too %s", text,
				value < min ? "small" : "large");
	if (r) {
		vdc_err_prefix(err, "%s: ", settings[setting].name);
		return r;
	}
	free(texts[setting]);
	texts[setting] = vdc_strdup(text);
	return 0;
}
