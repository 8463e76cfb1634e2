/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "doc/domain.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/uuid.h"
#include "doc/domain_parts.h"
#include "edge/xml.h"
#include "model/cluster.h"

static int64_t int_or(const struct vdc_node *node, const char *path, int64_t otherwise)
{
	const char *text = vdc_node_text(node, path);
	char *end;
	long long value;

	if (!text)
		return otherwise;
	errno = 0;
	value = strtoll(text, &end, 10);
	return errno || end == text ? otherwise : value;
}

/* libvirt's scaled integer: <memory unit='KiB'>; KiB where no unit is given. */
static int64_t bytes_or(const struct vdc_node *node, const char *path, int64_t otherwise)
{
	static const struct {
		const char *unit;
		int64_t bytes;
	} units[] = {
		{ "b", 1 },
		{ "bytes", 1 },
		{ "KB", 1000 },
		{ "k", 1024 },
		{ "KiB", 1024 },
		{ "MB", 1000000 },
		{ "M", 1048576 },
		{ "MiB", 1048576 },
		{ "GB", 1000000000 },
		{ "G", 1073741824 },
		{ "GiB", 1073741824 },
		{ "TB", 1000000000000 },
		{ "T", 1099511627776 },
		{ "TiB", 1099511627776 },
	};
	const char *unit = vdc_node_text(vdc_node_find(node, path), "unit");
	int64_t value = int_or(node, path, -1), scale = 1024, product;

	for (size_t i = 0; unit && i < VDC_COUNT(units); i++)
		if (strcmp(units[i].unit, unit) == 0)
			scale = units[i].bytes;
	return value < 0 || __builtin_mul_overflow(value, scale, &product) ? otherwise : product;
}

static char *text_of(struct vdc_arena *arena, const struct vdc_node *node, const char *path)
{
	return vdc_arena_strdup(arena, vdc_node_text(node, path));
}

/* "0=1-3" lines out of <PART NAME='0' VALUE='1-3'/>. */
static char *pairs_of(struct vdc_arena *arena, const struct vdc_node *parent, const char *part,
		      const char *name, const char *value)
{
	vdc_autobuf out = { 0 };

	for (const struct vdc_node *n = vdc_node_child(parent, part); n; n = vdc_node_again(n)) {
		const char *key = vdc_node_text(n, name), *text = vdc_node_text(n, value);

		if (key && text)
			vdc_buf_printf(&out, "%s%s=%s", out.len ? "\n" : "", key, text);
	}
	return out.len ? vdc_arena_strdup(arena, out.data) : NULL;
}

static void read_pinning(const struct vdc_node *root, struct vdc_arena *arena, struct vdc_vm *vm)
{
	const char *nodes = vdc_node_text(root, "numatune/memory/nodeset");

	vm->cpu_pinning =
		pairs_of(arena, vdc_node_child(root, "cputune"), "vcpupin", "vcpu", "cpuset");
	vm->cpu_pinning_policy = vm->cpu_pinning ? VDC_PINNING_MANUAL : VDC_PINNING_NONE;
	vm->numa_pinning =
		pairs_of(arena, vdc_node_child(root, "numatune"), "memnode", "cellid", "nodeset");
	if (!vm->numa_pinning && nodes)
		vm->numa_pinning = vdc_arena_format(arena, "0=%s", nodes);
}

static void read_cpu(const struct vdc_node *root, struct vdc_arena *arena, struct vdc_vm *vm)
{
	const struct vdc_node *topology = vdc_node_find(root, "cpu/topology");

	vm->vcpus = int_or(root, "vcpu/current", int_or(root, "vcpu", VDC_UNSET));
	vm->cpu_sockets = int_or(topology, "sockets", VDC_UNSET);
	vm->cpu_cores = int_or(topology, "cores", VDC_UNSET);
	vm->cpu_threads = int_or(topology, "threads", VDC_UNSET);
	vm->cpu_mode = text_of(arena, root, "cpu/mode");
	for (char *c = vm->cpu_mode; c && *c; c++)
		*c = *c == '-' ? '_' : *c;
	vm->custom_cpu_model = text_of(arena, root, "cpu/model");
}

