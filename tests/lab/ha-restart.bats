#!/usr/bin/env bats
# time limit: 1500 s
# ha-restart on real hosts: the guests of a host whose power was cut run again elsewhere, each once, by
# priority; runs that are killed at every step, and two at once; a guest with a storage lease, before
# anybody knows whether its host is down. Guests stamp their disks with their host and a counter and see
# whoever writes there besides; QEMU's own image locks are off, because the lab's hosts share a kernel.
# shellcheck disable=SC2154 # status, output, lines: set by bats' run
load ../lib/common
load ../lib/lab
load ../lib/lab-guests

setup_file() { lab_begin recover; }

teardown_file() { lab_end; }

setup() {
	common_setup
	lab_setup
	cat >>"$VDC_CONF" <<-END
		job-lease = 3s
		ha.retry = 2s
		host-grace = 0s
		host-grace-per-vm = 0s
		host-attempts = 0
	END
	for number in 1 2 3; do
		lab rsh $number "printf 'host%s\n' $number | dd of=/var/lib/host-name bs=512 \
			conv=sync 2>/dev/null"
	done
	ln -sfn /var/lib/host-name "$VDC_LAB_SHARED/host-name"
	# All hosts are as busy as this machine.
	inventory set cluster c scheduling_properties=HighUtilization=1000 >/dev/null
	guests=()
}

teardown() {
	local number name

	lab heal 1 >/dev/null 2>&1 || true
	for number in 1 2 3; do
		lab on $number >/dev/null 2>&1 || true
		lab rsh $number 'for guest in $(virsh -q list --name); do virsh -q destroy $guest; done
			for guest in $(virsh -q list --all --name); do virsh -q undefine $guest; done' \
			>/dev/null 2>&1 || true
	done
	rm -f "$VDC_LAB_SHARED"/g*.raw
	common_teardown
}

# stamped NUMBER HOST [XML]: a guest there that writes its host to its disk; its name is its own in all
# labs of this machine.
stamped() {
	local name=g$1-$LAB_NAME

	truncate -s 8M "$VDC_LAB_SHARED/$name.raw"
	"$LAB_DIR/guest/domain" "$name" --disk "/shared/$name.raw" --host-name /shared/host-name \
		--shareable --journal 1 --extra "${3:-}" >"$name.xml"
	virsh -q -c "$(uri "$2")" create "$name.xml"
	guests+=("$name")
}

# ha_guests N: so many on host1, highly available, known to the inventory, that have written
ha_guests() {
	local i

	for ((i = 1; i <= $1; i++)); do stamped $i 1; done
	for guest in "${guests[@]}"; do soon 200 writes "$guest"; done
	inventory sync --all >/dev/null
	for guest in "${guests[@]}"; do inventory set vm "$guest" high_availability=true; done >/dev/null
}

# stamp GUEST WORD: what stands on its disk
stamp() { tail -c 4096 "$VDC_LAB_SHARED/$1.raw" | tr -d '\0' | tr ' ' '\n' | sed -n "s/^$2=//p"; }

writes() { [ -n "$(stamp "$1" count)" ]; }

# goes_on GUEST: its counter does
goes_on() {
	local count

	count=$(stamp "$1" count)
	soon 60 counts_beyond "$1" "$count"
}
counts_beyond() { (($(stamp "$1" count) > $2)); }

processes() { pgrep -fc "^/usr/bin/qemu-system-x86_64 .*guest=$1," || true; }

# once GUEST BOOTS: it runs once in all the lab, by processes, libvirt, inventory and its own disk, and ran
# so often
once() {
	local problems=

	soon 200 came_up "$1" "$2"
	goes_on "$1"
	[ "$(processes "$1")" = 1 ] || problems+=" processes=$(processes "$1")"
	[ "$(where "$1" | wc -l)" = 1 ] || problems+=" runs on: $(where "$1" | xargs)"
	[ "$(stamp "$1" boots)" = "$2" ] || problems+=" boots=$(stamp "$1" boots)"
	[ "$(stamp "$1" intruders)" = 0 ] || problems+=" intruders=$(stamp "$1" intruders)"
	[ "$(stamp "$1" host)" = "$(where "$1")" ] || problems+=" its disk says $(stamp "$1" host)"
	[ "$(field vm "$1" host,status | tr -s ' ')" = "$(where "$1") up" ] ||
		problems+=" inventory: $(field vm "$1" host,status)"
	[ -z "$problems" ] || fail "$1:$problems"
}
came_up() { [ "$(stamp "$1" boots)" -ge "$2" ] || (($(processes "$1") > 1)); }

