/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/host_sanlock.h"

#include "edge/shell.h"

static const char begin[] = "LC_ALL=C; export LC_ALL\n"
			    "PATH=$PATH:/usr/sbin:/sbin\n"
			    "if command -v sanlock >/dev/null; then\n"
			    "	echo '== status'; timeout 3 sanlock client status -D\n";
static const char peers[] = "	echo '== gets'; timeout 3 sanlock client gets -h 1\n"
			    "	echo '== hosts'; timeout 3 sanlock client host_status -D\n";
/* A line "s LOCKSPACE:ID:PATH:OFFSET" for each. */
static const char renewals[] =
	"	timeout 3 sanlock client gets | while IFS= read -r at; do\n"
	"		at=${at#s }; at=${at%%:*}; echo \"== renewal $at\"\n"
	"		timeout 1 sanlock client renewal -s \"$at\" </dev/null | tail -n 3\n"
	"	done\n";
static const char end_of_it[] = "else echo '== none'\n"
				"fi 2>/dev/null </dev/null\n"
				"echo '== end'\n";

int vdc_host_sanlock(const char *address, unsigned parts, int64_t limit_us, struct vdc_buf *ret,
		     struct vdc_err *err)
{
	vdc_autofree char *script =
		vdc_format("%s%s%s%s", begin, parts & VDC_SANLOCK_PEERS ? peers : "",
			   parts & VDC_SANLOCK_RENEWALS ? renewals : "", end_of_it);
	const struct vdc_shell shell = {
		.address = address,
		.argv = (const char *const[]){ "sh", "-c", script, NULL },
		.limit_us = limit_us,
	};
	vdc_autoend end = { 0 };
	int r = vdc_shell_run(&shell, &end, err);

	if (!r)
		vdc_buf_add(ret, end.out.data, end.out.len);
	return r;
}
