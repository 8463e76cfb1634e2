/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/fence_test.h"

#include <string.h>

#include "act/fence_power_part.h"
#include "act/update.h"
#include "base/setting.h"
#include "base/time.h"
#include "store/events.h"

struct testing {
	struct vdc_fence_test *test;
	struct fence_host host;
	struct vdc_fence_wish wish;
	int proxies; /* that are asked */
};

struct asking_all {
	struct fence_run *run;
	struct testing *all;
	size_t n;
	int proxy;	    /* whose turn it is: of every host the first, then the second, ... */
	size_t host, agent; /* of the next question */
	size_t running;
	bool asking;
	int64_t until; /* monotonic: none is begun after it */
};

/* An agent asked through a proxy. */
struct question {
	struct asking_all *asked;
	struct fence_asking asking;
	struct vdc_fence_test_row *row;
};

static int ask_more(struct asking_all *asked, struct vdc_err *err);

static int ended(void *ctx, struct vdc_err *err)
{
	struct question *question = ctx;
	const struct fence_asking *asking = &question->asking;

	question->row->power = asking->said == VDC_FENCE_SAID_ON    ? VDC_POWER_ON
			       : asking->said == VDC_FENCE_SAID_OFF ? VDC_POWER_OFF
								    : VDC_POWER_UNKNOWN;
	question->row->message = asking->message;
	question->asked->running--;
	return ask_more(question->asked, err);
}

static int ask(struct asking_all *asked, struct testing *testing, size_t agent, int proxy,
	       struct vdc_err *err)
{
	struct fence_host *host = &testing->host;
	struct fence_run *run = host->run;
	struct question *question = vdc_arena_alloc(run->arena, sizeof(*question));

	question->asked = asked;
	question->row = &testing->test->rows[agent * (size_t)testing->proxies + (size_t)proxy];
	question->asking = (struct fence_asking){
		.agent = host->calls[agent].agent,
		.victim = host->host,
		.proxy = host->proxies[proxy],
		.action = VDC_FENCE_STATUS,
		.db = run->db,
		.arena = run->arena,
		.ctx = question,
		.ended = ended,
	};
	question->row->asked = true;
	asked->running++;
	return fence_ask(&question->asking, run->pool, err);
}

/* The next question, in the order in which all hosts are asked through one proxy before another one. */
static struct testing *next_question(struct asking_all *asked, size_t *agent, int *proxy)
{
	for (bool more = true; more; asked->proxy++, asked->host = 0) {
		more = false;
		for (; asked->host < asked->n; asked->host++, asked->agent = 0) {
			struct testing *testing = &asked->all[asked->host];

			if (asked->proxy >= testing->proxies || asked->agent >= testing->host.n) {
				more = more || asked->proxy < testing->proxies;
				continue;
			}
			*agent = asked->agent++;
			*proxy = asked->proxy;
			return testing;
		}
	}
	return NULL;
}

/* Called in the midst of it, by one that ended at once, it leaves the next one to whoever began it. */
static int ask_more(struct asking_all *asked, struct vdc_err *err)
{
	int r = 0;

	if (asked->asking)
		return 0;
	asked->asking = true;
	while (!r && asked->running < asked->run->options->jobs &&
	       vdc_time_monotonic() < asked->until) {
		size_t agent;
		int proxy;
		struct testing *testing = next_question(asked, &agent, &proxy);

		if (!testing)
			break;
		r = ask(asked, testing, agent, proxy, err);
	}
	asked->asking = false;
	return r;
}

static void make_rows(struct testing *testing)
{
	struct fence_host *host = &testing->host;
	struct vdc_fence_test *test = testing->test;
	struct vdc_arena *arena = host->run->arena;
	size_t proxies = (size_t)testing->proxies;

	test->n = host->n * proxies;
	test->rows = vdc_arena_alloc(arena, (test->n + 1) * sizeof(*test->rows));
	for (size_t i = 0; i < test->n; i++) {
		const struct vdc_fence_agent *agent = host->calls[i / proxies].agent;
		const struct vdc_host *proxy = host->proxies[i % proxies];

		test->rows[i] = (struct vdc_fence_test_row){
			.agent_id = agent->id,
			.agent = i % proxies ? test->rows[i - 1].agent
					     : fence_agent_text(agent, arena),
			.order = agent->agent_order,
			.proxy = proxy ? proxy->name : NULL,
			.power = VDC_POWER_UNKNOWN,
			.message = "not asked any more: the test took longer than fence.test-time",
		};
	}
}

static int begin(struct testing *testing, struct vdc_err *err)
{
	struct fence_host *host = &testing->host;
	const struct vdc_fence_test *test = testing->test;
	int r = fence_read_host(host, err);

	if (r)
		return r;
	testing->test->host = host->host->name;
	r = fence_find_proxies(host, err);
	if (r)
		return r;
	testing->proxies = host->n_proxies;
	if (test->most_proxies && test->most_proxies < host->n_proxies)
		testing->proxies = (int)test->most_proxies;
	make_rows(testing);
	return 0;
}

static bool is_asked(const struct vdc_fence_test *test, const char *agent)
{
	for (size_t i = 0; i < test->n; i++)
		if (strcmp(test->rows[i].agent_id, agent) == 0 && test->rows[i].asked)
			return true;
	return false;
}

