/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The role of the storage pool manager: elections (lib/plan/spm_election.h), holders with their
 * dead-man, and the hand-over, over power cuts, frozen hosts, killed and stopped sanlocks, lost
 * storage, lost and late messages, and clocks that differ. HOSTS, ELECTIONS, FAULTS and TAKES bound
 * it; SLOW_LOOK makes an election's look at the hosts take time. Each word that is asked for with #ifdef or #ifndef below makes a mutant: one that must be found.
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

bool wait_lease; /* an expired lease is proof enough */
byte faults = FAULTS;

#define H hosts[h]
#define RUNNING(x) (hosts[x].on && !hosts[x].frozen)
#define IS_HOLDER(x) (hosts[x].part == HOLD || hosts[x].part == STOPPING)
#define OWNS(x) (owner == x && generation_fits && lver == hosts[x].lver)
#define HAS_LOCKSPACE(x) (hosts[x].sanlock == RUNS && hosts[x].joined && hosts[x].renewed < LOST)
#define SAYS_LEASED(x) (hosts[x].sanlock == RUNS && hosts[x].joined && hosts[x].leased)
/* By a clock that is a step ahead. */
#define EXPIRED(x) (!generation_fits || age[x] >= DEAD - 1)

/* What a dead-man knows at once: sanlock is gone or has no lease, or the lease itself says so. */
#ifdef PATIENT_DEAD_MAN
#define HEARS_OF_LOSS(x) false
#else
#define HEARS_OF_LOSS(x) (hosts[x].sanlock == GONE || (hosts[x].sanlock == RUNS && !hosts[x].leased))
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

#define ALONE(x, y) (x == y || !IS_HOLDER(y) || !RUNNING(y) || hosts[y].woke)

/* Beside H nobody is a holder. */
inline check_alone(h)
{
	other = 0;
	do
	:: other < HOSTS -> assert(ALONE(h, other)); other++
	:: else -> break
	od;
	other = 0
}

/* Time passes when whoever woke has looked about. */
proctype Clock()
{
	byte h, other;

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
		h = 0
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
	:: step == START && H.part == FREE && HAS_LOCKSPACE(h) ->
		H.part = CONTEND;
		H.expected = seen
	:: step == STOP && H.part == CONTEND -> end_holder(h)
	:: step == STOP && H.part == HOLD ->
		H.part = STOPPING;
#ifdef RELEASE_BEFORE_STOP
		release(h)
#endif
	:: else
	fi
}

proctype Host(byte h)
{
	byte other;

	do
	:: atomic { RUNNING(h) && H.part == CONTEND -> take(h) }
	:: atomic { RUNNING(h) && IS_HOLDER(h) && !H.cut -> write(h) }
	:: atomic { RUNNING(h) && H.part == STOPPING -> end_holder(h); release(h) }
	/* sanlock lets go of the lease of a process that is gone. */
	:: atomic { RUNNING(h) && SAYS_LEASED(h) && !IS_HOLDER(h) && !H.cut -> release(h) }
	:: atomic { RUNNING(h) && H.sanlock == RUNS && !H.joined && !H.starting && !H.cut && !H.stolen ->
		join(h) }
	:: atomic { RUNNING(h) && H.woke ->
		enforce(h);
		H.woke = false;
		if
		:: IS_HOLDER(h) -> check_alone_now(h)
		:: else
		fi }
	od
}

inline fault(h)
{
	if
	:: H.on -> power_off(h)
	:: RUNNING(h) -> H.frozen = true
#ifdef STOPPED_CLOCKS
	:: RUNNING(h) -> H.frozen = true; H.clock_stops = true
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
	fi
}

proctype Fate(byte h)
{
	do
	:: atomic { faults > 0 -> fault(h); faults-- }
	:: atomic { mend(h) }
	od
}

/* One that says that it is the manager, though the lease says that it is not. */
#define PRETENDS(x) (said[x] == HOLD && (owner != x || EXPIRED(x)))
#ifdef NO_PROOF
#define IS_PROOF(x) true
#else
#define IS_PROOF(x) (wait_lease || hosts[x].proof != NO_PROOF_YET)
#endif

