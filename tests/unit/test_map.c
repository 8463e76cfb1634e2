/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>

#include "base/map.h"
#include "unit.h"

static void what_was_added_is_found(void **state)
{
	struct vdc_map *map = vdc_map_new();
	char key[32];
	uint64_t i;

	(void)state;
	for (i = 0; i < 20000; i++) {
		snprintf(key, sizeof(key), "key %llu", (unsigned long long)i);
		*vdc_map_add(map, key, strlen(key)) = i;
	}
	assert_int_equal(vdc_map_count(map), 20000);
	for (i = 0; i < 20000; i++) {
		snprintf(key, sizeof(key), "key %llu", (unsigned long long)i);
		assert_non_null(vdc_map_find(map, key, strlen(key)));
		assert_int_equal(*vdc_map_find(map, key, strlen(key)), i);
		assert_int_equal(*vdc_map_add(map, key, strlen(key)), i);
	}
	assert_int_equal(vdc_map_count(map), 20000);
	assert_null(vdc_map_find(map, "key 20000", 9));
	vdc_map_free(map);
}

static void add_up(void *ctx, const char *key, size_t len, uint64_t value)
{
	assert_int_equal(len, 1);
	*(uint64_t *)ctx += (uint64_t)key[0] * value;
}

static void each_key_is_visited_once(void **state)
{
	struct vdc_map *map = vdc_map_new();
	uint64_t sum = 0;

	(void)state;
	*vdc_map_add(map, "a", 1) = 1000;
	*vdc_map_add(map, "b", 1) = 1;
	vdc_map_each(map, add_up, &sum);
	assert_int_equal(sum, 97098);
	vdc_map_free(map);
}

static void keys_are_bytes(void **state)
{
	struct vdc_map *map = vdc_map_new();

	(void)state;
	*vdc_map_add(map, "a\0b", 3) = 1;
	*vdc_map_add(map, "a\0c", 3) = 2;
	*vdc_map_add(map, "", 0) = 3;
	assert_int_equal(*vdc_map_find(map, "a\0b", 3), 1);
	assert_int_equal(*vdc_map_find(map, "a\0c", 3), 2);
	assert_int_equal(*vdc_map_find(map, "x", 0), 3);
	assert_null(vdc_map_find(map, "a", 1));
	vdc_map_free(map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_added_is_found),
		cmocka_unit_test(each_key_is_visited_once),
		cmocka_unit_test(keys_are_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
