/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A host goes down and comes back; whether it did is told by its boot id. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "act/look.h"
#include "act/sync.h"
#include "act/upgrade_work.h"
#include "base/buf.h"
#include "base/release.h"
#include "base/time.h"
#include "doc/catalogue.h"
#include "edge/host_daemon.h"
#include "edge/shell.h"

#define SHELL_TIME (30 * VDC_SECOND)
#define FENCE_TIME (15 * 60 * VDC_SECOND) /* twice what fence.status-tries and the like allow */
#define LOOK_AGAIN VDC_SECOND
/* A host that is back may show its new hypervisor a moment later. */
#define SETTLE_TIME (30 * VDC_SECOND)

/* Whether it has booted since it told its boot id before the update. False where it never told. */
static bool has_rebooted(const struct upgrade_host *host)
{
	const char *before = upgrade_memory(host, "boot_id");

	return before && host->host && host->host->boot_id &&
	       strcmp(before, host->host->boot_id) != 0;
}

static bool is_older(const char *now, const char *than)
{
	uint64_t release = vdc_release_parse(now), least = vdc_release_parse(than);

	return least && release < least;
}

/* A package's version may have more numbers than what its daemon says. */
static bool is_short_of(const char *now, const char *offered)
{
	return is_older(now, offered) && !vdc_release_covers(now, offered);
}

const char *upgrade_lacks(const struct upgrade_host *host)
{
	const struct vdc_host *now = host->host;
	const char *qemu = upgrade_memory(host, "expected_qemu");
	const char *libvirt = upgrade_memory(host, "expected_libvirt");
	const char *planned = host->run->rows.upgrade->qemu;
	struct vdc_arena *arena = host->run->arena;

	if (host->rolling_back)
		return NULL;
	if (is_older(now->qemu_version, planned))
		return vdc_arena_format(arena, "it runs QEMU %s, and not %s as was planned",
					now->qemu_version ? now->qemu_version : "?", planned);
	if (!host->image && is_short_of(now->qemu_version, qemu))
		return vdc_arena_format(arena, "it runs QEMU %s, and not %s as it was offered",
					now->qemu_version ? now->qemu_version : "?", qemu);
	if (!host->image && is_short_of(now->libvirt_version, libvirt))
		return vdc_arena_format(arena, "it runs libvirt %s, and not %s as it was offered",
					now->libvirt_version ? now->libvirt_version : "?", libvirt);
	if (is_older(now->qemu_version, upgrade_memory(host, "qemu")))
		return vdc_arena_format(arena, "it runs QEMU %s, which is older than before",
					now->qemu_version ? now->qemu_version : "?");
	if (is_older(now->libvirt_version, upgrade_memory(host, "libvirt")))
		return vdc_arena_format(arena, "it runs libvirt %s, which is older than before",
					now->libvirt_version ? now->libvirt_version : "?");
	return NULL;
}

static int ask(const struct upgrade_host *host, const char *script, struct vdc_err *err)
{
	const char *const argv[] = { "sh", "-c", script, NULL };
	const struct vdc_target target = vdc_target_of(host->host, SHELL_TIME, host->run->arena);
	const struct vdc_shell shell = {
		.address = target.shell,
		.argv = argv,
		.limit_us = SHELL_TIME,
	};
	vdc_autoend end = { 0 };
	int r;

	if (!target.shell)
		return vdc_err_set(err, -EOPNOTSUPP, "it has no remote shell");
	r = vdc_shell_run(&shell, &end, err);
	if (!r && end.status != 0)
		r = vdc_err_set(err, -EIO, "it refuses: %s", vdc_proc_complaint(&end));
	return r;
}

/* What goes on in the background lets the remote shell end well before the host goes down. */
static int ask_to_reboot(const struct upgrade_host *host, struct vdc_err *err)
{
	return ask(host, "(sleep 0.5; systemctl reboot) >/dev/null 2>&1 </dev/null &", err);
}

/*
 * Without a reboot the old libvirtd goes on, which cannot start guests with the new QEMU. Guests do not
 * notice that it is restarted.
 */
static int restart_daemons(const struct upgrade_host *host, struct vdc_err *err)
{
	struct vdc_arena *arena = host->run->arena;
	const struct vdc_target target = vdc_target_of(host->host, SHELL_TIME, arena);
	const char *units;

	if (!target.shell)
		return vdc_err_set(err, -EOPNOTSUPP, "it has no remote shell");
	return vdc_host_daemon_restart(target.shell, false, arena, &units, err);
}

