/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/host_updates.h"

#include <errno.h>

#include "edge/host_facts.h"
#include "edge/shell.h"

/*
 * Nothing is installed: apt-get simulates, dnf only compares. What a package manager complains about
 * is told in the line "failed". dnf exits with 100 when there is something.
 */
static const char script[] =
	"LC_ALL=C; export LC_ALL\n"
	"complaint() { printf '%s\\n' \"$1\" | sed -n \"$2\" | head -n 1; }\n"
	"if " VDC_SHELL_USES_APT "; then\n"
	"	if ! all=$(timeout 60 apt-get -q -o Acquire::Retries=0 -o Acquire::http::Timeout=15"
	" -o APT::Update::Error-Mode=any update 2>&1); then\n"
	"		why=$(complaint \"$all\" 's/^[EW]: //p')\n"
	"		echo \"stale apt-get update: ${why:-it did not end in a minute}\"\n"
	"	fi\n"
	"	if all=$(apt-get -s -q dist-upgrade 2>&1); then\n"
	"		printf '%s\\n' \"$all\" | sed 's/^/apt /'\n"
	"	else\n"
	"		echo \"failed apt-get: $(complaint \"$all\" 's/^E: //p')\"\n"
	"	fi\n"
	"elif command -v dnf >/dev/null; then\n"
	"	all=$(dnf -q check-update 2>&1)\n"
	"	case $? in\n"
	"	0 | 100) printf '%s\\n' \"$all\" | sed 's/^/dnf /' ;;\n"
	"	*) echo \"failed dnf: $(complaint \"$all\" 's/^Error: //p')\" ;;\n"
	"	esac\n"
	"else\n"
	"	echo 'failed it has neither apt-get nor dnf: set updates.command (vdc.conf(5))'\n"
	"fi\n"
	"echo offers\n";

int vdc_host_updates(const char *address, int64_t limit_us, struct vdc_buf *ret,
		     struct vdc_err *err)
{
	vdc_autofree char *both = vdc_format("%s%s", script, vdc_host_facts_script);
	const struct vdc_shell shell = {
		.address = address,
		.argv = (const char *const[]){ "sh", "-c", both, NULL },
		.limit_us = limit_us,
	};
	vdc_autoend end = { 0 };
	int r = vdc_shell_run(&shell, &end, err);

	if (!r)
		vdc_buf_puts(ret, vdc_buf_str(&end.out));
	return r;
}

static int take_answer(struct vdc_proc_end *end, struct vdc_buf *ret, struct vdc_err *err)
{
	const char *complaint = vdc_proc_complaint(end);

	if (end->status != 0)
		return vdc_err_set(err, -EIO, "the command of the setting %s: exit code %d%s%.200s",
				   vdc_setting_name(VDC_SETTING_UPDATES_COMMAND), end->status,
				   *complaint ? ": " : "", complaint);
	vdc_buf_puts(ret, vdc_buf_str(&end->out));
	return 0;
}

int vdc_host_updates_of_command(const char *address, const char *command, int64_t limit_us,
				struct vdc_buf *ret, struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	const char *argv[VDC_SHELL_WORDS + 1];
	const struct vdc_shell shell = { .address = address, .argv = argv, .limit_us = limit_us };
	vdc_autoend end = { 0 };
	size_t n;
	int r = vdc_shell_split(VDC_SETTING_UPDATES_COMMAND, command, arena, argv, &n, err);

	if (!r)
		r = vdc_shell_run(&shell, &end, err);
	return r ? r : take_answer(&end, ret, err);
}
