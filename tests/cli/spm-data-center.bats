# The storage pool manager of a data centre, on hosts whose spm-elect is a script: what bad input, hosts
# that are away or say nonsense, and a command that is killed in the midst come to. Real leases:
# tests/lab/spm-data-center.bats.
# shellcheck shell=bash disable=SC2030,SC2031,SC2154
load ../lib/common
load ../lib/fake-host
load ../lib/fake-spm

setup() {
	common_setup
	fake_managers
}

teardown() {
	common_teardown
}

row() { # NAME FIELD: of status --json in $output
	jq -r --arg name "$1" ".spm_views[] | select(.name == \$name) | .$2" <<<"$output"
}

@test "three ways and the record beside each other" {
	is_manager 2 7
	run_fail 1 spm-elect status dc --json
	[ "$(row data owner)" = h2 ]
	[ "$(row data liveness)" = live ]
	[ "$(row h2 role)" = SPM ]
	[ "$(row h2 lver)" = 7 ]
	[ "$(row h1 role)" = Free ]
	contains "$(row data findings)" SPM_RECORD_DIFFERS
	inventory set host h2 --observed spm_status=spm >/dev/null
	run_ok spm-elect status
	run_ok spm-elect status dc --xml
	contains "$output" "<role>SPM</role>"
	# one that says so, too
	echo SPM >fake/h1.invalid/role
	echo 6 >fake/h1.invalid/held
	run_fail 1 spm-elect status dc --json
	contains "$(row h1 problem)" "the owner of the lease is host id 2"
	# and the owner does not know of it
	echo Free >fake/h2.invalid/role
	run_fail 1 spm-elect status dc --json
	contains "$(row h2 findings)" SPM_LEASE_ORPHANED
}

@test "a manager that no watchdog guards is told so" {
	is_manager 2 7
	inventory set host h2 --observed spm_status=spm >/dev/null
	echo false >fake/h1.invalid/watchdog
	run_ok spm-elect status dc
	contains "$stderr" "it is not known whether a watchdog (wdmd) guards host h2, the manager of"
	echo false >fake/h2.invalid/watchdog
	run_ok spm-elect status dc
	contains "$stderr" "no watchdog (wdmd) guards host h2, the manager of data center dc"
	[ "$(wc -l <<<"$stderr")" = 1 ]
	run_ok spm-elect status dc --json
	[ "$stderr" = "" ]
	[ "$(row h2 watchdog)" = false ]
	echo true >fake/h2.invalid/watchdog
	run_ok spm-elect status dc
	[ "$stderr" = "" ]
}

@test "what nobody can say is said to be unknown" {
	local number

	run_fail 3 spm-elect status nowhere
	rm -r fake/h1.invalid
	run_fail 1 spm-elect status --json
	contains "$(row h1 problem)" "No route to host"
	[ "$(row data owner)" = nobody ]
	rm -r fake/h2.invalid fake/h3.invalid
	run_fail 1 spm-elect status --json
	[ "$(row data owner)" = null ]
	contains "$(row data problem)" "No route to host"
	# a shell that says nothing is no host that has nothing
	for number in 1 2 3; do fake_program h$number.invalid spm-elect <<<'exit 1'; done
	run_fail 1 spm-elect status --json
	contains "$(row h1 problem)" "says nothing"
	inventory set storage-domain data master=false >/dev/null
	run_fail 1 spm-elect status dc
	contains "$output" "has no master domain"
	run_fail 2 spm-elect status --local dc
}

@test "what hosts say is looked at before it is believed" {
	is_manager 1 7
	inventory set host h1 --observed spm_status=spm >/dev/null
	echo '{"lockspaces":[' >fake/h2.invalid/says
	head -c 100000 /dev/urandom >fake/h3.invalid/says
	run_fail 1 spm-elect status --json
	[ "$(row data owner)" = h1 ]
	[ "$(row h2 role)" = null ]
	contains "$(row h3 problem)" "what it says"
	# another version than the others read: it is looked at again, and then nothing is believed
	FAKE_HOST=$PWD/fake/h2.invalid
	rm fake/h2.invalid/says fake/h3.invalid/says
	FAKE_HOST=$FAKE_HOST fake/h2.invalid/spm-elect status | sed 's/"lver":7/"lver":8/' >says
	mv says fake/h2.invalid/says
	run_fail 1 spm-elect status --json
	contains "$(row data problem)" "version 7" "version 8"
	[ "$(row data owner)" = null ]
	[ "$(grep -c status fake/h3.invalid/log)" -ge 5 ]
	sed -i 's/"lver":[0-9]*/"lver":-8/' fake/h2.invalid/says
	run_fail 1 spm-elect status --json
	contains "$(row h2 problem)" "version below 0"
	[ "$(row data owner)" = h1 ]
}

