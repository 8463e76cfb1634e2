/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* compat-level vm upgrade: VMs out of compatibility mode, one after another. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "act/vm_upgrade.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/time.h"
#include "cli/exit_code.h"
#include "cli/login.h"
#include "cli/progress.h"
#include "compat.h"
#include "doc/catalogue.h"
#include "store/store.h"

#define SHUTDOWN_LIMIT (300 * VDC_SECOND)
#define WATCH_TIME (10 * VDC_SECOND)
#define LONGEST (3600 * VDC_SECOND)

const struct vdc_option compat_vm_upgrade_options[] = {
	{ .name = "chipset",
	  .arg = VDC_ARG_CHOICE,
	  .value = "CHIPSET",
	  .choices = "q35",
	  .help = "change to it: the guest finds its devices at other addresses" },
	{ .name = "force-off",
	  .needs = "power-off",
	  .help = "pull the plug of a VM that does not shut down in time" },
	{ .name = "host",
	  .arg = VDC_ARG_TEXT,
	  .value = "HOST",
	  .complete = "host",
	  .help = "where to start a VM that is defined on several hosts" },
	{ .name = "irreversible", .help = "known: it can never go back to its older cluster" },
	{ .name = "no-backup",
	  .excludes = "snapshot",
	  .help = "known: there is no snapshot or backup to go back to" },
	{ .name = "power-off", .help = "shut down what runs" },
	{ .name = "snapshot", .help = "make a snapshot first, where there is no backup" },
	{ .name = "timeout",
	  .arg = VDC_ARG_DURATION,
	  .value = "TIME",
	  .help = "how long a VM may take to shut down (5m)",
	  .min = VDC_SECOND,
	  .max = LONGEST },
	{ .name = "watch",
	  .arg = VDC_ARG_DURATION,
	  .value = "TIME",
	  .help = "how long it must have run to be believed (10s)",
	  .min = VDC_SECOND,
	  .max = LONGEST },
	{ .include = vdc_login_options },
	{ 0 },
};

struct upgrade {
	struct vdc_call *call;
	struct vdc_vm_upgrade_options options;
	struct vdc_vm_upgrade_case *cases;
	size_t n;
	struct vdc_progress *progress;
};

static struct vdc_vm_upgrade_options options_of(const struct vdc_call *call)
{
	return (struct vdc_vm_upgrade_options){
		.host = vdc_text_option(call, "host"),
		.chipset = vdc_text_option(call, "chipset"),
		.power_off = vdc_given(call, "power-off"),
		.force_off = vdc_given(call, "force-off"),
		.snapshot = vdc_given(call, "snapshot"),
		.no_backup = vdc_given(call, "no-backup"),
		.shutdown_us = vdc_int_option(call, "timeout", SHUTDOWN_LIMIT),
		.watch_us = vdc_int_option(call, "watch", WATCH_TIME),
	};
}

static bool is_there(const struct upgrade *u, const char *id)
{
	for (size_t i = 0; i < u->n; i++)
		if (strcmp(u->cases[i].vm->id, id) == 0)
			return true;
	return false;
}

static int look_at_all(struct upgrade *u, struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(u->call);
	const struct vdc_catalogue *catalogue;
	const char *const *names;
	int n = vdc_call_operands(u->call, &names);
	int r = vdc_catalogue_read(arena, &catalogue, err);

	u->cases = vdc_arena_alloc(arena, (size_t)n * sizeof(*u->cases));
	for (int i = 0; !r && i < n; i++) {
		void *vm;

		r = vdc_store_get(vdc_call_db(u->call), &vdc_vm_kind, names[i], 0, arena, &vm, err);
		if (r || is_there(u, vdc_object_id(vm)))
			continue;
		r = vdc_vm_upgrade_look(vdc_call_db(u->call), catalogue, vdc_object_id(vm),
					&u->options, arena, &u->cases[u->n], err);
		u->n += !r;
	}
	return r;
}

/* All that stands in the way of any of them; that another one is being upgraded passes by itself. */
static int refuse(const struct upgrade *u, struct vdc_err *err)
{
	vdc_autobuf text = { 0 };
	bool busy_only = true;

	for (size_t i = 0; i < u->n; i++) {
		const struct vdc_vm_upgrade *plan = &u->cases[i].plan;

		for (size_t k = 0; k < plan->n_blockers; k++) {
			busy_only &= plan->blockers[k].block == VDC_VM_UPGRADE_RUNNING;
			vdc_buf_printf(&text, "%s%s: %s", text.len ? "\n" : "",
				       vdc_enum_word(&vdc_vm_upgrade_block_values,
						     plan->blockers[k].block),
				       plan->blockers[k].text);
		}
	}
	if (!text.len)
		return 0;
	fprintf(stderr, "%s\n", vdc_buf_str(&text));
	return busy_only ? vdc_err_set(err, -EBUSY, "nothing was changed; try again later")
			 : vdc_err_set(err, -EPERM, "nothing was changed");
}

