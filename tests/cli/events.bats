# The audit log, on both databases.
# shellcheck disable=SC2154  # stderr
load ../lib/common

setup() {
	common_setup
	seed_database
}

teardown() {
	[ -z "${follower:-}" ] || kill "$follower" 2>/dev/null || :
	common_teardown
}

# descriptions ARGUMENT...: of what `events list ARGUMENT...` prints.
descriptions() {
	events list -n -o description "$@"
}

descriptions_are() {
	local expected=$1
	shift
	run_ok descriptions "$@"
	output_is "$expected"
}

# follow ARGUMENT...: in the background, into the file "followed".
follow() {
	events follow "$@" >followed 2>followed.err 3>&- &
	follower=$!
}

# wait_for TEXT: until the follower has printed it.
wait_for() {
	local i

	for ((i = 0; i < 100; i++)); do
		! grep -qF -- "$1" followed || return 0
		sleep 0.1
	done
	fail "$(cat followed followed.err)"
}

@test "what is added is listed, the oldest first" {
	run_ok events list
	output_is ""
	run_ok events add "the power failed" --severity alert --type power_failed
	output_is ""
	run_ok events add "host h1 was painted" host h1
	run_ok events list -o severity,type,description,object_name
	output_is "SEVERITY TYPE         DESCRIPTION         OBJECT
alert    power_failed the power failed    -
normal   -            host h1 was painted h1"
}

@test "what an event does not say is filled in" {
	events add "something" host h2
	run_ok events list --json
	[ "$(jq -r '.events[0] | .description, .severity, .origin, .object.name, .user.name' \
		<<<"$output" | tr '\n' ' ')" = "something normal events h2 $(id -un) " ]
	[[ $(jq -r '.events[0].time' <<<"$output") =~ ^20[0-9-]+T[0-9:.]+Z$ ]]
	[[ $(jq -r '.events[0].correlation_id' <<<"$output") =~ ^[0-9a-f-]{36}$ ]]
}

@test "selection by time, severity, object, correlation and expression" {
	events add "one"
	events add "two" --severity error host h1
	events add "three" --severity warning host h2 --correlation night
	events add "four" --severity alert cluster prod --correlation night
	descriptions_are $'two\nfour' --severity error
	descriptions_are "two" host h1
	descriptions_are $'two\nthree' host h1 h2
	descriptions_are $'two\nthree\nfour' cluster prod
	descriptions_are $'three\nfour' --correlation night
	descriptions_are "four" --correlation night --severity alert
	descriptions_are "" --until 1h
	descriptions_are $'one\ntwo\nthree\nfour' --since 1h
	descriptions_are "two" --select 'severity>=error && object_kind=host'
	descriptions_are $'four\nthree\ntwo\none' --sort -time
}

@test "only the last ones of what is selected" {
	local n
	for n in 1 2 3 4 5 6 7; do events add "n$n" --severity "$( ((n % 2)) && echo error || echo normal)"; done
	descriptions_are $'n5\nn6\nn7' --last 3
	descriptions_are $'n3\nn5\nn7' --last 3 --severity error
	descriptions_are $'n2\nn4' --last 2 --select 'severity=normal && description<n6'
	descriptions_are $'n7\nn6' --last 2 --sort -time
	descriptions_are $'n1\nn2\nn3\nn4\nn5\nn6\nn7' --last 100
	[ "$(events list --last 1 --json | jq -r '.events[].description')" = n7 ]
	run_fail 2 events list --last 0
	contains "$stderr" "--last"
	run_fail 2 events follow --last 3
}

@test "events of an object that is gone are found by its name" {
	events add "it was there" host h10
	database_sql "DELETE FROM hosts WHERE name = 'h10'"
	descriptions_are "it was there" host h10
}

@test "documents" {
	run_ok events add "a <b> & c" --json
	[ "$(jq -r '.events[0].description' <<<"$output")" = "a <b> & c" ]
	run_ok events list --xml
	contains "$output" "<description>a &lt;b&gt; &amp; c</description>"
	xmllint --noout - <<<"$output"
	run_ok events list --json -o description
	[ "$(jq -c .events <<<"$output")" = '[{"description":"a <b> & c"}]' ]
}

@test "a dry run shows the event and writes nothing" {
	run_ok events add "perhaps" --dry-run
	contains "$output" perhaps
	descriptions_are ""
}

@test "refused" {
	run_fail 2 events add ""
	[ "$stderr" = "events: the description is empty" ]
	run_fail 2 events add x hots h1
	[ "$stderr" = "events: 'hots' is no kind of object; did you mean host?" ]
	run_fail 2 events add x host
	[ "$stderr" = "events: which host is missing" ]
	run_fail 3 events add x host h3
	[ "$stderr" = "events: there is no host 'h3'; did you mean h1?" ]
	run_fail 2 events list --since yesterday
	contains "$stderr" "--since: 'yesterday' is neither"
	run_fail 2 events add x --severity bad
	run_fail 2 events list host
	[ "$stderr" = "events: which host is missing" ]
	descriptions_are ""
}

@test "follow prints what comes, once, and filters" {
	events add "before" --severity error
	follow --severity warning -n -o severity,description
	sleep 1
	events add "noise"
	events add "first" --severity error
	wait_for first
	events add "second" --severity warning
	wait_for second
	kill "$follower"
	wait "$follower" || [ $? -eq 143 ]
	unset follower
	[ "$(sed 's/ \{1,\}/ /' followed)" = $'error first\nwarning second' ] || fail "$(cat followed)"
}

@test "follow: what has an earlier time but comes later is not missed" {
	follow -n -o description
	sleep 1
	events add "now"
	wait_for now
	database_sql "INSERT INTO events (id, time, severity, description) SELECT
		'00000000-0000-4000-8000-000000000001', time - 500000, severity, 'late'
		FROM events WHERE description = 'now'"
	wait_for late
	[ "$(cat followed)" = $'now\nlate' ] || fail "$(cat followed)"
}

@test "follow: a document per line, and from the past on" {
	events add "one"
	follow --json --since 1h
	wait_for one
	events add "two"
	wait_for two
	[ "$(jq -r '.events[].description' followed | tr '\n' ' ')" = "one two " ]
	[ "$(wc -l <followed)" -eq 2 ] || fail "$(cat followed)"
}

@test "follow ends when nobody reads any more" {
	events add "one"
	run_ok timeout 20 bash -c 'events follow --since 1h | head -1'
	contains "$output" TIME
}

@test "retention" {
	printf 'event-retention = 1h\n' >conf
	events add "old"
	database_sql "UPDATE events SET time = time - 7200000000"
	events add "new" --config conf
	descriptions_are "new"
}
