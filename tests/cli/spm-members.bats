# spm-elect join HOST, leave HOST where no sanlock runs: numbers, refusals, and hosts that say odd things.
# shellcheck shell=bash disable=SC2154,SC2016
load ../lib/common
load ../lib/fake-host

DOMAIN=c277ad93-0973-43d9-a0ca-22199bc8e803

setup() {
	common_setup
	new_database
	seed_cluster >/dev/null
	inventory add storage-domain data id=$DOMAIN data_center=dc type=data master=true status=active \
		storage_type=posixfs storage_format=v5 mount_point=/shared io_timeout=2 >/dev/null
	fake_shell
	for host in h1 h2; do
		inventory set host $host rsh_address=$host.invalid libvirt_uri="test:///default" >/dev/null
		fake_member $host
	done
}

teardown() {
	common_teardown
}

uuid() { inventory list host --select "name=$1" --noheadings --output id; }
number() { inventory list host --select "name=$1" --noheadings --output spm_id | tr -d " -"; }

# fake_member HOST: its sanlock runs, and its spm-elect says that all went well, but for numbers that stand
# in the file "taken" of its folder.
fake_member() {
	uuid "$1" >"$1.uuid"
	fake_program "$1.invalid" sanlock <<-END
		#!/bin/sh
		[ "\$2" = status ] && printf 'daemon %s\n    monotime=5\n' $(cat "$1.uuid")
		exit 0
	END
	fake_program "$1.invalid" spm-elect <<-'END'
		#!/bin/bash
		echo "$*" >>"$FAKE_HOST/calls"
		[ "$1" = leave ] && { cat >/dev/null; echo '{"lockspaces":[]}'; exit 0; }
		read -rd '' document
		id=$(jq '.lockspaces[0].host_id' <<<"$document")
		if grep -qsx "$id" "$FAKE_HOST/taken"; then
			jq -c '.lockspaces[] += {"state":"away","taken":true,"problem":"taken"}' <<<"$document"
			exit 4
		fi
		jq -c '.lockspaces[] += {"state":"joined","generation":1}' <<<"$document"
	END
}

@test "hosts get numbers, and what they joined is written" {
	run_ok spm-elect join h1 h2 --noheadings --output host,host_id,state
	[ "$(tr -s ' ' <<<"$output")" = $'h1 1 live\nh2 2 live' ]
	[ "$(number h1) $(number h2)" = "1 2" ]
	[ "$(inventory list domain-reach --noheadings --output lockspace_generation | tr -d ' \n')" = 11 ]
	[ "$(inventory list host --select name=h1 --noheadings --output sanlock_name)" = "$(uuid h1)" ]
	contains "$(cat fake/h1.invalid/calls)" "join --local --json --timeout=180s --only --from -"
	run_ok spm-elect join h1 --timeout 5s
	contains "$(tail -n 1 fake/h1.invalid/calls)" "--timeout=5s"
	run_ok spm-elect leave h1
	[ "$(number h1)" = "" ]
	contains "$(tail -n 1 fake/h1.invalid/calls)" "leave --local --json --timeout=60s --forget"
	run_ok spm-elect join h1
	[ "$(number h1)" = 1 ]
	[ "$(events list --noheadings --output type | tr -d ' ' | grep -c 'host_left\|host_joined')" = 4 ]
}

@test "dry-run shows the document, and writes nothing" {
	run_ok spm-elect join h1 --dry-run --json
	[ "$(jq -r '.lockspaces[0] | .place.ids, .host_id, .io_timeout, .master' <<<"$output" | tr '\n' ' ')" \
		= "/shared/$DOMAIN/dom_md/ids 1 2 true " ]
	[ "$(jq -r '.lockspaces[0].sanlock_name' <<<"$output")" = "$(uuid h1)" ]
	run_ok spm-elect join h1 h2 --dry-run --noheadings --output host_id
	[ "$(tr -d ' ' <<<"$output")" = $'1\n2' ]
	[ "$(number h1)" = "" ]
	[ ! -e fake/h1.invalid/calls ]
	run_ok spm-elect leave h1 --dry-run
	[ ! -e fake/h1.invalid/calls ]
}