history() { # FIELD…: of all rows, a line each
	spm-elect history dc --noheadings --output "${1// /,}" | sed 's/ *$//'
}

@test "an election is recorded with its reason, version and seed" {
	inventory set host h2 spm_priority=9 >/dev/null
	run_ok spm-elect elect dc --dry-run --json
	[ "$(jq -r '.spm_steps[0] | .step + " " + .host.name' <<<"$output")" = "start h2" ]
	[ ! -s fake/h2.invalid/held ]
	run_ok spm-elect elect dc --reason "the first one" --json
	[ "$(jq -r '.spm_history[0] | .host.name + " " + (.lver | tostring) + " " + .result' <<<"$output")" = \
		"h2 1 elected" ]
	[ "$(jq '.spm_history[0].seed > 0' <<<"$output")" = true ]
	contains "$(events list --noheadings --output type)" spm_elected
	run_ok spm-elect status dc
	[ "$(inventory list data-center --noheadings --output status | tr -d ' ')" = up ]
	# nothing happens to one that answers
	run_ok spm-elect elect dc
	[ "$(history result | wc -l)" = 1 ]
	run_fail 1 grep '^stop' fake/h2.invalid/log
	run_ok spm-elect release dc --reason "for a look"
	[ "$(history result)" = $'released\nelected' ]
	[ "$(cut -d' ' -f1 fake/lease)" = 2 ]
	run_ok spm-elect elect dc --prefer h2
	[ "$(cut -d' ' -f2 fake/lease)" = 2 ]
	contains "$(grep ^start fake/h2.invalid/log)" "--lver 2 --least-lver 2"
}

@test "what cannot be done is refused, and the manager stays" {
	run_fail 3 spm-elect elect nowhere
	run_fail 3 spm-elect elect dc --prefer nobody
	inventory set storage-domain data master=false >/dev/null
	run_fail 3 spm-elect elect dc
	contains "$stderr" "has no master domain"
	inventory set storage-domain data master=true >/dev/null
	is_manager 1 7
	run_ok spm-elect elect dc
	inventory set host h2 spm_priority=-1 >/dev/null
	run_fail 4 spm-elect elect dc --prefer h2
	[ "$stderr" = "spm-elect: host h2 has spm_priority -1; host h1 stays the manager" ]
	touch fake/h1.invalid/stuck
	run_fail 4 spm-elect release dc
	contains "$stderr" "host h1 stays the manager: work under the lease has not ended"
	[ "$(history result)" = elected ]
	[ "$(inventory list data-center --noheadings --output status | tr -d ' ')" = up ]
	# a version that went back is one of which nobody knows what it guards
	echo "3 0 0" >fake/lease
	echo Free >fake/h1.invalid/role
	run_fail 4 spm-elect elect dc
	contains "$stderr" "has version 3, and 7 was read before"
}

@test "no host, or none that can: nobody is the manager, and it is told" {
	local number

	for number in 1 2 3; do
		inventory set host h$number --observed status=maintenance >/dev/null
	done
	run_fail 6 spm-elect elect dc
	contains "$stderr" "no host of data center dc is up"
	for number in 1 2 3; do
		inventory set host h$number --observed status=up >/dev/null
		echo 6 >fake/h$number.invalid/fails
	done
	inventory set cluster c virt_service=false >/dev/null
	run_fail 1 spm-elect elect dc
	contains "$stderr" "3 in a cluster without virt_service"
	inventory set cluster c virt_service=true >/dev/null
	run_fail 1 spm-elect elect dc
	contains "$stderr" "3 failed in this round"
	[ "$(inventory list data-center --noheadings --output status | tr -d ' ')" = problematic ]
	contains "$(events list --noheadings --output type)" spm_election_failed
	run_ok inventory list host --select spm_status=contending --noheadings
	output_is ""
	# each was tried once, and the next round tries them anew
	[ "$(cat fake/*/log | grep -c '^start')" = 3 ]
	rm fake/h2.invalid/fails
	run_ok spm-elect elect dc
	[ "$(cut -d' ' -f2 fake/lease)" = 2 ]
}