static int64_t bios_of(const struct vdc_node *root)
{
	const char *machine = vdc_node_text(root, "os/type/machine");
	const char *firmware = vdc_node_text(root, "os/firmware");
	const char *loader = vdc_node_text(root, "os/loader/type");
	const char *secure = vdc_node_text(root, "os/loader/secure");
	bool efi = (firmware && strcmp(firmware, "efi") == 0) ||
		   (loader && strcmp(loader, "pflash") == 0);

	if (!machine)
		return VDC_UNSET;
	if (!strstr(machine, "q35"))
		return strncmp(machine, "pc", 2) == 0 ? VDC_BIOS_I440FX_SEA_BIOS : VDC_UNSET;
	if (!efi)
		return VDC_BIOS_Q35_SEA_BIOS;
	return secure && strcmp(secure, "yes") == 0 ? VDC_BIOS_Q35_SECURE_BOOT : VDC_BIOS_Q35_OVMF;
}

/* What vdsm notes for itself. */
static void read_metadata(const struct vdc_node *root, struct vdc_arena *arena, struct vdc_vm *vm)
{
	const struct vdc_node *node = vdc_node_find(root, "metadata/vm");
	const char *level = vdc_node_text(node, "clusterVersion");
	int64_t guaranteed = int_or(node, "minGuaranteedMemoryMb", -1);

	if (!node)
		return;
	vm->origin = vdc_arena_strdup(arena, "ovirt");
	if (guaranteed > 0 && guaranteed < INT64_MAX >> 20)
		vm->memory_guaranteed = guaranteed << 20;
	if (level)
		vdc_level_parse(level, &vm->running_level, NULL);
}

static void read_vm(const struct vdc_node *root, struct vdc_arena *arena, struct vdc_vm *vm)
{
	const char *text;

	if (vdc_uuid_valid(vdc_node_text(root, "uuid") ?: ""))
		vm->id = text_of(arena, root, "uuid");
	vm->name = text_of(arena, root, "name");
	text = vdc_node_text(root, "description");
	if (!text)
		text = vdc_node_text(root, "title");
	if (text)
		vm->description = vdc_arena_strdup(arena, text);
	vm->memory = bytes_or(root, "currentMemory", bytes_or(root, "memory", VDC_UNSET));
	vm->memory_max = bytes_or(root, "maxMemory", bytes_or(root, "memory", VDC_UNSET));
	vm->display_type = text_of(arena, root, "devices/graphics/type");
	vm->bios_type = bios_of(root);
	vm->machine_type = text_of(arena, root, "os/type/machine");
	vm->origin = vdc_arena_strdup(arena, "libvirt");
	read_cpu(root, arena, vm);
	read_pinning(root, arena, vm);
	read_metadata(root, arena, vm);
}

static const char *leases_of(const struct vdc_node *devices, struct vdc_arena *arena,
			     struct vdc_vm *vm)
{
	vdc_autobuf out = { 0 };

	for (const struct vdc_node *n = vdc_node_child(devices, "lease"); n;
	     n = vdc_node_again(n)) {
		const char *space = vdc_node_text(n, "lockspace");
		const char *key = vdc_node_text(n, "key");

		if (!space || !key)
			continue;
		vdc_buf_printf(&out, "%s%s:%s", out.len ? " " : "", space, key);
		/* oVirt: the lease of the VM itself lies in the domain that the lockspace names. */
		if (vdc_uuid_valid(space))
			vm->lease_storage_domain.id = vdc_arena_strdup(arena, space);
	}
	return vdc_arena_strdup(arena, vdc_buf_str(&out));
}

int vdc_domain_read(const char *xml, struct vdc_arena *arena, struct vdc_vm *vm,
		    struct vdc_domain *ret, struct vdc_err *err)
{
	const struct vdc_node *devices;
	struct vdc_domain domain = { 0 };
	struct vdc_node *root;
	int r = vdc_xml_parse(xml, strlen(xml), arena, &root, err);

	if (r)
		return r;
	if (strcmp(root->name, "domain") != 0 || !vdc_node_text(root, "name"))
		return vdc_err_set(err, -EBADMSG, "<%s> is not the XML of a domain", root->name);
	devices = vdc_node_child(root, "devices");
	read_vm(root, arena, vm);
	vm->host_devices = vdc_domain_host_devices(devices, arena);
	domain.type = text_of(arena, root, "type");
	domain.arch = text_of(arena, root, "os/type/arch");
	domain.machine = vm->machine_type;
	domain.disks = vdc_domain_disks(devices, arena, &domain.n_disks);
	domain.nics = vdc_domain_nics(devices, arena, &domain.n_nics);
	domain.leases = leases_of(devices, arena, vm);
	*ret = domain;
	return 0;
}
