/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Random walks: a guest writes into a thin volume; events come late, twice or never, requests and
 * replies are lost, the volume group is full, the VM migrates, gets a snapshot or a larger disk, the
 * figures are damaged. A checker, which knows the truth, holds what is done against the rules. Then each
 * rule is taken out of the machine, and the checker has to find that out.
 */
#include <string.h>

#include "unit.h"

static int removed; /* a rule that is not there */
#define RULE(rule, holds) (removed == (rule) ? 0 : (holds))
#define vdc_extend_preset walked_preset
#include "plan/extend.c"
#include "plan/extend_disk.c"

enum {
	MS = 1000,
	TICK = 10 * MS,
	STEPS = 7200,
	CALM = 4000, /* and then longer than anything waits */
	TOLD_AFTER = 250 * MS,
	WALKS = 500
};

static uint64_t dice;

static uint64_t roll(uint64_t sides)
{
	dice = dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (dice >> 24) % sides;
}

static bool one_in(unsigned n)
{
	return roll(n) == 0;
}

/* What is on its way; at 0: nothing. */
struct message {
	int64_t at, value;
};

static struct world {
	int64_t now;
	bool faults, calm; /* things go wrong; and never did */
	struct vdc_extend_rules rules;
	struct vdc_extend_disk disk;
	/* The truth: of the volume, and what each side sees of it. */
	int64_t capacity, highest, size, sees, destination_sees, free;
	int64_t destination_at; /* when it looks next, as long as the VM moves */
	bool destination_looked;
	int64_t rate, fastest; /* of the guest, and what it wrote at most in a tenth of a second */
	int64_t written[10];
	bool paused, migrating;
	int64_t threshold; /* that is set; 0: none */
	struct message passed, again, stopped, request, reply;
	int64_t latency, slowest; /* of the manager, and the slowest way so far */
	int64_t due_since, asked, asked_size, paused_since;
	bool damaged;	    /* since a look that told lies */
	const char *broken; /* the first rule that was */
} w;

/* How often it came to that, so that no walk is idle. */
static unsigned grown, asks, refusals, migrations, pauses, resumed, lies, lost;

static void break_rule(const char *rule)
{
	if (!w.broken)
		w.broken = rule;
}

static bool goes_wrong(unsigned n)
{
	return w.faults && one_in(n);
}

/* In a calm world nothing is slower than this. */
static void send(struct message *message, int64_t delay, int64_t value)
{
	if (goes_wrong(8)) {
		lost++;
		return;
	}
	*message = (struct message){ w.now + 1 + (int64_t)roll((uint64_t)delay), value };
}

static bool arrives(struct message *message)
{
	if (!message->at || message->at > w.now)
		return false;
	message->at = 0;
	return true;
}

static void tell_passed(void)
{
	w.threshold = 0;
	send(&w.passed, 20 * MS, w.highest);
	send(&w.again, 60 * MS, w.highest); /* libvirt tells twice */
}

static void pause_guest(void)
{
	w.paused = true;
	w.paused_since = w.now;
	pauses++;
	if (w.calm)
		break_rule("a guest is never caught");
	w.stopped = (struct message){ w.now + 5 * MS, 0 };
}

static void note_rate(int64_t bytes)
{
	int64_t sum = 0;

	memmove(w.written, w.written + 1, sizeof(w.written) - sizeof(w.written[0]));
	w.written[9] = bytes;
	for (int i = 0; i < 10; i++)
		sum += w.written[i];
	if (sum * 10 > w.fastest)
		w.fastest = sum * 10;
}

static void write_some(void)
{
	int64_t bytes = w.paused ? 0 : w.rate / (VDC_SECOND / TICK),
		end = w.capacity + w.capacity / 20;

	if (w.highest + bytes > end)
		bytes = end - w.highest;
	if (w.highest + bytes > w.sees) {
		bytes = w.sees - w.highest;
		pause_guest();
	}
	w.highest += bytes;
	note_rate(bytes);
	if (bytes && w.threshold && w.highest >= w.threshold)
		tell_passed();
}

