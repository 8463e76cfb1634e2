/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The role of the storage pool manager: elections (lib/plan/spm_election.h), holders with their
 * dead-man, and the hand-over, over power cuts, frozen hosts, killed and stopped sanlocks, lost
 * storage, lost and late messages, and clocks that differ. HOSTS, ELECTIONS, FAULTS and TAKES bound
 * it; SLOW_LOOK makes an election's look at the hosts take time. Each word that is asked for with
 * #ifdef or #ifndef below makes a mutant, one that must be found, unless it is said to be a mode.
 *
 * Time goes in steps. What the real figures have in common with these: a holder whose sanlock stopped
 * right before it would have given up (8T) is ended by its dead-man (6T later) before anybody may take
 * the lease (8T + 60 s), by clocks of which each may lose a step meanwhile.
 *
 * A write and the look at the lease before it are one: a host that is frozen between them is left out,
 * for nothing but a hardware watchdog helps against it. For the same reason a host that comes to life
 * counts as a holder only when its dead-man has looked; what it writes counts at once.
 *
 * STOPPED_CLOCKS: the clocks of a frozen host may stand still (hosts that are themselves VMs): then it
 * cannot know how long it was away, and two holders may be there until its dead-man reads the lease.
 *
 * What stands for what, in lib/act/spm_*.c and lib/plan/spm_*.c:
 *   take         contend()
 *   release      let_go(); sanlock itself, when a process ends
 *   enforce      spm_be_dead_man(); sanlock, which gives up a lockspace
 *   HEARS_OF_LOSS, READS_OF_LOSS
 *                keep(), spm_ask(), spm_renewal_watch()
 *   write        vdc_spm_work_check()
 *   obey         vdc_spm_hold(), vdc_spm_hold_stop()
 *   look, understand
 *                spm_look()
 *   decide       vdc_spm_next(): stop_pretender(), wait_for_contender(), keep_or_move(),
 *                owner_is_gone(), start_somebody()
 *   prove        silent_owner_is_gone()
 *   EXPIRED      spm_expired()
 *   carry_out    spm_do_start(), spm_do_stop(), spm_do_fence(), spm_do_free()
 *   fault, mend, pass_step, join
 *                the world, and the daemon of sanlock
 */
#ifndef HOSTS
#define HOSTS 2
#endif
#ifndef ELECTIONS
#define ELECTIONS 2
#endif
#ifndef FAULTS
#define FAULTS 2
#endif
#ifndef TAKES
#define TAKES 2
#endif

#define SILENT 2 /* steps without a word of sanlock: the dead-man acts */
#define LOST 2	 /* steps without a renewal: sanlock gives up, and kills */
#ifdef DEAD_TOO_SOON
#define DEAD 4
#else
#define DEAD 5 /* steps without a renewal: others may take what it held */
#endif

#define NOBODY HOSTS
#define STALE (TAKES + 1) /* a version of the lease that is past, and comes never again */

mtype:part = { FREE, CONTEND, HOLD, STOPPING, NO_ANSWER };
mtype:sanlock = { RUNS, STOPPED, GONE };
mtype:step = { LOOK_AGAIN, START, STOP, PROVE, FREE_LEASES };
mtype:proof = { NO_PROOF_YET, CONFIRMED, POWER_OFF };

typedef host {
	bool on, frozen, woke, clock_stops, cut, held_off;
	mtype:sanlock sanlock;
	bool starting; /* its sanlock: joining takes a step at least */
	bool joined, leased, stolen;
	bool late;		  /* its clock lost a step since the last renewal */
	byte renewed, confirmed;  /* steps ago, by that clock */
	mtype:part part;
	byte lver, expected;
	mtype:proof proof; /* that it is down, since it was last on */
};

host hosts[HOSTS];
byte age[HOSTS]; /* steps since the last renewal, as others see it */

/* The lease. GENERATION_FITS: its owner has not joined anew since. */
byte owner = NOBODY;
bool generation_fits;
byte lver;

typedef election {
	mtype:part said[HOSTS];
	mtype:step step;
	byte target, seen;
	bool looked;
};

election elections[ELECTIONS];

hidden byte h, other, e; /* within one step only */

bool wait_lease; /* an expired lease is proof enough */
byte faults = FAULTS;

