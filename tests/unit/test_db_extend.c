/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asking for space through the database, with real processes; the manager is this test. */
#include "act/extend_part.h"
#include "extend_asking.h"
#include "model/volume.h"
#include "scratch_sync.h"
#include "store/extensions.h"

#define DOMAIN "8adbc85e-e554-4ae0-b318-8a5465fe5fe1"
#define VOLUME "d772f1c6-3ebb-43c3-a42e-73fcd8255a5f"
#define MIB (INT64_C(1) << 20)

enum { LIMIT_MS = 60000 };

static struct vdc_err why;

static void inventory(struct scratch *s)
{
	populate(s->db);
	PUT(s, vdc_storage_domain_kind, "id", DOMAIN, "name", "thin", "data_center", "dc1", "type",
	    "data");
	PUT(s, vdc_volume_kind, "id", VOLUME, "storage_domain", "thin", "capacity", "1073741824");
}

static struct vdc_extend_ask *open_ask(const struct scratch *s)
{
	const struct vdc_host *host = get(s->db, &vdc_host_kind, "h1");
	struct vdc_extend_ask_options *asking = vdc_arena_alloc(arena, sizeof(*asking));
	struct vdc_extend_ask *ask;

	asking->transport = VDC_EXTEND_DATABASE;
	asking->db = s->db;
	asking->host_id = host->id;
	must(vdc_extend_ask_open(asking, &ask, &why), &why);
	return ask;
}

static void send_for(struct vdc_extend_ask *ask, const char *volume, int64_t size)
{
	struct vdc_extend_request request = { .domain = DOMAIN, .size = size };

	snprintf(request.volume, sizeof(request.volume), "%s", volume);
	must(vdc_extend_ask_send(ask, &request, &why), &why);
}

struct seen {
	int n;
	char id[VDC_UUID_LEN + 1];
	int64_t size;
};

static int see(void *ctx, const struct vdc_extension_wish *wish, struct vdc_err *err)
{
	struct seen *seen = ctx;

	(void)err;
	seen->n++;
	snprintf(seen->id, sizeof(seen->id), "%s", wish->id);
	seen->size = wish->size;
	assert_string_equal(wish->volume, VOLUME);
	assert_string_equal(wish->domain, DOMAIN);
	assert_int_equal(wish->capacity, 1024 * MIB);
	return 0;
}

/* Waits until the one that waits is for SIZE. */
static struct seen waiting(struct scratch *s, int64_t size)
{
	const int64_t until = vdc_time_monotonic() + LIMIT_MS * INT64_C(1000);
	struct seen seen;

	do {
		seen = (struct seen){ 0 };
		must(vdc_extension_each_waiting(s->db, see, &seen, &why), &why);
		assert_true(vdc_time_monotonic() < until);
		vdc_sleep(5000);
	} while (seen.size != size);
	return seen;
}

static void end(struct scratch *s, const char *id, enum vdc_extension_status status,
		int64_t old_size, int64_t new_size, const char *message)
{
	struct vdc_extension *it = OBJECT(&vdc_extension_kind, "id", id);

	it->status = status;
	it->old_size = old_size;
	it->new_size = new_size;
	it->end_time = vdc_time_now();
	it->message = message ? vdc_arena_strdup(arena, message) : NULL;
	must(vdc_extensions_end(s->db, it, 1, &why), &why);
}

static void test_a_request_is_a_row(void **state)
{
	SCRATCH(s);
	const struct vdc_volume *volume;
	struct vdc_extend_answer answer;
	struct vdc_extend_ask *ask;
	struct seen seen;

	inventory(s);
	ask = open_ask(s);
	send_for(ask, VOLUME, 100 * MIB);
	seen = waiting(s, 100 * MIB);
	send_for(ask, VOLUME, 80 * MIB);
	end(s, seen.id, VDC_EXTENSION_DONE, 4 * MIB, 128 * MIB, NULL);
	answer = wait_answer(ask);
	assert_int_equal(answer.size, 128 * MIB);
	assert_string_equal(answer.volume, VOLUME);
	volume = get(s->db, &vdc_volume_kind, VOLUME);
	assert_int_equal(volume->size, 128 * MIB);
	vdc_extend_ask_close(ask);
}