@test "a number that the host finds taken is another's" {
	printf '%s\n' 1 2 4 >fake/h1.invalid/taken
	run_ok spm-elect join h1
	[ "$(number h1)" = 3 ]
	# one that it has had is not changed behind anybody's back
	echo 3 >>fake/h1.invalid/taken
	run_fail 4 spm-elect join h1
	contains "$output" "spm-elect leave h1, then join, gives it another"
	[ "$(number h1)" = 3 ]
	[ "$(events list --select type=host_join_failed --noheadings | wc -l)" = 1 ]
	run_ok spm-elect leave h1
	run_ok spm-elect join h1
	[ "$(number h1)" = 5 ]
}

@test "out of where a number was free, when it is taken elsewhere" {
	inventory add storage-domain more data_center=dc type=data status=active storage_type=posixfs \
		storage_format=v5 mount_point=/shared io_timeout=2 >/dev/null
	fake_program h1.invalid spm-elect <<-'END'
		#!/bin/bash
		echo "$1" >>"$FAKE_HOST/calls"
		read -rd '' document
		case $1 in
		leave) jq -c '.lockspaces[] += {"state":"away"}' <<<"$document" ;;
		join)
			jq -c '.lockspaces[] += {"state":"joined","generation":1} |
				(.lockspaces[] | select(.host_id == 1 and .name == "more")) +=
				{"state":"away","taken":true,"problem":"taken"}' <<<"$document"
			[ "$(jq '.lockspaces[0].host_id' <<<"$document")" != 1 ] || exit 8
			;;
		esac
	END
	run_ok spm-elect join h1
	[ "$(tr '\n' ' ' <fake/h1.invalid/calls)" = "join leave join " ]
	[ "$(number h1)" = 2 ]
}

@test "two hosts with one number are told" {
	run_ok spm-elect join h1
	inventory set host h2 spm_id=1 >/dev/null
	run_fail 4 spm-elect join h2
	contains "$output" "its host id 1 is also that of host h1"
	[ ! -e fake/h2.invalid/calls ]
}

@test "sanlock that does not run, or under another name: what to do" {
	printf '#!/bin/sh\nexit 1\n' >fake/h1.invalid/sanlock
	run_fail 6 spm-elect join h1
	contains "$output" "our_host_name = $(uuid h1)" "systemctl enable --now sanlock"
	printf '#!/bin/sh\nprintf "daemon x\\n    monotime=5\\n"\n' >fake/h1.invalid/sanlock
	run_fail 4 spm-elect join h1
	contains "$output" "runs under the name x" "our_host_name = $(uuid h1)"
	[ "$(number h1)" = "" ]
	[ ! -e fake/h1.invalid/calls ]
	run_fail 8 spm-elect join h1 h2
	[ "$(number h2)" = 1 ]
}

@test "hosts that do not answer, or say odd things" {
	mv fake/h1.invalid fake/away
	run_fail 6 spm-elect join h1
	contains "$output" "No route to host"
	mv fake/away fake/h1.invalid
	run_ok spm-elect join h1
	mv fake/h1.invalid fake/away
	run_fail 6 spm-elect leave h1
	[ "$(number h1)" = 1 ]
	mv fake/away fake/h1.invalid
	for text in '{"lockspaces":[{"id":"x"}]}' 'no document' '{"lockspaces":['; do
		printf '#!/bin/sh\ncat >/dev/null; echo %s\n' "'$text'" >fake/h1.invalid/spm-elect
		run spm-elect join h1
		((status > 0 && status < 8)) || fail "exit $status for $text"
	done
	# of other domains than it was told, or of none
	other=$(spm-elect join h1 --dry-run --json | jq -c '.lockspaces[] += {"state":"joined","generation":1,
		"id":"c277ad93-0973-43d9-a0ca-22199bc8e8ff"}')
	for text in "$other" '{"lockspaces":[]}'; do
		printf "#!/bin/sh\ncat >/dev/null; echo '%s'\n" "$text" >fake/h1.invalid/spm-elect
		run_fail 1 spm-elect join h1
		contains "$output" "does not say that it is in the lockspace of domain data"
	done
	printf '#!/bin/sh\nexit 127\n' >fake/h1.invalid/spm-elect
	run_fail 3 spm-elect join h1
	contains "$output" "is not installed there"
	printf '#!/bin/sh\nyes\n' >fake/h1.invalid/spm-elect
	run_fail 1 spm-elect join h1
	[ "$(number h1)" = 1 ]
}