static int restart_all(struct upgrade_run *run, struct upgrade_host **hosts, size_t n,
		       struct vdc_err *err)
{
	int r = 0;

	for (size_t i = 0; i < n && !r; i++) {
		struct vdc_err failure = { 0 };

		r = vdc_job_check(run->lease, run->db, err);
		if (!r && hosts[i]->host && restart_daemons(hosts[i], &failure))
			hosts[i]->failure =
				vdc_arena_format(run->arena, "its libvirt cannot be restarted: %s",
						 vdc_err_text(&failure));
	}
	return r;
}

static int fence(const struct upgrade_host *host, struct vdc_err *err)
{
	const char *const argv[] = { "fence", "reboot", "--yes", host->host->name, NULL };
	const struct vdc_proc proc = { .argv = argv, .limit_us = FENCE_TIME };
	vdc_autoend end = { 0 };
	int r = vdc_proc_run(&proc, &end, err);

	if (!r && end.status != 0)
		r = vdc_err_set(err, -EIO, "%s", vdc_proc_complaint(&end));
	return r;
}

static void reboot(struct upgrade_host *host)
{
	struct vdc_err asked = { 0 }, fenced = { 0 };

	if (ask_to_reboot(host, &asked) == 0)
		return;
	upgrade_say(host->run, host->row->name, "the remote shell cannot reboot it: %s; fencing it",
		    vdc_err_text(&asked));
	if (fence(host, &fenced))
		host->failure = vdc_arena_format(host->run->arena,
						 "it cannot be rebooted: %s; nor fenced: %s",
						 vdc_err_text(&asked), vdc_err_text(&fenced));
}

static int look(struct upgrade_run *run, struct upgrade_host **hosts, size_t n, struct vdc_err *err)
{
	const char **ids = vdc_arena_alloc(run->arena, (n + 1) * sizeof(*ids));
	int r;

	for (size_t i = 0; i < n; i++)
		ids[i] = hosts[i]->row->id;
	r = upgrade_look(run, ids, n, err);
	for (size_t i = 0; i < n && !r; i++)
		r = upgrade_reload(hosts[i], err);
	return r;
}

/* A new image comes with a reboot, and with another key: only one that answers and has not booted is
 * rebooted by us. */
static bool is_to_be_rebooted(struct upgrade_host *host)
{
	if (!host->host || has_rebooted(host))
		return false;
	return !host->image || upgrade_answers(host);
}

int upgrade_reboot(struct upgrade_run *run, struct upgrade_host **hosts, size_t n,
		   struct vdc_err *err)
{
	int r = 0;

	if (run->options.no_reboot)
		return restart_all(run, hosts, n, err);
	for (size_t i = 0; i < n; i++)
		if (hosts[i]->image && hosts[i]->host)
			upgrade_enrol_key(hosts[i]);
	r = look(run, hosts, n, err);
	for (size_t i = 0; i < n && !r; i++) {
		if (!is_to_be_rebooted(hosts[i]))
			continue;
		r = upgrade_set_status(hosts[i], VDC_HOST_INSTALLING, "it reboots", err);
		if (!r)
			r = vdc_job_check(run->lease, run->db, err);
		if (!r)
			reboot(hosts[i]);
	}
	return r;
}

struct returning {
	struct upgrade_run *run;
	struct upgrade_host **hosts;
	size_t n;
	int64_t began; /* monotonic */
};

static struct upgrade_host *host_named(const struct returning *ret, const char *name)
{
	for (size_t i = 0; i < ret->n; i++)
		if (strcmp(ret->hosts[i]->row->name, name) == 0)
			return ret->hosts[i];
	return NULL;
}

static void heard(void *ctx, const struct vdc_sync_report *report)
{
	const struct returning *ret = ctx;
	struct upgrade_host *host = host_named(ret, report->host);

	if (!host)
		return;
	host->heard = !report->failure;
	host->silence = report->failure
				? vdc_arena_strdup(ret->run->arena, vdc_err_text(report->failure))
				: NULL;
	host->refused_key = report->failure && report->failure->code == -EACCES;
}

