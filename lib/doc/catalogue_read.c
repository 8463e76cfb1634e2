/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One file of the catalogue of levels, in the form that schemas/levels.rng gives it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/words.h"
#include "doc/catalogue.h"
#include "doc/catalogue_shape.h"
#include "edge/xml.h"

struct root {
	int64_t version;
};

#define NOUN struct root
static const struct vdc_attribute root_rows[] = { VDC_ATTRIBUTE(COUNT, "version", version,
								VDC_MUST) };
static const struct vdc_element root_element = VDC_ELEMENT("levels", root_rows, "family");

#undef NOUN
#define NOUN struct vdc_level_family
static const struct vdc_attribute family_rows[] = {
	VDC_ATTRIBUTE(NAME, "name", name, VDC_MUST),
	VDC_ATTRIBUTE(TITLE, "title", title, VDC_MUST),
};
static const struct vdc_element family_element =
	VDC_ELEMENT("family", family_rows, "level feature removal");

/* What refers to levels is kept as it was written until all of them are known. */
struct moves {
	const char *to;
	const char *architectures;
};

#undef NOUN
#define NOUN struct moves
static const struct vdc_attribute moves_rows[] = {
	VDC_ATTRIBUTE(NAMES, "to", to, VDC_MUST),
	VDC_ATTRIBUTE(NAMES, "architectures", architectures),
};
static const struct vdc_element moves_element = VDC_ELEMENT("moves", moves_rows, "");

struct feature {
	struct vdc_level_feature kept;
	struct vdc_level from, to;
};

#undef NOUN
#define NOUN struct feature
static const struct vdc_attribute feature_rows[] = {
	VDC_ATTRIBUTE(NAME, "name", kept.name, VDC_MUST),
	VDC_ATTRIBUTE(TITLE, "title", kept.title, VDC_MUST),
	VDC_ATTRIBUTE(VERSION, "from", from, VDC_MUST),
	VDC_ATTRIBUTE(VERSION, "to", to),
	VDC_ATTRIBUTE(NAMES, "architectures", kept.architectures),
};
static const struct vdc_element feature_element = VDC_ELEMENT("feature", feature_rows, "");

#undef NOUN
#define NOUN struct vdc_level_removal
static const struct vdc_attribute removal_rows[] = {
	VDC_ATTRIBUTE(NAME, "machine", machine, VDC_MUST),
	VDC_ATTRIBUTE(NAME, "architecture", architecture, VDC_MUST),
	VDC_ATTRIBUTE(RELEASE, "qemu", qemu, VDC_MUST),
};
static const struct vdc_element removal_element = VDC_ELEMENT("removal", removal_rows, "");

static int read_levels(const struct vdc_node *node, struct vdc_arena *arena,
		       struct vdc_level_family *family, struct vdc_err *err)
{
	size_t n = vdc_element_count(node, "level"), i = 0;
	struct vdc_level_entry *levels;
	int r = 0;

	if (n == 0)
		return vdc_element_wrong(node, err, "family %s has no <level>", family->name);
	if (n > VDC_FAMILY_LEVELS_MAX)
		return vdc_element_wrong(node, err,
					 "family %s has %zu levels; %d are the most: split it",
					 family->name, n, VDC_FAMILY_LEVELS_MAX);
	family->levels = levels = vdc_arena_alloc(arena, n * sizeof(*levels));
	family->n_levels = n;
	for (const struct vdc_node *l = vdc_node_child(node, "level"); l && r == 0;
	     l = vdc_node_again(l), i++) {
		r = vdc_level_read(l, arena, &levels[i], err);
		if (r == 0 && i > 0 && vdc_level_compare(levels[i - 1].level, levels[i].level) >= 0)
			r = vdc_element_wrong(
				l, err, "level %d.%d comes after %d.%d; put the older one first",
				levels[i].level.major, levels[i].level.minor,
				levels[i - 1].level.major, levels[i - 1].level.minor);
	}
	return r;
}

static vdc_level_set from_to(size_t from, size_t to)
{
	return (to + 1 < 64 ? (UINT64_C(1) << (to + 1)) - 1 : UINT64_MAX) &
	       ~((UINT64_C(1) << from) - 1);
}

static int find_level(const struct vdc_level_family *family, struct vdc_level level,
		      const struct vdc_node *node, size_t *ret, struct vdc_err *err)
{
	int i = vdc_family_level(family, level);

	if (i < 0)
		return vdc_element_wrong(node, err, "family %s has no level %d.%d", family->name,
					 level.major, level.minor);
	*ret = (size_t)i;
	return 0;
}

/* "newer", or levels by their versions. */
static int resolve_moves(const struct vdc_level_family *family, size_t self, const char *to,
			 const struct vdc_node *node, vdc_level_set *ret, struct vdc_err *err)
{
	size_t len, other;

	for (const char *w; (w = vdc_word_next(&to, &len));) {
		struct vdc_level level;
		char word[32];
		int r;

		snprintf(word, sizeof(word), "%.*s", (int)len, w);
		if (strcmp(word, "newer") == 0) {
			if (self + 1 < family->n_levels)
				*ret |= from_to(self + 1, family->n_levels - 1);
			continue;
		}
		if (vdc_level_parse(word, &level, NULL) != 0)
			return vdc_element_wrong(node, err, "to: '%s' is neither a level nor newer",
						 word);
		r = find_level(family, level, node, &other, err);
		if (r)
			return r;
		*ret |= from_to(other, other);
	}
	return 0;
}