@test "a silent owner is proven dead before anybody else is chosen" {
	is_manager 1 7
	run_ok spm-elect elect dc
	mv fake/h1.invalid gone
	inventory set host h1 --observed status=non_responsive >/dev/null
	run_fail 4 spm-elect elect dc
	contains "$stderr" "has no power management" "fence confirm h1"
	[ "$(cat fake/lease)" = "7 1 1" ]
	run_fail 5 spm-elect elect dc --wait-lease --timeout 1s
	contains "$stderr" "has not expired yet"
	# confirmed: it still has to expire
	inventory set host h1 --observed proven_down=2099-01-01T00:00:00Z status=down >/dev/null
	run_fail 5 spm-elect elect dc --timeout 1s
	contains "$stderr" "is confirmed to be down"
	touch fake/dead
	run_ok spm-elect elect dc
	[ "$(history result | tail -n 1)" = elected ]
	[ "$(cut -d' ' -f1 fake/lease)" = 8 ]
	[[ $(history 'result host_name' | head -n 1) == lost*h1 ]]
}

@test "one election at a time; the next takes the place of one that was killed" {
	printf 'job-lease = 2s\n' >vdc.conf
	export VDC_CONF=$PWD/vdc.conf
	echo 30 >fake/h2.invalid/slow
	spm-elect elect dc >/dev/null 2>&1 &
	until grep -q status fake/h2.invalid/log 2>/dev/null; do sleep 0.1; done
	run_fail 5 spm-elect elect dc
	contains "$stderr" "another election is under way" "pid"
	kill -KILL $!
	wait $! || true
	rm fake/h2.invalid/slow
	for _ in {1..50}; do
		! spm-elect elect dc >out 2>err || break
		grep -q "another election" err
		sleep 0.1
	done
	contains "$(cat out)" elected
	[ "$(inventory list job --noheadings --output status | tr -d ' ')" = finished ]
}

elections_are_over() {
	[[ $(inventory list job --noheadings --output status --select action=spm-election) != *started* ]]
}

@test "an election that is killed before the fenced host is on again" {
	mkdir agents
	cp "$VDC_TEST_SRC/tests/lib/fence_stub" agents
	printf '%s\n' "fence.agent-directory = $PWD/agents" 'fence.status-delay = 50ms' \
		'fence.status-interval = 50ms' 'job-lease = 2s' >vdc.conf
	export VDC_CONF=$PWD/vdc.conf
	is_manager 1 7
	run_ok spm-elect elect dc
	inventory add fence-agent host=h1 type=stub address=a agent_order=1 >/dev/null
	inventory set host h1 pm_enabled=true >/dev/null
	inventory set host h1 --observed status=non_responsive >/dev/null
	mv fake/h1.invalid gone
	echo on >agents/a.power
	echo holds >agents/a.fault
	touch fake/dead
	spm-elect elect dc --reason "it is silent" >/dev/null 2>&1 &
	until [ -e agents/a.held ]; do sleep 0.1; done
	kill -KILL $!
	wait $! || true
	rm agents/a.fault agents/a.held
	# who is the manager is known, and since when
	[ "$(cat agents/a.power)" = off ]
	[[ $(history 'result host_name' | tail -n 1) == elected*h* ]]
	[ "$(events list --noheadings --select type=spm_elected | wc -l)" = 2 ]
	[ "$(inventory list job --noheadings --output status --select action=spm-election | tail -n 1 | tr -d ' ')" = started ]
	# and nobody has to remember that a host is off
	run spm-elect watch --once
	for _ in {1..150}; do
		[ "$(cat agents/a.power)" = off ] || break
		sleep 0.1
		run spm-elect watch --once
	done
	[ "$(cat agents/a.power)" = on ]
	soon 10 elections_are_over
	[ "$(history 'result host_name' | grep -c elected)" = 1 ]
	[ "$(events list --noheadings --select type=spm_elected | wc -l)" = 2 ]
	run_ok spm-elect watch --once
}

@test "a manager that goes into maintenance hands the role over first" {
	inventory set cluster c level_family= version= >/dev/null
	sed '/<domain/,/<\/domain>/d' "$VDC_TEST_SRC/tests/data/libvirt/node.xml" >node.xml
	inventory set host h1 libvirt_uri="test://$PWD/node.xml" >/dev/null
	is_manager 1 7
	run_ok spm-elect elect dc
	touch fake/h1.invalid/stuck
	run_fail 1 host-maintenance enter h1
	contains "$output$stderr" "host h1 stays the manager"
	[ "$(inventory list host --select name=h1 --noheadings --output status | tr -d ' ')" = up ]
	rm fake/h1.invalid/stuck
	run_ok host-maintenance enter h1 --reason "new disks"
	[ "$(cut -d' ' -f1 fake/lease)" = 8 ]
	contains "$(spm-elect history dc)" "new disks"
	run_ok spm-elect status dc
	run_ok spm-elect history dc --select "result=released" --noheadings --output host_name
	output_is h1
}
