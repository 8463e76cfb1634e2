/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What came of a step. */
#include <string.h>

#include "base/utf8.h"
#include "plan/fence_flow_part.h"

static void enter(struct vdc_fence_flow *flow, enum vdc_fence_phase phase, int64_t now)
{
	flow->phase = phase;
	flow->since = now;
}

void vdc_fence_flow_explain(struct vdc_fence_flow *flow, const char *text)
{
	size_t len = text ? strcspn(text, "\r\n") : 0;

	if (len >= sizeof(flow->reason))
		len = sizeof(flow->reason) - 1;
	if (len)
		memcpy(flow->reason, text, len = vdc_utf8_xml_span(text, len));
	flow->reason[len] = '\0';
}

static void take_a_rest(struct vdc_fence_flow *flow, int64_t now, const char *text)
{
	enter(flow, VDC_FENCE_PHASE_PAUSE, now);
	flow->rounds++;
	flow->lease = 0;
	flow->lease_at = 0;
	flow->soft_tried = flow->dump_asked = false;
	vdc_fence_flow_explain(flow, text);
}

static void is_down(struct vdc_fence_flow *flow, int64_t now, bool dumped)
{
	enter(flow, VDC_FENCE_PHASE_DOWN, now);
	flow->dumped = dumped;
	flow->proven = !dumped;
}

static void down_noted(struct vdc_fence_flow *flow, int64_t now)
{
	flow->fenced = true;
	flow->proven = !flow->dumped;
	/* A host that dumps has power, and its kernel could write. */
	enter(flow,
	      RULE(VDC_FENCE_RULE_FREE, flow->dumped) ? VDC_FENCE_PHASE_DUMP : VDC_FENCE_PHASE_FREE,
	      now);
	flow->dumped = false;
}

static void switched_on(struct vdc_fence_flow *flow, bool failed, int64_t now, const char *text)
{
	if (failed) {
		take_a_rest(flow, now, text ? text : "it cannot be switched on");
		return;
	}
	flow->proven = false;
	enter(flow, VDC_FENCE_PHASE_RETURN, now);
}

/* Answered, and gone again before it was set up: it gets the time of one that starts once more, and a
 * pause after it like after all that comes to nothing. */
static void was_set_up(struct vdc_fence_flow *flow, bool failed, int64_t now, const char *text)
{
	flow->proven = false;
	if (failed) {
		take_a_rest(flow, now, text ? text : "it went away again before it was set up");
		return;
	}
	enter(flow, VDC_FENCE_PHASE_OVER, now);
	vdc_fence_flow_explain(flow, text ? text : "it is set up again");
}

void vdc_fence_flow_begin_off(struct vdc_fence_flow *flow, int64_t now)
{
	enter(flow, VDC_FENCE_PHASE_OFF, now);
}

void vdc_fence_flow_lease(struct vdc_fence_flow *flow, enum vdc_fence_lease lease, int64_t now)
{
	flow->lease = lease;
	flow->lease_at = now;
}

void vdc_fence_flow_did(struct vdc_fence_flow *flow, enum vdc_fence_do what,
			enum vdc_fence_outcome outcome, int64_t now, const char *text)
{
	bool failed = outcome != VDC_FENCE_DID;

	switch (what) {
	case VDC_FENCE_DO_SOFT:
		flow->soft_tried = true;
		enter(flow, VDC_FENCE_PHASE_LOST, now);
		break;
	case VDC_FENCE_DO_NON_RESPONSIVE:
		enter(flow, VDC_FENCE_PHASE_HELD, now);
		break;
	case VDC_FENCE_DO_KDUMP:
		flow->dump_asked = true;
		if (flow->phase == VDC_FENCE_PHASE_DUMP)
			enter(flow, VDC_FENCE_PHASE_RETURN, now);
		else if (!failed)
			is_down(flow, now, true);
		break;
	case VDC_FENCE_DO_ASK_POWER:
		if (failed)
			enter(flow, VDC_FENCE_PHASE_HELD, now);
		else
			is_down(flow, now, false);
		break;
	case VDC_FENCE_DO_OFF:
		if (RULE(VDC_FENCE_RULE_PROOF, failed))
			take_a_rest(flow, now, text ? text : "it cannot be switched off");
		else
			is_down(flow, now, false);
		break;
	case VDC_FENCE_DO_DOWN:
		down_noted(flow, now);
		break;
	case VDC_FENCE_DO_FREE: /* what is not free then expires by itself */
		enter(flow, VDC_FENCE_PHASE_ON, now);
		break;
	case VDC_FENCE_DO_ON:
		switched_on(flow, failed, now, text);
		break;
	case VDC_FENCE_DO_SET_UP:
		was_set_up(flow, failed, now, text);
		break;
	case VDC_FENCE_DO_GIVE_UP:
		take_a_rest(flow, now, text);
		break;
	case VDC_FENCE_DO_DONE:
		enter(flow, VDC_FENCE_PHASE_OVER, now);
		vdc_fence_flow_explain(flow, text);
		break;
	default:
		break;
	}
}
