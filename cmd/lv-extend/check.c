/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lv-extend check: room in the volumes of thin disks, and in storage domains. */
#include <string.h>

#include "act/thin_domains.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/setting.h"
#include "cli/exit_code.h"
#include "cli/list.h"
#include "doc/doc.h"
#include "lv_extend.h"
#include "model/host.h"
#include "model/storage_domain.h"
#include "model/vm.h"

static void unread(void *ctx vdc_unused, const struct vdc_err *failure)
{
	vdc_log(VDC_LOG_ERROR, "%s", vdc_err_text(failure));
}

static bool is_disk_finding(const void *object)
{
	const struct vdc_thin_disk *disk = object;
	bool good = disk->state == VDC_THIN_DISK_FINE || disk->state == VDC_THIN_DISK_FULL;

	return !good || vdc_is_true(disk->paused);
}

static bool is_domain_finding(const void *object)
{
	const struct vdc_thin_domain *domain = object;

	return domain->state == VDC_THIN_DOMAIN_LOW || domain->state == VDC_THIN_DOMAIN_CRITICAL;
}

/* Of N objects, some hosts gave no answer. */
static int print(struct vdc_call *call, const struct vdc_kind *kind, const void *const *all,
		 size_t n, size_t no_answer, bool (*is_finding)(const void *object),
		 struct vdc_err *err)
{
	bool found = false;
	struct vdc_list *list;
	int r = vdc_list_new(call, kind, &list, err);

	for (size_t i = 0; i < n && !r; i++) {
		if (vdc_list_takes(list, all[i]))
			found = found || is_finding(all[i]);
		r = vdc_list_add(list, all[i], err);
	}
	if (!r)
		r = vdc_list_end(list, err);
	if (r)
		return r;
	return found ? VDC_EXIT_FINDINGS : no_answer ? VDC_EXIT_PARTLY : VDC_EXIT_OK;
}

static int print_disks(struct vdc_call *call, const struct vdc_thin_disks *disks,
		       struct vdc_err *err)
{
	return print(call, &vdc_thin_disk_kind, (const void *)disks->all, disks->n, disks->unread,
		     is_disk_finding, err);
}

static int check_domains(struct vdc_call *call, const struct vdc_thin_options *options,
			 struct vdc_err *err)
{
	struct vdc_thin_domains domains;
	int r = vdc_thin_domains_look(vdc_call_db(call), options, vdc_call_arena(call), &domains,
				      err);

	return r ? r
		 : print(call, &vdc_thin_domain_kind, (const void *)domains.all, domains.n,
			 domains.unread, is_domain_finding, err);
}

static int check(struct vdc_call *call, const struct vdc_thin_options *options, struct vdc_err *err)
{
	struct vdc_thin_disks disks;
	int r = vdc_call_open_db(call, VDC_NEEDS_DB_READ, err);

	if (!r && vdc_given(call, "domains"))
		return check_domains(call, options, err);
	if (!r)
		r = vdc_thin_look(vdc_call_db(call), options, vdc_call_arena(call), &disks, err);
	return r ? r : print_disks(call, &disks, err);
}

/* A document of thin disks, as an earlier check wrote it, or of what is to be checked. */
struct document {
	struct vdc_arena *arena;
	struct vdc_buf disks, names;
};

static int take(void *ctx, const struct vdc_kind *kind, void *object,
		struct vdc_place place vdc_unused, struct vdc_arena *arena vdc_unused,
		struct vdc_err *err vdc_unused)
{
	struct document *document = ctx;
	const char *name;

	if (kind == &vdc_thin_disk_kind) {
		object = vdc_object_copy(kind, object, document->arena);
		vdc_buf_add(&document->disks, &object, sizeof(object));
	} else if (kind == &vdc_host_kind || kind == &vdc_vm_kind ||
		   kind == &vdc_storage_domain_kind) {
		name = vdc_arena_strdup(document->arena,
					vdc_object_id(object) ?: vdc_object_name(kind, object));
		vdc_buf_add(&document->names, &name, sizeof(name));
	}
	return 0;
}

static int check_document(struct vdc_call *call, struct vdc_thin_options *options,
			  struct vdc_err *err)
{
	const struct vdc_kind *const kinds[] = { &vdc_thin_disk_kind, NULL };
	const struct vdc_doc_options how = { .name = "standard input",
					     .hint = &vdc_thin_disk_kind,
					     .kinds = kinds };
	struct document document = { .arena = vdc_call_arena(call) };
	struct vdc_thin_disks disks = { 0 };
	int r = vdc_doc_read(stdin, &how, take, &document, err);

	disks.all = (void *)document.disks.data;
	disks.n = document.disks.len / sizeof(*disks.all);
	options->names = (const void *)document.names.data;
	options->n = document.names.len / sizeof(*options->names);
	if (!r)
		r = options->n ? check(call, options, err) : print_disks(call, &disks, err);
	vdc_buf_free(&document.disks);
	vdc_buf_free(&document.names);
	return r;
}

int lv_extend_check(struct vdc_call *call, struct vdc_err *err)
{
	struct vdc_thin_options options = {
		.over_us = vdc_int_option(call, "over", VDC_SECOND),
		.limit_us = vdc_setting_number(VDC_SETTING_SYNC_TIMEOUT),
		.jobs = (unsigned)vdc_setting_number(VDC_SETTING_SYNC_JOBS),
		.unread = unread,
	};

	options.n = (size_t)vdc_call_operands(call, &options.names);
	return options.n == 1 && strcmp(options.names[0], "-") == 0
		       ? check_document(call, &options, err)
		       : check(call, &options, err);
}
