/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/update_package.h"

#include <string.h>

/* A name, or the beginning of one that ends with '*'. */
static bool matches(const char *pattern, const char *name)
{
	size_t len = strlen(pattern);

	return pattern[len - 1] == '*' ? strncmp(name, pattern, len - 1) == 0
				       : strcmp(name, pattern) == 0;
}

/* From 1 on; 0: none of them. */
static int find(const char *const *patterns, const char *name)
{
	for (int i = 0; patterns[i]; i++)
		if (matches(patterns[i], name))
			return i + 1;
	return 0;
}

enum vdc_component vdc_package_component(const char *name)
{
	static const char *const virtualization[] = {
		"qemu*",  "libvirt*", "python3-libvirt", "sanlock*", "libsanlock*",
		"vdsm*",  "ovmf*",    "edk2*",		 "seabios*", "seavgabios*",
		"ipxe-*", "swtpm*",   "virtiofsd",	 NULL,
	};

	return find(virtualization, name) ? VDC_COMPONENT_VIRTUALIZATION : VDC_COMPONENT_PLATFORM;
}

bool vdc_package_needs_reboot(const char *name)
{
	static const char *const deep[] = {
		"linux-image-*",
		"kernel",
		"kernel-core",
		"kernel-rt*",
		"kernel-uek*",
		"libc6",
		"glibc",
		"systemd",
		"dbus",
		"dbus-daemon",
		"dbus-broker",
		"intel-microcode",
		"amd64-microcode",
		"microcode_ctl",
		"linux-firmware",
		NULL,
	};

	return find(deep, name) != 0;
}

int vdc_package_rank(enum vdc_component component, const char *name)
{
	static const char *const qemu[] = {
		"qemu-system-x86",    "qemu-kvm-core",
		"qemu-kvm",	      "qemu-system-arm",
		"qemu-system-s390x",  "qemu-system-ppc",
		"qemu-system-common", "qemu-system-x86-core",
		"qemu-system-data",   "qemu-utils",
		"qemu-img",	      NULL,
	};
	static const char *const system[] = {
		"base-files",
		"redhat-release",
		"centos-stream-release",
		"rocky-release",
		"almalinux-release",
		"oraclelinux-release",
		"fedora-release-common",
		NULL,
	};

	return find(component == VDC_COMPONENT_PLATFORM ? system : qemu, name);
}

bool vdc_package_is_libvirt(const char *name)
{
	static const char *const names[] = { "libvirt-daemon", "libvirt0", "libvirt-libs",
					     "libvirt-daemon-driver-qemu", NULL };

	return find(names, name) != 0;
}

/* "13.8+deb13u1" is 13.1, and "13.8" 13, the release that came with it. */
static char *debian_version(const char *version, struct vdc_arena *arena)
{
	const char *update = strstr(version, "+deb");
	size_t major = strspn(version, "0123456789"), point;

	if (!major)
		return vdc_arena_strdup(arena, version);
	if (!update)
		return vdc_arena_strndup(arena, version, major);
	update += strlen("+deb");
	major = strspn(update, "0123456789");
	if (!major || update[major] != 'u')
		return vdc_arena_strdup(arena, version);
	point = strspn(update + major + 1, "0123456789");
	return vdc_arena_format(arena, "%.*s.%.*s", (int)major, update, (int)point,
				update + major + 1);
}

char *vdc_package_platform_version(const char *name, const char *version, struct vdc_arena *arena)
{
	const char *colon = strchr(version, ':');

	if (strcmp(name, "base-files") == 0)
		return debian_version(version, arena);
	version = colon ? colon + 1 : version;
	return vdc_arena_strndup(arena, version, strcspn(version, "-"));
}
