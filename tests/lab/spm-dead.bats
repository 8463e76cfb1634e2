#!/usr/bin/env bats
# time limit: 400 s
# What a dead host holds on storage, freed at once: real sanlock with an I/O time-out of 2 s, BMCs that
# really cut the power. The path of the lockspace has a colon in it, as that of an NFS server has.
# shellcheck disable=SC2154 # status, output, lines: set by bats' run
load ../lib/common
load ../lib/lab
load ../lib/lab-guests

DOMAIN=c277ad93-0973-43d9-a0ca-22199bc8e801
AREA=/shared/server:_data/$DOMAIN/dom_md
VM_LEASE=$DOMAIN:vm1:/shared/server\\:_data/$DOMAIN/dom_md/leases:3145728

setup_file() {
	local number

	((EUID == 0)) || skip "a lab takes root"
	lab_cache
	export LAB_DIR=$VDC_TEST_SRC/tests/lab LAB_NAME=d$$ VDC_LAB=d$$
	"$LAB_DIR/lab" up 3 2>"$BATS_FILE_TMPDIR/up.err" ||
		{ cat "$BATS_FILE_TMPDIR/up.err" >&2; return 1; }
	PATH=$LAB_DIR:/usr/sbin:/sbin:$PATH
	eval "$(lab env 2>/dev/null)"
	lab_install 1 2 3
	for number in 1 2 3; do write_document $number >"$VDC_LAB_SHARED/host$number.json"; done
	mkdir -p "$VDC_LAB_SHARED/server:_data"
	lab rsh 1 spm-elect init --local --from /shared/host1.json
	lab rsh 1 "sanlock client init -r '$VM_LEASE'"
	for number in 1 2 3; do
		lab rsh $number spm-elect join --local --from /shared/host$number.json >/dev/null &
	done
	wait
}

teardown_file() { lab_end; }

setup() {
	local number

	common_setup
	lab_setup
	cat >>"$VDC_CONF" <<-END
		fence.status-delay = 200ms
		fence.status-interval = 200ms
		fence.agent-timeout = 12s
		job-lease = 3s
	END
	printf '{"storage_domains":[{"id":"%s","name":"data","type":"data","master":true,
		"storage":{"type":"nfs"},"data_center":{"name":"dc"}}]}' "$DOMAIN" |
		inventory import - >/dev/null
	for number in 1 2 3; do
		bmc $number
		inventory set host host$number spm_id=$number
	done >/dev/null
	inventory sync --all >/dev/null
}

teardown() {
	local number

	for number in 1 2 3; do
		lab is-on $number || { lab on $number && lab wait $number; } >/dev/null 2>&1
		lab rsh $number 'spm-elect stop --local; spm-elect join --local' >/dev/null 2>&1 || true
	done
	common_teardown
}

bmc() { # HOST-NUMBER
	local address=VDC_LAB_BMC$1

	inventory add fence-agent host="host$1" type=ipmilan address="${!address}" agent_order=1 \
		username="$VDC_LAB_BMC_USER" password="file:$VDC_LAB_BMC_SECRET" \
		options="lanplus=1
cipher=3
power_wait=0
power_timeout=5"
	inventory set host "host$1" pm_enabled=true
}

sanlock_name() { lab rsh "$1" sanlock client status | sed -n 's/^daemon //p'; }

write_document() { # HOST-NUMBER
	printf '{"lockspaces":[{"id":"%s","name":"data","host_id":%d,"sanlock_name":"%s",' \
		"$DOMAIN" "$1" "$(sanlock_name "$1")"
	printf '"place":{"ids":"%s/ids","leases":"%s/leases"},' "$AREA" "$AREA"
	printf '"block_size":512,"alignment":1048576,"io_timeout":2,"master":true}]}\n'
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

now() { echo "${EPOCHREALTIME/./}"; }

@test "a manager whose power is cut: another one has role and VM lease within seconds" {
	local began off taken vm joined before

	lab rsh 1 spm-elect start --local >/dev/null
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
	run_ok lab rsh 2 spm-elect start --local
	taken=$(now)
	run_ok take_vm_lease 3
	vm=$(now)
	[ "$(field 2 role)" = SPM ]
	[ "$(generation 1)" = $((before + 1)) ]
	run_ok spm-elect free-leases host1
	[ "$(generation 1)" = $((before + 1)) ]
	echo "# ms: off, proven and freed $(((off - began) / 1000))," \
		"manager elsewhere $(((taken - off) / 1000)), VM lease elsewhere $(((vm - taken) / 1000))" >&3
	# 2 s for the agents' own time, 2T + 2 s for the rest
	(((taken - began) / 1000 < 12000)) || fail "too slow"
	lab on 1
	lab wait 1
	began=$(now)
	run_ok lab rsh 1 spm-elect join --local
	joined=$(now)
	echo "# ms: joined again $(((joined - began) / 1000))" >&3
	(((joined - began) / 1000 < 20000))
	[ "$(generation 1)" = $((before + 2)) ]
	[ "$(field 1 role)" = Free ]
	run_ok lab rsh 2 spm-elect stop --local
	run_ok lab rsh 1 spm-elect start --local
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
