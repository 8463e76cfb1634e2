/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/fence_verdict.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"

enum { MOST_MESSAGE = 300, STATUS_OFF = 2 };

/* Words of fencing.py, of what it calls, and of Python; the first that is found counts. */
static const struct {
	const char *words;
	enum vdc_fence_cause cause;
} causes[] = {
	{ "not found or not executable", VDC_FENCE_CAUSE_HELPER },
	{ "not found or was not executable", VDC_FENCE_CAUSE_HELPER },
	{ "unable to run ", VDC_FENCE_CAUSE_HELPER },
	{ "no module named", VDC_FENCE_CAUSE_HELPER },
	{ "command not found", VDC_FENCE_CAUSE_HELPER },
	{ "no such file or directory: '/", VDC_FENCE_CAUSE_HELPER },
	{ "timed out waiting to power", VDC_FENCE_CAUSE_POWER },
	{ "permission denied", VDC_FENCE_CAUSE_LOGIN },
	{ "access denied", VDC_FENCE_CAUSE_LOGIN },
	{ "unauthorized", VDC_FENCE_CAUSE_LOGIN },
	{ "authentication fail", VDC_FENCE_CAUSE_LOGIN },
	{ "authentication error", VDC_FENCE_CAUSE_LOGIN },
	{ "login incorrect", VDC_FENCE_CAUSE_LOGIN },
	{ "invalid password", VDC_FENCE_CAUSE_LOGIN },
	{ "invalid user", VDC_FENCE_CAUSE_LOGIN },
	{ "hmac is invalid", VDC_FENCE_CAUSE_LOGIN },
	{ "correct privileges", VDC_FENCE_CAUSE_LOGIN },
	{ "failed: you have to", VDC_FENCE_CAUSE_OPTIONS },
	{ "failed: the value you have entered", VDC_FENCE_CAUSE_OPTIONS },
	{ "failed: unrecognised", VDC_FENCE_CAUSE_OPTIONS },
	{ "parse error", VDC_FENCE_CAUSE_OPTIONS },
	{ "unable to connect", VDC_FENCE_CAUSE_DEVICE },
	{ "couldn't connect", VDC_FENCE_CAUSE_DEVICE },
	{ "failed to connect", VDC_FENCE_CAUSE_DEVICE },
	{ "unable to obtain correct plug status", VDC_FENCE_CAUSE_DEVICE },
	{ "connection lost", VDC_FENCE_CAUSE_DEVICE },
	{ "connection refused", VDC_FENCE_CAUSE_DEVICE },
	{ "connection reset", VDC_FENCE_CAUSE_DEVICE },
	{ "timed out", VDC_FENCE_CAUSE_DEVICE },
	{ "no route to host", VDC_FENCE_CAUSE_DEVICE },
	{ "unreachable", VDC_FENCE_CAUSE_DEVICE },
	{ "name or service not known", VDC_FENCE_CAUSE_DEVICE },
	{ "name resolution", VDC_FENCE_CAUSE_DEVICE },
	{ "could not resolve", VDC_FENCE_CAUSE_DEVICE },
};

static enum vdc_fence_cause cause_of(const char *text)
{
	for (size_t i = 0; i < VDC_COUNT(causes); i++)
		if (strcasestr(text, causes[i].words))
			return causes[i].cause;
	return VDC_FENCE_CAUSE_OTHER;
}

/* One line of a complaint. */
struct line {
	const char *text;
	size_t len;
};

static bool has(struct line line, const char *words)
{
	return memmem(line.text, line.len, words, strlen(words));
}

static bool begins(struct line line, const char *words)
{
	return line.len >= strlen(words) && !memcmp(line.text, words, strlen(words));
}

/* Behind the time and the level that fencing.py puts in front: "2026-01-31 10:00:00,123 ERROR: ". */
static struct line without_level(struct line line, const char *level)
{
	const char *at = memmem(line.text, line.len, level, strlen(level));
	size_t skip = at ? (size_t)(at - line.text) + strlen(level) : 0;

