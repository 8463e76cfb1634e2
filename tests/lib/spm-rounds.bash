# Rounds of mishaps around the lease of the storage pool manager, on the three hosts of a lab that are in
# its lockspace, with BMCs in the inventory. Whoever is the manager writes "HOST LVER N" to the witness
# file, over and over; what stands there in the end must be the work of one host at a time.
# shellcheck shell=bash

MISHAPS=(two_elections holder_killed holder_stopped sanlock_killed sanlock_stopped power_cut
	storage_away storage_slow handed_over)

# spm_rounds N SEED: each mishap once, in random order, before any comes again
spm_rounds() {
	local round mishap before began deck=() at

	RANDOM=$2
	: >"$VDC_LAB_SHARED/witness"
	elect_anybody 1 2 3
	for ((round = 1; round <= $1; round++)); do
		((${#deck[@]})) || deck=("${MISHAPS[@]}")
		at=$((RANDOM % ${#deck[@]}))
		mishap=${deck[at]}
		deck=("${deck[@]:0:at}" "${deck[@]:at+1}")
		before=$(wc -l <"$VDC_LAB_SHARED/witness")
		began=$SECONDS
		"$mishap" "$manager" || fail "round $round: $mishap of host$manager (seed $2)"
		elect_anybody 1 2 3
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
		at $number 'pkill -KILL -x spm_worker; pkill -CONT -x sanlock' >/dev/null 2>&1 || true
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

# One after another is told to start, until one has it; its work begins. Sets $manager.
elect_anybody() {
	local until=$((SECONDS + 150)) number

	manager=
	while [ -z "$manager" ]; do
		((SECONDS < until)) || fail "nobody becomes the manager"
		for number in $(shuf -e "$@"); do
			lab is-on "$number" || { lab on "$number" && timeout 60 lab wait "$number"; } >/dev/null 2>&1
			AT_LIMIT=60 at "$number" 'systemctl start sanlock; spm-elect join --local --timeout 30s &&
				spm-elect start --local --timeout 5s' >/dev/null 2>&1 || continue
			manager=$number
			break
		done
	done
	at "$manager" "pgrep -x spm_worker >/dev/null ||
		setsid spm_worker host$manager /shared/witness 1000000 20 >/dev/null 2>&1 </dev/null &"
}

two_elections() {
	local others=() number

	at "$1" "kill -KILL $(holder_of "$1")"
	soon 20 has_no_worker "$1"
	for number in 1 2 3; do ((number == $1)) || others+=("$number"); done
	for number in "${others[@]}"; do
		at "$number" spm-elect start --local --timeout 10s >/dev/null 2>&1 &
	done
	wait
	for number in "${others[@]}"; do
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
	! at $(($1 % 3 + 1)) spm-elect start --local --timeout 3s >/dev/null 2>&1 || return 1
	at "$1" "kill -CONT $pid"
}

sanlock_killed() {
	at "$1" 'pkill -KILL -x sanlock'
	soon 20 has_no_worker "$1"
}

# The dead-man ends the work before anybody else may have the lease.
sanlock_stopped() {
	at "$1" 'pkill -STOP -x sanlock'
	soon 20 has_no_worker "$1"
	! at $(($1 % 3 + 1)) spm-elect start --local --timeout 2s >/dev/null 2>&1 || return 1
	at "$1" 'pkill -CONT -x sanlock'
}

power_cut() {
	lab off "$1"
	fence off "host$1" --yes >/dev/null || return
	at $(($1 % 3 + 1)) spm-elect start --local --timeout 10s >/dev/null || return
	fence on "host$1" >/dev/null && lab wait "$1"
}

storage_away() {
	lab cut "$1" storage
	soon 40 has_no_worker "$1"
	lab heal "$1"
}

# Slower than usual, but not too slow: it stays what it is.
storage_slow() {
	lab slow "$1" storage 300
	sleep 6
	lab heal "$1"
}

handed_over() {
	at "$1" 'pkill -TERM -x spm_worker; spm-elect stop --local' >/dev/null
}
