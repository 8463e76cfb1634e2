/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A volume of the database beside the same one on the storage. */
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/utf8.h"
#include "base/words.h"
#include "plan/image_part.h"

/* What a volume's size may be off by without a word: running guests write. */
#define SIZE_NOISE (INT64_C(128) << 20)

struct pair {
	struct vdc_image_check *check;
	struct entry *entry;
	const struct vdc_volume *row;
};

enum { SHOWN = 150 };

/* The beginning of a value for a sentence: on one line, and not in the middle of a character. */
static const char *shown(const char *value, char out[SHOWN + 1])
{
	size_t len = strnlen(value, SHOWN);

	len = vdc_utf8_span(value, len);
	for (size_t i = 0; i < len; i++)
		out[i] = (unsigned char)value[i] < ' ' ? '.' : value[i];
	out[len] = '\0';
	return out;
}

static void differs(const struct pair *pair, enum vdc_image_code_id id, const char *storage,
		    const char *database)
{
	char volume[VDC_UUID_LEN + 1], a[SHOWN + 1], b[SHOWN + 1];
	const char *attribute = vdc_image_code(id)->attribute;
	struct vdc_discrepancy *found = vdc_image_found(
		pair->check, id, pair->entry->domain, pair->entry,
		"image %s has a different attribute %s on storage(%s) and on DB(%s)",
		vdc_uuid_write(pair->entry->volume.id, volume), attribute, shown(storage, a),
		shown(database, b));

	vdc_image_values(pair->check, found, storage, database);
}

static void compare_number(const struct pair *pair, enum vdc_image_code_id id, int64_t storage,
			   int64_t database)
{
	char a[VDC_INT_LEN + 1], b[VDC_INT_LEN + 1];

	if (storage == VDC_UNSET || database == VDC_UNSET || storage == database)
		return;
	differs(pair, id, vdc_int_text(storage, a), vdc_int_text(database, b));
}

/* 0 and VDC_UNSET are no value. */
static void compare_word(const struct pair *pair, enum vdc_image_code_id id,
			 const struct vdc_enum *values, int64_t storage, int64_t database)
{
	if (storage > 0 && database > 0 && storage != database)
		differs(pair, id, vdc_enum_word(values, storage), vdc_enum_word(values, database));
}

/* No parent is the blank id on the storage and nothing in the database. */
static void compare_id(const struct pair *pair, enum vdc_image_code_id id, struct vdc_uuid storage,
		       const char *text)
{
	struct vdc_uuid database = { 0 };
	char out[VDC_UUID_LEN + 1];

	if (text && !vdc_uuid_read(text, &database))
		return;
	if (!vdc_uuid_equal(storage, database))
		differs(pair, id, vdc_uuid_write(storage, out), text ? text : VDC_BLANK_UUID);
}

static int64_t legality_of(const struct vdc_volume *row)
{
	if (row->legality > 0)
		return row->legality;
	if (row->status == VDC_DISK_LOCKED)
		return 0;
	return row->status == VDC_DISK_ILLEGAL ? VDC_LEGALITY_ILLEGAL : VDC_LEGALITY_LEGAL;
}

/* The storage knows who the top of a chain is, the database which one it writes to. */
static void compare_place(const struct pair *pair)
{
	const struct vdc_storage_volume *volume = &pair->entry->volume;

	if (pair->row->voltype > 0)
		compare_word(pair, VDC_IMAGE_VOLTYPE_DIFFERS, &vdc_voltype_values, volume->voltype,
			     pair->row->voltype);
	else if (vdc_is_true(pair->row->active) && volume->voltype == VDC_VOLTYPE_INTERNAL)
		differs(pair, VDC_IMAGE_VOLTYPE_DIFFERS, "internal", "active");
}

static void compare_text(const struct pair *pair)
{
	const char *storage = pair->entry->volume.description;
	const char *database = pair->row->description;

	if (storage && database && strcmp(storage, database) != 0 &&
	    !(pair->check->options.engine &&
	      vdc_image_same_description(pair->check->own, storage, database)))
		differs(pair, VDC_IMAGE_DESCRIPTION_DIFFERS, storage, database);
}