	return (struct line){ line.text + skip, line.len - skip };
}

/* The lines that could be the reason, best first. */
struct reasons {
	struct line error, exception, other, warning;
	bool traceback;
	bool warned; /* the line before was a warning of Python: its source line follows */
};

static void keep_first(struct line *kept, struct line line)
{
	if (!kept->text)
		*kept = line;
}

static void weigh(struct reasons *reasons, struct line line)
{
	bool indented = line.len && isspace((unsigned char)line.text[0]);
	bool source = reasons->warned && indented;

	reasons->warned = false;
	if (begins(line, "Traceback (most recent call last)"))
		reasons->traceback = true;
	else if (has(line, "Please use '-h' for usage") || source)
		return;
	else if (has(line, "ERROR: "))
		keep_first(&reasons->error, without_level(line, "ERROR: "));
	else if (has(line, "Warning: "))
		reasons->warned = true;
	else if (has(line, "WARNING: "))
		keep_first(&reasons->warning, without_level(line, "WARNING: "));
	else if (reasons->traceback && !indented)
		reasons->exception = line;
	else if (!reasons->traceback)
		keep_first(&reasons->other, line);
}

/* The line of ERR that names the reason; without a text: it is silent but for warnings. */
static struct line reason_of(const char *err, struct line *warning)
{
	struct reasons reasons = { 0 };
	size_t len;

	for (; *err; err += len + (err[len] != '\0')) {
		len = strcspn(err, "\r\n");
		if (len)
			weigh(&reasons, (struct line){ err, len });
	}
	*warning = reasons.warning;
	if (reasons.error.text)
		return reasons.error;
	return reasons.exception.text ? reasons.exception : reasons.other;
}

/* Agents repeat lines that they do not know, and the password may be one. */
static void hide(char *text, const struct vdc_secret *secret)
{
	size_t len = secret ? secret->len : 0;

	for (char *at = text; len && (at = strstr(at, secret->text)); at += len)
		memset(at, '*', len);
}

/* For a table cell: no control characters, valid UTF-8, not too long. */
static const char *printable(struct line line, const struct vdc_secret *secret,
			     struct vdc_arena *arena)
{
	char *text = vdc_arena_strndup(arena, line.text, line.len);
	size_t len;

	hide(text, secret);
	for (char *p = text; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = ' ';
	len = strlen(text);
	for (size_t good; (good = vdc_utf8_xml_span(text, len)) < len;)
		text[good] = '?';
	if (len > MOST_MESSAGE)
		text[vdc_utf8_xml_span(text, MOST_MESSAGE)] = '\0';
	return text;
}

static enum vdc_fence_said said_of(const struct vdc_fence_output *output, bool complained)
{
	bool on = strcasestr(output->out, "status: on");
	bool off = strcasestr(output->out, "status: off");

	if (strcmp(output->action, "status") != 0)
		return output->status ? VDC_FENCE_SAID_NOTHING : VDC_FENCE_SAID_DONE;
	if (output->status == 0 && !off)
		return VDC_FENCE_SAID_ON;
	if (output->status == STATUS_OFF && !on && (off || !complained))
		return VDC_FENCE_SAID_OFF;
	return VDC_FENCE_SAID_NOTHING;
}

struct vdc_fence_end vdc_fence_verdict(const struct vdc_fence_output *output,
				       struct vdc_arena *arena)
{
	struct line warning, reason = reason_of(output->err, &warning);
	struct vdc_fence_end end = { .said = said_of(output, reason.text), .message = "" };

	if (!reason.text)
		reason = warning;
	if (reason.text)
		end.message = printable(reason, output->secret, arena);
	if (end.said != VDC_FENCE_SAID_NOTHING)
		return end;
	end.cause = cause_of(end.message);
	if (end.cause == VDC_FENCE_CAUSE_OTHER)
		end.cause = cause_of(output->err);
	if (!reason.text)
		end.message = vdc_arena_format(arena, "it ended with exit code %d without a reason",
					       output->status);
	return end;
}