/* The manager grows the volume, which is where it can come to be too large. */
static void serve(void)
{
	int64_t size = round_up(w.request.value, w.rules.extent);
	double reach = (double)w.fastest * (double)w.slowest / VDC_SECOND;

	if (size > w.size && size - w.size > w.free) {
		refusals++;
		send(&w.reply, w.latency / 2, 0);
		return;
	}
	if (size > w.size) {
		w.free -= size - w.size;
		w.size = size;
		grown++;
		if (size > vdc_extend_most(&w.rules, w.capacity))
			break_rule("no volume is larger than its disk can need");
		if ((double)size >
		    (double)(w.highest + w.rules.chunk) + reach + (double)w.rules.extent)
			break_rule("a volume is at most what was written, a chunk and the reach");
	}
	send(&w.reply, w.latency / 2, size);
}

static void deliver(void)
{
	if (arrives(&w.passed))
		vdc_extend_disk_passed(&w.disk, &vdc_extend_preset, w.now, w.passed.value);
	if (arrives(&w.again))
		vdc_extend_disk_passed(&w.disk, &vdc_extend_preset, w.now, w.again.value);
	if (arrives(&w.stopped))
		vdc_extend_disk_event(&w.disk, VDC_EXTEND_NO_SPACE);
	if (arrives(&w.request))
		serve();
	if (arrives(&w.reply)) {
		w.asked = 0;
		vdc_extend_disk_answer(&w.disk, &vdc_extend_preset, w.now, w.reply.value);
	}
}

static void begin_layer(void)
{
	w.size = w.sees = w.rules.chunk < w.capacity ? w.rules.chunk : w.capacity;
	w.size = w.sees = round_up(w.size, w.rules.extent);
	w.highest = 0;
	w.threshold = 0;
	w.request.at = w.reply.at = 0; /* they are about another volume */
	w.asked = 0;
}

/* By a watcher that knows nothing, here or where the VM went: what is on its way is for another. */
static void begin_watch(void)
{
	vdc_extend_disk_begin(&w.disk, &w.rules);
	w.disk.migrating = w.migrating;
	w.disk.paused = w.paused;
	w.asked = w.threshold = 0;
}

/* Nobody is told. */
static void migrate(void)
{
	w.migrating = true;
	w.destination_sees = w.sees;
	w.destination_looked = false;
	w.destination_at = w.now + (int64_t)roll(VDC_SECOND);
	migrations++;
}

/* Every second, and however long that takes. */
static void refresh_destination(void)
{
	if (!w.migrating || w.now < w.destination_at)
		return;
	w.destination_looked = true;
	w.destination_sees = w.size;
	w.destination_at = w.now + VDC_SECOND + (int64_t)roll(3 * VDC_SECOND);
}

static void end_migration(void)
{
	w.migrating = false;
	if (one_in(2))
		return;
	if (w.destination_sees < w.sees)
		break_rule("the destination of a migration knows first");
	w.sees = w.destination_sees;
	begin_watch();
}

/* In a calm world the guest gets faster by a tenth in a second. */
static void change_rate(int64_t step)
{
	int64_t most = (int64_t)((double)w.rules.chunk * 0.85 * VDC_SECOND /
				 (double)(w.latency + TOLD_AFTER));

	if (w.faults && one_in(200))
		w.rate = one_in(3) ? 0 : (int64_t)roll((uint64_t)most);
	else if (!w.faults && step % (VDC_SECOND / TICK) == 0)
		w.rate = w.rate + w.rate / 10 < most ? w.rate + w.rate / 10 : most;
}