/* Whether nothing more is to be waited for. */
static bool has_returned(const struct returning *ret, struct upgrade_host *host)
{
	bool reboots = !ret->run->options.no_reboot && !host->rolling_back &&
		       upgrade_memory(host, "boot_id");
	const char *lacks;

	if (!host->host || !host->heard || (reboots && !has_rebooted(host)))
		return false;
	/* Without a remote shell only libvirt answers. */
	lacks = upgrade_lacks(host);
	if (!lacks)
		return true;
	host->silence = lacks;
	return false;
}

static int look_at_return(struct returning *ret, const char *const *ids, size_t n,
			  struct vdc_err *err)
{
	struct vdc_sync_options options = vdc_sync_options();
	struct vdc_sync_summary summary;
	struct upgrade_run *run = ret->run;

	if (vdc_catalogue_read(run->arena, &options.catalogue, NULL))
		options.catalogue = NULL;
	options.told = heard;
	options.ctx = ret;
	return vdc_sync(run->db, &options, ids, n, &summary, err);
}

/* One look at those that are not back yet. *LEFT says how many are still away then. */
static int look_once(struct returning *ret, size_t *left, struct vdc_err *err)
{
	const char **ids = vdc_arena_alloc(ret->run->arena, (ret->n + 1) * sizeof(*ids));
	size_t n = 0;
	int r;

	for (size_t i = 0; i < ret->n; i++)
		if (!ret->hosts[i]->returned)
			ids[n++] = ret->hosts[i]->row->id;
	r = look_at_return(ret, ids, n, err);
	*left = 0;
	for (size_t i = 0; i < ret->n && !r; i++) {
		struct upgrade_host *host = ret->hosts[i];

		if (host->returned)
			continue;
		r = upgrade_reload(host, err);
		if (r)
			break;
		/* What answers without its remote shell may have another key now. */
		if (host->image && host->host && (host->refused_key || host->heard) &&
		    !has_rebooted(host))
			upgrade_enrol_key(host);
		host->returned = has_returned(ret, host);
		*left += !host->returned;
	}
	return r;
}

static const char *still_away(const struct returning *ret)
{
	vdc_autobuf text = { 0 };

	for (size_t i = 0; i < ret->n; i++) {
		const struct upgrade_host *host = ret->hosts[i];

		if (!host->returned)
			vdc_buf_printf(&text, "%s%s (%s)", text.len ? ", " : "", host->row->name,
				       host->silence ? host->silence : "it has not rebooted yet");
	}
	return vdc_arena_strdup(ret->run->arena, vdc_buf_str(&text));
}

static void give_up(const struct returning *ret)
{
	char limit[VDC_TIME_LEN + 1];

	vdc_duration_format(ret->run->options.return_us, limit);
	for (size_t i = 0; i < ret->n; i++)
		if (!ret->hosts[i]->returned)
			ret->hosts[i]->failure = vdc_arena_format(
				ret->run->arena, "it is not back after %s: %s", limit,
				ret->hosts[i]->silence ? ret->hosts[i]->silence
						       : "it has not rebooted");
}

/* A host that answers and is not what it should be will not become so. */
static bool is_hopeless(const struct returning *ret)
{
	if (vdc_time_monotonic() - ret->began < SETTLE_TIME)
		return false;
	for (size_t i = 0; i < ret->n; i++)
		if (!ret->hosts[i]->returned &&
		    !(ret->hosts[i]->heard && has_rebooted(ret->hosts[i])))
			return false;
	return true;
}

int upgrade_return(struct upgrade_run *run, struct upgrade_host **hosts, size_t n,
		   struct vdc_err *err)
{
	struct returning ret = {
		.run = run,
		.hosts = hosts,
		.n = n,
		.began = vdc_time_monotonic(),
	};
	size_t left = n;
	int r = 0;

	for (size_t i = 0; i < n; i++)
		hosts[i]->returned = hosts[i]->heard = false;
	run->waits_since = 0;
	while (!r) {
		r = look_once(&ret, &left, err);
		if (r || !left || (run->stop && !run->closing))
			break;
		if (vdc_time_monotonic() - ret.began > run->options.return_us ||
		    is_hopeless(&ret)) {
			give_up(&ret);
			break;
		}
		upgrade_waits(run, NULL, "hosts to come back: %s", still_away(&ret));
		r = upgrade_pause(run, LOOK_AGAIN, err);
	}
	run->waits_since = 0;
	for (size_t i = 0; i < n; i++)
		hosts[i]->interrupted = !r && !hosts[i]->returned && !hosts[i]->failure;
	return r;
}
