#!/usr/bin/env bats
# time limit: 900 s
# What a dead host holds on storage, freed at once: real sanlock with an I/O time-out of 2 s, BMCs that
# really cut the power.
# shellcheck disable=SC2154 # status, output, lines: set by bats' run
load ../lib/common
load ../lib/lab
load ../lib/lab-guests
load ../lib/lab-spm
load ../lib/spm-rounds

setup_file() { spm_lab_begin; }

teardown_file() { lab_end; }

setup() { spm_lab_setup; }

teardown() {
	local number

	for number in 1 2 3; do
		lab is-on $number || { lab on $number && lab wait $number; } >/dev/null 2>&1
		lab rsh $number 'spm-elect stop --local; spm-elect join --local' >/dev/null 2>&1 || true
	done
	common_teardown
}

field() { # HOST-NUMBER FIELD
	lab rsh "$1" spm-elect status --local --noheadings --output "$2" | tr -d ' '
}

# generation HOST-NUMBER: of its number in the lockspace, read from the storage
generation() {
	lab rsh 2 "sanlock direct read_leader -s '$DOMAIN:$1:${AREA/:/\\:}/ids:0'" |
		sed -n 's/^owner_generation //p'
}

hold_vm_lease() { # HOST-NUMBER: as a VM there would
	lab rsh "$1" "setsid sanlock client command -r '$VM_LEASE' -c /bin/sleep 1000 >/dev/null 2>&1 </dev/null &"
	lab rsh "$1" "until sanlock client status | grep -q vm1; do sleep 0.1; done"
}

take_vm_lease() { # HOST-NUMBER
	lab rsh "$1" "sanlock client command -r '$VM_LEASE' -c /bin/true"
}

# The election was begun by fence, and goes on by itself.
is_elected() { [ "$(field 2 role)" = SPM ] || [ "$(field 3 role)" = SPM ]; }

now() { echo "${EPOCHREALTIME/./}"; }

@test "a manager whose power is cut: another one has role and VM lease within seconds" {
	local began off taken vm joined before

	lab rsh 1 spm-elect start --local >/dev/null
	inventory set host host1 --observed spm_status=spm >/dev/null
	hold_vm_lease 1
	run ! take_vm_lease 3
	before=$(generation 1)
	began=$(now)
	lab off 1
	run_ok fence off host1 --yes
	off=$(now)
	run_ok fence history host1 --json
	contains "$(jq -r '.fence_history[] | .fence_type + " " + .result' <<<"$output")" \
		"free_leases success"
	soon 30 is_elected
	taken=$(now)
	run_ok take_vm_lease 3
	vm=$(now)
	[ "$(generation 1)" = $((before + 1)) ]
	run_ok spm-elect free-leases host1
	[ "$(generation 1)" = $((before + 1)) ]
	echo "# ms: off, proven and freed $(((off - began) / 1000))," \
		"manager elsewhere $(((taken - off) / 1000)), VM lease elsewhere $(((vm - taken) / 1000))" >&3
	# the agents' own time, 2T + 2 s, and what a machine that does much else adds
	(((taken - began) / 1000 < 20000)) || fail "too slow"
	lab on 1
	lab wait 1
	began=$(now)
	run_ok lab rsh 1 spm-elect join --local
	joined=$(now)
	echo "# ms: joined again $(((joined - began) / 1000))" >&3
	(((joined - began) / 1000 < 20000))
	[ "$(generation 1)" = $((before + 2)) ]
	[ "$(field 1 role)" = Free ]
	run_ok spm-elect history dc --json
	contains "$(jq -r '.spm_history[] | .reason' <<<"$output")" "host1 was the manager and is down"
}

@test "a host that lives keeps its number whatever a database says" {
	local before

	before=$(generation 1)
	jq -n --arg d "$DOMAIN" --arg n "$(sanlock_name 1)" '{dead_leases: [{id: $d, host_id: 1,
		sanlock_name: $n, off_for: 60000000}]}' >"$VDC_LAB_SHARED/dead.json"
	run_fail 4 lab rsh 2 'spm-elect free-leases --local --json </shared/dead.json'
	contains "$(jq -r '.dead_leases[0].message' <<<"$output")" "s after its power was proven off"
	# another name is never tried, for that would wait and then succeed
	jq '.dead_leases[0].sanlock_name = "another"' "$VDC_LAB_SHARED/dead.json" \
		>"$VDC_LAB_SHARED/other.json"
	run_fail 4 lab rsh 2 'spm-elect free-leases --local --json </shared/other.json'
	contains "$(jq -r '.dead_leases[0].message' <<<"$output")" "host id 1 there is"
	jq '.dead_leases[0].generation = 1000' "$VDC_LAB_SHARED/dead.json" \
		>"$VDC_LAB_SHARED/other.json"
	run_fail 4 lab rsh 2 'spm-elect free-leases --local --json </shared/other.json'
	run_fail 4 spm-elect free-leases host1
	[ "$(generation 1)" = "$before" ]
	[ "$(field 1 state)" = joined ]
}

@test "a fenced host comes back with its power, and its leases are another's" {
	local before

	hold_vm_lease 3
	before=$(generation 3)
	run_ok fence reboot host3 --yes
	run_ok take_vm_lease 2
	lab wait 3
	run_ok lab rsh 3 spm-elect join --local
	[ "$(generation 3)" = $((before + 2)) ]
	run_ok take_vm_lease 3
}

# bats test_tags=long
@test "the number that was freed dies by itself" {
	lab off 3
	run_ok fence off host3 --yes
	lab rsh 2 "sanlock client gets -h 1" | grep -q "^h 3 .* LIVE"
	soon 110 lab rsh 2 'sanlock client gets -h 1 | grep -q "^h 3 .* DEAD"'
	lab on 3
	lab wait 3
	soon 120 lab rsh 3 spm-elect join --local
}

# bats test_tags=long
@test "a host that stands still for longer than its lease lasts writes nothing any more" {
	local before

	for _ in 1 2; do
		: >"$VDC_LAB_SHARED/witness"
		elect_anybody
		soon 30 grew 0
		host_frozen_for_long "$manager"
		before=$(wc -l <"$VDC_LAB_SHARED/witness")
		elect_anybody
		soon 30 grew "$before"
		witness_is_sound
		at "$manager" 'pkill -TERM -x spm_worker; spm-elect stop --local' >/dev/null
	done
	rounds_end
}

@test "five mishaps: never two holders, never a write with a lower version" {
	local began=$SECONDS seed=${VDC_TEST_SPM_SEED:-$RANDOM}

	echo "# seed $seed" >&3
	spm_rounds 5 "$seed"
	echo "# took $((SECONDS - began)) s" >&3
}
