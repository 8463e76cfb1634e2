/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The check of images: a healthy world has no finding, and each damage of image_damage.c, alone and in
 * pairs, has the findings that the table says and no others.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/words.h"
#include "image_damage.h"
#include "unit.h"

enum { IMAGES = 12, SEEDS = 40, PAIRS = 4000 };

static void fail_with(const struct image_world *world, const struct vdc_image_result *result,
		      const char *what, uint64_t seed, const char *code)
{
	(void)world;
	for (size_t i = 0; i < result->n; i++)
		print_message("  %s: %s\n", result->items[i]->code, result->items[i]->text);
	fail_msg("%s, seed %ju: %s", what, (uintmax_t)seed, code);
}

static bool is_found(const struct vdc_image_result *result, const char *code)
{
	for (size_t i = 0; i < result->n; i++)
		if (!strcmp(result->items[i]->code, code))
			return true;
	return false;
}

static void all_are_found(const struct image_world *world, const struct vdc_image_result *result,
			  const struct damage *damage, uint64_t seed)
{
	const char *words = damage->must, *word;
	char code[64];
	size_t len;

	while ((word = vdc_word_next(&words, &len))) {
		snprintf(code, sizeof(code), "%.*s", (int)len, word);
		if (!is_found(result, code))
			fail_with(world, result, "not found", seed, code);
	}
}

static bool suits(const struct image_world *world, int i, unsigned needs)
{
	const struct image_of *image = &world->images[i];

	return !(needs & NEEDS_PLAIN && image->template) &&
	       !(needs & NEEDS_TEMPLATE && !image->template) &&
	       !(needs & NEEDS_ONE && image->n > 1) && !(needs & NEEDS_TWO && image->n < 2) &&
	       !(needs & NEEDS_THREE && image->n < 3) && !(needs & NEEDS_BLOCK && image->domain) &&
	       !(needs & NEEDS_FILES && !image->domain) &&
	       !(needs & NEEDS_OWN_BASE && image->based_on >= 0);
}

/* One that suits, from a random one on; -1: none does. */
static int choose(struct image_world *world, unsigned needs, int but)
{
	int start = (int)(image_random(world) % IMAGES);

	for (int n = 0; n < IMAGES; n++) {
		int i = (start + n) % IMAGES;

		if (i != but && suits(world, i, needs))
			return i;
	}
	return -1;
}

static bool is_of(const struct image_world *world, const struct vdc_discrepancy *found, int image)
{
	struct vdc_uuid id;

	if (!found->image || !vdc_uuid_read(found->image, &id))
		return true;
	return image >= 0 && vdc_uuid_equal(world->images[image].volumes[0].image, id);
}

static bool is_expected(const struct damage *damage, const char *code)
{
	return damage && (vdc_words_have(damage->must, code) || vdc_words_have(damage->may, code));
}

static void others_are_not_found(const struct image_world *world,
				 const struct vdc_image_result *result, const struct damage *a,
				 int image_a, const struct damage *b, int image_b, uint64_t seed)
{
	for (size_t i = 0; i < result->n; i++) {
		const struct vdc_discrepancy *found = result->items[i];
		bool by_a =
			is_expected(a, found->code) && (a->wide || is_of(world, found, image_a));
		bool by_b =
			is_expected(b, found->code) && (b->wide || is_of(world, found, image_b));

		if (!by_a && !by_b)
			fail_with(world, result, "not to be found", seed, found->code);
	}
}

static void a_healthy_world_has_no_finding(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 500; seed++) {
		vdc_autoarena *arena = vdc_arena_new();
		struct vdc_image_result result;
		struct image_world world;

		image_world_make(&world, arena, seed, IMAGES);
		for (int i = 0; i < IMAGES; i++)
			world.images[i].headers_read = seed % 2;
		image_world_check(&world, &result);
		if (result.n)
			fail_with(&world, &result, "healthy", seed, result.items[0]->code);
		assert_int_equal(result.n_domains, IMAGE_DOMAINS);
		assert_int_equal(result.unread, 0);
	}
}

static size_t damage_alone(const struct damage *damage, uint64_t seed)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_image_result result;
	struct image_world world;
	int image;

	image_world_make(&world, arena, seed, IMAGES);
	image = choose(&world, damage->needs, -1);
	if (image < 0)
		return 0;
	damage->do_it(&world, image);
	image_world_check(&world, &result);
	all_are_found(&world, &result, damage, seed);
	others_are_not_found(&world, &result, damage, image, NULL, -1, seed);
	return 1;
}

