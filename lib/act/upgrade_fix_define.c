/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a VM has in the database and in libvirt: changed in the database alone, the next look at its
 * hosts would bring it back. So it does where a fix is cut off between the two, and that is well: it is
 * found and offered again, and the event with what it was is written. To do it twice changes nothing.
 */
#include <errno.h>
#include <string.h>

#include "act/upgrade_fix_part.h"
#include "doc/domain_edit.h"

static int edit(const struct vdc_upgrade_fix *fix, const char *xml, struct vdc_arena *arena,
		char **ret, struct vdc_err *err)
{
	static const struct {
		const char *field;
		enum vdc_domain_binding binding;
	} bindings[] = { { "cpu_pinning", VDC_DOMAIN_CPUS },
			 { "numa_pinning", VDC_DOMAIN_MEMORY },
			 { "host_devices", VDC_DOMAIN_DEVICES } };

	if (strcmp(fix->field->name, "machine_type") == 0)
		return vdc_domain_set_machine(xml, fix->value, arena, ret, err);
	for (size_t i = 0; i < VDC_COUNT(bindings); i++)
		if (strcmp(fix->field->name, bindings[i].field) == 0)
			return vdc_domain_unbind(xml, bindings[i].binding, arena, ret, err);
	return vdc_err_set(err, -ENOTSUP, "libvirt has no %s", fix->field->name);
}

static int redefine(void *ctx, struct vdc_errand *errand, struct vdc_virt *virt,
		    struct vdc_err *err)
{
	const struct fix_host *host = ctx;
	const struct fixing *fixing = host->work->fixing;
	vdc_autofree char *xml = NULL;
	const bool has = true;
	char *edited;
	int r = vdc_virt_definition(virt, host->work->vm->id, true, &xml, err);

	if (r == -ENOENT)
		return 0;
	if (!r)
		r = edit(fixing->fix, xml, fixing->arena, &edited, err);
	if (!r && strcmp(xml, edited) != 0) {
		r = vdc_errand_may(errand, err);
		if (!r)
			r = vdc_virt_define(virt, edited, err);
	}
	return r ? r : vdc_errand_tell(errand, &has, sizeof(has), err);
}

static int redefined(void *ctx, const char *data vdc_unused, size_t len vdc_unused,
		     struct vdc_err *err vdc_unused)
{
	((struct fix_host *)ctx)->has_definition = true;
	return 0;
}

/* Wherever it is defined: one that is off may be so on several. */
static int define_everywhere(struct fix_vm *work, struct vdc_err *err)
{
	size_t defined = 0;
	int r = fix_ask_hosts(work, redefine, redefined, err);

	for (size_t i = 0; i < work->n && !r; i++) {
		const struct fix_host *host = &work->hosts[i];

		if (host->failure.code)
			r = vdc_err_set(err, host->failure.code, "%s",
					vdc_err_text(&host->failure));
		defined += host->has_definition;
	}
	if (!r && !defined)
		r = vdc_err_set(err, -ENOENT,
				"no host of its cluster that is up has the definition of VM %s: "
				"bring the host back that has it",
				work->vm->name);
	return r;
}

static int is_in_libvirt(const struct fixing *fixing, struct vdc_err *err)
{
	void *vm;
	int r = vdc_store_get(fixing->db, &vdc_vm_kind, vdc_object_id(fixing->fix->object),
			      VDC_WITH_LONG, fixing->arena, &vm, err);

	return r ? r : ((const struct vdc_vm *)vm)->domain_xml != NULL;
}

/* FIRST: what has to be done before that in the database; NULL: nothing. */
static int define(const struct fixing *fixing,
		  int (*first)(const struct fixing *fixing, struct vdc_err *err),
		  struct vdc_err *err)
{
	struct fix_vm work = { 0 };
	int r = fix_open_vm(fixing, &work, err);

	if (!r && first)
		r = first(fixing, err);
	if (!r)
		r = define_everywhere(&work, err);
	for (size_t i = 0; i < work.n; i++) {
		const char *host = work.hosts[i].host->id;
		int read = r || work.hosts[i].has_definition
				   ? fix_read_host(fixing, host, r ? NULL : err)
				   : 0;

		r = r ? r : read;
	}
	vdc_scene_close(&work.scene);
	return r;
}

int fix_define(const struct fixing *fixing, struct vdc_err *err)
{
	int known = is_in_libvirt(fixing, err);

	if (known <= 0) /* nobody has seen it on a host */
		return known ?: fix_field(fixing, err);
	return define(fixing, fix_field, err);
}

int vdc_define_machine(struct vdc_db *db, const struct vdc_vm *vm, const char *machine,
		       struct vdc_arena *arena, struct vdc_err *err)
{
	const struct vdc_upgrade_fix fix = {
		.way = VDC_FIX_DEFINE,
		.kind = &vdc_vm_kind,
		.object = vm,
		.field = vdc_kind_field(&vdc_vm_kind, "machine_type"),
		.value = machine,
	};
	const struct fixing fixing = { .db = db, .fix = &fix, .arena = arena };
	int r = define(&fixing, NULL, err);

	return r == -ENOENT ? -EHOSTUNREACH : r; /* whoever has it is away */
}
