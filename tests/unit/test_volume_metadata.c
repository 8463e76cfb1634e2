/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Metadata of every version, and headers that qemu-img wrote: tests/data/image-header. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doc/image_header.h"
#include "doc/volume_metadata.h"
#include "model/disk.h"
#include "model/storage_domain.h"
#include "model/volume.h"
#include "unit.h"

#define DOMAIN "c277ad93-0973-43d9-a0ca-22199bc8e801"
#define IMAGE "11111111-2222-4333-8444-555555555501"
#define PARENT "aaaaaaaa-0000-4000-8000-000000000001"
#define REST                                                                                     \
	"DISKTYPE=DATA\nDOMAIN=" DOMAIN "\nFORMAT=COW\nGEN=7\nIMAGE=" IMAGE "\nLEGALITY=LEGAL\n" \
	"PUUID=" PARENT "\nTYPE=SPARSE\nVOLTYPE=LEAF\nEOF\n"
#define V5 "CAP=1073741824\nCTIME=1563949824\nDESCRIPTION=a = b\nSEQ=3\n" REST
#define V4 "CTIME=1563949824\nDESCRIPTION=\nMTIME=0\nSIZE=2097152\n" REST

static struct vdc_storage_volume read_text(const char *text, size_t len, struct vdc_arena *arena)
{
	struct vdc_storage_volume volume = vdc_storage_volume((struct vdc_uuid){ 1, 1 });
	struct vdc_uuid domain;

	assert_true(vdc_uuid_read(DOMAIN, &domain));
	vdc_volume_metadata_read(text, len, domain, arena, &volume);
	return volume;
}

static void volumes_of_both_forms(void **state)
{
	static const char *const texts[] = { V4, V5 };

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(texts); i++) {
		vdc_autoarena *arena = vdc_arena_new();
		struct vdc_storage_volume v = read_text(texts[i], strlen(texts[i]), arena);
		char out[VDC_UUID_LEN + 1];

		assert_int_equal(v.status, VDC_STORAGE_VOLUME_OK);
		assert_int_equal(v.capacity, 1073741824);
		assert_int_equal(v.created, 1563949824);
		assert_int_equal(v.content_type, VDC_CONTENT_DATA);
		assert_int_equal(v.format, VDC_DISK_COW);
		assert_int_equal(v.allocation, VDC_ALLOCATION_SPARSE);
		assert_int_equal(v.voltype, VDC_VOLTYPE_LEAF);
		assert_int_equal(v.legality, VDC_LEGALITY_LEGAL);
		assert_int_equal(v.generation, 7);
		assert_int_equal(v.sequence, i ? 3 : 0);
		assert_string_equal(vdc_uuid_write(v.image, out), IMAGE);
		assert_string_equal(vdc_uuid_write(v.parent, out), PARENT);
		assert_int_equal(v.flags & (VDC_STORAGE_VOLUME_ODD | VDC_STORAGE_VOLUME_FOREIGN),
				 0);
		if (i)
			assert_string_equal(v.description, "a = b");
		else
			assert_null(v.description);
	}
}

/* A slot is padded with NULs; without EOF its end is the end. */
static void what_ends_a_record(void **state)
{
	static const char no_end[] =
		"CAP=512\nCTIME=1\nDISKTYPE=2\nDOMAIN=" DOMAIN "\nFORMAT=RAW\r\n"
		"IMAGE=" IMAGE "\nLEGALITY=LEGAL\nPUUID=" PARENT
		"\nTYPE=PREALLOCATED\nVOLTYPE=SHARED";
	vdc_autoarena *arena = vdc_arena_new();
	char slot[512] = V5;
	struct vdc_storage_volume v = read_text(slot, sizeof(slot), arena);

	(void)state;
	assert_int_equal(v.status, VDC_STORAGE_VOLUME_OK);
	v = read_text(no_end, sizeof(no_end) - 1, arena);
	assert_int_equal(v.status, VDC_STORAGE_VOLUME_OK);
	assert_int_equal(v.format, VDC_DISK_RAW);
	assert_int_equal(v.voltype, VDC_VOLTYPE_SHARED);
	v = read_text("EOF\n" V5, strlen("EOF\n" V5), arena);
	assert_int_equal(v.status, VDC_STORAGE_VOLUME_INVALID);
}