static void happen(int64_t step)
{
	change_rate(step);
	if (!w.faults)
		return;
	switch (roll(2000)) {
	case 0:
		w.capacity += w.capacity / 4;
		w.asked = 0;
		vdc_extend_disk_event(&w.disk, VDC_EXTEND_CHANGED);
		break;
	case 1:
		if (!w.migrating && !w.paused) {
			begin_layer();
			vdc_extend_disk_event(&w.disk, VDC_EXTEND_CHANGED);
		}
		break;
	case 2:
		w.free = one_in(2) ? 0 : w.capacity * 8;
		break;
	case 3:
		begin_watch();
		break;
	case 4:
		w.latency = (100 + (int64_t)roll(1300)) * MS;
		break;
	default:
		break;
	}
	if (!w.migrating && one_in(1000))
		migrate();
	else if (w.migrating && w.destination_looked && one_in(300))
		end_migration();
}

static void look(void)
{
	struct vdc_extend_volume seen = { .capacity = w.capacity,
					  .highest = w.highest,
					  .size = w.sees };

	if (w.migrating != w.disk.migrating)
		vdc_extend_disk_event(&w.disk, w.migrating ? VDC_EXTEND_MIGRATION_BEGINS
							   : VDC_EXTEND_MIGRATION_ENDS);
	w.damaged = goes_wrong(10);
	if (w.damaged) {
		lies++;
		seen.highest = w.sees + w.rules.chunk * 2 + (int64_t)roll(1 << 30);
		if (one_in(2))
			seen.capacity = 0;
	}
	vdc_extend_disk_look(&w.disk, &vdc_extend_preset, w.now, &seen);
}

static void ask(int64_t size)
{
	asks++;
	if (w.damaged)
		break_rule("nothing is done by figures that are impossible");
	if (w.asked && size == w.asked_size && w.now < w.asked + vdc_extend_preset.answer)
		break_rule("what is on its way is not sent again at once");
	w.asked = w.now;
	w.asked_size = size;
	send(&w.request, w.latency / 2, size);
}

static bool carry_out(const struct vdc_extend_decision *decision)
{
	switch (decision->what) {
	case VDC_EXTEND_DO_LOOK:
		if (goes_wrong(20))
			return false;
		look();
		return true;
	case VDC_EXTEND_DO_ARM:
		if (goes_wrong(20))
			return false;
		w.threshold = decision->size;
		return true;
	case VDC_EXTEND_DO_ASK:
		ask(decision->size);
		return true;
	case VDC_EXTEND_DO_REFRESH:
		if (w.migrating && w.destination_looked && w.destination_sees < w.size)
			break_rule("the destination of a migration knows first");
		if (goes_wrong(6))
			return false;
		w.sees = w.size;
		return true;
	case VDC_EXTEND_DO_RESUME:
		if (w.paused) {
			resumed++;
			w.paused = false;
		}
		return true;
	default:
		return true;
	}
}

static void act(void)
{
	for (int i = 0; i < 8; i++) {
		struct vdc_extend_decision decision =
			vdc_extend_disk_next(&w.disk, &vdc_extend_preset, w.now);
		bool done;

		if (decision.what == VDC_EXTEND_DO_WAIT) {
			if (decision.until <= w.now)
				break_rule("waiting ends later than now");
			return;
		}
		done = carry_out(&decision);
		vdc_extend_disk_did(&w.disk, &vdc_extend_preset, &decision, done, w.now);
		if (w.disk.volume.latency + w.disk.volume.wait > w.slowest)
			w.slowest = w.disk.volume.latency + w.disk.volume.wait;
	}
	break_rule("after a few things there is nothing to do");
}