#define H hosts[h]
#define E elections[e]
#define RUNNING(x) (hosts[x].on && !hosts[x].frozen)
#define IS_HOLDER(x) (hosts[x].part == HOLD || hosts[x].part == STOPPING)
#define OWNS(x) (owner == x && generation_fits && lver == hosts[x].lver)
#define HAS_LOCKSPACE(x) (hosts[x].sanlock == RUNS && hosts[x].joined && hosts[x].renewed < LOST)
#define SAYS_LEASED(x) (hosts[x].sanlock == RUNS && hosts[x].joined && hosts[x].leased)
/* By a clock that is a step ahead. */
#define EXPIRED(x) (!generation_fits || age[x] >= DEAD - 1)

/*
 * What is known at once: sanlock hung up, whatever became of it since, or says that there is no lease; or
 * the lease itself says so.
 */
#ifdef PATIENT_DEAD_MAN
#define HEARS_OF_LOSS(x) false
#else
#define HEARS_OF_LOSS(x) (!hosts[x].leased)
#endif
#ifdef LEASE_NOT_READ
#define READS_OF_LOSS(x) false
#else
#define READS_OF_LOSS(x) (!hosts[x].cut && !OWNS(x))
#endif
#define KNOWS_OF_LOSS(x) (HEARS_OF_LOSS(x) || READS_OF_LOSS(x))

inline end_holder(h)
{
	H.part = FREE;
	H.lver = 0;
	H.expected = 0;
	H.confirmed = 0
}

inline lose_lockspace(h)
{
	H.joined = false;
	H.leased = false;
	H.starting = true;
	H.late = false;
	H.renewed = 0;
	age[h] = (owner == h -> age[h] : 0);
	end_holder(h)
}

inline power_off(h)
{
	lose_lockspace(h);
	H.on = false;
	H.frozen = false;
	H.woke = false;
	H.clock_stops = false;
	H.sanlock = GONE
}

/* What sanlock and the dead-man do when their time has come. */
inline enforce(h)
{
	if
	:: H.sanlock == RUNS && H.joined && (H.renewed >= LOST || (H.stolen && !H.cut)) ->
		lose_lockspace(h)
	:: else
	fi;
#ifndef NO_DEAD_MAN
	if
	:: IS_HOLDER(h) ->
		if
		:: KNOWS_OF_LOSS(h) -> end_holder(h)
		:: !KNOWS_OF_LOSS(h) && SAYS_LEASED(h) -> H.confirmed = 0
		:: !KNOWS_OF_LOSS(h) && !SAYS_LEASED(h) && H.confirmed >= SILENT -> end_holder(h)
		:: else
		fi
	:: else
	fi;
#endif
	skip
}

/* A step by the host's own clock, which may lose one. */
inline advance(h)
{
	if
	:: H.on && !H.clock_stops && (H.joined || IS_HOLDER(h)) && !H.late -> H.late = true
	:: H.on && !H.clock_stops ->
		H.renewed = (H.joined && H.renewed < LOST -> H.renewed + 1 : H.renewed);
		H.confirmed = (IS_HOLDER(h) && H.confirmed < SILENT -> H.confirmed + 1 : H.confirmed)
	:: else
	fi
}

/* It renews, or it is a step later. */
inline pass_step(h)
{
	if
	:: RUNNING(h) && HAS_LOCKSPACE(h) && !H.cut && !H.stolen ->
		age[h] = 0;
		H.renewed = 0;
		H.late = false
	:: else ->
		age[h] = (age[h] < DEAD && !H.stolen && (H.joined || owner == h) -> age[h] + 1 : age[h]);
		advance(h)
	fi;
	if
	:: RUNNING(h) -> H.starting = false; enforce(h)
	:: else
	fi
}

inline forget()
{
	h = 0;
	do
	:: h < HOSTS -> E.said[h] = NO_ANSWER; h++
	:: else -> break
	od;
	E.looked = false
}

