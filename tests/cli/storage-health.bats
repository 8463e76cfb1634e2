# storage-health: hosts of libvirt's test driver that read real folders of this machine. Each sees the
# storage through a folder of its own, seen/HOST, in which a domain can be taken away from it alone.
# shellcheck disable=SC2154  # status, output, stderr: set by bats' run
load ../lib/common
load ../lib/fake-host

D1=11111111-1111-4111-8111-111111111111
D2=22222222-2222-4222-8222-222222222222

setup() {
	local host

	common_setup
	fake_shell
	export VDC_CONF=$PWD/vdc.conf
	cat >"$VDC_CONF" <<-'END'
		connect-timeout = 10s
		job-lease = 2s
		storage.failure-timeout = 5m
		storage.retry = 0
	END
	new_database
	{
		inventory init
		inventory add data-center dc
		inventory add cluster c data_center=dc
		add_domain d1 $D1 master=true
		add_domain d2 $D2
		for host in h1 h2 h3; do
			inventory add host $host cluster=c rsh_address=$host \
				libvirt_uri=test:///default
			inventory set host $host --observed status=up spm_status=none
			sees $host d1
			sees $host d2
			reads_by_itself $host
		done
	} >/dev/null
}

teardown() {
	[ -z "${pid:-}" ] || kill -KILL "$pid" 2>/dev/null || true
	common_teardown
}

add_domain() { # NAME ID FIELD=VALUE...
	mkdir -p "shared/$1/$2/dom_md"
	echo VERSION=5 >"shared/$1/$2/dom_md/metadata"
	inventory add storage-domain "$1" id="$2" data_center=dc type=data storage_type=nfs \
		storage_format=v5 mount_point="$PWD/shared/$1" "${@:3}"
}

sees() { # HOST DOMAIN
	mkdir -p "seen/$1"
	ln -sfn "$PWD/shared/$2" "seen/$1/$2"
}

loses() { # HOST DOMAIN
	rm "seen/$1/$2"
	mkdir -p "seen/$1"
}