static void each_damage_is_found(void **state)
{
	(void)state;
	for (size_t d = 0; d < n_damages(); d++) {
		size_t done = 0;

		for (uint64_t seed = 0; seed < SEEDS; seed++)
			done += damage_alone(damage_at(d), seed * 1000 + d);
		assert_true(done > SEEDS / 4);
	}
}

/* The domain's own damages change what is compared at all: these are of two images. */
static bool damage_twice(uint64_t seed)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_image_result result;
	struct image_world world;
	const struct damage *a, *b;
	int image_a, image_b;

	image_world_make(&world, arena, seed, IMAGES);
	a = damage_at(image_random(&world) % n_damages());
	b = damage_at(image_random(&world) % n_damages());
	image_a = choose(&world, a->needs, -1);
	image_b = choose(&world, b->needs, image_a);
	if (a == b || a->wide || b->wide || image_a < 0 || image_b < 0)
		return false;
	a->do_it(&world, image_a);
	b->do_it(&world, image_b);
	image_world_check(&world, &result);
	all_are_found(&world, &result, a, seed);
	all_are_found(&world, &result, b, seed);
	others_are_not_found(&world, &result, a, image_a, b, image_b, seed);
	return true;
}

static void pairs_of_damages_are_found(void **state)
{
	int done = 0;

	(void)state;
	for (uint64_t seed = 0; seed < PAIRS; seed++)
		done += damage_twice(seed + 1000000);
	assert_true(done > PAIRS / 2);
}

static void every_code_has_a_damage(void **state)
{
	(void)state;
	for (size_t c = 0; c < VDC_IMAGE_N_CODES; c++) {
		const struct vdc_image_code *code = vdc_image_code(c);
		size_t n = 0;

		assert_int_equal(code->id, c);
		assert_ptr_equal(vdc_image_code_find(code->code), code);
		assert_true(code->severity && code->what && code->cause && code->repair);
		for (size_t d = 0; d < n_damages(); d++)
			n += vdc_words_have(damage_at(d)->must, code->code);
		if (!n)
			fail_msg("nothing makes %s", code->code);
	}
}

enum work { ROW_LOCKED, DISK_LOCKED, NEW_VOLUME, OLD_VOLUME };

/* What is worked on is said to be, and weighs nothing; the volume beside it, too. */
static void check_work(enum work work, bool in_flight)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_image_result result;
	struct image_world world;
	struct image_of *image;
	int i;

	image_world_make(&world, arena, 7, IMAGES);
	i = choose(&world, NEEDS_PLAIN | NEEDS_TWO, -1);
	image = &world.images[i];
	image->rows[0].capacity += 1;
	if (work == ROW_LOCKED)
		image->rows[1].status = VDC_DISK_LOCKED;
	world.locked.status = VDC_DISK_LOCKED;
	if (work == DISK_LOCKED)
		world.locked.id = image->rows[0].disk.id;
	image->volumes[1].created = IMAGE_NOW - (work == NEW_VOLUME ? 599 : 600);
	image_world_check(&world, &result);
	assert_int_equal(result.n, 1);
	assert_string_equal(result.items[0]->code, "CAPACITY_DIFFERS");
	assert_int_equal(result.items[0]->in_flight, in_flight);
	assert_int_equal(result.items[0]->severity,
			 in_flight ? VDC_FINDING_INFO : VDC_FINDING_WARNING);
}

static void work_that_goes_on_is_no_damage(void **state)
{
	(void)state;
	check_work(ROW_LOCKED, true);
	check_work(DISK_LOCKED, true);
	check_work(NEW_VOLUME, true);
	check_work(OLD_VOLUME, false);
}

static void a_row_that_is_locked_may_have_no_volume(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_image_result result;
	struct image_world world;

	(void)state;
	image_world_make(&world, arena, 3, IMAGES);
	world.images[IMAGES - 1].n = 1;
	world.images[IMAGES - 1].gone[0] = true;
	world.images[IMAGES - 1].lease_at[0] = 0;
	world.images[IMAGES - 1].rows[0].status = VDC_DISK_LOCKED;
	image_world_check(&world, &result);
	assert_int_equal(result.n, 1);
	assert_string_equal(result.items[0]->code, "VOLUME_ONLY_IN_DATABASE");
	assert_int_equal(result.items[0]->in_flight, 1);
}