/* What will not be looked at any more. */
inline forget_dead()
{
	e = 0;
	do
	:: e < ELECTIONS ->
		/* What was seen of an older version leads to nothing. */
		if
		:: E.looked && E.seen != lver -> forget()
		:: else
		fi;
		if
		:: !E.looked && E.step != START -> E.seen = 0
		:: (E.looked || E.step == START) && E.seen != lver -> E.seen = STALE
		:: else
		fi;
		E.target = (E.step == LOOK_AGAIN -> NOBODY : E.target);
		e++
	:: else -> break
	od;
	h = 0;
	do
	:: h < HOSTS ->
		H.expected = (H.part == CONTEND && H.expected != lver -> STALE : H.expected);
		H.lver = (H.lver != lver -> 0 : H.lver);
		age[h] = (H.joined || owner == h -> age[h] : 0);
#ifndef STOPPED_CLOCKS
		/* By then it has lost its lockspace, and joins anew before it can be the owner. */
		age[h] = (age[h] > LOST + 1 && !(owner == h && generation_fits) -> LOST + 1 : age[h]);
#endif
		h++
	:: else -> break
	od
}

c_decl {
	\#define SWAP(a, b) do { __typeof__(a) swapped = a; a = b; b = swapped; } while (0)
	\#define COMPARE(a, b) memcmp(&(a), &(b), sizeof(a))
}

/* Hosts, as well as elections, are put in an order: none is treated unlike another. */
inline put_in_order()
{
	c_code {
		int a, b, i;

		for (a = 0; a < HOSTS; a++)
			for (b = a + 1; b < HOSTS; b++) {
				int order = COMPARE(now.hosts[a], now.hosts[b]) * 16 +
					    2 * (now.age[a] - now.age[b]) +
					    (now.owner == b) - (now.owner == a);

				for (i = 0; order > 0 && i < ELECTIONS; i++) {
					struct election *one = &now.elections[i];

					SWAP(one->said[a], one->said[b]);
					one->target = one->target == a	 ? b
						      : one->target == b ? a
									 : one->target;
				}
				if (order > 0) {
					SWAP(now.hosts[a], now.hosts[b]);
					SWAP(now.age[a], now.age[b]);
					now.owner = now.owner == a   ? b
						    : now.owner == b ? a
								     : now.owner;
				}
			}
		for (a = 0; a < ELECTIONS; a++)
			for (b = a + 1; b < ELECTIONS; b++)
				if (COMPARE(now.elections[a], now.elections[b]) > 0)
					SWAP(now.elections[a], now.elections[b]);
	}
}

/* States from which the same can come are one. */
inline normalise()
{
	forget_dead();
	put_in_order()
}

#define ALONE(x, y) (x == y || !IS_HOLDER(y) || !RUNNING(y) || hosts[y].woke)

/* Beside H nobody is a holder. */
inline check_alone(h)
{
	other = 0;
	do
	:: other < HOSTS -> assert(ALONE(h, other)); other++
	:: else -> break
	od
}

/* Time passes when whoever woke has looked about. */
proctype Clock()
{
	do
	:: atomic {
		h = 0;
		do
		:: h < HOSTS && !H.woke -> h++
		:: else -> break
		od;
		if
		:: h == HOSTS ->
			h = 0;
			do
			:: h < HOSTS -> pass_step(h); h++
			:: else -> break
			od;
			h = 0;
			do
			:: h < HOSTS && IS_HOLDER(h) && RUNNING(h) -> check_alone(h); h++
			:: h < HOSTS && !(IS_HOLDER(h) && RUNNING(h)) -> h++
			:: else -> break
			od
		:: else
		fi;
		normalise()
	}
	od
}

inline check_alone_now(h)
{
#ifndef STOPPED_CLOCKS
	check_alone(h);
#endif
	skip
}

/* Without wait_lease nobody takes the lease from an owner whose holder is still there, even frozen. */
#define PROVEN (wait_lease || owner == NOBODY || owner == h || !IS_HOLDER(owner))
#ifdef LATE_START
#define AS_EXPECTED(h) true
#else
#define AS_EXPECTED(h) (lver == H.expected)
#endif

inline take(h)
{
	if
	:: HAS_LOCKSPACE(h) && !H.leased && !H.cut && AS_EXPECTED(h) && lver < TAKES &&
	   (owner == NOBODY || owner == h || EXPIRED(owner)) ->
		assert(PROVEN);
		owner = h;
		generation_fits = true;
		lver++;
		H.lver = lver;
		H.expected = 0;
		H.part = HOLD;
		H.leased = true;
		check_alone_now(h)
	:: end_holder(h) /* that can always fail */
	fi
}

