/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A small world of sanlock leases, in which time goes in renewal intervals (two io_timeouts): machines
 * that renew their host ids, hold the lease, write, freeze, lose power, storage or network. What an
 * election decides is carried out in it, late and twice if need be.
 *
 * A machine looks at its lease right before it writes; that it is frozen between the look and the
 * write is the one thing left out: nothing but a hardware watchdog helps against that.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
	SPM_MACHINES = 4, /* the last one has no host id yet */
	/* In intervals. 6, 8 and 8 + 60 s / 2 s io_timeouts: no confirmation, no renewal, dead. */
	SPM_CONFIRMED_FOR = 3,
	SPM_RENEWED_FOR = 4,
	SPM_DEAD_AFTER = 19,
};

/* What can be wrong with the programs, for the test to find it out. */
enum spm_mutant {
	SPM_SOUND,
	SPM_NO_LVER_CHECK,	 /* it writes without looking at the lease */
	SPM_RELEASE_BEFORE_STOP, /* the lease goes while work still runs */
	SPM_ID_REUSED,		 /* a new host gets the id of one that lives */
	SPM_NO_DEAD_MAN,	 /* nobody ends a holder whose sanlock is silent */
	SPM_PATIENT_DEAD_MAN,	 /* that sanlock is gone is no more to it than silence */
	SPM_MUTANTS,
};

enum spm_violation {
	SPM_NO_VIOLATION,
	SPM_TWO_HOLDERS,
	SPM_OLD_LVER_WRITTEN,
	SPM_STARTED_TOO_EARLY, /* the former owner was not proven dead, nor released, nor expired */
};

struct spm_machine {
	int64_t id, generation;
	int slow; /* its clock: so many intervals later it notices */
	bool on, held_off, sanlock, joined;
	bool leased;				  /* as its sanlock knows */
	int frozen, cut, silent, sanlock_stopped; /* until then; 0: no */
	int renewed;
	/* Its part; a machine that works does not end before that. */
	bool holder, stopping;
	int64_t lver;
	int confirmed, contends, works;
	bool start_failed;
};

struct spm_host_id {
	int64_t generation;
	int renewed, machine;
	bool used, released;
};

struct spm_world {
	enum spm_mutant mutant;
	uint64_t random;
	int now;
	struct spm_machine machines[SPM_MACHINES];
	struct spm_host_id ids[SPM_MACHINES + 1]; /* by host id, from 1 */
	int64_t owner, generation, lver;	  /* of the lease; owner 0: free */
	enum spm_violation violation;
	unsigned taken, taken_dead, fresh, refused_writes, writes; /* how often: a test needs all */
};

void spm_world_begin(struct spm_world *w, uint64_t seed, enum spm_mutant mutant);
unsigned spm_any(struct spm_world *w, unsigned below);
void spm_world_tick(struct spm_world *w); /* things happen, and an interval passes */
void spm_violate(struct spm_world *w, enum spm_violation violation);

bool spm_is_running(const struct spm_world *w, const struct spm_machine *m);
bool spm_answers(const struct spm_world *w, const struct spm_machine *m);
bool spm_id_is_dead(const struct spm_world *w, int64_t id); /* as other hosts see it */

void spm_start(struct spm_world *w, struct spm_machine *m);
void spm_stop(struct spm_world *w, struct spm_machine *m);
void spm_power_off(struct spm_world *w, struct spm_machine *m);
/* Of a machine whose power is held off; else nothing is done. */
void spm_free_leases(struct spm_world *w, struct spm_machine *m);
