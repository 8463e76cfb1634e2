# spm-elect free-leases: what it refuses, whom it tells, and what it makes of their answers. No host here
# is real: what they say about the storage is told by a script in the place of spm-elect.
# shellcheck shell=bash disable=SC2154
load ../lib/common
load ../lib/fake-host

NAME3=76b497bc-0fc1-4768-8ace-38ee7a28e69e

setup() {
	common_setup
	new_database
	export VDC_TEST_SRC
	printf 'fence.agent-directory = %s/fake\nfence.status-interval = 0\n' "$PWD" >vdc.conf
	export VDC_CONF=$PWD/vdc.conf
	{
		seed_cluster
		inventory add storage-domain data1 data_center=dc type=data storage_type=nfs
		inventory add storage-domain data2 data_center=dc type=data storage_type=nfs
		inventory add storage-domain iso data_center=dc type=iso storage_type=nfs
		inventory set host h3 spm_id=3 pm_enabled=true pm_proxies=direct
		inventory add fence-agent host=h3 type=ipmilan agent_order=1 address=bmc3
		for host in h1 h2 h3; do
			inventory set host $host rsh_address=$host.invalid \
				libvirt_uri="test://$PWD/fake/$host.xml"
		done
	} >/dev/null
	fake_shell
	own_ha_restart
	agent_says off
	is_off
	says h1 freed
}

teardown() {
	common_teardown
}

# What `fence off` leaves behind.
is_off() {
	inventory set host h3 --observed status=down sanlock_name=$NAME3 power_status=off \
		proven_down="$(date -u +%FT%TZ)" down_evidence="ipmilan at bmc3 says off" >/dev/null
}

agent_says() { # on|off
	fake_program . fence_ipmilan <<-END
		#!/bin/sh
		cat >/dev/null
		[ $1 = on ]; exit \$((\$? * 2))
	END
}

# says HOST RESULT [MESSAGE]: of each lockspace that it is told of; it keeps what it was told
says() {
	fake_program "$1.invalid" spm-elect <<-END
		#!/bin/sh
		cat >"\$FAKE_HOST/told.json"
		echo "\$*" >>"\$FAKE_HOST/calls"
		jq --arg r "$2" --arg m "${3-}" '.dead_leases |= map(. + {result: \$r, message: \$m,
			freed: 7} | if \$r != "freed" then del(.freed) else . end)' "\$FAKE_HOST/told.json"
	END
}

told() { jq -r "$2" "fake/$1.invalid/told.json"; }
calls() { wc -l <"fake/$1.invalid/calls"; }
freed_at() { inventory list host --select name=h3 --noheadings --output leases_freed | tr -d ' ' | grep -vx -- -; }
nobody_was_told() {
	[ ! -e fake/h1.invalid/calls ] && [ ! -e fake/h2.invalid/calls ] && [ -z "$(freed_at)" ]
}

@test "a host that lives is told what to take, once" {
	run_ok spm-elect free-leases h3 --json
	[ "$(jq -r '[.dead_leases[] | .name + " " + .result] | join(",")' <<<"$output")" = \
		"data1 freed,data2 freed" ]
	contains "$stderr" "what host h3 held is free, in 2 lockspaces, through host h1"
	[ "$(told h1 '[.dead_leases[] | [.name, .host_id, .sanlock_name, .generation] | map(tostring) |
		join(" ")] | join(",")')" = "data1 3 $NAME3 null,data2 3 $NAME3 null" ]
	(($(told h1 '.dead_leases[0].off_for') < 60000000))
	[ -n "$(freed_at)" ]
	contains "$(events list)" leases_freed
	run_ok fence history h3 --json
	[ "$(jq -r '.fence_history[] | [.fence_type, .result, .proxy] | join(" ")' <<<"$output")" = \
		"free_leases success h1" ]
	run_ok spm-elect free-leases h3
	[ "$(calls h1)" = 1 ]
	# another death
	inventory set host h3 --observed leases_freed="$(date -u +%FT%TZ -d '1 hour ago')" >/dev/null
	run_ok spm-elect free-leases h3
	[ "$(calls h1)" = 2 ]
}

@test "nothing is freed of a host whose power is not proven off" {
	agent_says on
	run_fail 4 spm-elect free-leases h3
	contains "$stderr" "is not known to be so now: ipmilan at bmc3 says on"
	nobody_was_told
	contains "$(events list)" leases_not_freed "host h3 held is not freed"
	agent_says off
	is_off
	inventory set host h3 --observed power_status=on >/dev/null
	run_fail 4 spm-elect free-leases h3
	contains "$stderr" "its power is not proven off" "fence off h3"
	inventory set host h3 --observed status=up >/dev/null
	run_fail 4 spm-elect free-leases h3
	contains "$stderr" "host h3 is up and not known to be down"
	is_off
	inventory set host h3 --observed seen="$(date -u +%FT%TZ -d '1 hour')" >/dev/null
	run_fail 4 spm-elect free-leases h3
	contains "$stderr" "not known to be down"
	run_fail 4 spm-elect free-leases h1
	run_fail 3 spm-elect free-leases h9
	run_fail 2 spm-elect free-leases
	run_fail 2 spm-elect free-leases h3 --local </dev/null
	nobody_was_told
}