inline release(h)
{
	if
	:: SAYS_LEASED(h) && !H.cut ->
		if
		:: owner == h && generation_fits -> owner = NOBODY; generation_fits = false
		:: else
		fi;
		H.leased = false
	:: else
	fi
}

inline join(h)
{
	generation_fits = (owner == h -> false : generation_fits);
	H.joined = true;
	H.renewed = 0;
	age[h] = 0
}

inline write(h)
{
#ifdef NO_LVER_CHECK
	assert(H.lver >= lver)
#else
	if
	:: SAYS_LEASED(h) && OWNS(h) -> assert(H.lver >= lver)
	:: else
	fi
#endif
}

/* What a host does when it is told to; it may have waited for long. */
inline obey(h)
{
	if
	:: E.step == START && H.part == FREE && HAS_LOCKSPACE(h) ->
		H.part = CONTEND;
		H.expected = E.seen
	:: E.step == STOP && H.part == CONTEND -> end_holder(h)
	:: E.step == STOP && H.part == HOLD ->
		H.part = STOPPING;
#ifdef RELEASE_BEFORE_STOP
		release(h)
#endif
	:: else
	fi
}

inline any_host()
{
	h = 0;
	do
	:: h < HOSTS - 1 -> h++
	:: break
	od
}

proctype Hosts()
{
	do
	:: atomic {
		any_host();
		if
		:: RUNNING(h) && H.part == CONTEND -> take(h)
		:: RUNNING(h) && IS_HOLDER(h) && !H.cut -> write(h)
		:: RUNNING(h) && H.part == STOPPING -> end_holder(h); release(h)
		/* sanlock lets go of the lease of a process that is gone. */
		:: RUNNING(h) && SAYS_LEASED(h) && !IS_HOLDER(h) && !H.cut -> release(h)
		:: RUNNING(h) && H.sanlock == RUNS && !H.joined && !H.starting && !H.cut && !H.stolen ->
			join(h)
		:: RUNNING(h) && H.woke ->
			enforce(h);
			H.woke = false;
			if
			:: IS_HOLDER(h) -> check_alone_now(h)
			:: else
			fi
		:: else
		fi;
		normalise()
	}
	od
}

inline fault(h)
{
	if
	:: H.on -> power_off(h)
	:: RUNNING(h) -> H.frozen = true; H.woke = false
#ifdef STOPPED_CLOCKS
	:: RUNNING(h) -> H.frozen = true; H.woke = false; H.clock_stops = true
#endif
	:: !H.cut -> H.cut = true
	:: RUNNING(h) && H.sanlock == RUNS -> H.sanlock = STOPPED
	:: RUNNING(h) && H.sanlock == RUNS ->
		H.sanlock = GONE;
		H.joined = false;
		H.leased = false;
		H.late = false;
		H.renewed = 0
	:: RUNNING(h) && IS_HOLDER(h) -> end_holder(h)
#ifdef ID_REUSED
	/* A machine that joins under its name and id: the generation is the next one. */
	:: !H.stolen -> H.stolen = true; generation_fits = (owner == h -> false : generation_fits)
#endif
	:: else
	fi
}

inline mend(h)
{
	if
	:: !H.on && !H.held_off ->
		H.on = true;
		H.sanlock = RUNS;
		H.starting = true;
		H.proof = NO_PROOF_YET
	:: H.frozen -> H.frozen = false; H.clock_stops = false; H.woke = true
	:: H.cut -> H.cut = false
	:: RUNNING(h) && H.sanlock == STOPPED -> H.sanlock = RUNS; H.woke = true
	:: RUNNING(h) && H.sanlock == GONE -> H.sanlock = RUNS; H.starting = true
	:: else
	fi
}

proctype Fate()
{
	do
	:: atomic { faults > 0 -> any_host(); fault(h); faults--; normalise() }
	:: atomic { any_host(); mend(h); normalise() }
	od
}

/* One that says that it is the manager, though the lease says that it is not. */
#define PRETENDS(x) (E.said[x] == HOLD && (owner != x || EXPIRED(x)))
#ifdef NO_PROOF
#define IS_PROOF(x) true
#else
#define IS_PROOF(x) (wait_lease || hosts[x].proof != NO_PROOF_YET)
#endif

