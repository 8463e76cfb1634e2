#!/usr/bin/env bats
# time limit: 500 s
# Hosts in the lockspaces of their data centre, by the database, on three real hosts with an I/O time-out
# of 2 s: who gets which number, who gives one back, what a host whose sanlock is wrong is told, and a host
# that boots again.
# shellcheck disable=SC2154 # status, output, stderr: set by bats' run
load ../lib/common
load ../lib/lab

DOMAIN=c277ad93-0973-43d9-a0ca-22199bc8e802

in_lab() { VDC_LAB=$LAB_NAME "$LAB_DIR/lab" "$@"; }

setup_file() {
	((EUID == 0)) || skip "a lab takes root"
	LAB_DIR=$(dirname "$(readlink -f "$BATS_TEST_FILENAME")")
	export LAB_DIR LAB_NAME=m$$ VDC_LAB=m$$
	in_lab up 3 2>"$BATS_FILE_TMPDIR/up.err" ||
		{ cat "$BATS_FILE_TMPDIR/up.err" >&2; return 1; }
	our_commands
	PATH=$LAB_DIR:/usr/sbin:/sbin:$PATH
	eval "$(lab env 2>/dev/null)"
	lab_install 1 2 3
	export VDC_DB=$BATS_FILE_TMPDIR/members.db VDC_CONF=$BATS_FILE_TMPDIR/vdc.conf
	printf '%s\n' 'connect-timeout = 3s' 'host-attempts = 0' 'host-grace = 0' >"$VDC_CONF"
	new_inventory >&2
	spm-elect join host1 --dry-run --json >"$VDC_LAB_SHARED/host1.json"
	lab rsh 1 spm-elect init --local --from /shared/host1.json
}

teardown_file() {
	[ -z "${LAB_NAME:-}" ] || in_lab down
}

setup() {
	common_setup
	export PATH=$LAB_DIR:/usr/sbin:/sbin:$PATH VDC_LAB=$LAB_NAME
	eval "$(lab env 2>/dev/null)"
	export VDC_DB=$BATS_FILE_TMPDIR/members.db VDC_CONF=$BATS_FILE_TMPDIR/vdc.conf
}

teardown() {
	for number in 1 2 3; do lab heal $number; done
	common_teardown
}

new_inventory() {
	local number

	inventory init
	inventory add data-center dc
	inventory add cluster c data_center=dc
	for number in 1 2 3; do
		lab_add_host $number
	done
	inventory sync --all
	inventory add storage-domain data id=$DOMAIN data_center=dc type=data master=true status=active \
		storage_type=posixfs storage_format=v5 mount_point=/shared io_timeout=2
}

field() { # HOST FIELD
	inventory list host --select "name=$1" --noheadings --output "$2" | tr -d ' '
}

generation() { # HOST
	inventory list domain-reach --select "host=$1" --noheadings --output lockspace_generation | tr -d ' '
}

here() { # HOST-NUMBER FIELD: as the host itself says
	lab rsh "$1" spm-elect status --local --noheadings --output "$2" | tr -d ' '
}

@test "three hosts at once get three numbers, and are in" {
	run_ok spm-elect join host1 host2 host3
	[ "$(for host in host1 host2 host3; do field $host spm_id; done | sort | tr '\n' ' ')" = "1 2 3 " ]
	for number in 1 2 3; do
		[ "$(here $number state)" = joined ]
		[ "$(here $number host_id)" = "$(field host$number spm_id)" ]
		[ "$(generation host$number)" = 1 ]
	done
	[ "$(events list --select type=host_joined --noheadings | wc -l)" = 3 ]
	# done twice it is harmless
	run_ok spm-elect join host1 host2 host3
	[ "$(events list --select type=host_joined --noheadings | wc -l)" = 3 ]
}

@test "who is there, as all and as one host see it" {
	soon 20 live_is 3
	run_ok spm-elect hosts dc --noheadings --output host,host_id,state,problem
	[ "$(wc -l <<<"$output")" = 3 ]
	for number in 1 2 3; do
		contains "$(tr -s ' ' <<<"$output")" "host$number $(field host$number spm_id) live"
	done
	run_ok spm-elect hosts dc --all --json
	[ "$(jq '[.lockspace_hosts[] | select(.age <= 6 and .latency >= 0)] | length' <<<"$output")" = 3 ]
	run_ok lab rsh 2 spm-elect hosts --local --noheadings --output host_id,state
	[ "$(tr -s ' ' <<<"$output" | sort | tr '\n' ' ')" = "1 live 2 live 3 live " ]
}