static void what_is_not_whole_is_invalid(void **state)
{
	static const char *const texts[] = {
		"",
		"NONE=####\nEOF\n",
		REST,
		"CAP=x\nCTIME=1\n" REST,
		"CAP=-1\nCTIME=1\n" REST,
		"SIZE=99999999999999999\nCTIME=1\n" REST,
		"CAP=1\nCTIME=1\nGEN=1000\n" REST,
		"CAP=1\nCTIME=1\nPUUID=no\n" REST,
		"CAP=1\n" REST,
		"CAP=\xff\nCTIME=1\n" REST,
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(texts); i++) {
		vdc_autoarena *arena = vdc_arena_new();

		assert_int_equal(read_text(texts[i], strlen(texts[i]), arena).status,
				 VDC_STORAGE_VOLUME_INVALID);
	}
}

static void each_key_is_needed(void **state)
{
	static const char *const names[] = { "CAP",   "CTIME",	  "DISKTYPE", "DOMAIN", "FORMAT",
					     "IMAGE", "LEGALITY", "PUUID",    "TYPE",	"VOLTYPE" };

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(names); i++) {
		vdc_autoarena *arena = vdc_arena_new();
		char text[] = "\n" V5, key[32];
		char *at;

		snprintf(key, sizeof(key), "\n%s=", names[i]);
		at = strstr(text, key);
		assert_non_null(at);
		at[1] = 'x';
		assert_int_equal(read_text(text, strlen(text), arena).status,
				 VDC_STORAGE_VOLUME_INVALID);
	}
}

static void strange_words_and_domains_are_marked(void **state)
{
	static const char odd[] =
		"CAP=1\nCTIME=1\nDISKTYPE=DATA\nDOMAIN=" PARENT "\nFORMAT=QED\n"
		"IMAGE=" IMAGE "\nLEGALITY=LEGAL\nPUUID=" PARENT "\nTYPE=SPARSE\nVOLTYPE=LEAF\n";
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_storage_volume v = read_text(odd, sizeof(odd) - 1, arena);

	(void)state;
	assert_int_equal(v.status, VDC_STORAGE_VOLUME_OK);
	assert_true(v.flags & VDC_STORAGE_VOLUME_ODD);
	assert_true(v.flags & VDC_STORAGE_VOLUME_FOREIGN);
	assert_int_equal(v.format, 0);
}

static void a_domain_says_what_it_is(void **state)
{
	static const char text[] =
		"ALIGNMENT=1048576\nBLOCK_SIZE=4096\nCLASS=Data\nDESCRIPTION=nfs1\n"
		"POOL_UUID=" PARENT "\nROLE=Master\nSDUUID=" DOMAIN
		"\nTYPE=NFS\nVERSION=5\n_SHA_CKSUM=0\n";
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_storage_self self;

	(void)state;
	vdc_domain_metadata_read(text, sizeof(text) - 1, arena, &self);
	assert_true(self.has_id && self.master && !self.block);
	assert_string_equal(self.name, "nfs1");
	assert_string_equal(self.pool, PARENT);
	assert_int_equal(self.class, VDC_STORAGE_CLASS_DATA);
	assert_int_equal(self.type, VDC_STORAGE_NFS);
	assert_int_equal(self.format, VDC_STORAGE_V5);
	assert_int_equal(self.block_size, 4096);
	assert_int_equal(self.alignment, 1048576);
	vdc_domain_metadata_read("VERSION=0\nCLASS=Odd\nTYPE=?\nROLE=Regular\n", 40, arena, &self);
	assert_int_equal(self.format, VDC_STORAGE_V1);
	assert_false(self.has_id || self.master);
	assert_int_equal(self.class, 0);
	assert_int_equal(self.type, 0);
}

