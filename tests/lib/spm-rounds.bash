# Rounds of mishaps around the lease of the storage pool manager, on the three hosts of a lab that are in
# its lockspace, with BMCs in the inventory. Whoever is the manager writes "HOST LVER N" to the witness
# file, over and over; what stands there in the end must be the work of one host at a time.
# shellcheck shell=bash

MISHAPS=(two_elections holder_killed holder_stopped sanlock_killed sanlock_stopped power_cut host_frozen
	storage_away storage_slow handed_over)

# spm_rounds N SEED: each mishap once, in random order, before any comes again
spm_rounds() {
	local round mishap before began deck=() at

	RANDOM=$2
	: >"$VDC_LAB_SHARED/witness"
	elect_anybody
	for ((round = 1; round <= $1; round++)); do
		((${#deck[@]})) || deck=("${MISHAPS[@]}")
		at=$((RANDOM % ${#deck[@]}))
		mishap=${deck[at]}
		deck=("${deck[@]:0:at}" "${deck[@]:at+1}")
		before=$(wc -l <"$VDC_LAB_SHARED/witness")
		began=$SECONDS
		"$mishap" "$manager" || fail "round $round: $mishap of host$manager (seed $2)"
		elect_anybody
		soon 30 grew "$before"
		witness_is_sound || fail "round $round: $mishap (seed $2)"
		echo "# round $round: $mishap, then host$manager after $((SECONDS - began)) s" >&3
	done
	rounds_end
}

rounds_end() {
	local number

	for number in 1 2 3; do
		lab heal $number >/dev/null 2>&1 || true
		at $number 'kill -CONT -1; pkill -KILL -x spm_worker' >/dev/null 2>&1 || true
	done
}

grew() { (($(wc -l <"$VDC_LAB_SHARED/witness") > $1)); }

# No version after a higher one, and each version is one host's.
witness_is_sound() {
	awk '$2 < last { print "after version " last ": " $0; bad = 1 }
		($2 in host) && host[$2] != $1 { print "two hosts with one version: " $0; bad = 1 }
		{ last = $2; host[$2] = $1 } END { exit bad }' "$VDC_LAB_SHARED/witness"
}

# at HOST COMMAND…: there, where storage may hang, and all on it
at() {
	local host=$1
	shift

	timeout -k 2 "${AT_LIMIT:-20}" lab rsh "$host" "$@"
}

holder_of() { at "$1" "sed -n 's/^pid=//p' /run/vdc/spm/$DOMAIN" 2>/dev/null; }

has_no_worker() { at "$1" '! pgrep -x spm_worker >/dev/null'; }

is_gone() { at "$1" "! kill -0 $2" 2>/dev/null; } # HOST PID

next_to() { echo $(($1 % 3 + 1)); }

# is_refused HOST SECONDS: it is in the lockspace and does not get the lease, for another one has it
is_refused() {
	local code=0

	at "$1" spm-elect start --local --timeout "$2s" >/dev/null 2>refusal || code=$?
	if [ "$code" != 5 ] || ! grep -q "another host" refusal; then
		cat refusal >&2
		fail "host$1 is not refused: exit code $code"
	fi
}

# Whoever is off or has lost its lockspace is there again: who can take the lease may.
all_join() {
	local number

	for number in 1 2 3; do
		{
			lab is-on "$number" || { lab on "$number" && timeout 60 lab wait "$number"; }
			AT_LIMIT=60 at "$number" \
				'systemctl start sanlock; spm-elect join --local --timeout 30s'
		} >/dev/null 2>&1 &
	done
	wait
}

# One after another is told to start, until one has it; its work begins. Sets $manager.
elect_anybody() {
	local until=$((SECONDS + 150)) number first=$((RANDOM % 3))

	manager=
	while [ -z "$manager" ]; do
		((SECONDS < until)) || fail "nobody becomes the manager"
		all_join
		for number in $((first + 1)) $(((first + 1) % 3 + 1)) $(((first + 2) % 3 + 1)); do
			at "$number" spm-elect start --local --timeout 5s >/dev/null 2>&1 || continue
			manager=$number
			break
		done
	done
	at "$manager" "pgrep -x spm_worker >/dev/null ||
		setsid spm_worker host$manager /shared/witness 1000000 20 >/dev/null 2>&1 </dev/null &"
}

# Of two machines that know nothing of each other: each has a database of its own.
two_elections() {
	local number

	at "$1" "kill -KILL $(holder_of "$1")"
	soon 20 has_no_worker "$1" || return
	soon 60 all_are_up || return
	cp "$VDC_DB" other.db
	VDC_DB=$PWD/other.db spm-elect elect dc --timeout 60s >other 2>&1 &
	spm-elect elect dc --timeout 60s >ours 2>&1 || { cat ours >&2; return 1; }
	wait $! || { cat other >&2; return 1; }
	for number in 1 2 3; do
		at "$number" spm-elect status --local --noheadings --output role
	done >roles
	[ "$(grep -c SPM roles)" = 1 ]
}

holder_killed() {
	at "$1" "kill -KILL $(holder_of "$1")"
	soon 20 has_no_worker "$1"
}

# It has its lease still, for sanlock renews it: nobody else gets it.
holder_stopped() {
	local pid

	pid=$(holder_of "$1")
	at "$1" "kill -STOP $pid"
	is_refused "$(next_to "$1")" 3 || return 1
	at "$1" "kill -CONT $pid"
}

sanlock_killed() {
	at "$1" 'pkill -KILL -x sanlock'
	soon 20 has_no_worker "$1"
}

# The dead-man ends holder and work before anybody else may have the lease.
sanlock_stopped() {
	local pid

	pid=$(holder_of "$1")
	at "$1" 'pkill -STOP -x sanlock'
	soon 40 is_gone "$1" "$pid" || return
	has_no_worker "$1" || return 1
	is_refused "$(next_to "$1")" 1 || return 1
	at "$1" 'pkill -CONT -x sanlock'
}

# Whoever is not up by the database takes no part in an election, and frees no leases of others.
all_are_up() {
	inventory sync --all >/dev/null 2>&1
	[ "$(inventory list host --select status=up --noheadings --output name | wc -l)" = 3 ]
}

power_cut() {
	soon 60 all_are_up || return
	lab off "$1"
	fence off "host$1" --yes >/dev/null || return
	soon 20 is_elsewhere "$1" || return
	fence on "host$1" >/dev/null && lab wait "$1"
}

# is_elsewhere HOST: another one gets the lease, or has it: fence may have begun an election
is_elsewhere() {
	local number

	for number in 1 2 3; do
		((number != $1)) && at "$number" spm-elect start --local --timeout 2s >/dev/null 2>&1 && return
	done
	return 1
}

# All of it stands still, shorter than anybody waits for it.
host_frozen() {
	at "$1" 'kill -STOP -1'
	is_refused "$(next_to "$1")" 4 || return 1
	at "$1" 'kill -CONT -1'
}

# For longer than its lease lasts: another one has it by then, and who works sees that before it writes.
host_frozen_for_long() {
	local pid next

	next=$(next_to "$1")
	pid=$(holder_of "$1")
	at "$1" 'kill -STOP -1'
	AT_LIMIT=150 at "$next" spm-elect start --local --timeout 140s >/dev/null || return
	at "$next" spm_worker "host$next" /shared/witness 3 || return
	# who works asks before sanlock comes to life, which answers first and then looks at the time
	at "$1" 'pkill -CONT -x spm_worker; sleep 0.3; kill -CONT -1'
	soon 20 is_gone "$1" "$pid" || return
	has_no_worker "$1"
}

# It fails, or hangs: the holder ends, long before another host may have the lease.
storage_away() {
	local pid how=()

	((RANDOM % 2)) || how=(--hang)
	pid=$(holder_of "$1")
	lab cut "$1" storage "${how[@]}"
	soon 40 is_gone "$1" "$pid" || return
	is_refused "$(next_to "$1")" 1 || return 1
	lab heal "$1"
	soon 20 has_no_worker "$1"
}

# Slower than usual, but not too slow: it stays what it is.
storage_slow() {
	lab slow "$1" storage 300
	is_refused "$(next_to "$1")" 5 || return 1
	lab heal "$1"
}

handed_over() {
	at "$1" 'pkill -TERM -x spm_worker; spm-elect stop --local' >/dev/null
}
