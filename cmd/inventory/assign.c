/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "inventory.h"

int inventory_kind(const char *word, const struct vdc_kind **ret, struct vdc_err *err)
{
	const struct vdc_kind *kind = vdc_kind_find(word);
	vdc_autobuf known = { 0 };

	if (kind) {
		*ret = kind;
		return 0;
	}
	for (size_t i = 0; i < vdc_n_kinds; i++)
		vdc_buf_printf(&known, "%s%s", i ? ", " : "", vdc_kinds[i]->word);
	return vdc_err_set(err, -EINVAL, "'%.60s' is not a kind of object; there are %s", word,
			   vdc_buf_str(&known));
}

static int parse_assignment(const struct vdc_kind *kind, const char *word, struct vdc_arena *arena,
			    struct assignment *ret, struct vdc_err *err)
{
	const char *equals = strchr(word, '=');
	const char *name;

	if (!equals)
		return vdc_err_set(err, -EINVAL, "'%.60s' is not of the form FIELD=VALUE", word);
	name = vdc_arena_strndup(arena, word, (size_t)(equals - word));
	ret->field = vdc_kind_field(kind, name);
	ret->value = equals + 1;
	if (!ret->field)
		return vdc_err_set(err, -EINVAL,
				   "%s has no field '%.60s'; 'inventory list --output help %s' "
				   "lists them",
				   kind->word, name, kind->word);
	return 0;
}

int inventory_assignments(struct vdc_call *call, const struct vdc_kind *kind,
			  const char *const *words, int n, struct assignment **ret,
			  struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(call);
	struct assignment *all = vdc_arena_alloc(arena, sizeof(*all) * (size_t)(n + 1));

	for (int i = 0; i < n; i++) {
		int r = parse_assignment(kind, words[i], arena, &all[i], err);

		if (r < 0)
			return r;
		for (int j = 0; j < i; j++) {
			if (all[j].field == all[i].field)
				return vdc_err_set(err, -EINVAL, "field %s is given twice",
						   all[i].field->name);
		}
	}
	*ret = all;
	return 0;
}