@test "who has leases does not leave" {
	run_ok spm-elect join h1
	inventory set host h1 --observed spm_status=spm >/dev/null
	run_fail 4 spm-elect leave h1
	contains "$output" "storage pool manager" "spm-elect release"
	inventory set host h1 --observed spm_status=none >/dev/null
	add_vm leased h1 >/dev/null
	inventory set vm leased lease_storage_domain=data >/dev/null
	run_fail 4 spm-elect leave h1
	contains "$output" "leased is one"
	[ "$(number h1)" = 1 ]
	inventory set vm leased --observed status=down >/dev/null
	run_ok spm-elect leave h1
}

@test "what the inventory lacks is named" {
	run_fail 3 spm-elect join nobody
	run_fail 2 spm-elect join
	contains "$stderr" "the names of hosts, or --local"
	run_fail 2 spm-elect join h1 --local
	run_fail 2 spm-elect join h1 --only
	inventory set storage-domain data mount_point= >/dev/null
	run_fail 2 spm-elect join h1
	contains "$output" "has no mount_point"
	inventory set storage-domain data mount_point=/shared status=maintenance >/dev/null
	run_fail 3 spm-elect join h1
	contains "$output" "no data domain that is attached"
}

@test "a rank is set, and told once" {
	run_ok spm-elect priority h1 9
	[ "$output" = "changed priority of host h1 from 5 to 9" ]
	run_ok spm-elect priority h1 9
	output_is ""
	run_ok spm-elect priority h1 never
	run_ok spm-elect priority h2 -- -1
	[ "$(inventory list host --noheadings --output spm_priority | tr -d ' \n')" = "-1-15" ]
	[ "$(events list --select type=spm_priority_changed --noheadings | wc -l)" = 3 ]
	run_fail 2 spm-elect priority h1 -1
	contains "$stderr" "write -- before it"
	for rank in 11 -- x ""; do
		run_fail 2 spm-elect priority h1 "$rank"
	done
	run_fail 2 spm-elect priority h1 -- -2
	run_fail 3 spm-elect priority nobody 1
}

# sees HOST LINE…: what sanlock there says of the lockspace, in the words of its client
sees() {
	printf '%s\n' "${@:2}" >"fake/$1.invalid/report"
	fake_program "$1.invalid" sanlock <<-'END'
		#!/bin/sh
		part=$2
		[ "$2" != gets ] || [ -n "$3" ] || part=spaces
		sed -n "s/^$part: //p" "$FAKE_HOST/report"
	END
}

# renewing HOST NUMBER LATENCY: it is in, and sees host 1 live, host 2 dead, host 9 of nobody
renewing() {
	sees "$1" "status: daemon $(uuid "$1")" 'status:     monotime=1000' \
		"status: s $DOMAIN:$2:/x:0" 'status:     io_timeout=2' 'status:     renewal_last_success=999' \
		"gets: s $DOMAIN:$2:/x:0" 'gets: h 1 gen 4 timestamp 90 LIVE' \
		'gets: h 2 gen 1 timestamp 90 DEAD' 'gets: h 9 gen 1 timestamp 5 LIVE' \
		"spaces: s $DOMAIN:$2:/x:0" "renewal: timestamp=9 read_ms=$3 write_ms=0 next_timeouts=0" \
		"host_status: lockspace $DOMAIN" 'host_status: 1 timestamp 90' 'host_status:     last_live=998' \
		'host_status:     owner_generation=4' "host_status:     owner_name=$(uuid h1)" \
		'host_status: 2 timestamp 90' 'host_status:     last_live=700' \
		'host_status:     owner_generation=1' 'host_status:     owner_name=odd' \
		'host_status: 9 timestamp 5' 'host_status:     last_live=997' \
		'host_status:     owner_generation=1' 'host_status:     owner_name=stranger'
}

