/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* compat-level vm set: a level or a machine type of a VM's own */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "act/upgrade_fix.h"
#include "base/buf.h"
#include "base/words.h"
#include "compat.h"
#include "model/host.h"
#include "model/vm.h"
#include "plan/level_vm.h"
#include "plan/vm_upgrade.h"
#include "store/events.h"

struct setting_of_vm {
	struct compat compat;
	const char *name;
	struct vdc_vm *vm;    /* as it was */
	struct vdc_vm *after; /* as it will be */
	struct vdc_cluster *cluster;
	const struct vdc_level_family *family;
	struct vdc_level_state state;
	struct vdc_buf said; /* a line each, printed after the commit */
};

static bool is_of(const struct setting_of_vm *s, const struct vdc_host *host)
{
	return host->cluster.id && strcmp(host->cluster.id, s->cluster->id) == 0;
}

static bool any_host_runs(const struct setting_of_vm *s, int level)
{
	for (size_t i = 0; i < s->state.n_hosts; i++) {
		const struct vdc_host_state *host = &s->state.hosts[i];

		if (is_of(s, host->host) && host->levels.now >> level & 1)
			return true;
	}
	return false;
}

static int check_level(const struct setting_of_vm *s, struct vdc_level level, struct vdc_err *err)
{
	const struct vdc_level *barrier = &s->vm->migration_barrier;
	int index = vdc_family_level(s->family, level);

	if (index < 0)
		return vdc_err_set(err, -EINVAL, "VM %s: family %s has no level %d.%d", s->vm->name,
				   s->family->name, level.major, level.minor);
	if (barrier->major >= 0 && vdc_level_compare(level, *barrier) < 0)
		return vdc_err_set(err, -EPERM,
				   "VM %s was upgraded to level %d.%d and may never go below it",
				   s->vm->name, barrier->major, barrier->minor);
	if (!any_host_runs(s, index))
		return vdc_err_set(err, -EPERM,
				   "VM %s: no host of cluster %s runs level %d.%d; compat-level "
				   "show %s says what they run",
				   s->vm->name, s->cluster->name, level.major, level.minor,
				   s->cluster->name);
	return 0;
}

/* Whatever is configured later, this is what its process was started with. */
static void keep_running_level(struct setting_of_vm *s)
{
	int running = vdc_plan_vm_level(s->family, s->cluster, s->vm).running;

	if (s->vm->running_level.major < 0 && running >= 0)
		s->after->running_level = s->family->levels[running].level;
}

/* The machine type that its definitions in libvirt get; NULL: they stay as they are. */
static const char *defined_anew(const struct setting_of_vm *s)
{
	return s->vm->domain_xml && vdc_given(s->compat.call, "machine")
		       ? s->after->custom_emulated_machine
		       : NULL;
}

/* What of it changes at once, and what at its next start. */
static void say_when(struct setting_of_vm *s)
{
	const struct vdc_host *host =
		vdc_world_find(s->compat.world, &vdc_host_kind, s->vm->host.id);
	bool off = s->vm->status == VDC_VM_DOWN;

	if (!off) {
		s->after->next_run_configuration_exists = 1;
		keep_running_level(s);
		vdc_buf_printf(&s->said, "  it is %s%s%s: it keeps %s until its next cold boot\n",
			       vdc_enum_word(&vdc_vm_status_values, s->vm->status),
			       host ? " on " : "", host ? host->name : "",
			       s->vm->running_machine_type ? s->vm->running_machine_type
							   : "what it runs with");
	}
	if (defined_anew(s))
		vdc_buf_printf(&s->said, "  its definition in libvirt has it, too\n");
	else if (s->vm->domain_xml || s->vm->machine_type)
		vdc_buf_printf(&s->said,
			       "  its definition in libvirt%s%s stays as it is; a start by hand "
			       "uses that\n",
			       s->vm->machine_type ? " with " : "",
			       s->vm->machine_type ? s->vm->machine_type : "");
}

static int set_level(struct setting_of_vm *s, const char *text, struct vdc_err *err)
{
	bool none = strcmp(text, "none") == 0;
	struct vdc_level level = { -1, -1 };
	int r = none ? 0 : vdc_level_parse(text, &level, err);

	if (!r && !none)
		r = check_level(s, level, err);
	if (r)
		return r;
	s->after->custom_compatibility_version = level;
	if (none)
		vdc_buf_printf(&s->said, "%s has the level of cluster %s\n", s->vm->name,
			       s->cluster->name);
	else
		vdc_buf_printf(&s->said, "%s has level %d.%d of its own\n", s->vm->name,
			       level.major, level.minor);
	return 0;
}

/* NULL: a host offers it, or nobody knows what they offer. */
static const char *missing_everywhere(const struct setting_of_vm *s, const char *machine)
{
	bool known = false;

	for (size_t i = 0; i < s->state.n_hosts; i++) {
		const struct vdc_host *host = s->state.hosts[i].host;

		if (!is_of(s, host) || !host->machine_types)
			continue;
		if (vdc_words_have(host->machine_types, machine))
			return NULL;
		known = true;
	}
	return known ? machine : NULL;
}