cut_power() {
	lab off 1 >/dev/null
	cut=$EPOCHREALTIME
}

# since: seconds since the power was cut
since() { awk -v now="$EPOCHREALTIME" -v cut="$cut" 'BEGIN { printf "%.1f\n", now - cut }'; }

@test "ten guests of a dead host run again elsewhere, each once, the important ones first" {
	local i order

	ha_guests 10
	stamped 11 1
	inventory sync --all >/dev/null
	for i in 1 2 3; do inventory set vm "${guests[i]}" priority=100; done >/dev/null
	for i in 4 5 6; do inventory set vm "${guests[i]}" priority=50; done >/dev/null
	run_fail 4 ha-restart host1
	cut_power
	run_fail 4 ha-restart host1
	run_ok host_down host1 "bmc1 says off"
	contains "$output" "11 10 "
	echo "# set down: $(since) s after the power cut" >&3
	run_ok ha-restart --dry-run host1 --noheadings --output state
	[ "$(tr -d ' ' <<<"$output" | sort | uniq -c | xargs)" = "3 ready 7 waiting" ]
	run_ok ha-restart host1 --json
	echo "# all started: $(since) s" >&3
	[ "$(jq '[.ha_starts[] | select(.state == "started")] | length' <<<"$output")" = 10 ]
	for i in {0..9}; do once "${guests[i]}" 2; done
	echo "# all write: $(since) s" >&3
	[ "$(where "${guests[10]}")" = "" ]
	[ "$(field vm "${guests[10]}" status)" = down ]
	order=$(inventory export event --json | jq -r '[.events[] | select(.type == "vm_ha_started")] |
		sort_by(.time) | map(.object.name) | join(" ")')
	for name in $order; do field vm "$name" priority; done >priorities
	[ "$(sort -rn priorities)" = "$(cat priorities)" ] || fail "$(cat priorities)"
	# The dead host comes back, and nothing is started there or twice.
	lab on 1 >/dev/null
	soon 60 lab wait 1
	inventory sync --all >/dev/null
	run_ok ha-restart --all
	output_is ""
	for i in {0..9}; do once "${guests[i]}" 2; done
}

# bats test_tags=long
@test "a recovery that starts one twice is caught" {
	ha_guests 2
	cut_power
	host_down host1 "bmc1 says off" >/dev/null
	run_ok ha-restart host1
	once "${guests[0]}" 2
	once "${guests[1]}" 2

	number=$([ "$(where "${guests[0]}")" = host2 ] && echo 3 || echo 2)
	virsh -q -c "$(uri $number)" create "${guests[0]}.xml"
	soon 200 intruded "${guests[0]}"
	run once "${guests[0]}" 2
	[ "$status" -ne 0 ]
	contains "$output" "processes=2" "intruders="
	once "${guests[1]}" 2
}
intruded() { (($(stamp "$1" intruders) > 0)); }

# step_is STATUS: a step of the recovery is
step_is() { inventory list step --noheadings --output action,status | grep -q "ha_start *$1"; }
any_process() { pgrep -f "^/usr/bin/qemu-system-x86_64 .*guest=g[0-9]*-$LAB_NAME," >/dev/null; }
always() { true; }

# bats test_tags=long
@test "killed at every step and gone on with: still once" {
	local moment guest

	for moment in always "step_is started" any_process "step_is finished"; do
		ha_guests 3
		cut_power
		host_down host1 "bmc1 says off" >/dev/null
		ha-restart host1 >/dev/null 2>&1 &
		soon 60 $moment
		kill -9 $!
		wait $! || true
		run_ok ha-restart resume
		for guest in "${guests[@]}"; do once "$guest" 2; done
		run_ok ha-restart --all
		output_is ""
		teardown_guests
	done
}
teardown_guests() {
	local number guest

	lab on 1 >/dev/null
	soon 60 lab wait 1
	for guest in "${guests[@]}"; do
		for number in 1 2 3; do
			virsh -q -c "$(uri $number)" destroy "$guest" || true
			virsh -q -c "$(uri $number)" undefine "$guest" || true
		done
		rm -f "$VDC_LAB_SHARED/$guest.raw"
		inventory remove vm "$guest" --yes
	done >/dev/null 2>&1
	inventory sync --all >/dev/null
	guests=()
}

# bats test_tags=long
@test "several at once: one does it" {
	local i codes=() pids=()

	ha_guests 3
	cut_power
	run_ok host_down host1 "bmc1 says off" --launch
	for i in 1 2 3; do
		ha-restart --all >/dev/null 2>&1 &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i" && codes+=(0) || codes+=($?)
	done
	[[ " ${codes[*]} " != *" 1 "* ]] || fail "${codes[*]}"
	soon 60 over
	for guest in "${guests[@]}"; do once "$guest" 2; done
	[ "$(told vm_ha_started)" = 3 ]
}
over() { [ -z "$(inventory list job --select 'action=ha-restart status=started' --noheadings)" ]; }

# bats test_tags=long
@test "a host that dies while it is started there: it waits for the proof, and then runs once" {
	ha_guests 1
	cut_power
	host_down host1 "bmc1 says off" >/dev/null
	inventory set host host3 --observed status=maintenance >/dev/null
	run_ok ha-restart host1
	# As if it had been killed before it could write that down.
	database_sql "UPDATE jobs SET status = 'started', end_time = NULL WHERE action = 'ha-restart'"
	database_sql "UPDATE steps SET status = 'started', end_time = NULL WHERE action = 'ha_start'"
	database_sql "UPDATE vms SET status = 'down', host_id = NULL, exit_status = 'error'"
	lab off 2 >/dev/null
	inventory sync --all >/dev/null 2>&1 || true
	inventory set host host3 --observed status=up >/dev/null
	[ "$(field host host2 status)" = non_responsive ]
	run_fail 1 ha-restart host1 --wait 5s
	contains "$output" "refused" "host host2 may be running it and is not known to be down"
	[ "$(processes "${guests[0]}")" = 0 ]
	host_down host2 "bmc2 says off" >/dev/null
	run_ok ha-restart host1
	lab on 2 >/dev/null
	soon 60 lab wait 2
	[ "$(where "${guests[0]}")" = host3 ]
	[ "$(processes "${guests[0]}")" = 1 ]
}

# lease ID: of a guest
lease() {
	cat <<-END
		<lease><lockspace>$1</lockspace><key>lease</key>
		<target path='/shared/leases' offset='1048576'/></lease>
	END
}

refused_by_sanlock() {
	inventory list step --noheadings --output message | grep -q "Lease is held by another host"
}

# bats test_tags=long
@test "one with a lease starts when that is free, before its host is known to be down, and not before" {
	local domain number guest died

	domain=$(field storage-domain shared id)
	truncate -s 4M "$VDC_LAB_SHARED/leases"
	lab rsh 1 "sanlock direct init -s $domain:0:/shared/leases:0 -o 2
		sanlock direct init -r $domain:lease:/shared/leases:1048576"
	for number in 1 2 3; do
		lab rsh $number "sanlock client add_lockspace -s $domain:$number:/shared/leases:0 -o 2" &
	done
	wait
	stamped 1 1 "$(lease "$domain")"
	stamped 2 1
	guest=${guests[0]}
	soon 200 writes "$guest"
	soon 200 writes "${guests[1]}"
	inventory sync --all >/dev/null
	[ "$(field vm "$guest" lease_storage_domain)" = shared ]
	for name in "${guests[@]}"; do inventory set vm "$name" high_availability=true; done >/dev/null
	lab cut 1 net
	inventory sync --all >/dev/null 2>&1 || true
	[ "$(field host host1 status)" = non_responsive ]
	[ "$(field vm "$guest" status)" = unknown ]
	first=$(pgrep -f "^/usr/bin/qemu-system-x86_64 .*guest=$guest,")
	ha-restart --all >out 2>err &
	# As long as its host renews the lease sanlock refuses.
	soon 60 refused_by_sanlock || { inventory list step --output action,message; cat err; false; }
	[ "$(stamp "$guest" boots)" = 1 ]
	goes_on "$guest"
	lab cut 1 storage
	cut=$EPOCHREALTIME
	# Each try makes a process that waits for the lease; what counts is who writes.
	until [ "$(stamp "$guest" boots)" = 2 ]; do
		if [ -z "${died:-}" ] && ! kill -0 "$first" 2>/dev/null; then
			died=$(since)
			echo "# its host gave it up: $died s after it was cut off" >&3
		fi
		(($(since | cut -d. -f1) < 240)) || fail "$(cat err)"
		sleep 0.1
	done
	echo "# it writes elsewhere: $(since) s" >&3
	[ -n "$died" ] || fail "it runs on its old host, too"
	(($(since | cut -d. -f1) >= 70)) || fail "the lease lives for 76 s"
	wait $!
	once "$guest" 2
	# The other one stays until somebody knows.
	[ "$(field vm "${guests[1]}" status)" = unknown ]
	run_fail 4 ha-restart host1
}
