/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "model/fields.h"

const struct vdc_enum vdc_finding_severity_values = {
	.name = "severity",
	VDC_WORD_LIST("info", "warning", "error", "data_loss_risk"),
};

#define NOUN struct vdc_finding
static const struct vdc_field fields[] = {
	VDC_F_TEXT(id, VDC_REQUIRED, .path = "@id", .help = "code and id of the object"),
	VDC_F_TEXT(code, VDC_REQUIRED | VDC_KEY | VDC_LISTED, .help = "stable name of what it is"),
	VDC_F_ENUM(severity, vdc_finding_severity_values, VDC_REQUIRED | VDC_LISTED,
		   .help = "how bad it is"),
	VDC_F_TEXT(kind, 0, .help = "kind of the object"),
	VDC_F_TEXT(object, VDC_LISTED, .help = "name of the object"),
	VDC_F_TEXT(object_id, 0, .help = "id of the object"),
	VDC_F_TEXT(text, VDC_REQUIRED | VDC_LISTED, .title = "FINDING", .help = "what is wrong"),
	VDC_F_TEXT(advice, 0, .help = "what to do about it"),
};

const struct vdc_kind vdc_finding_kind =
	VDC_KIND("finding", "findings", "finding", "something that a check found");

static void make_room(struct vdc_findings *findings)
{
	struct vdc_finding **bigger;

	if (findings->n < findings->room)
		return;
	findings->room = findings->room ? 2 * findings->room : 16;
	bigger = vdc_arena_alloc(findings->arena, findings->room * sizeof(*bigger));
	if (findings->n)
		memcpy(bigger, findings->items, findings->n * sizeof(*bigger));
	findings->items = bigger;
}

void vdc_findings_add(struct vdc_findings *findings, const struct vdc_finding_code *code,
		      const struct vdc_kind *kind, const void *object, const char *fmt, ...)
{
	struct vdc_arena *arena = findings->arena;
	struct vdc_finding *finding = vdc_object_new(&vdc_finding_kind, arena);
	const char *id = vdc_object_id(object);
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	finding->id = vdc_arena_format(arena, "%s:%s", code->code, id ? id : "");
	finding->code = vdc_arena_strdup(arena, code->code);
	finding->severity = code->severity;
	finding->kind = vdc_arena_strdup(arena, kind->word);
	finding->object = vdc_arena_strdup(arena, vdc_object_name(kind, object));
	finding->object_id = vdc_arena_strdup(arena, id);
	finding->text = vdc_arena_strdup(arena, text);
	finding->advice = vdc_arena_strdup(arena, code->advice);
	vdc_findings_take(findings, finding);
}

void vdc_findings_take(struct vdc_findings *findings, struct vdc_finding *finding)
{
	make_room(findings);
	findings->items[findings->n++] = finding;
}