static void compare_size(const struct pair *pair)
{
	int64_t storage = pair->entry->volume.true_size, database = pair->row->actual_size;

	if (storage == VDC_UNSET || database == VDC_UNSET || database < 0)
		return;
	if (llabs(storage - database) > SIZE_NOISE && llabs(storage - database) > storage / 10)
		compare_number(pair, VDC_IMAGE_ACTUAL_SIZE_DIFFERS, storage, database);
}

static void compare_all(const struct pair *pair)
{
	const struct vdc_storage_volume *volume = &pair->entry->volume;
	const struct vdc_volume *row = pair->row;
	const char *image = row->image ? row->image : row->disk.id;

	if (volume->flags & VDC_STORAGE_VOLUME_HAS_PARENT)
		compare_id(pair, VDC_IMAGE_PARENT_DIFFERS, volume->parent, row->parent);
	if (volume->flags & VDC_STORAGE_VOLUME_HAS_IMAGE && image)
		compare_id(pair, VDC_IMAGE_IMAGE_DIFFERS, volume->image, image);
	compare_number(pair, VDC_IMAGE_CAPACITY_DIFFERS, volume->capacity, row->capacity);
	compare_word(pair, VDC_IMAGE_FORMAT_DIFFERS, &vdc_disk_format_values, volume->format,
		     row->format);
	compare_word(pair, VDC_IMAGE_ALLOCATION_DIFFERS, &vdc_allocation_values, volume->allocation,
		     row->allocation);
	compare_word(pair, VDC_IMAGE_LEGALITY_DIFFERS, &vdc_legality_values, volume->legality,
		     legality_of(row));
	compare_word(pair, VDC_IMAGE_CONTENT_TYPE_DIFFERS, &vdc_disk_content_type_values,
		     volume->content_type, row->content_type);
	if (volume->flags & VDC_STORAGE_VOLUME_HAS_SEQUENCE && volume->sequence &&
	    row->sequence > 0)
		compare_number(pair, VDC_IMAGE_SEQUENCE_DIFFERS, volume->sequence, row->sequence);
	if (volume->header)
		compare_word(pair, VDC_IMAGE_QCOW_COMPAT_DIFFERS, &vdc_qcow_version_values,
			     volume->header->compat, row->qcow_compat);
	compare_place(pair);
	compare_text(pair);
	compare_size(pair);
}

static void mark(struct entry *entry, const struct vdc_volume *row)
{
	entry->flags |= ENTRY_SEEN;
	if (vdc_is_true(row->active))
		entry->flags |= ENTRY_ACTIVE;
	if (row->status == VDC_DISK_LOCKED)
		entry->flags |= ENTRY_BUSY;
	if (row->status == VDC_DISK_OK)
		entry->flags |= ENTRY_GOOD;
}

/* Who locks a disk says what for, and takes that away when it is done. */
static void compare_lock(struct vdc_image_check *check, uint32_t domain, const struct entry *entry,
			 const struct vdc_volume *row)
{
	struct vdc_discrepancy *found;
	struct vdc_uuid disk;

	if (!check->options.work_known || row->status != VDC_DISK_LOCKED || !row->image ||
	    !vdc_uuid_read(row->image, &disk) || vdc_image_is_locked(check, disk))
		return;
	found = vdc_image_found(check, VDC_IMAGE_LOCKED_WITHOUT_WORK, domain, entry,
				"volume %s is locked in the DB, and nothing works on its disk",
				row->id);
	vdc_image_volume(check, found, row->id, row->image);
}

/* What is active of its image is not known then. */
static void remember_alone(struct vdc_image_check *check, const char *image,
			   const struct vdc_volume *row)
{
	struct vdc_uuid alone;

	if (!image || !vdc_uuid_read(image, &alone))
		return;
	check->alone = vdc_image_room(check->alone, check->n_alone, &check->alone_room,
				      sizeof(*check->alone));
	check->alone[check->n_alone++] = alone;
	vdc_image_stamp_alone(check, alone, row);
}

static void only_in_database(struct vdc_image_check *check, uint32_t domain,
			     const struct vdc_volume *row)
{
	const char *image = row->image ? row->image : row->disk.id;
	struct vdc_discrepancy *found =
		vdc_image_found(check, VDC_IMAGE_ONLY_IN_DATABASE, domain, NULL,
				"volume %s of image %s is in the DB but not on storage", row->id,
				image ? image : "(none)");

	vdc_image_volume(check, found, row->id, image);
	found->in_flight = row->status == VDC_DISK_LOCKED;
	remember_alone(check, image, row);
}

