/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/host_thin.h"

#include <errno.h>
#include <string.h>

#include "base/number.h"
#include "base/words.h"
#include "edge/lvm_volume.h"
#include "edge/shell.h"

/*
 * $1: the group. Whether a pool is monitored is known to the kernel's side, which --readonly leaves
 * out. A thin volume that is a physical volume brings the group of its pool along. What a
 * device stands on is one level of slaves below it: multipath.
 */
static const char script[] =
	"LC_ALL=C; export LC_ALL\n"
	"lvm_says() { \"$@\" --readonly --nolocking --noheadings 2>/dev/null; }\n"
	"groups=$1\n"
	"for device in $(lvm_says pvs -o pv_name -S \"vg_name=$1\"); do\n"
	"	real=$(readlink -f \"$device\") && name=${real##*/} || continue\n"
	"	for thin in /sys/class/block/\"$name\"/device/scsi_disk/*/thin_provisioning"
	" /sys/class/block/\"$name\"/slaves/*/device/scsi_disk/*/thin_provisioning; do\n"
	"		read -r is 2>/dev/null <\"$thin\" && [ \"$is\" = 1 ] && echo backend\n"
	"	done\n"
	"	set -- $(lvm_says lvs -o segtype,vg_name \"$device\")\n"
	"	case ${1:-} in thin | vdo) echo backend; groups=\"$groups $2\" ;; esac\n"
	"done\n"
	"for group in $groups; do\n"
	"	lvs --nolocking --noheadings -o seg_monitor"
	" -S \"vg_name=$group && segtype=thin-pool\" 2>/dev/null | sed 's/^ *//; s/^/pool /'\n"
	"done\n"
	"lvm lvmconfig --typeconfig full activation/monitoring"
	" activation/thin_pool_autoextend_threshold 2>/dev/null |"
	" sed -n 's/^\\(monitoring\\|thin_pool_autoextend_threshold\\)=/\\1 /p'\n"
	"echo thin\n";

int vdc_host_thin(const char *address, const char *group, int64_t limit_us, struct vdc_buf *ret,
		  struct vdc_err *err)
{
	const struct vdc_shell shell = {
		.address = address,
		.argv = (const char *const[]){ "sh", "-c", script, "sh", group, NULL },
		.limit_us = limit_us,
	};
	vdc_autoend end = { 0 };
	int r;

	if (!vdc_lvm_name_valid(group))
		return vdc_err_set(err, -EINVAL, "'%.130s' is no volume group", group);
	r = vdc_shell_run(&shell, &end, err);
	if (!r)
		vdc_buf_puts(ret, vdc_buf_str(&end.out));
	return r;
}

static bool is(const char *word, size_t len, const char *what)
{
	return word && strlen(what) == len && strncmp(word, what, len) == 0;
}

static int64_t number(const char *line, int64_t otherwise)
{
	size_t len;
	const char *word = vdc_word_next(&line, &len);
	vdc_autofree char *text = vdc_strndup(word ? word : "", word ? len : 0);
	int64_t ret;

	return vdc_int_parse(text, &ret, NULL) ? otherwise : ret;
}

/* "pool monitored", "pool not monitored", "pool" where LVM cannot say. */
static void take(struct vdc_thin_pools *pools, const char *line)
{
	size_t len;
	const char *word = vdc_word_next(&line, &len);

	if (is(word, len, "backend")) {
		pools->backend = true;
	} else if (is(word, len, "thin")) {
		pools->known = true;
	} else if (is(word, len, "pool")) {
		pools->pools = true;
		word = vdc_word_next(&line, &len);
		pools->unmonitored = pools->unmonitored || is(word, len, "not");
	} else if (is(word, len, "monitoring")) {
		pools->unmonitored = pools->unmonitored || number(line, 1) == 0;
	} else if (is(word, len, "thin_pool_autoextend_threshold")) {
		pools->threshold = number(line, 100);
	}
}

int vdc_host_thin_parse(const char *text, struct vdc_thin_pools *ret, struct vdc_err *err)
{
	struct vdc_thin_pools pools = { .threshold = 100 };

	while (*text) {
		size_t len = strcspn(text, "\n");
		vdc_autofree char *line = vdc_strndup(text, len);

		take(&pools, line);
		text += len + (text[len] == '\n');
	}
	if (!pools.known)
		return vdc_err_set(err, -EBADMSG, "it does not say what is thin there");
	*ret = pools;
	return 0;
}