static void a_difference_says_both_values(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_image_result result;
	struct image_world world;
	const struct vdc_discrepancy *found;

	(void)state;
	image_world_make(&world, arena, 5, IMAGES);
	world.images[4].rows[0].capacity += 2048;
	image_world_check(&world, &result);
	assert_int_equal(result.n, 1);
	found = result.items[0];
	assert_string_equal(found->storage, "10737418240");
	assert_string_equal(found->database, "10737420288");
	assert_string_equal(found->attribute, "capacity");
	assert_string_equal(found->volume, world.images[4].rows[0].id);
	assert_string_equal(found->image, world.images[4].rows[0].image);
	assert_string_equal(found->storage_domain.name, "blocks");
	assert_string_equal(found->text,
			    vdc_arena_format(arena,
					     "image %s has a different attribute capacity on "
					     "storage(10737418240) and on DB(10737420288)",
					     found->volume));
	assert_int_equal(found->confirmed, VDC_UNSET);
}

/* Each place is compared; what a template is based on nobody has. */
static void a_template_lies_on_several_domains(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_image_result result;
	struct image_world world;
	struct image_of *copy;

	(void)state;
	image_world_make(&world, arena, 13, IMAGES);
	copy = &world.images[world.n++];
	*copy = world.images[0];
	copy->domain = 1;
	copy->no_row[0] = true;
	copy->volumes[0].slot = VDC_UNSET;
	world.images[0].rows[0].copies = world.rows[1].id;
	image_world_check(&world, &result);
	assert_int_equal(result.n, 0);
	copy->volumes[0].capacity -= 512;
	image_world_check(&world, &result);
	assert_int_equal(result.n, 1);
	assert_string_equal(result.items[0]->code, "CAPACITY_DIFFERS");
	assert_string_equal(result.items[0]->storage_domain.name, "files");
	copy->gone[0] = true;
	image_world_check(&world, &result);
	assert_true(is_found(&result, "VOLUME_ONLY_IN_DATABASE"));
}

/* A row of a volume that is there, one of a volume that is not, and a disk. */
static const int again[] = { 4, 9, 10 };

static bool is_again(struct image_world *world, const struct vdc_discrepancy *found)
{
	for (size_t i = 0; i < VDC_COUNT(again); i++)
		if (found->image && !strcmp(found->image, world->images[again[i]].rows[0].image))
			return true;
	return false;
}

/* A second reading: BEFORE it, either the database changed what it says of the image or not. */
static void check_again(bool changed)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_image_result first, second;
	struct image_world world;

	image_world_make(&world, arena, 5, IMAGES);
	world.images[4].rows[0].capacity += 2048;
	world.images[9].gone[0] = true;
	world.images[10].rows[0].capacity += 2048;
	image_world_check(&world, &first);
	world.images[4].rows[0].description = NULL;
	world.images[6].rows[0].active = 1 - world.images[6].rows[0].active;
	if (changed) {
		world.images[4].rows[0].allocation = VDC_UNSET;
		world.images[9].rows[0].allocation = VDC_UNSET;
		world.locked = (struct vdc_disk){ .id = world.images[10].rows[0].disk.id,
						  .status = VDC_DISK_ILLEGAL };
	}
	image_world_check(&world, &second);
	vdc_image_confirm(&first, &second);
	assert_true(is_found(&second, "VOLUME_ONLY_IN_DATABASE"));
	assert_true(second.n > VDC_COUNT(again));
	for (size_t i = 0; i < second.n; i++) {
		const struct vdc_discrepancy *found = second.items[i];
		bool same = is_again(&world, found);

		assert_int_equal(found->confirmed, same);
		assert_int_equal(found->in_flight, same && changed);
		if (same && !strcmp(found->code, "CAPACITY_DIFFERS"))
			assert_int_equal(found->severity,
					 changed ? VDC_FINDING_INFO : VDC_FINDING_WARNING);
	}
}

static void what_changes_meanwhile_is_worked_on(void **state)
{
	(void)state;
	check_again(false);
	check_again(true);
}

static const struct vdc_image_check_options plain = { .now = VDC_UNSET, .secret = 4 };

static struct vdc_storage_self self_of(uint64_t id)
{
	return (struct vdc_storage_self){ .id = { id, id }, .has_id = true };
}