live_is() {
	[ "$(spm-elect hosts dc --noheadings --select state=live --output host | wc -l)" = "$1" ]
}

# by_number: HIGH and LOW are the hosts 2 and 3, the one with the higher number first
by_number() {
	HIGH=host2 LOW=host3
	(($(field host2 spm_id) > $(field host3 spm_id))) || HIGH=host3 LOW=host2
}

# is_given_back HOST-ID: by the sanlock of host 1, which looks every other I/O time-out
is_given_back() {
	! lab rsh 1 spm-elect hosts --local --noheadings --select "host_id=$1" --output state | grep -q live
}

@test "a number that was given back is another's" {
	local low high

	by_number
	low=$(field $LOW spm_id) high=$(field $HIGH spm_id)
	run_ok spm-elect leave host2 host3
	[ "$(field host2 spm_id)$(field host3 spm_id)" = -- ]
	run_ok lab rsh 2 spm-elect status --local
	output_is ""
	soon 20 is_given_back "$low"
	run_ok spm-elect join $HIGH
	[ "$(field $HIGH spm_id)" = "$low" ]
	soon 20 is_given_back "$high"
	run_ok spm-elect join $LOW
	[ "$(field $LOW spm_id)" = "$high" ]
	# sanlock counts who takes a number
	[ "$(generation $HIGH)" = 2 ]
}

@test "who crashed keeps its number, and joins again at boot" {
	local low high number service started took

	by_number
	low=$(field $LOW spm_id) high=$(field $HIGH spm_id) number=${LOW#host}
	service=$(sed -n 's|^ExecStart=/usr/bin/||p' "$VDC_TEST_SRC/contrib/systemd/vdc-spm-join.service")
	lab off "$number"
	# the database forgets it, the storage does not
	inventory remove host $LOW --yes >/dev/null
	run_ok spm-elect leave $HIGH
	soon 20 is_given_back "$high"
	run_ok spm-elect join $HIGH
	[ "$(field $HIGH spm_id)" = "$high" ]
	lab on "$number"
	lab wait "$number"
	started=$EPOCHREALTIME
	run_ok lab rsh "$number" "$service </dev/null"
	output_is ""
	took=$(((${EPOCHREALTIME/./} - ${started/./}) / 1000))
	echo "# after a power cut $LOW was in its lockspaces in $took ms" >&3
	((took < 12000))
	[ "$(here "$number" state)" = joined ]
	[ "$(here "$number" host_id)" = "$low" ]
	# and the database finds it again under the number that it has
	lab_add_host "$number" >/dev/null
	inventory sync $LOW >/dev/null
	run_ok spm-elect join $LOW
	[ "$(field $LOW spm_id)" = "$low" ]
}

@test "sanlock that does not run, or has another name" {
	run_ok spm-elect leave host2
	lab rsh 2 'cp /etc/libvirt/libvirtd.conf /root/kept
		sed -i "s/^host_uuid.*/host_uuid = \"another\"/" /etc/libvirt/libvirtd.conf
		systemctl restart sanlock' >/dev/null
	run_fail 4 spm-elect join host2
	contains "$output" "runs under the name another" "our_host_name = "
	lab rsh 2 'mv /root/kept /etc/libvirt/libvirtd.conf; systemctl stop sanlock' >/dev/null
	run_fail 6 spm-elect join host2
	contains "$output" "systemctl enable --now sanlock" "our_host_name = "
	[ "$(field host2 spm_id)" = - ]
	lab rsh 2 systemctl start sanlock >/dev/null
	run_ok spm-elect join host2
}

says_slow() {
	run lab rsh 1 spm-elect status --local --noheadings --output problem
	[[ $status = 1 && $output == *"storage is too slow: a renewal took"*"I/O time-out of 2 s"* ]]
}

@test "storage that is too slow is told, with figures" {
	lab slow 1 storage 1100
	soon 60 says_slow
	run_fail 1 spm-elect hosts dc --select host=host1 --noheadings --output problem
	contains "$output" "a renewal took"
	lab heal 1
}
