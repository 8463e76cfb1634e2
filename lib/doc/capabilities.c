/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "doc/capabilities.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/uuid.h"
#include "base/words.h"
#include "edge/xml.h"

static void add_word(struct vdc_buf *out, const char *word)
{
	if (word && !strpbrk(word, " \t\n") && !vdc_words_have(vdc_buf_str(out), word))
		vdc_buf_printf(out, "%s%s", out->len ? " " : "", word);
}

static int64_t number(const struct vdc_node *node, const char *path)
{
	const char *text = vdc_node_text(node, path);

	return text ? strtoll(text, NULL, 10) : VDC_UNSET;
}

static char *kept(struct vdc_arena *arena, const struct vdc_buf *words)
{
	return words->len ? vdc_arena_strdup(arena, words->data) : NULL;
}

/* The element itself, for virConnectCompareCPU and its like. */
static char *cpu_xml(const char *xml, struct vdc_arena *arena)
{
	static const char close[] = "</cpu>";
	const char *begin = strstr(xml, "<cpu>");
	const char *end = begin ? strstr(begin, close) : NULL;

	return end ? vdc_arena_strndup(arena, begin, (size_t)(end - begin) + strlen(close)) : NULL;
}

static void read_cpu(const struct vdc_node *cpu, struct vdc_arena *arena, struct vdc_host *host)
{
	vdc_autobuf features = { 0 };

	for (const struct vdc_node *n = vdc_node_child(cpu, "feature"); n; n = vdc_node_again(n))
		add_word(&features, vdc_node_text(n, "name"));
	host->architecture = vdc_arena_strdup(arena, vdc_node_text(cpu, "arch"));
	host->cpu_model = vdc_arena_strdup(arena, vdc_node_text(cpu, "model"));
	host->cpu_vendor = vdc_arena_strdup(arena, vdc_node_text(cpu, "vendor"));
	host->cpu_features = kept(arena, &features);
	if (!vdc_node_child(cpu, "topology"))
		return;
	host->cpu_sockets = number(cpu, "topology/sockets");
	host->cpu_cores = number(cpu, "topology/cores");
	host->cpu_threads = number(cpu, "topology/threads");
}

static void add_machines(struct vdc_buf *out, const struct vdc_node *parent)
{
	for (const struct vdc_node *n = vdc_node_child(parent, "machine"); n;
	     n = vdc_node_again(n)) {
		add_word(out, vdc_node_text(n, "canonical"));
		add_word(out, n->text);
	}
}

/* Machine types of the host's own architecture. */
static void read_guests(const struct vdc_node *root, struct vdc_arena *arena, struct vdc_host *host)
{
	vdc_autobuf machines = { 0 };

	for (const struct vdc_node *n = vdc_node_child(root, "guest"); n; n = vdc_node_again(n)) {
		const struct vdc_node *arch = vdc_node_child(n, "arch");
		const char *name = vdc_node_text(arch, "name");

		if (!name || !host->architecture || strcmp(name, host->architecture) != 0)
			continue;
		add_machines(&machines, arch);
		for (const struct vdc_node *d = vdc_node_child(arch, "domain"); d;
		     d = vdc_node_again(d))
			add_machines(&machines, d);
	}
	host->machine_types = kept(arena, &machines);
}

static int parse(const char *xml, const char *name, struct vdc_arena *arena, struct vdc_node **root,
		 struct vdc_err *err)
{
	int r = vdc_xml_parse(xml, strlen(xml), arena, root, err);

	if (!r && strcmp((*root)->name, name) != 0)
		r = vdc_err_set(err, -EBADMSG, "<%s> where <%s> was expected", (*root)->name, name);
	return r;
}

int vdc_capabilities_read(const char *xml, struct vdc_arena *arena, struct vdc_host *host,
			  struct vdc_err *err)
{
	struct vdc_node *root;
	int r = parse(xml, "capabilities", arena, &root, err);
	const char *uuid;

	if (r)
		return r;
	uuid = vdc_node_text(root, "host/uuid");
	if (uuid && vdc_uuid_valid(uuid))
		host->hardware_uuid = vdc_arena_strdup(arena, uuid);
	read_cpu(vdc_node_find(root, "host/cpu"), arena, host);
	host->cpu_xml = cpu_xml(xml, arena);
	if (vdc_node_find(root, "host/topology/cells"))
		host->numa_nodes = number(root, "host/topology/cells/num");
	read_guests(root, arena, host);
	return 0;
}

int vdc_domain_capabilities_read(const char *xml, struct vdc_arena *arena, struct vdc_host *host,
				 struct vdc_err *err)
{
	vdc_autobuf models = { 0 };
	struct vdc_node *root;
	int r = parse(xml, "domainCapabilities", arena, &root, err);

	if (r)
		return r;
	for (const struct vdc_node *m = vdc_node_find(root, "cpu/mode"); m; m = vdc_node_again(m)) {
		for (const struct vdc_node *n = vdc_node_child(m, "model"); n;
		     n = vdc_node_again(n)) {
			const char *usable = vdc_node_text(n, "usable");

			if (usable && strcmp(usable, "yes") == 0)
				add_word(&models, n->text);
		}
	}
	host->cpu_models = kept(arena, &models);
	return 0;
}