static void a_domain_is_read_once_and_has_an_id(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_image_check *check = vdc_image_check_new(arena, &plain);
	struct vdc_storage_volume volume = vdc_storage_volume((struct vdc_uuid){ 9, 9 });
	struct vdc_storage_self one = self_of(1), none = { 0 };
	struct vdc_image_result result;
	struct vdc_err err = { 0 };

	(void)state;
	vdc_image_check_begin(check, "a");
	assert_int_equal(vdc_image_check_self(check, &none, &err), -EINVAL);
	assert_non_null(strstr(vdc_err_text(&err), "write ID=a"));
	assert_int_equal(vdc_image_check_self(check, &one, NULL), 0);
	vdc_image_check_begin(check, "b");
	vdc_image_check_volume(check, &volume);
	assert_int_equal(vdc_image_check_self(check, &one, &err), -EINVAL);
	assert_non_null(strstr(vdc_err_text(&err), "a is of the same"));
	vdc_image_check_drop(check);
	vdc_image_check_end(check, &result);
	assert_int_equal(result.n_domains, 1);
	assert_int_equal(result.domains[0].volumes, 0);
	assert_int_equal(result.n, 0);
	vdc_image_check_free(check);
}

static void domains_without_disks_are_passed(void **state)
{
	static const int64_t types[] = { VDC_STORAGE_DOMAIN_ISO, VDC_STORAGE_DOMAIN_EXPORT };

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(types); i++) {
		vdc_autoarena *arena = vdc_arena_new();
		struct vdc_image_result result;
		struct image_world world;

		image_world_make(&world, arena, 11, IMAGES);
		world.images[2].no_row[0] = true;
		world.images[3].no_row[0] = true;
		world.rows[1].type = types[i];
		image_world_check(&world, &result);
		assert_non_null(strstr(result.domains[1].passed, i ? "export" : "ISO"));
		assert_null(result.domains[0].passed);
		assert_int_equal(result.domains[1].n, 0);
		assert_true(result.domains[0].n > 0);
	}
}

/* A chain as long as no one has; with its base on top of its leaf it is a circle. */
static void check_long_chain(uint32_t n, bool closed)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_image_check *check = vdc_image_check_new(arena, &plain);
	struct vdc_storage_self one = self_of(1);
	struct vdc_image_result result;

	vdc_image_check_begin(check, "long");
	for (uint32_t i = 1; i <= n; i++) {
		struct vdc_storage_volume v = vdc_storage_volume((struct vdc_uuid){ 0, i });

		v.image = (struct vdc_uuid){ 1, 1 };
		v.parent.low = i > 1 ? i - 1 : closed ? n : 0;
		v.flags = VDC_STORAGE_VOLUME_HAS_IMAGE | VDC_STORAGE_VOLUME_HAS_PARENT;
		v.voltype = i == n && !closed ? VDC_VOLTYPE_LEAF : VDC_VOLTYPE_INTERNAL;
		v.format = VDC_DISK_COW;
		vdc_image_check_volume(check, &v);
	}
	vdc_image_check_self(check, &one, NULL);
	vdc_image_check_end(check, &result);
	assert_int_equal(result.n, closed ? 2 : 0);
	if (closed) {
		assert_string_equal(result.items[0]->code, "CHAIN_LOOP");
		assert_non_null(strstr(result.items[0]->text, "100000 volumes"));
	}
	vdc_image_check_free(check);
}

static void a_chain_may_be_long(void **state)
{
	(void)state;
	check_long_chain(100000, false);
	check_long_chain(100000, true);
}

static void a_domain_that_nobody_reads_is_counted(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_image_check *check = vdc_image_check_new(arena, &plain);
	struct vdc_storage_domain row;
	struct vdc_image_result result;

	(void)state;
	vdc_object_clear(&vdc_storage_domain_kind, &row);
	row.id = vdc_arena_strdup(arena, "99999999-0000-4000-8000-000000000001");
	row.type = VDC_STORAGE_DOMAIN_DATA;
	vdc_image_check_domain(check, &row);
	vdc_image_check_end(check, &result);
	assert_int_equal(result.unread, 1);
	vdc_image_check_free(check);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_healthy_world_has_no_finding),
		cmocka_unit_test(each_damage_is_found),
		cmocka_unit_test(pairs_of_damages_are_found),
		cmocka_unit_test(every_code_has_a_damage),
		cmocka_unit_test(work_that_goes_on_is_no_damage),
		cmocka_unit_test(a_row_that_is_locked_may_have_no_volume),
		cmocka_unit_test(a_difference_says_both_values),
		cmocka_unit_test(what_changes_meanwhile_is_worked_on),
		cmocka_unit_test(a_template_lies_on_several_domains),
		cmocka_unit_test(a_domain_is_read_once_and_has_an_id),
		cmocka_unit_test(domains_without_disks_are_passed),
		cmocka_unit_test(a_chain_may_be_long),
		cmocka_unit_test(a_domain_that_nobody_reads_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