static bool is_healthy(const struct vdc_fence_test *test, const char *agent)
{
	for (size_t i = 0; i < test->n; i++)
		if (strcmp(test->rows[i].agent_id, agent) == 0 &&
		    test->rows[i].power != VDC_POWER_UNKNOWN)
			return true;
	return false;
}

static const char *complaint(const struct testing *testing)
{
	struct vdc_arena *arena = testing->host.run->arena;
	const struct vdc_fence_test *test = testing->test;
	const char *text = "";

	for (size_t i = 0; i < test->n; i++) {
		const struct vdc_fence_test_row *row = &test->rows[i];

		if (is_healthy(test, row->agent_id) ||
		    (i && strcmp(row->agent_id, test->rows[i - 1].agent_id) == 0))
			continue;
		text = vdc_arena_format(arena, "%s%s%s: %s", text, *text ? "; " : "", row->agent,
					row->message ?: "no answer");
	}
	return text;
}

static void judge(struct testing *testing)
{
	struct fence_host *host = &testing->host;
	struct vdc_fence_test *test = testing->test;
	struct vdc_arena *arena = host->run->arena;

	for (size_t i = 0; i < host->n && host->n_proxies; i++)
		test->left_out = test->left_out || !is_asked(test, host->calls[i].agent->id);
	for (size_t i = 0, end; i < host->n; i = end) {
		size_t healthy = 0;

		for (end = i; end < host->n && host->orders[end] == host->orders[i]; end++)
			healthy += is_healthy(test, host->calls[end].agent->id);
		test->start = test->start || healthy > 0;
		test->stop = test->stop || healthy == end - i;
	}
	if (!host->n)
		test->problem = "it has no power device";
	else if (!host->n_proxies)
		test->problem = FENCE_NO_PROXY;
	else if (test->left_out)
		test->problem = "not all of its devices were asked within fence.test-time";
	else if (!test->start || !test->stop)
		test->problem = vdc_arena_format(arena, "it could not be %s: %s",
						 test->start ? "stopped" : "stopped, nor started",
						 complaint(testing));
}

struct noting {
	const struct testing *testing;
	struct vdc_job_lease *lease;
	struct vdc_arena *arena;
};

static int note(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct noting *n = ctx;
	struct vdc_fence_test *test = n->testing->test;
	const struct vdc_host *before;
	struct vdc_host *after;
	void *found;
	int r = n->lease ? vdc_job_guard(n->lease, db, err) : 0;

	if (!r)
		r = vdc_store_get(db, &vdc_host_kind, test->host_id, 0, n->arena, &found, err);
	if (r)
		return r;
	before = found;
	after = vdc_object_copy(&vdc_host_kind, before, n->arena);
	after->pm_problem = vdc_arena_strdup(n->arena, test->problem);
	after->pm_tested = vdc_time_now();
	r = vdc_update(db, &vdc_host_kind, before, after, n->arena, NULL, err);
	test->news = !test->problem != !before->pm_problem;
	if (r || !test->news)
		return r;
	if (test->problem)
		return vdc_event_note(db, VDC_SEVERITY_ALERT, "power_test_failed", &vdc_host_kind,
				      after, err, "power management of host %s does not work: %s",
				      after->name, test->problem);
	return vdc_event_note(db, VDC_SEVERITY_NORMAL, "power_test_passed", &vdc_host_kind, after,
			      err, "power management of host %s works again", after->name);
}

static int finish(struct testing *testing, struct vdc_job_lease *lease, struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct noting n = { testing, lease, arena };

	judge(testing);
	if (testing->test->left_out)
		return 0;
	return vdc_db_transaction(testing->host.run->db, note, &n, err);
}

int vdc_fence_test(struct vdc_db *db, struct vdc_job_lease *lease,
		   const struct vdc_fence_power_options *options, struct vdc_fence_test *tests,
		   size_t n, struct vdc_arena *arena, struct vdc_err *err)
{
	vdc_autopool *pool = vdc_pool_new(options->jobs);
	struct fence_run run = {
		.db = db,
		.options = options,
		.arena = arena,
		.pool = pool,
		.boot_id = fence_boot_id(arena),
	};
	struct testing *all = vdc_arena_alloc(arena, (n + 1) * sizeof(*all));
	struct asking_all asked = { .run = &run, .all = all, .n = n };
	int r = 0;

	for (size_t i = 0; i < n && !r; i++) {
		tests[i] = (struct vdc_fence_test){ .host_id = tests[i].host_id,
						    .most_proxies = tests[i].most_proxies };
		all[i].test = &tests[i];
		all[i].wish = (struct vdc_fence_wish){ .host_id = tests[i].host_id,
						       .action = VDC_FENCE_STATUS };
		all[i].host = (struct fence_host){ .run = &run, .wish = &all[i].wish };
		r = begin(&all[i], err);
	}
	asked.until = vdc_time_monotonic() + vdc_setting_number(VDC_SETTING_FENCE_TEST_TIME);
	if (!r)
		r = ask_more(&asked, err);
	if (!r)
		r = vdc_pool_run(pool, -1, err);
	for (size_t i = 0; i < n && !r; i++)
		r = finish(&all[i], lease, err);
	return r;
}
