/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cluster-upgrade plan */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "act/upgrade_document.h"
#include "base/time.h"
#include "cluster_upgrade.h"

static int write_document(const struct upgrade_scene *scene, const struct vdc_upgrade_plan *plan,
			  FILE *out, enum vdc_doc_format format, struct vdc_err *err)
{
	const struct vdc_upgrade_page page = {
		.created = vdc_time_now(),
		.os_major = vdc_given(scene->call, "os-major"),
		.qemu = vdc_text_option(scene->call, "qemu"),
	};

	return vdc_upgrade_document_write(&scene->snapshot, plan, &page, out, format, err);
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), n = strlen(end);

	return len >= n && strcmp(text + len - n, end) == 0;
}

static enum vdc_doc_format format_of(struct vdc_call *call, const char *path)
{
	if (vdc_given(call, "xml"))
		return VDC_DOC_XML;
	return vdc_given(call, "json") || ends_with(path, ".json") ? VDC_DOC_JSON : VDC_DOC_XML;
}

static int cannot(const char *path, struct vdc_err *err)
{
	return vdc_err_set(err, errno == EACCES ? -EACCES : -EINVAL, "%s: %s", path,
			   strerror(errno));
}

/* The whole plan or none: what PATH held stays until all is written. */
static int write_file(const struct upgrade_scene *scene, const struct vdc_upgrade_plan *plan,
		      const char *path, struct vdc_err *err)
{
	char *part = vdc_arena_format(scene->arena, "%s.part.%ld", path, (long)getpid());
	FILE *out = fopen(part, "wxe");
	int r;

	if (!out)
		return cannot(path, err);
	r = write_document(scene, plan, out, format_of(scene->call, path), err);
	if (fclose(out) != 0 && !r)
		r = cannot(path, err);
	if (!r && rename(part, path) < 0)
		r = cannot(path, err);
	if (r)
		unlink(part);
	return r;
}

static int print(const struct upgrade_scene *scene, const struct vdc_upgrade_plan *plan,
		 struct vdc_err *err)
{
	enum vdc_output output = vdc_call_output(scene->call);

	if (vdc_given(scene->call, "simulate")) {
		cluster_upgrade_timeline(&scene->snapshot, plan);
		return 0;
	}
	if (output != VDC_OUTPUT_TABLE)
		return write_document(scene, plan, stdout,
				      output == VDC_OUTPUT_JSON ? VDC_DOC_JSON : VDC_DOC_XML, err);
	return cluster_upgrade_tables(scene->call, &scene->snapshot, plan, err);
}

bool cluster_upgrade_any_selected(const struct upgrade_scene *scene)
{
	const struct vdc_upgrade_input *in = &scene->snapshot.input;

	for (uint32_t h = 0; h < in->n_hosts; h++)
		if (in->hosts[h].selected)
			return true;
	return false;
}

int cluster_upgrade_make(struct upgrade_scene *scene,
			 int (*first)(struct upgrade_scene *scene, struct vdc_err *err),
			 struct vdc_upgrade_plan *plan, struct vdc_err *err)
{
	int r = cluster_upgrade_choice(scene, err);

	if (!r && first)
		r = first(scene, err);
	if (!r)
		r = cluster_upgrade_read(scene, err);
	if (!r)
		r = cluster_upgrade_snapshot(scene, err);
	if (!r && !cluster_upgrade_any_selected(scene))
		r = vdc_err_set(err, -EINVAL,
				"no host of cluster %s is known to have an update; name hosts with "
				"--hosts, or take --all",
				scene->snapshot.cluster->name);
	if (!r)
		r = cluster_upgrade_unblocked(scene, err);
	return r ? r : vdc_plan_upgrade(&scene->snapshot.input, scene->arena, plan, err);
}

static int plan_of(struct vdc_call *call, const char *cluster, struct vdc_err *err)
{
	struct upgrade_scene scene = { .call = call,
				       .arena = vdc_call_arena(call),
				       .name = cluster };
	const char *path = vdc_text_option(call, "output");
	struct vdc_upgrade_plan plan;
	int r = cluster_upgrade_make(&scene, NULL, &plan, err);

	if (!r && path)
		r = write_file(&scene, &plan, path, err);
	if (!r && !(path && vdc_given(call, "quiet")))
		r = print(&scene, &plan, err);
	cluster_upgrade_close(&scene);
	return r;
}

int cluster_upgrade_plan(struct vdc_call *call, struct vdc_err *err)
{
	const char *const *words;
	int n = vdc_call_operands(call, &words);

	if (vdc_given(call, "verify"))
		return cluster_upgrade_verify(call, err);
	if (n == 0)
		return vdc_err_set(err, -EINVAL, "which cluster? Name it, or give --verify FILE");
	return plan_of(call, words[0], err);
}
