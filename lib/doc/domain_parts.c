/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "doc/domain_parts.h"

#include <string.h>

#include "base/buf.h"

static size_t count(const struct vdc_node *parent, const char *name)
{
	size_t n = 0;

	for (const struct vdc_node *at = vdc_node_child(parent, name); at; at = vdc_node_again(at))
		n++;
	return n;
}

static const char *text_of(struct vdc_arena *arena, const struct vdc_node *node, const char *path)
{
	return vdc_arena_strdup(arena, vdc_node_text(node, path));
}

/* Where <source> lies, whatever kind it is of; NULL for an empty drive. */
static const char *source_path(const struct vdc_node *source, struct vdc_arena *arena)
{
	static const char *const plain[] = { "file", "dev", "dir" };
	static const char *const joined[][2] = { { "pool", "volume" }, { "protocol", "name" } };

	for (size_t i = 0; i < VDC_COUNT(plain); i++)
		if (vdc_node_text(source, plain[i]))
			return text_of(arena, source, plain[i]);
	for (size_t i = 0; i < VDC_COUNT(joined); i++) {
		const char *first = vdc_node_text(source, joined[i][0]);
		const char *second = vdc_node_text(source, joined[i][1]);

		if (first && second)
			return vdc_arena_format(arena, "%s:%s", first, second);
	}
	return NULL;
}

static int64_t index_of(const struct vdc_node *source)
{
	const char *text = vdc_node_text(source, "index");

	return text ? strtoll(text, NULL, 10) : -1;
}

static struct vdc_domain_layer layer_of(const struct vdc_node *node, struct vdc_arena *arena)
{
	const struct vdc_node *source = vdc_node_child(node, "source");
	const char *format = vdc_node_text(node, "format/type");
	const char *type = vdc_node_text(node, "type");

	if (!format)
		format = vdc_node_text(node, "driver/type");
	return (struct vdc_domain_layer){
		.path = source_path(source, arena),
		.format = vdc_arena_strdup(arena, format),
		.block = type && strcmp(type, "block") == 0,
		.index = index_of(source),
	};
}

/* <backingStore> stands in the disk and then each in the one before; an empty one ends the chain. */
static void read_chain(const struct vdc_node *disk, struct vdc_arena *arena,
		       struct vdc_domain_disk *ret)
{
	vdc_autobuf layers = { 0 };
	struct vdc_domain_layer *chain;

	for (const struct vdc_node *node = disk; node;
	     node = vdc_node_child(node, "backingStore")) {
		struct vdc_domain_layer layer = layer_of(node, arena);

		if (!layer.path)
			break;
		vdc_buf_add(&layers, &layer, sizeof(layer));
	}
	ret->n_chain = layers.len / sizeof(*chain);
	chain = vdc_arena_alloc(arena, layers.len + 1);
	if (layers.len)
		memcpy(chain, layers.data, layers.len);
	ret->chain = chain;
}

const struct vdc_domain_disk *vdc_domain_disks(const struct vdc_node *devices,
					       struct vdc_arena *arena, size_t *n)
{
	size_t most = count(devices, "disk"), found = 0;
	struct vdc_domain_disk *disks = vdc_arena_alloc(arena, (most + 1) * sizeof(*disks));

	for (const struct vdc_node *at = vdc_node_child(devices, "disk"); at;
	     at = vdc_node_again(at)) {
		struct vdc_domain_disk *disk = &disks[found];

		disk->target = text_of(arena, at, "target/dev");
		if (!disk->target)
			continue;
		disk->bus = text_of(arena, at, "target/bus");
		disk->device = text_of(arena, at, "device") ?: "disk";
		disk->serial = text_of(arena, at, "serial");
		disk->read_only = vdc_node_child(at, "readonly");
		disk->shareable = vdc_node_child(at, "shareable");
		disk->copied = vdc_node_child(at, "mirror");
		read_chain(at, arena, disk);
		found++;
	}
	*n = found;
	return disks;
}

const struct vdc_domain_nic *vdc_domain_nics(const struct vdc_node *devices,
					     struct vdc_arena *arena, size_t *n)
{
	size_t found = 0;
	struct vdc_domain_nic *nics =
		vdc_arena_alloc(arena, (count(devices, "interface") + 1) * sizeof(*nics));

	for (const struct vdc_node *at = vdc_node_child(devices, "interface"); at;
	     at = vdc_node_again(at))
		nics[found++] = (struct vdc_domain_nic){
			.mac = text_of(arena, at, "mac/address"),
			.network = text_of(arena, at, "source/network"),
			.bridge = text_of(arena, at, "source/bridge"),
			.model = text_of(arena, at, "model/type"),
		};
	*n = found;
	return nics;
}

static unsigned number(const struct vdc_node *node, const char *name)
{
	const char *text = vdc_node_text(node, name);

	return text ? (unsigned)strtoul(text, NULL, 0) : 0;
}

/* A word may hold letters, digits and '_'. */
static void add_word(struct vdc_buf *out, const char *prefix, const char *rest)
{
	vdc_buf_printf(out, "%s%s", out->len ? " " : "", prefix);
	for (; *rest; rest++)
		vdc_buf_putc(out, strchr("-:. /", *rest) ? '_' : *rest);
}

static void add_device(struct vdc_buf *out, const struct vdc_node *device, const char *pci_prefix)
{
	const struct vdc_node *source = vdc_node_child(device, "source");
	const struct vdc_node *address = vdc_node_child(source, "address");
	const char *type = vdc_node_text(device, "type") ?: "";
	char pci[32];

	if (strcmp(type, "mdev") == 0) {
		add_word(out, "mdev_", vdc_node_text(address, "uuid") ?: "");
	} else if (strcmp(type, "usb") == 0) {
		const char *product = vdc_node_text(source, "product/id");

		add_word(out, "usb_", vdc_node_text(source, "vendor/id") ?: "");
		if (product)
			vdc_buf_printf(out, "_%s", product);
	} else if (strcmp(type, "scsi") == 0) {
		add_word(out, "scsi_", vdc_node_text(source, "adapter/name") ?: "");
	} else if (address) {
		snprintf(pci, sizeof(pci), "%04x_%02x_%02x_%x", number(address, "domain") & 0xffff,
			 number(address, "bus") & 0xff, number(address, "slot") & 0xff,
			 number(address, "function") & 0xf);
		add_word(out, pci_prefix, pci);
	} else {
		add_word(out, "host_", type);
	}
}

char *vdc_domain_host_devices(const struct vdc_node *devices, struct vdc_arena *arena)
{
	vdc_autobuf out = { 0 };

	for (const struct vdc_node *at = vdc_node_child(devices, "hostdev"); at;
	     at = vdc_node_again(at))
		add_device(&out, at, "pci_");
	for (const struct vdc_node *at = vdc_node_child(devices, "interface"); at;
	     at = vdc_node_again(at)) {
		const char *type = vdc_node_text(at, "type");

		if (type && strcmp(type, "hostdev") == 0)
			add_device(&out, at, "sriov_");
	}
	return out.len ? vdc_arena_strdup(arena, out.data) : NULL;
}
