/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/host_sanlock.h"

#include "edge/shell.h"

static const char script[] = "LC_ALL=C; export LC_ALL\n"
			     "PATH=$PATH:/usr/sbin:/sbin\n"
			     "if command -v sanlock >/dev/null; then\n"
			     "	echo '== status'; timeout 3 sanlock client status -D\n"
			     "	echo '== gets'; timeout 3 sanlock client gets -h 1\n"
			     "	echo '== hosts'; timeout 3 sanlock client host_status -D\n"
			     "else echo '== none'\n"
			     "fi 2>/dev/null </dev/null\n"
			     "echo '== end'\n";

int vdc_host_sanlock(const char *address, int64_t limit_us, struct vdc_buf *ret,
		     struct vdc_err *err)
{
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