inline prove()
{
	if
	:: EXPIRED(owner) && IS_PROOF(owner) -> E.step = START
	:: !(EXPIRED(owner) && IS_PROOF(owner)) && hosts[owner].proof == POWER_OFF ->
		E.step = FREE_LEASES;
		E.target = owner
	:: !(EXPIRED(owner) && IS_PROOF(owner)) && hosts[owner].proof == NO_PROOF_YET ->
		E.step = PROVE;
		E.target = owner
	:: else
	fi
}

/* STEP and TARGET; LOOK_AGAIN: there is nothing to do now. */
inline decide()
{
	h = 0;
	do
	:: h < HOSTS && PRETENDS(h) -> E.step = STOP; E.target = h; break
	:: h < HOSTS && !PRETENDS(h) && E.said[h] == CONTEND -> break
	:: h < HOSTS && !PRETENDS(h) && E.said[h] != CONTEND -> h++
	:: h == HOSTS ->
		if
		:: owner == NOBODY -> E.step = START
		:: owner != NOBODY && E.said[owner] == HOLD -> E.step = STOP; E.target = owner /* hands over */
		:: owner != NOBODY && E.said[owner] == FREE -> E.step = START
		:: owner != NOBODY && E.said[owner] == NO_ANSWER -> prove()
		:: else
		fi;
		break
	od;
	/* Any that answers; of a lease that others cannot have yet its owner, who lost the holder. */
	h = (E.step == START && owner != NOBODY && !EXPIRED(owner) -> owner : 0);
	do
	:: E.step == START && h < HOSTS && E.said[h] == FREE -> E.target = h; break
	:: E.step == START && h < HOSTS -> h++
	:: E.step == START && h == HOSTS -> E.step = LOOK_AGAIN; break
	:: E.step != START -> break
	od
}

inline look()
{
	E.seen = lver;
	h = 0;
	do
	:: h < HOSTS ->
		E.said[h] = (RUNNING(h) -> H.part : NO_ANSWER);
		E.said[h] = (E.said[h] == STOPPING -> CONTEND : E.said[h]); /* alike to an election */
		h++
	:: else -> break
	od;
	E.looked = true
}

/* Answers may be lost. The lease is read again: it has not changed since the hosts were asked. */
inline understand()
{
	h = 0;
	do
	:: h < HOSTS -> h++
	:: h < HOSTS && E.said[h] != NO_ANSWER -> E.said[h] = NO_ANSWER; h++
	:: h == HOSTS -> break
	od;
	if
	:: E.seen == lver -> decide()
	:: else
	fi;
	forget()
}

inline carry_out()
{
	if
	:: E.step == PROVE -> /* by fencing */
		h = E.target;
		power_off(h);
		H.held_off = true;
		H.proof = POWER_OFF
	:: E.step == PROVE && !hosts[E.target].on -> /* by somebody who goes there */
		hosts[E.target].proof = CONFIRMED
	:: E.step == FREE_LEASES && hosts[E.target].held_off && !hosts[E.target].on ->
		generation_fits = (owner == E.target -> false : generation_fits);
		hosts[E.target].held_off = false
	:: (E.step == START || E.step == STOP) && RUNNING(E.target) ->
		h = E.target;
		obey(h)
	:: true /* it is lost, or fails */
	fi
}

proctype Elections()
{
	do
	:: atomic {
		e = 0;
		do
		:: e < ELECTIONS - 1 -> e++
		:: break
		od;
		if
		:: E.step != LOOK_AGAIN -> carry_out(); E.step = LOOK_AGAIN
		:: E.step == LOOK_AGAIN && E.looked -> understand()
		:: E.step == LOOK_AGAIN && !E.looked ->
			look();
#ifndef SLOW_LOOK
			understand()
#endif
		fi;
		normalise()
	}
	od
}

init {
	atomic {
		if
		:: wait_lease = true
		:: wait_lease = false
		fi;
		h = 0;
		do
		:: h < HOSTS ->
			H.on = true;
			H.sanlock = RUNS;
			H.joined = true;
			H.part = FREE;
			H.proof = NO_PROOF_YET;
			h++
		:: else -> break
		od;
		e = 0;
		do
		:: e < ELECTIONS -> forget(); E.step = LOOK_AGAIN; E.target = NOBODY; e++
		:: else -> break
		od;
		run Hosts();
		run Fate();
		run Elections();
		run Clock()
	}
}