# The real command, with the paths of that host.
reads_by_itself() {
	fake_program "$1" storage-health <<-'END'
		#!/bin/sh
		host=${FAKE_HOST##*/}
		PATH=${PATH#"$FAKE_HOST:"}
		exec 3<&0
		sed "s|/shared/|/seen/$host/|" <&3 | storage-health "$@"
	END
}

setting() { sed -i "s|^$1 = .*|$1 = $2|" "$VDC_CONF"; } # NAME VALUE

# reach HOST DOMAIN FIELD: what is written down
reach() {
	inventory list domain-reach --select "host=$1 && storage_domain=$2" --noheadings \
		--output "$3" | sed 's/ *$//'
}

@test "all is well: a row for each host and domain, silent in cron, and told once" {
	run_ok storage-health
	[ "${#lines[@]}" -eq 7 ]
	contains "$output" "h3   d2             ok"
	[ "$stderr" = "" ]
	[ "$(field storage-domain d1 status)" = active ]
	[ "$(told storage_domain_active)" -eq 2 ]
	run_ok storage-health --quiet --recover
	output_is ""
	[ "$stderr" = "" ]
	[ "$(told storage_domain_active)" -eq 2 ]
	run_ok storage-health --json
	[ "$(jq '.domain_reaches | map(select(.status == "ok" and .latency > 0 and .id)) | length' \
		<<<"$output")" -eq 6 ]
	run_ok storage-health --findings --xml
	# hosts that run no VMs serve storage, and need not reach any
	inventory add cluster bricks data_center=dc virt_service=false >/dev/null
	inventory add host h4 cluster=bricks libvirt_uri=test:///default >/dev/null
	inventory set host h4 --observed status=up >/dev/null
	run_ok storage-health --noheadings
	[ "${#lines[@]}" -eq 6 ]
	[ "$(database_sql "SELECT count(*), min(status) FROM jobs" | tr '|' ' ')" = "1 paused" ]
	[ "$(database_sql "SELECT count(*) FROM storage_domains WHERE available > 0 AND used > 0")" \
		-eq 2 ]
}

@test "bad input" {
	run_fail 3 storage-health nobody
	contains "$stderr" nobody
	inventory add host d1 cluster=c >/dev/null
	run_fail 2 storage-health d1
	contains "$stderr" "storage-domain" "host"
	run_fail 2 storage-health --local
	run_fail 2 storage-health --from x
	run_fail 2 storage-health --local --from - --recover </dev/null
	run_fail 2 storage-health --timeout 0
	run_fail 3 storage-health --local --from nowhere.json
	inventory set host h1 --observed status=maintenance >/dev/null
	run_fail 2 storage-health h1
	contains "$stderr" "maintenance"
	inventory add storage-domain loose type=data >/dev/null
	run_fail 2 storage-health loose
	# Domains that have no place, in a document.
	for text in '' '{' '{"domain_readings":[{"id":"x"}]}' "{\"domain_readings\":[{\"id\":\"$D1\"}]}" \
		"{\"domain_readings\":[{\"id\":\"$D1\",\"name\":\"n\"}]}" \
		"{\"domain_readings\":[{\"id\":\"$D1\",\"name\":\"n\",\"path\":\"a\"}]}" \
		"{\"domain_readings\":[{\"id\":\"$D1\",\"name\":\"n\",\"volume_group\":{\"id\":\"-x\"}}]}"; do
		echo "$text" >document
		run_fail 2 storage-health --local --from document
	done
}

@test "on this host alone: what a document names" {
	printf '{"domain_readings":[{"id":"%s","name":"d1","path":"%s","storage_format":"v5"}]}' \
		"$D1" "$PWD/shared/d1" >document
	export VDC_DB=/nowhere
	run_ok storage-health --local --from document
	contains "$output" d1 GiB
	rm -r shared/d1/*
	run_fail 1 storage-health --local --from - --json <document
	contains "$(jq -r '.domain_readings[0].problem' <<<"$output")" "is it mounted there?"
}

@test "one host loses a domain: told once, non_operational in time, and back" {
	storage-health --quiet
	loses h2 d2
	run_fail 1 storage-health
	contains "$stderr" "host h2 does not read storage domain d2" "is it mounted there?"
	[ "$(reach h2 d2 status)" = lost ]
	[ "$(reach h1 d2 status)" = ok ]
	[ "$(field host h2 status)" = up ]
	run_fail 1 storage-health --quiet
	[ "$output$stderr" = "" ]
	[ "$(told host_storage_lost)" -eq 1 ]
	run_fail 1 storage-health --findings
	contains "$output" HOST_LOST_STORAGE
	# A look at it alone takes nothing away.
	setting storage.failure-timeout 0
	run_fail 1 storage-health h2
	[ "$(field host h2 status)" = up ]
	run_fail 1 storage-health --quiet
	contains "$stderr" "host h2 is non_operational: it does not read storage domain d2"
	[ "$(field host h2 status)" = non_operational ]
	[ "$(field host h2 reason)" = storage_domain_unreachable ]
	[ "$(field storage-domain d2 status)" = active ]
	[ "$(told host_non_operational)" -eq 1 ]
	# A sync leaves it so; it comes back when it reads everything, and not before it may.
	inventory sync h2 >/dev/null
	[ "$(field host h2 status)" = non_operational ]
	run_fail 1 storage-health --recover --quiet
	[ "$(field host h2 status)" = non_operational ]
	sees h2 d2
	setting storage.retry 1h
	run_ok storage-health --recover --quiet
	contains "$stderr" "host h2 reads again storage domain d2"
	[ "$(field host h2 status)" = non_operational ]
	setting storage.retry 0
	run_ok storage-health --quiet
	[ "$(field host h2 status)" = non_operational ]
	run_ok storage-health --recover --quiet
	[ "$(field host h2 status)" = up ]
	[ "$(told host_up)" -eq 1 ]
}

@test "all lose a domain: inactive, no host is at fault, and it comes back" {
	storage-health --quiet
	setting storage.failure-timeout 0
	mv shared/d2 shared/gone
	run_fail 1 storage-health --quiet
	contains "$stderr" "no host reads storage domain d2" "storage domain d2 is inactive"
	[ "$(field storage-domain d2 status)" = inactive ]
	[ "$(field storage-domain d2 inactive_since)" != - ]
	[ "$(inventory list hosts --select status=up --noheadings | wc -l)" -eq 3 ]
	[ "$(told host_storage_lost)" -eq 0 ]
	[ "$(told storage_domain_inactive)" -eq 1 ]
	run_fail 1 storage-health --quiet
	[ "$stderr" = "" ]
	mv shared/gone shared/d2
	run_fail 1 storage-health --findings
	contains "$output" STORAGE_DOMAIN_INACTIVE
	[ "$(field storage-domain d2 status)" = inactive ]
	run_ok storage-health --recover --quiet
	[ "$(field storage-domain d2 status)" = active ]
	[ "$(field storage-domain d2 inactive_since)" = - ]
}

@test "the manager keeps its status until its role moved" {
	storage-health --quiet
	setting storage.failure-timeout 0
	inventory set host h2 --observed spm_status=spm >/dev/null
	loses h2 d2
	run_fail 1 storage-health --findings
	contains "$output" MANAGER_LOST_STORAGE
	[ "$(field host h2 status)" = up ]
	inventory set host h2 --observed spm_status=none >/dev/null
	inventory set host h1 --observed spm_status=spm >/dev/null
	run_fail 1 storage-health --quiet
	[ "$(field host h2 status)" = non_operational ]
}

@test "two hosts that each lose another domain are not both taken out" {
	inventory set host h3 --observed status=maintenance >/dev/null
	storage-health --quiet
	setting storage.failure-timeout 0
	loses h1 d1
	loses h2 d2
	run_fail 1 storage-health --quiet
	[ "$(inventory list hosts --select status=up --noheadings | wc -l)" -eq 1 ]
	run_fail 1 storage-health --quiet
	[ "$(inventory list hosts --select status=up --noheadings | wc -l)" -eq 1 ]
}

@test "hosts that answer nonsense, too much, nothing, or never, say nothing" {
	setting connect-timeout 1s
	storage-health --quiet
	setting storage.failure-timeout 0
	fake_program h1 storage-health <<<'echo "{\"domain_readings\":[{\"id\":7}]}"'
	fake_program h2 storage-health <<<'cat /dev/zero | head -c 100M | tr "\0" x'
	fake_program h3 storage-health <<<'exec sleep 1000'
	run_fail 1 storage-health --timeout 1s --findings
	[ "$(grep -c HOST_STORAGE_UNKNOWN <<<"$output")" -eq 3 ]
	[ "$(reach h1 d1 status)$(reach h2 d1 status)$(reach h3 d1 status)" = unknownunknownunknown ]
	[ "$(inventory list hosts --select status=up --noheadings | wc -l)" -eq 3 ]
	[ "$(field storage-domain d1 status)" = active ]
	fake_program h1 storage-health <<<'echo "{\"domain_readings\":[]}"'
	fake_program h2 storage-health <<<'echo broken >&2; exit 7'
	touch fake/h3/denied
	run_fail 1 storage-health --timeout 1s
	contains "$(reach h1 d1 detail)" "the host says nothing about it"
	contains "$(reach h2 d1 detail)" "storage-health on the host: broken"
	contains "$(reach h3 d1 detail)" "Permission denied"
}

@test "what somebody does about a host or domain meanwhile stays" {
	storage-health --quiet
	setting storage.failure-timeout 0
	loses h2 d2
	fake_program h1 storage-health <<-END
		#!/bin/sh
		cat >/dev/null
		{
			inventory set host h2 --observed status=maintenance
			inventory set storage-domain d1 status=maintenance
			inventory remove host h3 --yes
		} >&2
		echo '{"domain_readings":[{"id":"$D1","name":"x","problem":"lost"},'
		echo '{"id":"$D2","name":"x","latency":1}]}'
	END
	run_ok storage-health --quiet
	[ "$(field host h2 status)" = maintenance ]
	[ "$(field storage-domain d1 status)" = maintenance ]
	[ "$(inventory list domain-reach --select host=h3 --noheadings | wc -l)" -eq 0 ]
	[ "$(reach h1 d2 status)" = ok ]
}

@test "a host without our command is asked by its shell" {
	fake_program h1 storage-health <<<'exit 127'
	run_ok storage-health
	[ "$(reach h1 d1 status)" = ok ]
	mv shared/d1 shared/gone
	mkdir shared/d1
	run_fail 1 storage-health h1
	contains "$(reach h1 d1 detail)" "is it mounted there?"
}

@test "what is slow is told, and takes nobody out" {
	storage-health --quiet
	echo 'storage.read-slow = 0' >>"$VDC_CONF"
	setting storage.failure-timeout 0
	run_fail 1 storage-health --quiet
	contains "$stderr" "host h1 takes too long to read storage domains d1, d2"
	[ "$(reach h1 d1 status)" = slow ]
	run_fail 1 storage-health --quiet
	[ "$stderr" = "" ]
	[ "$(inventory list hosts --select status=up --noheadings | wc -l)" -eq 3 ]
	sed -i /read-slow/d "$VDC_CONF"
	run_ok storage-health --quiet
	contains "$stderr" "in time again"
}

@test "a lack of space is told once, and its end" {
	storage-health --quiet
	inventory set storage-domain d1 warning_low_space_indicator=100 >/dev/null
	run_fail 1 storage-health --quiet
	contains "$stderr" "less than 100 % of its space left"
	[ "$(field storage-domain d1 space)" = low ]
	run_fail 1 storage-health --quiet
	[ "$stderr" = "" ]
	inventory set storage-domain d1 critical_space_action_blocker=1000000 >/dev/null
	run_fail 1 storage-health --findings
	contains "$output" STORAGE_SPACE_CRITICAL
	inventory set storage-domain d1 critical_space_action_blocker=0 \
		warning_low_space_indicator=0 >/dev/null
	run_ok storage-health --quiet
	contains "$stderr" "has space again"
}

@test "one at a time; a killed one is followed by the next" {
	fake_program h1 storage-health <<<'touch "$FAKE_HOST/asked"; exec sleep 1000'
	storage-health --quiet 2>/dev/null 3>&- &
	pid=$!
	soon 20 test -e fake/h1/asked
	run_fail 5 storage-health
	contains "$stderr" "pid $pid"
	kill -KILL "$pid"
	wait "$pid" || true
	pid=
	reads_by_itself h1
	soon 20 storage-health --quiet
	[ "$(database_sql "SELECT count(*) FROM jobs")" -eq 1 ]
}

@test "a host that was on its way back when a run was killed comes back with the next" {
	local id

	storage-health --quiet
	id=$(inventory list hosts --select name=h2 --noheadings --output id | tr -d ' ')
	inventory set host h2 --observed status=unassigned >/dev/null
	database_sql "UPDATE jobs SET state = 'returning=00000000-0000-4000-8000-000000000000 $id
'"
	run_ok storage-health --recover --quiet
	[ "$(field host h2 status)" = up ]
	run_ok storage-health --recover --quiet
	[ "$(database_sql "SELECT count(*) FROM jobs WHERE state LIKE '%$id%'")" -eq 0 ]
}

@test "without a terminal and an environment" {
	local service cron

	storage-health --quiet
	service=$(sed -n 's|^ExecStart=/usr/bin/||p' \
		"$VDC_TEST_SRC/contrib/systemd/vdc-storage-health.service")
	cron=$(sed -n 's|.*\troot\t||p' "$VDC_TEST_SRC/contrib/cron/vdc-storage-health")
	[ "$service" = "$cron" ]
	# shellcheck disable=SC2086
	run_ok env -i PATH="$PATH" LD_LIBRARY_PATH="$LD_LIBRARY_PATH" ASAN_OPTIONS="$ASAN_OPTIONS" \
		VDC_DB="$VDC_DB" VDC_CONF="$VDC_CONF" VDC_RSH="$VDC_RSH" \
		VDC_CACHE_DIR="$VDC_CACHE_DIR" setsid --wait $cron </dev/null
	[ "$output$stderr" = "" ] || fail "$output$stderr"
	command -v systemd-analyze >/dev/null || skip "no systemd-analyze"
	mkdir units
	cp "$VDC_TEST_SRC"/contrib/systemd/vdc-storage-health* units
	sed -i "s|^ExecStart=/usr/bin/storage-health|ExecStart=$(command -v true)|" units/*.service
	run_ok systemd-analyze verify --man=no ./units/vdc-storage-health.service \
		./units/vdc-storage-health.timer
	[[ $stderr != *vdc-storage-health* ]]
}
