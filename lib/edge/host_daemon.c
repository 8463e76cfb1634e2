/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/host_daemon.h"

#include <errno.h>
#include <string.h>

#include "base/time.h"
#include "edge/shell.h"

/*
 * Runs on whatever the host has for a POSIX shell; $1: "look" or "restart". A daemon that only its
 * socket starts counts as running. One that hangs while it stops is killed, but not what else is in
 * its control group, which may be guests; one that takes long to start is left to it. The last line
 * says that nothing was cut off.
 */
static const char script[] =
	"LC_ALL=C; export LC_ALL\n"
	"command -v systemctl >/dev/null || { echo 'failed there is no systemctl'; echo end; exit; }\n"
	"runs() {\n"
	"	systemctl -q is-active \"$1.service\" || systemctl -q is-active \"$1.socket\"\n"
	"}\n"
	"wanted() {\n"
	"	case $(systemctl is-enabled \"$1.service\" \"$1.socket\" 2>/dev/null) in\n"
	"	*enabled*) ;;\n"
	"	*) return 1 ;;\n"
	"	esac\n"
	"}\n"
	"modular() {\n"
	"	units=virtqemud.service\n"
	"	for u in virtproxyd virtnetworkd virtstoraged virtnodedevd virtsecretd virtinterfaced"
	" virtnwfilterd; do\n"
	"		case $(systemctl is-active \"$u.service\" \"$u.socket\") in\n"
	"		*failed*) units=\"$units $u.service $u.socket\" ;;\n"
	"		active* | *activating* | reloading*) units=\"$units $u.service\" ;;\n"
	"		esac\n"
	"	done\n"
	"}\n"
	"units=libvirtd.service\n"
	"if runs libvirtd; then :\n"
	"elif runs virtqemud; then modular\n"
	"elif wanted libvirtd; then :\n"
	"elif wanted virtqemud; then modular\n"
	"fi\n"
	"if runs vdsmd || wanted vdsmd; then units=\"$units vdsmd.service\"; fi\n"
	"for u in $units; do echo \"unit ${u%.service}\"; done\n"
	"[ \"$1\" = restart ] || { echo end; exit; }\n"
	"systemctl reset-failed $units >/dev/null 2>&1\n"
	"why=$(timeout 20 systemctl restart $units 2>&1 </dev/null)\n"
	"rc=$?\n"
	"if [ $rc = 124 ]; then\n"
	"	for u in $units; do\n"
	"		case $(systemctl is-active \"$u\") in\n"
	"		deactivating*) systemctl kill -s KILL --kill-who=main \"$u\" ;;\n"
	"		esac\n"
	"	done\n"
	"	why=$(timeout 20 systemctl start $units 2>&1 </dev/null)\n"
	"	rc=$?\n"
	"	[ $rc = 124 ] && rc=0\n"
	"fi\n"
	"[ $rc = 0 ] || printf 'failed %s\\n' \"$(printf '%s\\n' \"${why:-exit code $rc}\" | head -n 1)\"\n"
	"echo end\n";

/* Of a unit: what systemd allows but '\\', ':' and '@'. */
static bool is_name(const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				  "-_.");

	return len && len < 64 && !name[len];
}

int vdc_host_daemon_parse(const char *text, struct vdc_arena *arena, const char **ret,
			  struct vdc_err *err)
{
	vdc_autofree char *lines = vdc_strdup(text);
	vdc_autobuf units = { 0 };
	const char *failure = NULL;
	bool complete = false;

	for (char *save = NULL, *line = strtok_r(lines, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		if (strncmp(line, "unit ", 5) == 0 && is_name(line + 5))
			vdc_buf_printf(&units, "%s%s", units.len ? " " : "", line + 5);
		else if (strncmp(line, "failed ", 7) == 0)
			failure = line + 7;
		complete = strcmp(line, "end") == 0;
	}
	if (!complete)
		return vdc_err_set(err, -EBADMSG, "the answer of the remote shell is not complete");
	if (failure)
		return vdc_err_set(err, -EIO, "%s cannot be restarted: %.200s",
				   units.len ? vdc_buf_str(&units) : "its daemon", failure);
	if (!units.len)
		return vdc_err_set(err, -EBADMSG, "the remote shell names no daemon");
	*ret = vdc_arena_strdup(arena, vdc_buf_str(&units));
	return 0;
}

int vdc_host_daemon_restart(const char *address, bool only_look, struct vdc_arena *arena,
			    const char **ret, struct vdc_err *err)
{
	const struct vdc_shell shell = {
		.address = address,
		.argv = (const char *const[]){ "sh", "-c", script, "vdc-daemon",
					       only_look ? "look" : "restart", NULL },
		.limit_us = VDC_HOST_DAEMON_TIME,
	};
	vdc_autoend end = { 0 };
	int r = vdc_shell_run(&shell, &end, err);

	return r ? r : vdc_host_daemon_parse(vdc_buf_str(&end.out), arena, ret, err);
}