static const char *old_machine(const struct vdc_vm_upgrade_case *c)
{
	return c->vm->running_machine_type ?: c->vm->machine_type;
}

static void say_plan(const struct vdc_vm_upgrade_case *c)
{
	const struct vdc_vm_upgrade *plan = &c->plan;

	if (c->unfinished)
		printf("would have ended the upgrade of VM %s, which was cut off\n", c->unfinished);
	if (c->goes_on)
		return;
	printf("would have upgraded VM %s on host %s from %s to %s%s%s%s%s\n", c->vm->name,
	       c->host->name, old_machine(c), plan->machine,
	       plan->runs ? ", shutting it down first" : "",
	       plan->make_snapshot ? ", with a snapshot" : "",
	       plan->backup ? ", with the backup " : "", plan->backup ?: "");
}

static char *names_of(const struct upgrade *u)
{
	vdc_autobuf out = { 0 };

	for (size_t i = 0; i < u->n; i++)
		vdc_buf_printf(&out, "%s%s", i ? ", " : "", u->cases[i].vm->name);
	return vdc_arena_strdup(vdc_call_arena(u->call), vdc_buf_str(&out));
}

static char *risks_of(const struct upgrade *u)
{
	vdc_autobuf out = { 0 };

	for (size_t i = 0; i < u->n; i++) {
		const struct vdc_vm_upgrade_case *c = &u->cases[i];

		vdc_buf_printf(
			&out,
			"VM %s gets machine type %s in place of %s%s. This is irreversible: it "
			"cannot go back to its source cluster %s.\n",
			c->vm->name, c->plan.machine ?: "(as begun)", old_machine(c) ?: "?",
			c->plan.chipset_changes ? ", and its devices other addresses" : "",
			c->vm->migrated_from_cluster ?: "?");
	}
	vdc_buf_puts(&out,
		     "It is restarted: do it off-peak. If services on it misbehave now, migrate "
		     "it back first and look for the cause there.");
	return vdc_arena_strdup(vdc_call_arena(u->call), vdc_buf_str(&out));
}

/* Three things: that it is meant, that its risk is known, and who says so. */
static int confirm(const struct upgrade *u, struct vdc_err *err)
{
	const char *names = names_of(u), *risks = risks_of(u);
	int r;

	if (vdc_given(u->call, "yes") && !vdc_given(u->call, "irreversible"))
		return vdc_err_set(err, -EPERM,
				   "--yes alone does not answer this, give --irreversible too: %s",
				   risks);
	r = vdc_confirm(u->call, err, "%s\nUpgrade %s?", risks, names);
	if (r < 0)
		return r;
	if (!r)
		return vdc_err_set(err, -EPERM, "nothing was changed");
	return vdc_confirm_login(
		u->call, vdc_arena_format(vdc_call_arena(u->call), "upgrade of vm %s", names), err,
		"Only an administrator may upgrade %s.", names);
}

static void told(void *ctx, const char *what)
{
	vdc_progress_step(ctx, "%s", what);
}

/* One after another; the first that fails ends it. */
static int run_all(struct upgrade *u, struct vdc_err *err)
{
	size_t done = 0;
	int r = 0;

	u->progress = vdc_progress_new(0);
	u->options.told = told;
	u->options.ctx = u->progress;
	for (; !r && done < u->n; done += !r) {
		r = vdc_vm_upgrade_run(vdc_call_db(u->call), &u->cases[done], &u->options, err);
		if (!r && !vdc_given(u->call, "quiet")) {
			printf("VM %s: Upgrade successful\n", u->cases[done].vm->name);
			fflush(stdout);
		}
	}
	vdc_progress_free(u->progress);
	if (!r || !done)
		return r;
	vdc_log(VDC_LOG_ERROR, "%s", vdc_err_text(err));
	return VDC_EXIT_PARTLY;
}

int compat_vm_upgrade(struct vdc_call *call, struct vdc_err *err)
{
	struct upgrade u = { .call = call, .options = options_of(call) };
	int r = look_at_all(&u, err);

	if (!r)
		r = refuse(&u, err);
	if (!r && vdc_given(call, "dry-run")) {
		for (size_t i = 0; i < u.n; i++)
			say_plan(&u.cases[i]);
		return 0;
	}
	if (!r)
		r = confirm(&u, err);
	return r ? r : run_all(&u, err);
}