/* What its guest is installed for, and where it may have to go back to. */
static int check_machine(const struct setting_of_vm *s, const char *machine, struct vdc_err *err)
{
	const struct vdc_vm *vm = s->vm;
	bool same = !vm->domain_xml || !vm->machine_type || strcmp(vm->machine_type, machine) == 0;

	if (missing_everywhere(s, machine))
		return vdc_err_set(err, -EPERM,
				   "VM %s: no host of cluster %s offers machine type %.100s",
				   vm->name, s->cluster->name, machine);
	if (!same && vdc_is_true(vm->compatibility_mode))
		return vdc_err_set(err, -EPERM,
				   "VM %s is in compatibility mode with machine type %s: "
				   "compat-level vm upgrade takes it out of that",
				   vm->name, vm->machine_type);
	if (!same &&
	    strcmp(vdc_machine_chipset(vm->machine_type), vdc_machine_chipset(machine)) != 0)
		return vdc_err_set(
			err, -EPERM,
			"VM %s: machine type %.100s has another chipset than %s, and its "
			"guest would find its devices at other addresses",
			vm->name, machine, vm->machine_type);
	return 0;
}

static int set_machine(struct setting_of_vm *s, const char *text, struct vdc_err *err)
{
	bool none = strcmp(text, "none") == 0, current = strcmp(text, "current") == 0;
	const char *machine = none			    ? NULL
			      : !current		    ? text
			      : s->vm->running_machine_type ? s->vm->running_machine_type
							    : s->vm->machine_type;

	if (current && !machine)
		return vdc_err_set(err, -EINVAL,
				   "VM %s: its machine type is not known; inventory sync reads it",
				   s->vm->name);
	if (machine && check_machine(s, machine, err))
		return -EPERM;
	s->after->custom_emulated_machine = vdc_arena_strdup(s->compat.arena, machine);
	vdc_buf_printf(&s->said,
		       none ? "%s is not pinned to a machine type\n"
			    : "%s is pinned to machine type %s\n",
		       s->vm->name, machine);
	return 0;
}

static int decide(struct setting_of_vm *s, struct vdc_err *err)
{
	const char *level = vdc_text_option(s->compat.call, "level");
	const char *machine = vdc_text_option(s->compat.call, "machine");
	const struct vdc_cluster_offer *offer;
	int r = vdc_plan_level_state(s->compat.world, s->compat.catalogue, s->compat.arena,
				     &s->state, err);

	if (r)
		return r;
	s->cluster = vdc_world_find(s->compat.world, &vdc_cluster_kind, s->vm->cluster.id);
	offer = compat_cluster_offer(&s->state, s->cluster);
	s->family = offer->family;
	s->after = vdc_object_copy(&vdc_vm_kind, s->vm, s->compat.arena);
	if (level)
		r = set_level(s, level, err);
	if (!r && machine)
		r = set_machine(s, machine, err);
	if (!r)
		say_when(s);
	return r;
}

/* What was set, without what follows from it. */
static const char *one_line(const struct setting_of_vm *s)
{
	vdc_autobuf text = { 0 };

	for (const char *line = vdc_buf_str(&s->said); *line;) {
		size_t len = strcspn(line, "\n");

		if (*line != ' ')
			vdc_buf_printf(&text, "%s%.*s", text.len ? "; " : "", (int)len, line);
		line += len + (line[len] == '\n');
	}
	return vdc_arena_strdup(s->compat.arena, vdc_buf_str(&text));
}

static int write_all(struct vdc_db *db, struct setting_of_vm *s, struct vdc_err *err)
{
	static const char *const names[] = { "custom_compatibility_version",
					     "custom_emulated_machine",
					     "next_run_configuration_exists", "running_level" };
	int r = 0;

	for (size_t i = 0; i < VDC_COUNT(names) && !r; i++)
		r = vdc_store_set(db, &vdc_vm_kind, s->vm->id,
				  vdc_kind_field(&vdc_vm_kind, names[i]), s->after, err);
	return r ? r
		 : vdc_event_note(db, VDC_SEVERITY_NORMAL, "vm_level_set", &vdc_vm_kind, s->after,
				  err, "%s", one_line(s));
}

static int apply(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct setting_of_vm *s = ctx;
	void *vm;
	int r;

	vdc_buf_clear(&s->said);
	r = vdc_store_get(db, &vdc_vm_kind, s->name, VDC_WITH_LONG, s->compat.arena, &vm, err);
	if (r)
		return r;
	s->vm = vm;
	r = compat_read(db, &s->compat, err);
	if (!r)
		r = decide(s, err);
	if (!r)
		r = write_all(db, s, err);
	return !r && vdc_given(s->compat.call, "dry-run") ? -ECANCELED : r;
}

/* After the commit: cut off in between, it is done again. */
static int define_anew(struct setting_of_vm *s, struct vdc_err *err)
{
	struct vdc_err why = { 0 };
	int r = defined_anew(s) ? vdc_define_machine(vdc_call_db(s->compat.call), s->vm,
						     defined_anew(s), s->compat.arena, &why)
				: 0;

	return !r ? 0
		  : vdc_err_set(
			    err, r,
			    "VM %s: the inventory has machine type %s for it, and its definition "
			    "in libvirt has not: %s; then set it once more",
			    s->vm->name, defined_anew(s), vdc_err_text(&why));
}

int compat_vm_set(struct vdc_call *call, struct vdc_err *err)
{
	struct setting_of_vm s = { 0 };
	const char *const *words;
	int r = compat_open(&s.compat, call, err);

	vdc_call_operands(call, &words);
	s.name = words[0];
	s.compat.kinds = vdc_level_world_kinds;
	if (!r && !vdc_given(call, "level") && !vdc_given(call, "machine"))
		r = vdc_err_set(
			err, -EINVAL,
			"what is to be set? --level LEVEL|none or --machine TYPE|current|none");
	if (!r)
		r = vdc_db_transaction(vdc_call_db(call), apply, &s, err);
	if (!r)
		r = define_anew(&s, err);
	if (r == -ECANCELED)
		r = 0;
	if (!r && !vdc_given(call, "quiet"))
		fputs(vdc_buf_str(&s.said), stdout);
	vdc_buf_free(&s.said);
	return r;
}
