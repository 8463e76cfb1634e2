# A PostgreSQL server that says no, or nothing more.
# shellcheck disable=SC2154  # stderr
load ../lib/common

setup() {
	common_setup
	seed_database
	guest=guest_$$_$BATS_TEST_NUMBER
	server_sql "CREATE ROLE $guest LOGIN"
	as_guest=${VDC_DB/vdc@/$guest@}
}

teardown() {
	[ -z "${backend:-}" ] || kill -CONT "$backend" || :
	drop_databases
	server_sql "DROP ROLE $guest"
	common_teardown
}

# denied OBJECT RIGHT COMMAND...: exit code 7, and one line that says of what, and who can help
denied() {
	local object=$1 right=$2
	shift 2

	run_fail 7 "$@" --db "$as_guest"
	[ -z "$output" ]
	[ "${#stderr_lines[@]}" -eq 1 ] || fail "$stderr"
	contains "$stderr" "permission denied for $object; its owner can let you: GRANT $right TO $guest"
}

tables='SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public'

@test "a user without any right" {
	denied "table schema_version" "$tables" inventory list hosts
	denied "table schema_version" "$tables" inventory init
	denied "table schema_version" "$tables" events add "something"
}

@test "a user who may only read" {
	database_sql "GRANT SELECT ON ALL TABLES IN SCHEMA public TO $guest"
	run_ok inventory list data-centers --noheadings --output name --db "$as_guest"
	denied "table data_centers" "$tables" inventory add data-center dc9
	denied "table events" "$tables" events add "something"
	run_fail 3 inventory show data-center dc9
}

@test "what the message says to do helps" {
	denied "table schema_version" "$tables" events add "something"
	database_sql "$(grep -o 'GRANT .*' <<<"$stderr")"
	run_ok events add "something" --db "$as_guest"
	new_database
	as_guest=${VDC_DB/vdc@/$guest@}
	denied "schema public" "CREATE ON SCHEMA public" inventory init
	database_sql "$(grep -o 'GRANT .*' <<<"$stderr")"
	run_ok inventory init --db "$as_guest"
	server_sql "REVOKE CONNECT ON DATABASE ${vdc_test_databases[-1]} FROM PUBLIC"
	run_fail 7 inventory list hosts --db "$as_guest"
	contains "$stderr" "permission denied for database" "; its owner can let you: GRANT CONNECT ON"
	server_sql "$(grep -o 'GRANT .*' <<<"$stderr")"
	run_ok inventory list hosts --db "$as_guest"
}

@test "a server that stops in the middle of a transaction: exit 6 within the limit" {
	local command started=$SECONDS ended=0

	inventory export host >before
	printf 'database-timeout = 2s\n' >conf
	mkfifo feed
	inventory import --config conf - <feed >said 2>&1 3>&- &
	command=$!
	exec {feed}>feed
	printf '<vdc><hosts><host><name>new</name><cluster><name>prod</name></cluster></host>' >&"$feed"
	until backend=$(server_sql "SELECT pid FROM pg_stat_activity WHERE datname =
		'${vdc_test_databases[0]}' AND state LIKE 'idle in%'") && [ -n "$backend" ]; do
		((SECONDS - started < 20))
		sleep 0.1
	done
	kill -STOP "$backend"
	started=$SECONDS
	printf '</hosts></vdc>' >&"$feed"
	exec {feed}>&-
	wait "$command" || ended=$?
	((SECONDS - started < 10)) || fail "it took $((SECONDS - started)) s"
	[ "$ended" -eq 6 ] || fail "$ended: $(cat said)"
	[ "$(wc -l <said)" -eq 1 ] || fail "$(cat said)"
	contains "$(cat said)" "database postgresql:" "no answer for 2 s"
	kill -CONT "$backend"
	backend=
	inventory export host | cmp - before
}