static void begin_world(uint64_t seed, bool faults)
{
	dice = seed * 2654435761U + 1;
	w = (struct world){ .now = 1000 * VDC_SECOND, .faults = faults, .calm = !faults };
	w.rules = (struct vdc_extend_rules){
		.chunk = (int64_t)(128 + roll(4096)) * MIB,
		.percent = faults ? 1 + (int64_t)roll(99) : 20,
		.extent = (4 << roll(6)) * MIB,
	};
	w.capacity = faults ? (int64_t)(1 + roll(64)) * 1024 * MIB : INT64_C(1) << 46;
	w.free = faults ? w.capacity * 8 : INT64_C(1) << 50;
	w.latency = (50 + (int64_t)roll(1000)) * MS;
	w.slowest = VDC_EXTEND_LATENCY_PRESET;
	w.rate = w.rules.chunk / 100;
	begin_layer();
	vdc_extend_disk_begin(&w.disk, &w.rules);
}

/* At last nothing goes wrong any more: whoever is paused must go on. */
static void end_faults(void)
{
	w.faults = false;
	w.free = INT64_C(1) << 50;
	w.rate = w.rules.chunk / 100;
	w.migrating = false;
}

static void check_end(bool faults)
{
	if (w.paused && faults &&
	    w.highest + w.rules.chunk / 100 < vdc_extend_most(&w.rules, w.capacity))
		break_rule("a guest that was paused goes on");
}

/* The rule that was broken; NULL: none. */
static const char *walk(uint64_t seed, bool faults)
{
	begin_world(seed, faults);
	for (int step = 0; step < STEPS && !w.broken; step++) {
		if (faults && step == CALM)
			end_faults();
		w.now += TICK;
		if (!faults || step < CALM)
			happen(step);
		write_some();
		refresh_destination();
		deliver();
		act();
	}
	check_end(faults);
	return w.broken;
}

static void no_walk_breaks_a_rule(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 2 * WALKS; seed++)
		if (walk(seed, seed % 2))
			fail_msg("seed %d: broken: %s", (int)seed, w.broken);
	print_message("# %u extensions, %u requests, %u refused, %u messages lost, %u migrations, "
		      "%u pauses, %u resumed, %u looks told lies\n",
		      grown, asks, refusals, lost, migrations, pauses, resumed, lies);
	assert_true(grown > WALKS * 20 && asks > grown && refusals > WALKS / 4);
	assert_true(migrations > WALKS && pauses > WALKS && resumed > WALKS / 2);
	assert_true(lies > WALKS && lost > WALKS);
}

static bool is_broken_somewhere(const char *rule)
{
	for (uint64_t seed = 1; seed <= 2 * WALKS; seed++)
		if (walk(seed, seed % 2) && strcmp(w.broken, rule) == 0)
			return true;
	return false;
}

static void a_rule_that_is_missing_is_found_out(void **state)
{
	static const char *const found[VDC_EXTEND_N_RULES] = {
		[VDC_EXTEND_RULE_HIGHEST] =
			"a volume is at most what was written, a chunk and the reach",
		[VDC_EXTEND_RULE_REACH] = "a guest is never caught",
		[VDC_EXTEND_RULE_MOST] = "no volume is larger than its disk can need",
		[VDC_EXTEND_RULE_IMPROBABLE] = "nothing is done by figures that are impossible",
		[VDC_EXTEND_RULE_DESTINATION] = "the destination of a migration knows first",
		[VDC_EXTEND_RULE_SURE] = "the destination of a migration knows first",
		[VDC_EXTEND_RULE_ARM] = "a guest is never caught",
		[VDC_EXTEND_RULE_ONCE] = "what is on its way is not sent again at once",
		[VDC_EXTEND_RULE_AGAIN] = "a guest that was paused goes on",
		[VDC_EXTEND_RULE_RESUME] = "a guest that was paused goes on",
	};

	(void)state;
	for (removed = 1; removed < VDC_EXTEND_N_RULES; removed++)
		if (!is_broken_somewhere(found[removed]))
			fail_msg("rule %d taken away, and never was it found out that %s", removed,
				 found[removed]);
	removed = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_walk_breaks_a_rule),
		cmocka_unit_test(a_rule_that_is_missing_is_found_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
