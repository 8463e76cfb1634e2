/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What cluster-upgrade run is asked for besides its plan. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/setting.h"
#include "base/words.h"
#include "run.h"
#include "store/store.h"

#define DAY INT64_C(86400000000)

const struct vdc_option cluster_upgrade_run_options[] = {
	{ .name = "accept-high-load",
	  .help = "also when the other hosts lack the CPUs for what runs now, and to over-loaded ones" },
	{ .name = "accept-no-reserve", .help = "also waves during which no more host can be lost" },
	{ .name = "batch",
	  .arg = VDC_ARG_INT,
	  .value = "N",
	  .help = "with --refresh restart: so many VMs, then a pause; 10 unless given",
	  .needs = "refresh",
	  .min = 1,
	  .max = 10000 },
	{ .name = "batch-pause",
	  .arg = VDC_ARG_DURATION,
	  .value = "TIME",
	  .help = "that pause; 60s unless given",
	  .needs = "refresh",
	  .max = DAY },
	{ .name = "command",
	  .arg = VDC_ARG_TEXT,
	  .value = "COMMAND",
	  .help = "what updates a host, run on it; else upgrade.command, else apt-get or dnf" },
	{ .name = "disks-are-shared",
	  .help = "move also where libvirt cannot see that both hosts reach the disks" },
	{ .name = "dry-run", .letter = 'N', .help = "show the plan and do nothing" },
	{ .name = "force-off", .help = "pull the plug of VMs that do not shut down in their time" },
	{ .name = "image",
	  .arg = VDC_ARG_TEXT,
	  .value = "HOST,...|all",
	  .complete = "host",
	  .help = "these hosts get a new image instead of an update",
	  .repeat = true },
	{ .name = "image-command",
	  .arg = VDC_ARG_TEXT,
	  .value = "COMMAND",
	  .help = "what gives a host an image, run here; %h is its name, %a its address",
	  .needs = "image" },
	{ .name = "no-reboot",
	  .help = "the update needs none: no VM is moved or restarted",
	  .excludes = "image" },
	{ .name = "on-failure",
	  .arg = VDC_ARG_CHOICE,
	  .value = "stop|retry|skip",
	  .choices = "stop retry skip",
	  .help = "when a host fails: end the run, try again and end it then, or go on" },
	{ .name = "raise-level", .help = "raise the level of the cluster at the end" },
	{ .name = "refresh",
	  .arg = VDC_ARG_CHOICE,
	  .value = "none|live-migrate|restart",
	  .choices = "none live-migrate restart",
	  .help = "what becomes of VMs that still run the old QEMU at the end" },
	{ .name = "retries",
	  .arg = VDC_ARG_INT,
	  .value = "N",
	  .help = "with --on-failure retry or skip: how often a host is tried again",
	  .needs = "on-failure",
	  .max = 100 },
	{ .name = "retry-delay",
	  .arg = VDC_ARG_DURATION,
	  .value = "TIME",
	  .help = "how long after its failure; 60s unless given",
	  .needs = "on-failure",
	  .max = DAY },
	{ .name = "return-timeout",
	  .arg = VDC_ARG_DURATION,
	  .value = "TIME",
	  .help = "how long a host may take to answer again; upgrade.return-timeout",
	  .min = 1000000,
	  .max = DAY },
	{ .name = "rollback-command",
	  .arg = VDC_ARG_TEXT,
	  .value = "COMMAND",
	  .help = "what undoes an image that does not come up; as --image-command",
	  .needs = "image" },
	{ .name = "shutdown-timeout",
	  .arg = VDC_ARG_DURATION,
	  .value = "TIME",
	  .help = "how long a VM may take to shut down; 5m unless given",
	  .min = 1000000,
	  .max = DAY },
	{ .name = "timeout",
	  .arg = VDC_ARG_DURATION,
	  .value = "TIME",
	  .help = "how long a command may take; upgrade.timeout",
	  .min = 1000000,
	  .max = 7 * DAY },
	{ .name = "tolerate",
	  .arg = VDC_ARG_TEXT,
	  .value = "N|P%",
	  .help = "with --on-failure skip: hosts that may fail before the run ends",
	  .needs = "on-failure" },
	{ .name = "yes", .letter = 'y', .help = "answer the question with yes" },
	{ 0 },
};

