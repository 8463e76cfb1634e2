/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a host was before its update: the state of that step, lines and what the command said. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "act/updates.h"
#include "act/upgrade_work.h"
#include "base/buf.h"
#include "base/number.h"
#include "base/words.h"

const char *upgrade_memory(const struct upgrade_host *host, const char *name)
{
	return vdc_line_value(host->steps[VDC_UPGRADE_UPDATE].state, name, host->run->arena);
}

int64_t upgrade_attempt(const struct upgrade_host *host)
{
	const char *text = upgrade_memory(host, "attempt");
	int64_t attempt;

	return text && vdc_int_parse(text, &attempt, NULL) == 0 ? attempt : 0;
}

static void add_line(struct vdc_buf *out, const char *name, const char *value)
{
	if (value && !strchr(value, '\n'))
		vdc_buf_printf(out, "%s=%s\n", name, value);
}

int upgrade_keep_before(struct upgrade_host *host, const char *sanlock_id, struct vdc_err *err)
{
	struct upgrade_run *run = host->run;
	struct vdc_updates_expected expected;
	vdc_autobuf out = { 0 };
	int r = vdc_updates_expected(run->db, host->row->id, run->job->id, run->arena, &expected,
				     err);

	if (r)
		return r;
	vdc_buf_printf(&out, "attempt=%" PRId64 "\n", upgrade_attempt(host) + 1);
	add_line(&out, "boot_id", host->host->boot_id);
	add_line(&out, "libvirt", host->host->libvirt_version);
	add_line(&out, "qemu", host->host->qemu_version);
	add_line(&out, "sanlock_id", sanlock_id);
	add_line(&out, "expected_libvirt", expected.libvirt_version);
	add_line(&out, "expected_qemu", expected.qemu_version);
	return upgrade_keep(host, VDC_UPGRADE_UPDATE, vdc_buf_str(&out), err);
}

/* Behind an empty line: what stands there is nobody's line. */
int upgrade_keep_output(struct upgrade_host *host, const char *output, struct vdc_err *err)
{
	const char *before = host->steps[VDC_UPGRADE_UPDATE].state;

	return upgrade_keep(
		host, VDC_UPGRADE_UPDATE,
		vdc_arena_format(host->run->arena, "%s\n%s", before ? before : "", output), err);
}
