# fence confirm: which evidence counts, what is refused, what follows. No host here is real: sanlock's
# answers are what it printed once (tests/data/sanlock).
# shellcheck shell=bash disable=SC2154
load ../lib/common
load ../lib/fake-host

NAME3=76b497bc-0fc1-4768-8ace-38ee7a28e69e
CHECKED=--i-have-checked-that-it-is-powered-off

setup() {
	common_setup
	new_database
	export VDC_TEST_SRC
	{
		seed_cluster
		add_vm web h3
		add_vm db h3
		add_vm away h1
		inventory set vm db high_availability=true
		inventory set host h3 spm_id=3
		inventory set host h3 --observed status=non_responsive sanlock_name=$NAME3
		for host in h1 h2 h3; do
			inventory set host $host rsh_address=$host.invalid \
				libvirt_uri="test://$PWD/fake/$host.xml"
		done
	} >/dev/null
	fake_shell
	fake_program h1.invalid sanlock <<<'exit 1'
	own_ha_restart
}

teardown() {
	common_teardown
}

host_status() { inventory list host --select "name=h3" --noheadings --output status | tr -d ' '; }
vm_status() { inventory list vm --select "name=$1" --noheadings --output status | tr -d ' '; }
nothing_happened() {
	[ "$(host_status)" = non_responsive ] && [ "$(vm_status web)" = up ] && [ ! -e ha-restart.log ]
}

agent_says() { # on|off
	inventory list fence-agent --noheadings | grep -q . ||
		inventory add fence-agent host=h3 type=ipmilan agent_order=1 address=bmc3 >/dev/null
	printf 'fence.agent-directory = %s/fake\nfence.status-interval = 0\n' "$PWD" >vdc.conf
	export VDC_CONF=$PWD/vdc.conf
	fake_program . fence_ipmilan <<-END
		#!/bin/sh
		cat >/dev/null
		[ $1 = on ]; exit \$((\$? * 2))
	END
}

@test "without evidence it takes the name, typed once more" {
	run_fail 4 fence confirm h3
	contains "$output" "nothing shows that host h3 is down" "host h1: its sanlock does not answer" "$CHECKED h3"
	run_fail 4 fence confirm h3 --yes
	run_fail 4 fence confirm h3 --yes $CHECKED h2
	run_fail 4 fence confirm h3 --yes $CHECKED H3
	run_fail 4 fence confirm h3 --yes $CHECKED ""
	run_fail 2 fence confirm - --yes $CHECKED h3 <<<'{"hosts":[{"name":"h3"}]}'
	run_fail 2 fence confirm h3 h2 $CHECKED h3
	run_fail 3 fence confirm h9 $CHECKED h9
	nothing_happened
	run_ok fence confirm h3 --dry-run $CHECKED h3
	contains "$output" skipped "has checked that it is powered off"
	nothing_happened

	run_ok fence confirm h3 $CHECKED h3 --reason "rack 4 burnt"
	contains "$output" success "has checked that it is powered off"
	[ "$(host_status)" = down ]
	[ "$(vm_status web) $(vm_status db) $(vm_status away)" = "down down up" ]
	run_ok grep -c resume ha-restart.log
	output_is 1
	run_ok fence history h3 --select result=success --json
	[ "$(jq -r '.fence_history[0] | [.fence_type, .reason] | join(" ")' <<<"$output")" = \
		"confirm rack 4 burnt" ]
	contains "$(jq -r '.fence_history[0].evidence' <<<"$output")" "has checked that it is powered off"
	run_ok events list --json
	contains "$(jq -r '.events[] | select(.type == "host_confirmed_down") | .description' \
		<<<"$output")" "host h3 was confirmed down by" "has checked that it is powered off"
	run_fail 4 fence confirm h3
}

@test "leases that expired are evidence, for --yes to confirm" {
	fake_sanlock h1.invalid expired
	run_fail 4 fence confirm h3 </dev/null
	contains "$stderr" "give --yes"
	nothing_happened
	run_ok fence confirm h3 --yes
	contains "$output" "lockspace LSA: host id 3 expired, not renewed for 93 s, says h1" "LS B"
	[ "$(host_status)" = down ]
	run_ok fence history --json
	contains "$(jq -r '.fence_history[0].evidence' <<<"$output")" "lockspace LSA: host id 3 expired"
}

@test "leases of another, late ones and those given up are none" {
	fake_sanlock h1.invalid expired
	inventory set host h3 --observed sanlock_name=other >/dev/null
	run_fail 4 fence confirm h3 --yes
	inventory set host h3 --observed sanlock_name=$NAME3 >/dev/null
	inventory set host h3 spm_id=4 >/dev/null
	run_fail 4 fence confirm h3 --yes
	inventory set host h3 spm_id=3 >/dev/null
	fake_sanlock h1.invalid failing
	run_fail 4 fence confirm h3 --yes
	contains "$output" "not renewed for 23 s"
	fake_sanlock h1.invalid joined
	run_fail 4 fence confirm h3 --yes
	contains "$output" "not watched for long enough"
	fake_program h1.invalid sanlock <<<'head -c 1000000 /dev/urandom'
	run_fail 4 fence confirm h3 --yes
	nothing_happened
	# One host that knows is enough.
	mkdir -p fake/h2.invalid
	fake_sanlock h2.invalid expired
	run_ok fence confirm h3 --yes
}

@test "an agent that says off is evidence, one that says on is none" {
	agent_says on
	run_fail 4 fence confirm h3 --yes
	contains "$output" "its power: ipmilan at bmc3 says on"
	nothing_happened
	agent_says off
	run_ok fence confirm h3 --yes
	contains "$output" "ipmilan at bmc3 says off"
	[ "$(inventory list host --select name=h3 --noheadings --output power_status | tr -d ' ')" = off ]
}

@test "a host that answers is not down, whatever is typed" {
	fake_sanlock h1.invalid expired
	mkdir -p fake/h3.invalid
	run_fail 4 fence confirm h3 --yes $CHECKED h3
	contains "$output" "host h3 is not down: its remote shell answers"
	: >fake/h3.invalid/denied
	run_fail 4 fence confirm h3 --yes $CHECKED h3
	contains "$output" "its remote shell answers, and lets nobody in"
	rm -r fake/h3.invalid
	cp "$VDC_TEST_SRC/tests/data/libvirt/node.xml" fake/h3.xml
	run_fail 4 fence confirm h3 --yes $CHECKED h3
	contains "$output" "its libvirt answers"
	rm fake/h3.xml
	nothing_happened
	run_ok events list --json
	[ "$(jq '[.events[] | select(.type == "host_confirm_refused")] | length' <<<"$output")" -eq 3 ]
}

@test "a status that it may not have" {
	inventory set host h3 --observed status=up >/dev/null
	run_fail 4 fence confirm h3 --yes $CHECKED h3
	contains "$output" "host h3 is up: read it first"
	inventory set host h3 --observed status=maintenance >/dev/null
	run_ok fence confirm h3 --yes $CHECKED h3
	[ "$(host_status)" = maintenance ]
}