static int read_moves(const struct vdc_node *node, struct vdc_arena *arena,
		      const struct vdc_level_family *family, struct vdc_level_entry *levels,
		      struct vdc_err *err)
{
	int r = 0;
	size_t i = 0;

	for (const struct vdc_node *l = vdc_node_child(node, "level"); l && r == 0;
	     l = vdc_node_again(l), i++) {
		const struct vdc_node *n = vdc_node_child(l, "moves");
		struct moves moves = { 0 };

		if (!n)
			continue;
		if (vdc_node_again(n))
			return vdc_element_wrong(vdc_node_again(n), err,
						 "a second <moves> in a level");
		r = vdc_element_read(&moves_element, n, &moves, arena, err);
		if (r == 0)
			r = resolve_moves(family, i, moves.to, n, &levels[i].enters, err);
		levels[i].enters_architectures = moves.architectures;
	}
	return r;
}

static int read_feature(const struct vdc_node *node, struct vdc_arena *arena,
			struct vdc_level_family *family, struct vdc_level_feature *ret,
			struct vdc_err *err)
{
	struct feature feature = { .from = { -1, -1 }, .to = { -1, -1 } };
	size_t from, to = family->n_levels - 1;
	int r = vdc_element_read(&feature_element, node, &feature, arena, err);

	if (r == 0)
		r = find_level(family, feature.from, node, &from, err);
	if (r == 0 && feature.to.major >= 0)
		r = find_level(family, feature.to, node, &to, err);
	if (r)
		return r;
	if (from > to)
		return vdc_element_wrong(node, err, "feature %s ends before it begins",
					 feature.kept.name);
	if (vdc_family_feature(family, feature.kept.name))
		return vdc_element_wrong(node, err, "feature %s is there twice", feature.kept.name);
	feature.kept.levels = from_to(from, to);
	*ret = feature.kept;
	return 0;
}

static int read_features(const struct vdc_node *node, struct vdc_arena *arena,
			 struct vdc_level_family *family, struct vdc_err *err)
{
	struct vdc_level_feature *features =
		vdc_arena_alloc(arena, vdc_element_count(node, "feature") * sizeof(*features));
	int r = 0;

	family->features = features;
	for (const struct vdc_node *n = vdc_node_child(node, "feature"); n && r == 0;
	     n = vdc_node_again(n)) {
		r = read_feature(n, arena, family, &features[family->n_features], err);
		family->n_features += r == 0;
	}
	return r;
}

static int read_family(const struct vdc_node *node, const char *file, struct vdc_arena *arena,
		       struct vdc_level_family *ret, struct vdc_err *err)
{
	static const struct vdc_level_removal none;
	struct vdc_level_family family = { .file = file };
	int r = vdc_element_read(&family_element, node, &family, arena, err);

	if (r == 0)
		r = read_levels(node, arena, &family, err);
	if (r == 0)
		r = read_moves(node, arena, &family,
			       (struct vdc_level_entry *)(uintptr_t)family.levels, err);
	if (r == 0)
		r = read_features(node, arena, &family, err);
	if (r == 0)
		r = vdc_element_read_all(&removal_element, node, &none, sizeof(none), arena,
					 &family.removals, &family.n_removals, err);
	if (r == 0)
		*ret = family;
	return r;
}

static int read_root(const struct vdc_node *root, const char *file, struct vdc_arena *arena,
		     const struct vdc_catalogue **ret, struct vdc_err *err)
{
	struct vdc_catalogue *catalogue = vdc_arena_alloc(arena, sizeof(*catalogue));
	struct vdc_level_family *families =
		vdc_arena_alloc(arena, vdc_element_count(root, "family") * sizeof(*families));
	struct root kept = { 0 };
	int r = 0;

	if (strcmp(root->name, root_element.name) != 0)
		return vdc_element_wrong(
			root, err, "<%.60s> is not a catalogue of levels: <levels> is", root->name);
	r = vdc_element_read(&root_element, root, &kept, arena, err);
	if (r == 0 && kept.version != 1)
		return vdc_element_wrong(
			root, err, "version %lld of the format is not known; this program reads 1",
			(long long)kept.version);
	catalogue->families = families;
	for (const struct vdc_node *n = vdc_node_child(root, "family"); n && r == 0;
	     n = vdc_node_again(n)) {
		struct vdc_level_family *family = &families[catalogue->n_families];

		r = read_family(n, file, arena, family, err);
		if (r == 0 && vdc_catalogue_family(catalogue, family->name))
			return vdc_element_wrong(n, err, "family %s is there twice", family->name);
		catalogue->n_families += r == 0;
	}
	*ret = catalogue;
	return r;
}

int vdc_catalogue_read_text(const char *text, size_t len, const char *file, struct vdc_arena *arena,
			    const struct vdc_catalogue **ret, struct vdc_err *err)
{
	const struct vdc_catalogue *catalogue;
	struct vdc_err why = { 0 };
	struct vdc_node *root;
	int r = vdc_xml_parse(text, len, arena, &root, &why);

	file = vdc_arena_strdup(arena, file);
	if (r == 0)
		r = read_root(root, file, arena, &catalogue, &why);
	if (r == 0) {
		*ret = catalogue;
		return 0;
	}
	return why.line ? vdc_err_at(err, r, why.line, why.column, "%s:%u:%u: %s", file, why.line,
				     why.column, vdc_err_text(&why))
			: vdc_err_set(err, r, "%s: %s", file, vdc_err_text(&why));
}
