/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A treatment as the text that its job keeps. */
#include <inttypes.h>

#include "base/buf.h"
#include "base/number.h"
#include "base/words.h"
#include "plan/fence_flow_part.h"

static const struct vdc_enum lease_values = {
	.name = "state of a lease",
	.words = (const char *const[]){ "", "alive", "dead", "unknown", NULL },
};

char *vdc_fence_flow_text(const struct vdc_fence_flow *flow, struct vdc_arena *arena)
{
	vdc_autobuf out = { 0 };

	vdc_buf_printf(&out, "phase=%s\nsince=%" PRId64 "\nrounds=%" PRId64 "\n",
		       vdc_enum_word(&vdc_fence_phase_values, flow->phase), flow->since,
		       flow->rounds);
	if (flow->lease)
		vdc_buf_printf(&out, "lease=%s\nlease-at=%" PRId64 "\n",
			       vdc_enum_word(&lease_values, flow->lease), flow->lease_at);
	vdc_buf_printf(&out, "soft-tried=%d\ndump-asked=%d\ndumped=%d\nproven=%d\nfenced=%d\n",
		       flow->soft_tried, flow->dump_asked, flow->dumped, flow->proven,
		       flow->fenced);
	if (flow->reason[0])
		vdc_buf_printf(&out, "reason=%s\n", flow->reason);
	return vdc_arena_strdup(arena, vdc_buf_str(&out));
}

static int64_t number(const char *text, const char *name, struct vdc_arena *arena)
{
	const char *value = vdc_line_value(text, name, arena);
	int64_t ret;

	return value && vdc_int_parse(value, &ret, NULL) == 0 && ret > 0 ? ret : 0;
}

static int64_t word(const char *text, const char *name, const struct vdc_enum *values,
		    struct vdc_arena *arena)
{
	const char *value = vdc_line_value(text, name, arena);
	int64_t index = value ? vdc_enum_find(values, value) : -1;

	return index > 0 ? index : 0;
}

struct vdc_fence_flow vdc_fence_flow_parse(const char *text, int64_t now)
{
	vdc_autoarena *arena = vdc_arena_new();
	const char *reason = vdc_line_value(text, "reason", arena);
	struct vdc_fence_flow flow = {
		.phase = (enum vdc_fence_phase)word(text, "phase", &vdc_fence_phase_values, arena),
		.since = number(text, "since", arena),
		.rounds = number(text, "rounds", arena),
		.lease = (enum vdc_fence_lease)word(text, "lease", &lease_values, arena),
		.lease_at = number(text, "lease-at", arena),
		.soft_tried = number(text, "soft-tried", arena) > 0,
		.dump_asked = number(text, "dump-asked", arena) > 0,
		.dumped = number(text, "dumped", arena) > 0,
		.proven = number(text, "proven", arena) > 0,
		.fenced = number(text, "fenced", arena) > 0,
	};

	if (!flow.phase)
		return (struct vdc_fence_flow){ .phase = VDC_FENCE_PHASE_GRACE, .since = now };
	if (flow.since > now) /* the clock was set back */
		flow.since = now;
	vdc_fence_flow_explain(&flow, reason);
	return flow;
}