static void test_more_supersedes_what_waits(void **state)
{
	SCRATCH(s);
	struct vdc_extend_answer answer;
	struct vdc_extend_ask *ask;
	struct seen seen;

	inventory(s);
	ask = open_ask(s);
	send_for(ask, VOLUME, 100 * MIB);
	waiting(s, 100 * MIB);
	send_for(ask, VOLUME, 200 * MIB);
	seen = waiting(s, 200 * MIB);
	/* The first one is asked for again: who asked for it is to have an answer. */
	end(s, seen.id, VDC_EXTENSION_FAILED, 4 * MIB, VDC_UNSET, "there is no space");
	answer = wait_answer(ask);
	assert_int_equal(answer.size, 0);
	assert_string_equal(answer.text, "there is no space");
	vdc_extend_ask_close(ask);
	seen = (struct seen){ 0 };
	must(vdc_extension_each_waiting(s->db, see, &seen, &why), &why);
	assert_int_equal(seen.n, 0);
}

static void test_part_of_it_is_an_answer(void **state)
{
	SCRATCH(s);
	struct vdc_extend_ask *ask;

	inventory(s);
	ask = open_ask(s);
	send_for(ask, VOLUME, 100 * MIB);
	end(s, waiting(s, 100 * MIB).id, VDC_EXTENSION_FAILED, 4 * MIB, 64 * MIB, "no more");
	assert_int_equal(wait_answer(ask).size, 64 * MIB);
	vdc_extend_ask_close(ask);
}

static void test_an_unknown_volume_is_refused(void **state)
{
	SCRATCH(s);
	struct vdc_extend_answer answer;
	struct vdc_extend_ask *ask;

	inventory(s);
	ask = open_ask(s);
	send_for(ask, DOMAIN, 100 * MIB);
	answer = wait_answer(ask);
	assert_int_equal(answer.size, 0);
	assert_non_null(strstr(answer.text, DOMAIN));
	vdc_extend_ask_close(ask);
}

static void test_sqlite_is_refused(void **state)
{
	SCRATCH(s);
	struct vdc_extend_ask_options asking = { .transport = VDC_EXTEND_DATABASE, .db = s->db };
	struct vdc_extend_ask *ask;

	assert_int_equal(vdc_extend_ask_open(&asking, &ask, &why), -EINVAL);
	assert_non_null(strstr(why.msg, "mailbox"));
}

static void test_what_ended_long_ago_goes(void **state)
{
	SCRATCH(s);
	struct vdc_extension *it;

	inventory(s);
	it = OBJECT(&vdc_extension_kind, "volume", VOLUME, "storage_domain", DOMAIN,
		    "requested_size", "1048576");
	it->volume.id = vdc_arena_strdup(arena, VOLUME);
	it->storage_domain.id = vdc_arena_strdup(arena, DOMAIN);
	must(vdc_extension_add(s->db, it, arena, &why), &why);
	end(s, it->id, VDC_EXTENSION_DONE, MIB, MIB, NULL);
	must(vdc_extension_purge(s->db, vdc_time_now() - VDC_SECOND * 3600, &why), &why);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM extensions"), 1);
	must(vdc_extension_purge(s->db, vdc_time_now() + VDC_SECOND, &why), &why);
	assert_int_equal(number_of(s->db, "SELECT COUNT(*) FROM extensions"), 0);
}

/* The clerk of the database between this test, which is its dispatcher, and who asks. */
struct desk {
	struct vdc_lockspace thin, *spaces[1];
	struct vdc_lockspaces all;
	struct extend_office office;
	struct vdc_aide aide;
};