static void on_other_domain(struct vdc_image_check *check, uint32_t i, const struct vdc_volume *row)
{
	struct pair pair = { .check = check, .entry = entry_at(check, i), .row = row };
	char id[VDC_UUID_LEN + 1];

	if (vdc_image_passed(check, &check->domains[pair.entry->domain]))
		return;
	mark(pair.entry, row);
	pair.entry->flags |= ENTRY_ELSEWHERE;
	differs(&pair, VDC_IMAGE_DOMAIN_DIFFERS,
		vdc_uuid_write(check->domains[pair.entry->domain].self.id, id),
		row->storage_domain.id ? row->storage_domain.id : "none");
	compare_all(&pair);
}

/* The row names no domain at all; I is the volume on the storage, NONE. */
static void on_no_domain(struct vdc_image_check *check, uint32_t i, const struct vdc_volume *row)
{
	const char *image = row->image ? row->image : row->disk.id;
	struct pair pair = { .check = check, .row = row };
	struct vdc_discrepancy *found;
	char id[VDC_UUID_LEN + 1] = "";

	if (i != NONE) {
		pair.entry = entry_at(check, i);
		mark(pair.entry, row);
		vdc_uuid_write(check->domains[pair.entry->domain].self.id, id);
	}
	found = vdc_image_found(check, VDC_IMAGE_ROW_WITHOUT_DOMAIN,
				pair.entry ? pair.entry->domain : NONE, pair.entry,
				"volume %s of image %s is on no storage domain in the DB, and %s%s",
				row->id, image ? image : "(none)",
				pair.entry ? "lies on " : "on none that was read", id);
	vdc_image_volume(check, found, row->id, image);
	found->in_flight = row->status == VDC_DISK_LOCKED;
	if (pair.entry)
		compare_all(&pair);
	else
		remember_alone(check, image, row);
}

/* The row says that it is on this domain. */
static void compare_on(struct vdc_image_check *check, uint32_t domain, struct vdc_uuid id,
		       const struct vdc_volume *row)
{
	uint32_t i = vdc_image_index_find(check, id, domain);
	struct pair pair = { .check = check, .row = row };

	if (vdc_image_passed(check, &check->domains[domain]))
		return;
	if (i == NONE && (i = vdc_image_index_first(check, id)) != NONE && !row->copies) {
		on_other_domain(check, i, row);
		return;
	}
	if (i == NONE || entry_at(check, i)->domain != domain) {
		only_in_database(check, domain, row);
		return;
	}
	pair.entry = entry_at(check, i);
	mark(pair.entry, row);
	if (!row->disk.id)
		vdc_image_found(check, VDC_IMAGE_ROW_WITHOUT_DISK, domain, pair.entry,
				"volume %s belongs to no disk in the DB", row->id);
	if (pair.entry->volume.status != VDC_STORAGE_VOLUME_REMOVED)
		compare_all(&pair);
}

void vdc_image_check_row(struct vdc_image_check *check, const struct vdc_volume *row)
{
	const char *copies = row->copies;
	struct vdc_uuid id;
	uint32_t domain, i;
	char id_text[VDC_UUID_LEN + 1] = "";
	const char *word;
	size_t len;

	if (!row->id || !vdc_uuid_read(row->id, &id))
		return;
	if (check->options.stamps && (i = vdc_image_index_first(check, id)) != NONE)
		entry_at(check, i)->stamp += vdc_image_stamp_row(check, row);
	domain = NONE;
	i = vdc_image_index_first(check, id);
	if (vdc_image_domain_of(check, row->storage_domain.id, &domain))
		compare_on(check, domain, id, row);
	else if (!row->storage_domain.id && !row->storage_domain.name)
		on_no_domain(check, i, row);
	else if (!copies && i != NONE)
		on_other_domain(check, i, row);
	compare_lock(check, domain, i == NONE ? NULL : entry_at(check, i), row);
	vdc_image_snapshot_row(check, row, domain);
	while (copies && (word = vdc_word_next(&copies, &len))) {
		if (len != VDC_UUID_LEN)
			continue;
		memcpy(id_text, word, VDC_UUID_LEN);
		if (vdc_image_domain_of(check, id_text, &domain))
			compare_on(check, domain, id, row);
	}
}