inline prove()
{
	if
	:: EXPIRED(owner) && IS_PROOF(owner) -> step = START
	:: !(EXPIRED(owner) && IS_PROOF(owner)) && hosts[owner].proof == POWER_OFF ->
		step = FREE_LEASES;
		target = owner
	:: !(EXPIRED(owner) && IS_PROOF(owner)) && hosts[owner].proof == NO_PROOF_YET ->
		step = PROVE;
		target = owner
	:: else
	fi
}

/* STEP and TARGET; LOOK_AGAIN: there is nothing to do now. */
inline decide()
{
	h = 0;
	do
	:: h < HOSTS && PRETENDS(h) -> step = STOP; target = h; break
	:: h < HOSTS && !PRETENDS(h) && (said[h] == CONTEND || said[h] == STOPPING) -> break
	:: h < HOSTS && !PRETENDS(h) && said[h] != CONTEND && said[h] != STOPPING -> h++
	:: h == HOSTS ->
		if
		:: owner == NOBODY -> step = START
		:: owner != NOBODY && said[owner] == HOLD -> step = STOP; target = owner /* hands over */
		:: owner != NOBODY && said[owner] == FREE && EXPIRED(owner) -> step = START
		:: owner != NOBODY && said[owner] == NO_ANSWER -> prove()
		:: else
		fi;
		break
	od;
	h = 0;
	/* Any that answers. */
	do
	:: step == START && h < HOSTS && said[h] == FREE -> target = h; break
	:: step == START && h < HOSTS -> h++
	:: step == START && h == HOSTS -> step = LOOK_AGAIN; break
	:: step != START -> break
	od;
	h = 0
}

inline look()
{
	seen = lver;
	do
	:: h < HOSTS ->
		if
		:: RUNNING(h) -> said[h] = H.part
		:: said[h] = NO_ANSWER
		fi;
		h++
	:: else -> h = 0; break
	od
}

/* The lease is read again: it has not changed since the hosts were asked. */
inline understand()
{
	if
	:: seen == lver -> decide()
	:: else
	fi;
	do
	:: h < HOSTS -> said[h] = NO_ANSWER; h++
	:: else -> h = 0; break
	od;
	seen = (step == LOOK_AGAIN -> 0 : seen)
}

inline carry_out()
{
	if
	:: step == PROVE -> /* by fencing */
		h = target;
		power_off(h);
		H.held_off = true;
		H.proof = POWER_OFF
	:: step == PROVE && !hosts[target].on -> /* by somebody who goes there */
		hosts[target].proof = CONFIRMED
	:: step == FREE_LEASES && hosts[target].held_off && !hosts[target].on ->
		generation_fits = (owner == target -> false : generation_fits);
		hosts[target].held_off = false
	:: (step == START || step == STOP) && RUNNING(target) ->
		h = target;
		obey(h)
	:: true /* it is lost, or fails */
	fi
}

proctype Election()
{
	mtype:part said[HOSTS];
	mtype:step step = LOOK_AGAIN;
	byte h, target, seen;
	bool looked;

	do
	:: h < HOSTS -> said[h] = NO_ANSWER; h++
	:: else -> h = 0; break
	od;
	do
#ifdef SLOW_LOOK
	:: atomic { step == LOOK_AGAIN && !looked -> look(); looked = true }
	:: atomic { looked -> understand(); looked = false }
#else
	:: atomic { step == LOOK_AGAIN -> look(); understand() }
#endif
	:: atomic { step != LOOK_AGAIN ->
		carry_out();
		step = LOOK_AGAIN;
		h = 0;
		target = 0;
		seen = 0 }
	od
}

init {
	byte h;

	atomic {
		if
		:: wait_lease = true
		:: wait_lease = false
		fi;
		do
		:: h < HOSTS ->
			H.on = true;
			H.sanlock = RUNS;
			H.joined = true;
			H.part = FREE;
			H.proof = NO_PROOF_YET;
			run Host(h);
			run Fate(h);
			h++
		:: else -> break
		od;
		h = 0;
		do
		:: h < ELECTIONS -> run Election(); h++
		:: else -> break
		od;
		h = 0;
		run Clock()
	}
}