@test "who is in the lockspace, by what sanlock sees and the database knows" {
	inventory set host h1 spm_id=1 >/dev/null
	inventory set host h2 spm_id=2 >/dev/null
	renewing h1 1 7
	sees h2
	inventory set host h3 status=maintenance >/dev/null
	run_fail 1 spm-elect hosts dc --noheadings --output host,host_id,state,age,latency,seen_by
	[ "$(tr -s ' ' <<<"$output" | sed 's/ $//')" = "h1 1 live 2 7000 h1
h2 2 dead 300 - h1
h3 - - - - -
stranger 9 live 3 - h1" ]
	run_fail 1 spm-elect hosts dc --noheadings --output problem
	contains "$output" "knows no host" "does not answer"
	inventory set host h2 status=maintenance >/dev/null
	run_fail 1 spm-elect hosts dc --noheadings --output problem
	contains "$output" "is renewed under the name odd"
	renewing h1 1 2300
	run_fail 1 spm-elect hosts dc --select host=h1
	contains "$output" "a renewal took 2.3 s, with an I/O time-out of 2 s"
	run_fail 2 spm-elect hosts
	run_fail 2 spm-elect hosts dc --local
	inventory set storage-domain data master=false >/dev/null
	run_fail 3 spm-elect hosts dc
	contains "$stderr" "no master domain"
	run_fail 1 spm-elect hosts dc --all
	run_fail 3 spm-elect hosts nowhere
}

@test "the number of a host that never returns, once it is proven dead" {
	inventory set host h1 spm_id=1 >/dev/null
	inventory set host h2 spm_id=2 >/dev/null
	inventory set host h3 spm_id=9 status=non_responsive >/dev/null
	renewing h1 1 7
	run_fail 4 spm-elect leave h2 --dead
	contains "$output" "it is up"
	run_fail 2 spm-elect leave --local --dead
	inventory set host h2 --observed status=non_responsive >/dev/null
	# by the lockspace: 2 is dead there, 9 is renewed
	run_ok spm-elect leave h2 --dead --dry-run
	[ "$(number h2)" = 2 ]
	run_ok spm-elect leave h2 --dead
	[ "$(head -n 1 <<<"$output" | tr -s ' ')" = "HOST HOSTID PRIORITY SPM ALIVE PROBLEM" ]
	[ "$(number h2)" = "" ]
	run_fail 4 spm-elect leave h3 --dead
	contains "$output" "host id 9 counts as dead in the lockspace of domain data" "fence off h3"
	[ "$(number h3)" = 9 ]
	# nobody to ask
	inventory set host h1 --observed status=non_responsive >/dev/null
	inventory set host h2 spm_id=2 >/dev/null
	run_fail 4 spm-elect leave h2 --dead
	# that somebody says that it is down is not enough, that its agents do is
	inventory set host h3 --observed proven_down=2099-01-01T00:00:00Z status=down >/dev/null
	run_fail 4 spm-elect leave h3 --dead
	inventory set host h3 --observed power_status=off >/dev/null
	run_ok spm-elect leave h3 --dead
	[ "$(number h3)" = "" ]
	[ "$(events list --select type=host_left --noheadings | grep -c "never returns")" = 2 ]
}

@test "the service and the cron file join at boot, without terminal and environment" {
	local service cron

	export VDC_CONF=$PWD/vdc.conf
	printf '%s\n' "lockspaces = $PWD/lockspaces.json" >"$VDC_CONF"
	spm-elect join h1 --dry-run --json >lockspaces.json
	service=$(sed -n 's|^ExecStart=/usr/bin/||p' "$VDC_TEST_SRC/contrib/systemd/vdc-spm-join.service")
	cron=$(sed -n 's|^@reboot\troot\t||p' "$VDC_TEST_SRC/contrib/cron/vdc-spm-join")
	bare() { env -i PATH="$PATH" LD_LIBRARY_PATH="$LD_LIBRARY_PATH" VDC_CONF="$VDC_CONF" setsid "$@" </dev/null; }
	# shellcheck disable=SC2086
	run_fail 6 bare $service
	output_is ""
	contains "$stderr" "sanlock does not run"
	# it goes on until it goes
	mkdir late
	printf '#!/bin/sh\n[ -e "%s/ready" ] || { : >"%s/ready"; exit 6; }\n' "$PWD" "$PWD" >late/spm-elect
	chmod +x late/spm-elect
	PATH=$PWD/late:$PATH run_ok bare sh -c "${cron/sleep 5/sleep 0.1}"
	command -v systemd-analyze >/dev/null || skip "no systemd-analyze"
	mkdir units
	cp "$VDC_TEST_SRC"/contrib/systemd/vdc-spm-join.service units
	sed -i "s|^ExecStart=/usr/bin/spm-elect|ExecStart=$(command -v true)|" units/*.service
	run_ok systemd-analyze verify --man=no ./units/vdc-spm-join.service
	[[ $stderr != *vdc-spm* ]]
}
