# spm-elect watch: when an election is begun, and when not. Hosts are scripts; what is begun is noted, and
# begins nothing.
# shellcheck shell=bash disable=SC2154
load ../lib/common
load ../lib/fake-host
load ../lib/fake-spm

setup() {
	common_setup
	fake_managers
	inventory set data-center dc --observed status=up >/dev/null
	inventory add storage-domain data2 data_center=dc type=data storage_type=nfs >/dev/null
	inventory set storage-domain data2 --observed status=active >/dev/null
	is_manager 1 7
	inventory set host h1 --observed spm_status=spm >/dev/null
	# commands look for the others where they lie
	mkdir commands
	cp "$VDC_TEST_BUILD/bin/.libs/spm-elect" commands/spm-elect.real
	printf '#!/bin/sh\necho "$*" >>%s/begun\n' "$PWD" >commands/spm-elect
	chmod +x commands/spm-elect
}

teardown() {
	common_teardown
}

watch() { commands/spm-elect.real watch "$@"; }

# The election begins in a process of its own.
begun() {
	local until=$((SECONDS + 10))

	until [ -e begun ]; do
		((SECONDS < until)) || fail "nothing was begun"
		sleep 0.1
	done
	cat begun
}

# glance: one look of a run that is ended while it waits for the next
glance() { timeout -s TERM 2.5 commands/spm-elect.real watch --once; }

reach() { # HOST DOMAIN STATUS
	inventory import - >/dev/null <<-END
		{"domain_reaches":[{"host":{"name":"$1"},"storage_domain":{"name":"$2"},"status":"$3",
		"checked":"$(date -u +%FT%TZ)"}]}
	END
}

forget() { database_sql "UPDATE jobs SET state = NULL WHERE action = 'spm-watch'"; }

@test "all is well: it is silent" {
	run_ok watch --once
	[ "$output$stderr" = "" ]
	run_ok watch --once dc
	run_fail 3 watch --once nowhere
	run_fail 2 watch --once --interval 10s
	[ ! -e begun ]
}

@test "the manager crashed" {
	# its host is gone, and its lease has expired
	rm -r fake/h1.invalid
	touch fake/dead
	run_fail 1 watch --once
	contains "$stderr" "data center dc: host h1 is the manager and does not answer: an election begins"
	contains "$(begun)" "elect " "--reason host h1 is the manager and does not answer"
	# it is not begun again while it may still begin
	run_fail 1 watch --once
	run_fail 1 watch --once
	[ "$(wc -l <begun)" = 1 ]
}

@test "a manager that does not answer has to be seen three times" {
	rm -r fake/h1.invalid
	run glance
	[ ! -e begun ]
	run glance
	[ ! -e begun ]
	run glance
	contains "$(begun)" "host h1 is the manager and does not answer"
}

@test "the manager cannot reach all domains while it can reach the master" {
	reach h1 data ok
	reach h1 data2 lost
	reach h2 data2 ok
	run glance
	run glance
	[ ! -e begun ]
	run glance
	contains "$(begun)" "elect " "--prefer" "host h1 is the manager and cannot reach 1 storage domains"
	# all lost it: nobody would do better
	rm begun
	forget
	reach h2 data2 lost
	reach h3 data2 lost
	run_ok watch --once
	[ ! -e begun ]
	# what was found long ago says nothing
	reach h2 data2 ok
	database_sql "UPDATE domain_reaches SET checked = 1000000"
	run_ok watch --once
	[ ! -e begun ]
}

@test "the manager cannot renew its lease, or its volume is full" {
	touch fake/failing
	run_fail 1 watch --once
	contains "$(begun)" "host h1 is the manager and cannot renew its lease"
	rm begun
	forget
	inventory set storage-domain data --observed available=0 >/dev/null
	run_fail 1 watch --once
	contains "$(begun)" "cannot renew its lease: its volume is full"
}

@test "no storm when all are away, and no election helps without a master" {
	rm -r fake/h1.invalid fake/h2.invalid fake/h3.invalid
	touch fake/dead
	run_fail 1 watch --once
	contains "$stderr" "data center dc: no host answers"
	run_fail 1 watch --once
	[ "$stderr" = "" ] # it was said
	[ "$(events list --noheadings --select type=data_center_hosts_away | wc -l)" = 1 ]
	for number in 1 2 3; do
		fake_spm h$number.invalid $number "$DOMAIN"
		FAKE_HOST=$PWD/fake/h$number.invalid fake/h$number.invalid/spm-elect status |
			jq '.lockspaces[0] |= (del(.spm) | .problem = "no such file")' >says
		mv says fake/h$number.invalid/says
	done
	run_fail 6 watch --once
	contains "$stderr" "no host reaches the master domain" "storage-health"
	run_fail 6 watch --once
	[ "$(events list --noheadings --select type=master_domain_lost | wc -l)" = 1 ]
	[ ! -e begun ]
}

@test "after an election that failed the next one comes later" {
	rm -r fake/h1.invalid
	touch fake/dead
	run_fail 1 watch --once
	begun >/dev/null
	# long ago, and nothing came of it
	database_sql "UPDATE jobs SET state = 'launched=1' WHERE action = 'spm-watch'"
	run_fail 1 watch --once
	contains "$stderr" "the last election failed"
	[ "$(wc -l <begun)" = 1 ]
	database_sql "UPDATE jobs SET state = 'failed=1' WHERE action = 'spm-watch'"
	run_fail 1 watch --once
	[ "$(wc -l <begun)" = 2 ]
}

@test "one watches at a time" {
	local pid

	printf 'job-lease = 3s\n' >vdc.conf
	export VDC_CONF=$PWD/vdc.conf
	commands/spm-elect.real watch 2>watch.err &
	pid=$!
	until inventory list job --noheadings --select action=spm-watch | grep -q started; do sleep 0.1; done
	sleep 0.5
	run_fail 5 watch --once
	kill -TERM $pid
	wait $pid
	run_ok watch --once
}

@test "without a terminal and an environment" {
	local service cron line

	service=$(sed -n 's|^ExecStart=/usr/bin/||p' \
		"$VDC_TEST_SRC/contrib/systemd/vdc-spm-watch-once.service")
	cron=$(sed -n 's|.*\troot\t||p' "$VDC_TEST_SRC/contrib/cron/vdc-spm-watch")
	[ "$service" = "$cron" ]
	for line in "$service" "$cron"; do
		# shellcheck disable=SC2086
		run_ok env -i PATH="$PATH" LD_LIBRARY_PATH="$LD_LIBRARY_PATH" \
			ASAN_OPTIONS="$ASAN_OPTIONS" VDC_DB="$VDC_DB" VDC_RSH="$VDC_RSH" \
			VDC_LEVELS_DIR="$VDC_LEVELS_DIR" setsid --wait $line </dev/null
		[ "$output$stderr" = "" ] || fail "$output$stderr"
	done
	grep -qx 'ExecStart=/usr/bin/spm-elect watch' \
		"$VDC_TEST_SRC/contrib/systemd/vdc-spm-watch.service"
	command -v systemd-analyze >/dev/null || skip "no systemd-analyze"
	mkdir units
	cp "$VDC_TEST_SRC"/contrib/systemd/vdc-spm-watch* units
	sed -i "s|^ExecStart=/usr/bin/spm-elect|ExecStart=$(command -v true)|" units/*.service
	run_ok systemd-analyze verify --man=no ./units/vdc-spm-watch.service \
		./units/vdc-spm-watch-once.service ./units/vdc-spm-watch-once.timer
	[[ $stderr != *vdc-spm-watch* ]]
}