static size_t header_bytes(const char *name, char out[VDC_IMAGE_HEADER_MAX])
{
	char path[512];
	FILE *in;
	size_t n;

	snprintf(path, sizeof(path), "%s/tests/data/image-header/%s", getenv("VDC_TEST_SRC") ?: ".",
		 name);
	in = fopen(path, "re");
	assert_non_null(in);
	memset(out, 0, VDC_IMAGE_HEADER_MAX);
	n = fread(out, 1, VDC_IMAGE_HEADER_MAX, in);
	fclose(in);
	assert_true(n > 0);
	return VDC_IMAGE_HEADER_MAX;
}

static void headers_of_qemu_img(void **state)
{
	static const struct {
		const char *name, *backing;
		int64_t capacity, compat;
	} cases[] = {
		{ "v2", NULL, INT64_C(64) << 20, VDC_QCOW2_V2 },
		{ "v3", PARENT, INT64_C(128) << 20, VDC_QCOW2_V3 },
		{ "small", NULL, INT64_C(1) << 30, VDC_QCOW2_V3 },
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++) {
		vdc_autoarena *arena = vdc_arena_new();
		char bytes[VDC_IMAGE_HEADER_MAX];
		size_t n = header_bytes(cases[i].name, bytes);
		struct vdc_storage_header header;

		assert_true(vdc_image_header_read(bytes, n, INT64_C(1) << 20, arena, &header));
		assert_int_equal(header.format, VDC_DISK_COW);
		assert_int_equal(header.compat, cases[i].compat);
		assert_int_equal(header.capacity, cases[i].capacity);
		assert_false(header.cut || header.corrupt);
		if (cases[i].backing)
			assert_string_equal(header.backing, cases[i].backing);
		else
			assert_null(header.backing);
		assert_true(vdc_image_header_read(bytes, n, 4096, arena, &header));
		assert_true(header.cut);
	}
}

static void what_is_no_qcow2_is_raw(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_storage_header header;

	(void)state;
	assert_true(vdc_image_header_read("", 0, 0, arena, &header));
	assert_int_equal(header.format, VDC_DISK_RAW);
	assert_true(vdc_image_header_read("boot sector", 11, 512, arena, &header));
	assert_int_equal(header.format, VDC_DISK_RAW);
	assert_int_equal(header.capacity, 512);
}

/* A byte that is changed, where it must be noticed. */
static void a_header_that_cannot_be_is_refused(void **state)
{
	static const struct {
		size_t at;
		char byte;
	} cases[] = { { 7, 4 }, { 23, 8 }, { 23, 30 }, { 24, (char)0x80 }, { 8, 1 }, { 16, 1 } };

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++) {
		vdc_autoarena *arena = vdc_arena_new();
		char bytes[VDC_IMAGE_HEADER_MAX];
		size_t n = header_bytes("v3", bytes);
		struct vdc_storage_header header;

		bytes[cases[i].at] = cases[i].byte;
		assert_false(vdc_image_header_read(bytes, n, 1 << 20, arena, &header));
		assert_false(vdc_image_header_read(bytes, 100, 1 << 20, arena, &header));
	}
}

static void a_corrupt_image_says_so(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	char bytes[VDC_IMAGE_HEADER_MAX];
	size_t n = header_bytes("v3", bytes);
	struct vdc_storage_header header;

	(void)state;
	bytes[79] |= 2;
	assert_true(vdc_image_header_read(bytes, n, 1 << 20, arena, &header));
	assert_true(header.corrupt);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(volumes_of_both_forms),
		cmocka_unit_test(what_ends_a_record),
		cmocka_unit_test(what_is_not_whole_is_invalid),
		cmocka_unit_test(each_key_is_needed),
		cmocka_unit_test(strange_words_and_domains_are_marked),
		cmocka_unit_test(a_domain_says_what_it_is),
		cmocka_unit_test(headers_of_qemu_img),
		cmocka_unit_test(what_is_no_qcow2_is_raw),
		cmocka_unit_test(a_header_that_cannot_be_is_refused),
		cmocka_unit_test(a_corrupt_image_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
