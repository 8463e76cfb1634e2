/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdarg.h>
#include <string.h>

#include "plan/image_part.h"

static char *id_text(struct vdc_image_check *check, struct vdc_uuid id)
{
	char text[VDC_UUID_LEN + 1];

	return vdc_arena_strdup(check->arena, vdc_uuid_write(id, text));
}

/* Of what is about no volume. */
static char *domain_id(struct vdc_image_check *check, uint32_t domain)
{
	return id_text(check, check->domains[domain].self.id);
}

static const char *domain_name(const struct domain *domain)
{
	return domain->row ? domain->row->name : domain->self.name;
}

static void fill_volume(struct vdc_image_check *check, struct vdc_discrepancy *found,
			const struct entry *entry)
{
	found->volume = id_text(check, entry->volume.id);
	if (entry->volume.flags & VDC_STORAGE_VOLUME_HAS_IMAGE)
		found->image = id_text(check, entry->volume.image);
}

static char *borrowed(const char *text)
{
	return (char *)(uintptr_t)text;
}

struct vdc_discrepancy *vdc_image_found(struct vdc_image_check *check, enum vdc_image_code_id id,
					uint32_t domain, const struct entry *entry, const char *fmt,
					...)
{
	const struct vdc_image_code *code = vdc_image_code(id);
	struct vdc_discrepancy *found = vdc_object_new(&vdc_discrepancy_kind, check->arena);
	va_list args;

	va_start(args, fmt);
	vdc_discrepancy_say(found, check->arena, fmt, args);
	va_end(args);
	found->code = borrowed(code->code);
	found->severity = code->severity;
	found->attribute = borrowed(code->attribute);
	if (domain != NONE) {
		found->storage_domain.id = domain_id(check, domain);
		found->storage_domain.name = borrowed(domain_name(&check->domains[domain]));
	}
	found->in_flight = 0;
	if (entry)
		fill_volume(check, found, entry);
	found->advice = borrowed(code->repair);
	check->found = vdc_image_room(check->found, check->n_found, &check->found_room,
				      sizeof(struct vdc_discrepancy *));
	check->found[check->n_found++] = found;
	return found;
}

void vdc_image_about(struct vdc_image_check *check, struct vdc_discrepancy *found, const char *what)
{
	found->id = vdc_arena_strdup(check->arena, what);
}

void vdc_image_volume(struct vdc_image_check *check, struct vdc_discrepancy *found,
		      const char *volume, const char *image)
{
	found->volume = vdc_arena_strdup(check->arena, volume);
	found->image = vdc_arena_strdup(check->arena, image);
}

void vdc_image_values(struct vdc_image_check *check, struct vdc_discrepancy *found,
		      const char *storage, const char *database)
{
	found->storage = vdc_arena_strdup(check->arena, storage);
	found->database = vdc_arena_strdup(check->arena, database);
}

const char *vdc_image_passed(const struct vdc_image_check *check, const struct domain *domain)
{
	if (check->options.all_domains)
		return NULL;
	if (domain->row && domain->row->type == VDC_STORAGE_DOMAIN_ISO)
		return "an ISO domain";
	if (domain->row && domain->row->type == VDC_STORAGE_DOMAIN_EXPORT)
		return "an export domain";
	if (domain->self.class == VDC_STORAGE_CLASS_ISO)
		return "an ISO domain";
	return domain->self.class == VDC_STORAGE_CLASS_BACKUP ? "an export domain" : NULL;
}

static int compare_texts(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

struct order {
	struct vdc_discrepancy *found;
	uint32_t domain;
	int group;
};

static int compare(const void *a, const void *b)
{
	const struct order *x = a, *y = b;
	int r = (x->domain > y->domain) - (x->domain < y->domain);

	if (!r)
		r = x->group - y->group;
	if (!r)
		r = compare_texts(x->found->image, y->found->image);
	if (!r)
		r = compare_texts(x->found->volume, y->found->volume);
	if (!r)
		r = strcmp(x->found->code, y->found->code);
	return r ? r : strcmp(x->found->text, y->found->text);
}

static bool is_busy(const struct vdc_image_check *check, const struct vdc_discrepancy *found,
		    uint32_t domain)
{
	struct vdc_uuid id;
	uint32_t i;

	/* What is only in the database has no entry. */
	if (found->image && vdc_uuid_read(found->image, &id) && vdc_image_is_locked(check, id))
		return true;
	if (!found->volume || !vdc_uuid_read(found->volume, &id))
		return false;
	i = vdc_image_index_find(check, id, domain);
	return i != NONE && entry_at(check, i)->flags & ENTRY_BUSY;
}

/* Work that goes on is no damage; its findings say so and weigh nothing. */
static void finish(struct vdc_image_check *check, struct vdc_discrepancy *found, uint32_t domain)
{
	const char *about = found->volume ? found->volume : found->image ? found->image : "";

	if (vdc_image_code_find(found->code)->work)
		found->in_flight = 0;
	else if (is_busy(check, found, domain))
		found->in_flight = 1;
	if (found->in_flight)
		found->severity = VDC_FINDING_INFO;
	if (found->id)
		about = found->id;
	found->id =
		vdc_arena_format(check->arena, "%s:%s:%s", found->code,
				 found->storage_domain.id ? found->storage_domain.id : "-", about);
}

static void list_domains(struct vdc_image_check *check, struct vdc_image_result *ret)
{
	ret->n_domains = check->n_domains;
	ret->domains =
		vdc_arena_alloc(check->arena, (check->n_domains + 1) * sizeof(*ret->domains));
	for (uint32_t i = 0; i < check->n_domains; i++)
		ret->domains[i] = (struct vdc_image_domain){
			.label = check->domains[i].label,
			.id = domain_id(check, i),
			.name = domain_name(&check->domains[i]),
			.passed = vdc_image_passed(check, &check->domains[i]),
			.compared = check->options.database && check->domains[i].row &&
				    !vdc_image_passed(check, &check->domains[i]),
			.volumes = check->domains[i].n,
		};
}

void vdc_image_sort(struct vdc_image_check *check, struct vdc_image_result *ret)
{
	struct order *orders = vdc_alloc((check->n_found + 1) * sizeof(*orders));

	list_domains(check, ret);
	for (size_t i = 0; i < check->n_found; i++) {
		orders[i].found = check->found[i];
		orders[i].domain = NONE;
		orders[i].group = vdc_image_code_find(check->found[i]->code)->group;
		vdc_image_domain_of(check, check->found[i]->storage_domain.id, &orders[i].domain);
		finish(check, check->found[i], orders[i].domain);
	}
	if (check->n_found)
		qsort(orders, check->n_found, sizeof(*orders), compare);
	ret->n = check->n_found;
	ret->unread = check->unread;
	ret->items = vdc_arena_alloc(check->arena, (ret->n + 1) * sizeof(struct vdc_discrepancy *));
	ret->stamps = vdc_arena_alloc(check->arena, (ret->n + 1) * sizeof(*ret->stamps));
	for (size_t i = 0; i < ret->n; i++) {
		struct vdc_image_domain *domain =
			orders[i].domain == NONE ? NULL : &ret->domains[orders[i].domain];
		size_t *first = domain ? &domain->first : &ret->first_loose;
		size_t *n = domain ? &domain->n : &ret->n_loose;

		if (!(*n)++)
			*first = i;
		ret->items[i] = orders[i].found;
	}
	if (check->options.stamps)
		vdc_image_stamp_items(check, ret);
	free(orders);
}
