/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/module.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"

/* The folder of the file that this very function came from: no search path is involved. */
static char *own_folder(void)
{
	Dl_info info;
	const char *slash;

	if (!dladdr((void *)(uintptr_t)vdc_module_table, &info) || !info.dli_fname)
		return NULL;
	slash = strrchr(info.dli_fname, '/');
	return slash ? vdc_strndup(info.dli_fname, (size_t)(slash - info.dli_fname)) : NULL;
}

int vdc_module_table(const char *name, const char *table, const void **ret, struct vdc_err *err)
{
	vdc_autofree char *folder = own_folder();
	vdc_autofree char *path = NULL;
	const void *found;
	void *module;

	if (!folder)
		return vdc_err_set(err, -ENOTSUP, "module vdc-%s: libvdc does not know where it is",
				   name);
	path = vdc_format("%s/vdc-%s.so", folder, name);
	module = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	if (!module)
		return vdc_err_set(err, -ENOTSUP,
				   "module vdc-%s cannot be opened: %s; is it installed with "
				   "all that it needs?",
				   name, dlerror());
	found = dlsym(module, table);
	if (!found)
		return vdc_err_set(err, -ENOTSUP, "module %s has no %s: it is of another build",
				   path, table);
	*ret = found;
	return 0;
}