static int64_t choice_of(struct vdc_call *call, const char *option, const char *choices,
			 int64_t otherwise)
{
	const char *given = vdc_text_option(call, option), *word;
	int64_t number = 1;
	size_t len;

	for (; given && (word = vdc_word_next(&choices, &len)); number++)
		if (strlen(given) == len && strncmp(given, word, len) == 0)
			return number;
	return otherwise;
}

static const char *text_of(struct vdc_call *call, const char *option, enum vdc_setting setting)
{
	const char *given = vdc_text_option(call, option);

	return given ? given : vdc_setting_text(setting);
}

/* Names as ids; "all" as "*". */
static int read_images(struct vdc_call *call, const char **ret, struct vdc_err *err)
{
	const char *const *names;
	size_t n = cluster_upgrade_names(call, "image", &names);
	struct vdc_arena *arena = vdc_call_arena(call);
	vdc_autobuf ids = { 0 };

	if (vdc_given(call, "image") && n == 0)
		return vdc_err_set(err, -EINVAL, "--image names no host");
	for (size_t i = 0; i < n; i++) {
		void *host;
		int r;

		if (strcmp(names[i], "all") == 0) {
			*ret = "*";
			return 0;
		}
		r = vdc_store_get(vdc_call_db(call), &vdc_host_kind, names[i], 0, arena, &host,
				  err);
		if (r)
			return r;
		vdc_buf_printf(&ids, "%s%s", ids.len ? " " : "", vdc_object_id(host));
	}
	if (n)
		*ret = vdc_arena_strdup(arena, vdc_buf_str(&ids));
	return 0;
}

static int read_tolerated(struct vdc_call *call, int64_t hosts, int64_t *ret, struct vdc_err *err)
{
	const char *given = vdc_text_option(call, "tolerate");
	int64_t percent = VDC_UNSET, number = VDC_UNSET;
	int r = given ? cluster_upgrade_part("tolerate", given, &percent, &number, err) : 0;

	if (!r && given)
		*ret = number != VDC_UNSET ? number : hosts * percent / 100;
	return r;
}

int cluster_upgrade_run_choice(struct vdc_call *call, const struct vdc_upgrade *upgrade,
			       struct vdc_upgrade_options *ret, struct vdc_err *err)
{
	struct vdc_upgrade_options o = vdc_upgrade_options_default;
	int r = read_images(call, &o.images, err);

	o.command = text_of(call, "command", VDC_SETTING_UPGRADE_COMMAND);
	o.image_command = text_of(call, "image-command", VDC_SETTING_UPGRADE_IMAGE_COMMAND);
	o.rollback_command =
		text_of(call, "rollback-command", VDC_SETTING_UPGRADE_ROLLBACK_COMMAND);
	o.command_us =
		vdc_int_option(call, "timeout", vdc_setting_number(VDC_SETTING_UPGRADE_TIMEOUT));
	o.return_us = vdc_int_option(call, "return-timeout",
				     vdc_setting_number(VDC_SETTING_UPGRADE_RETURN_TIMEOUT));
	o.no_reboot = vdc_given(call, "no-reboot");
	o.failure = (enum vdc_upgrade_failure)choice_of(call, "on-failure", "stop retry skip",
							o.failure);
	o.retries = vdc_int_option(call, "retries", o.failure == VDC_UPGRADE_RETRY ? 1 : 0);
	o.retry_delay_us = vdc_int_option(call, "retry-delay", o.retry_delay_us);
	o.refresh = (enum vdc_upgrade_refresh)choice_of(call, "refresh",
							"none live-migrate restart", o.refresh);
	o.batch = vdc_int_option(call, "batch", o.batch);
	o.batch_pause_us = vdc_int_option(call, "batch-pause", o.batch_pause_us);
	o.raise_level = vdc_given(call, "raise-level");
	o.os_major = vdc_is_true(upgrade->os_major);
	o.no_reserve = vdc_given(call, "accept-no-reserve");
	o.unsafe = vdc_given(call, "disks-are-shared");
	o.accept_unknown = vdc_given(call, "accept-unknown");
	o.any_load = vdc_given(call, "accept-high-load");
	o.shutdown_us = vdc_int_option(call, "shutdown-timeout", o.shutdown_us);
	o.force_off = vdc_given(call, "force-off");
	if (!r)
		r = read_tolerated(call, upgrade->hosts, &o.tolerated, err);
	if (!r && o.images && !o.image_command)
		r = vdc_err_set(err, -EINVAL,
				"--image: nothing is known that gives hosts an image; give "
				"--image-command, or set upgrade.image-command in vdc.conf");
	if (!r)
		*ret = o;
	return r;
}