static struct desk *open_desk(const struct scratch *s)
{
	struct desk *desk = vdc_arena_alloc(arena, sizeof(*desk));

	desk->thin.id = vdc_arena_strdup(arena, DOMAIN);
	desk->thin.name = vdc_arena_strdup(arena, "thin");
	desk->thin.volume_group = vdc_arena_strdup(arena, "thinvg");
	desk->spaces[0] = &desk->thin;
	desk->all = (struct vdc_lockspaces){ desk->spaces, 1 };
	desk->office = (struct extend_office){ .lver = 7, .spaces = &desk->all, .db = s->db };
	must(vdc_aide_start(&desk->aide, extend_desk_life, &desk->office, &why), &why);
	return desk;
}

static struct vdc_extend_request wait_request(const struct desk *desk)
{
	struct pollfd fd = { .fd = desk->aide.fd, .events = POLLIN };
	struct vdc_extend_request request;

	assert_int_equal(poll(&fd, 1, LIMIT_MS), 1);
	assert_int_equal(vdc_aide_take(desk->aide.fd, &request, sizeof(request)), 1);
	assert_string_equal(request.volume, VOLUME);
	return request;
}

static void settle(const struct desk *desk, int64_t asked, int64_t new_size, const char *text)
{
	struct extend_outcome outcome = extend_outcome(DOMAIN, VOLUME);

	outcome.asked = asked;
	outcome.old_size = 4 * MIB;
	outcome.new_size = new_size;
	snprintf(outcome.text, sizeof(outcome.text), "%s", text);
	extend_report(desk->aide.fd, &outcome, NULL);
}

static void test_the_desk_of_the_manager(void **state)
{
	SCRATCH(s);
	struct vdc_extend_answer answer;
	struct vdc_extend_ask *ask;
	struct desk *desk;

	inventory(s);
	ask = open_ask(s);
	send_for(ask, VOLUME, 100 * MIB);
	waiting(s, 100 * MIB);
	desk = open_desk(s); /* what waits is found, and what comes later */
	assert_int_equal(wait_request(desk).size, 100 * MIB);
	settle(desk, 50 * MIB, 60 * MIB, ""); /* of somebody's smaller request */
	settle(desk, 100 * MIB, 128 * MIB, "");
	answer = wait_answer(ask);
	assert_int_equal(answer.size, 128 * MIB);
	assert_int_equal(number_of(s->db, "SELECT lver FROM extensions"), 7);
	send_for(ask, VOLUME, 200 * MIB);
	assert_int_equal(wait_request(desk).size, 200 * MIB);
	settle(desk, 200 * MIB, VDC_UNSET, "there is no space");
	answer = wait_answer(ask);
	assert_int_equal(answer.size, 0);
	assert_string_equal(answer.text, "there is no space");
	/* By what the inventory says nobody else is asked. */
	send_for(ask, VOLUME, 4096 * MIB);
	answer = wait_answer(ask);
	assert_int_equal(answer.size, 0);
	assert_non_null(strstr(answer.text, "more than its disk can need"));
	PUT(s, vdc_volume_kind, "id", VOLUME, "storage_domain", "thin", "allocation",
	    "preallocated");
	send_for(ask, VOLUME, 300 * MIB);
	answer = wait_answer(ask);
	assert_non_null(strstr(answer.text, "preallocated"));
	vdc_extend_ask_close(ask);
	vdc_aide_end(&desk->aide, VDC_SECOND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_postgres(test_a_request_is_a_row),
		on_postgres(test_more_supersedes_what_waits),
		on_postgres(test_part_of_it_is_an_answer),
		on_postgres(test_an_unknown_volume_is_refused),
		on_postgres(test_the_desk_of_the_manager),
		on_sqlite(test_sqlite_is_refused),
		on_both(test_what_ended_long_ago_goes),
	};

	return cmocka_run_group_tests(tests, new_arena, free_arena);
}