@test "that somebody says so is no proof" {
	inventory set host h3 --observed status=non_responsive power_status=unknown \
		proven_down=2000-01-01T00:00:00Z seen=2001-01-01T00:00:00Z >/dev/null
	inventory set host h3 pm_enabled=false >/dev/null
	agent_says on
	run_ok fence confirm h3 --i-have-checked-that-it-is-powered-off h3
	run_fail 4 spm-elect free-leases h3
	contains "$stderr" "has checked that it is powered off" "its power is not proven off"
	nobody_was_told
}

@test "what cannot be known is said" {
	inventory set host h3 --observed sanlock_name= >/dev/null
	run_fail 4 spm-elect free-leases h3
	contains "$stderr" "sanlock of host h3 ran is not known" "8 I/O time-outs and 60 s"
	is_off
	inventory set host h3 spm_id= >/dev/null
	run_ok spm-elect free-leases h3
	nobody_was_told
	inventory set host h3 spm_id=3 >/dev/null
	for host in h1 h2; do inventory set host $host --observed status=maintenance >/dev/null; done
	run_fail 6 spm-elect free-leases h3
	contains "$stderr" "no host that is up shares its storage"
	nobody_was_told
}

@test "one that refuses is the last, one that cannot is not" {
	says h1 refused "it was renewed 60 s after its power was proven off"
	says h2 freed
	run_fail 4 spm-elect free-leases h3
	contains "$stderr" "storage domain data1: host h1: it was renewed 60 s after"
	[ ! -e fake/h2.invalid/calls ]
	[ -z "$(freed_at)" ]
	says h1 failed "sanlock or the storage does not answer"
	run_ok spm-elect free-leases h3
	contains "$stderr" "through host h2"
	inventory set host h3 --observed leases_freed= >/dev/null
	says h1 away
	run_ok spm-elect free-leases h3
	inventory set host h3 --observed leases_freed= >/dev/null
	fake_program h1.invalid spm-elect <<<'echo "{]"'
	run_ok spm-elect free-leases h3
	inventory set host h3 --observed leases_freed= >/dev/null
	says h2 nothing "it had left"
	run_ok spm-elect free-leases h3
	says h1 away
	says h2 away
	inventory set host h3 --observed leases_freed= >/dev/null
	run_fail 6 spm-elect free-leases h3
	contains "$stderr" "no host that is up is in a lockspace"
}

@test "one that hangs does not hold it up for ever" {
	fake_program h1.invalid spm-elect <<<'exec sleep 300'
	SECONDS=0
	run_fail 1 spm-elect free-leases h3 --timeout 2s
	((SECONDS < 20)) || fail "$SECONDS s"
	contains "$stderr" "host h1"
}

@test "fence off and reboot free leases before the power comes back" {
	inventory set host h3 --observed status=non_responsive power_status=on proven_down= >/dev/null
	run_ok fence off h3 --yes
	[ -n "$(freed_at)" ]
	[ "$(calls h1)" = 1 ]
	[[ $stderr != *"not freed"* ]]
	run_ok fence history h3 --json
	contains "$(jq -r '[.fence_history[].fence_type] | join(" ")' <<<"$output")" free_leases
	# that it fails stops nothing
	inventory set host h3 --observed status=non_responsive power_status=on proven_down= \
		leases_freed= >/dev/null
	says h1 failed
	says h2 failed
	run_ok fence off h3 --yes
	contains "$stderr" "what host h3 held is not freed, and expires by itself"
	[ -z "$(freed_at)" ]
	contains "$(events list)" leases_not_freed
}

@test "a document that is none, and names that are none" {
	printf 'lockspaces = %s/none\n' "$PWD" >>vdc.conf
	run_fail 2 spm-elect free-leases --local <<<'{"dead_leases":[{"id":"x"}]}'
	run_fail 2 spm-elect free-leases --local <<<'{"dead_leases":[{"id":"c277ad93-0973-43d9-a0ca-22199bc8e801"}]}'
	run_fail 2 spm-elect free-leases --local <<<'{'
	run_fail 6 spm-elect free-leases --local <<<'{"dead_leases":[{"id":"c277ad93-0973-43d9-a0ca-22199bc8e801","host_id":3,"sanlock_name":"x","off_for":1}]}'
	contains "$output" away
}
