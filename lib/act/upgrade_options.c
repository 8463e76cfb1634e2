/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a run was asked for, as lines "name=value" that its job keeps. */
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "act/upgrade_work.h"
#include "base/buf.h"
#include "base/time.h"

const struct vdc_upgrade_options vdc_upgrade_options_default = {
	.command_us = 3600 * VDC_SECOND,
	.return_us = 600 * VDC_SECOND,
	.failure = VDC_UPGRADE_STOP_ALL,
	.retry_delay_us = 60 * VDC_SECOND,
	.tolerated = VDC_UNSET,
	.refresh = VDC_UPGRADE_LEAVE,
	.batch = 10,
	.batch_pause_us = 60 * VDC_SECOND,
	.shutdown_us = 300 * VDC_SECOND,
};

enum type { TEXT, NUMBER, FLAG, CHOICE };

static const struct {
	const char *name;
	enum type type;
	size_t offset;
} members[] = {
#define MEMBER(member, type)                                                \
	{                                                                   \
#member, type, offsetof(struct vdc_upgrade_options, member) \
	}
	MEMBER(command, TEXT),		MEMBER(image_command, TEXT),
	MEMBER(rollback_command, TEXT), MEMBER(images, TEXT),
	MEMBER(command_us, NUMBER),	MEMBER(return_us, NUMBER),
	MEMBER(no_reboot, FLAG),	MEMBER(failure, CHOICE),
	MEMBER(retries, NUMBER),	MEMBER(retry_delay_us, NUMBER),
	MEMBER(tolerated, NUMBER),	MEMBER(refresh, CHOICE),
	MEMBER(batch, NUMBER),		MEMBER(batch_pause_us, NUMBER),
	MEMBER(raise_level, FLAG),	MEMBER(os_major, FLAG),
	MEMBER(no_reserve, FLAG),	MEMBER(unsafe, FLAG),
	MEMBER(accept_unknown, FLAG),	MEMBER(shutdown_us, NUMBER),
	MEMBER(force_off, FLAG),	MEMBER(any_load, FLAG),
#undef MEMBER
};

static void *at(const struct vdc_upgrade_options *options, size_t i)
{
	return (void *)((uintptr_t)options + members[i].offset);
}

/* An enum of C has the size of an int with the compilers that build this. */
static void write_member(struct vdc_buf *out, const struct vdc_upgrade_options *options, size_t i)
{
	const void *member = at(options, i);
	const char *text;

	switch (members[i].type) {
	case TEXT:
		text = *(const char *const *)member;
		if (text)
			vdc_buf_printf(out, "%s=%s\n", members[i].name, text);
		break;
	case NUMBER:
		vdc_buf_printf(out, "%s=%" PRId64 "\n", members[i].name, *(const int64_t *)member);
		break;
	case FLAG:
		vdc_buf_printf(out, "%s=%d\n", members[i].name, *(const bool *)member);
		break;
	case CHOICE:
		vdc_buf_printf(out, "%s=%u\n", members[i].name, *(const unsigned *)member);
		break;
	}
}

char *upgrade_options_text(const struct vdc_upgrade_options *options, struct vdc_arena *arena)
{
	vdc_autobuf out = { 0 };

	for (size_t i = 0; i < VDC_COUNT(members); i++)
		write_member(&out, options, i);
	return vdc_arena_strdup(arena, vdc_buf_str(&out));
}

static void read_member(const struct vdc_upgrade_options *options, size_t i, char *value)
{
	void *member = at(options, i);

	switch (members[i].type) {
	case TEXT:
		*(char **)member = value;
		break;
	case NUMBER:
		*(int64_t *)member = strtoll(value, NULL, 10);
		break;
	case FLAG:
		*(bool *)member = strcmp(value, "1") == 0;
		break;
	case CHOICE:
		*(unsigned *)member = (unsigned)strtoul(value, NULL, 10);
		break;
	}
}

void upgrade_options_parse(const char *text, struct vdc_arena *arena,
			   struct vdc_upgrade_options *ret)
{
	*ret = vdc_upgrade_options_default;
	while (text && *text) {
		const char *equals = strchr(text, '='), *end = strchrnul(text, '\n');
		size_t len = equals ? (size_t)(equals - text) : 0;

		for (size_t i = 0; equals && equals < end && i < VDC_COUNT(members); i++)
			if (strlen(members[i].name) == len &&
			    strncmp(members[i].name, text, len) == 0)
				read_member(ret, i,
					    vdc_arena_strndup(arena, equals + 1,
							      (size_t)(end - equals) - 1));
		text = *end ? end + 1 : end;
	}
}
