# A PostgreSQL server of one test file's own, which is stopped and started again under commands: the
# other files keep theirs.
# shellcheck shell=bash

# begin_server [SECONDS]: how long it may be needed
begin_server() {
	local i

	VDC_TEST_PG_BIN=$("$VDC_TEST_SRC/tests/lib/with-postgres" --find 2>/dev/null) ||
		skip "PostgreSQL is not installed"
	VDC_TEST_BUILD=$BATS_FILE_TMPDIR "$VDC_TEST_SRC/tests/lib/with-postgres" \
		sleep "${1:-300}" 3>&- &
	keeper=$!
	for ((i = 0; i < 300; i++)); do
		[ ! -e "$BATS_FILE_TMPDIR/tests/postgres/folder" ] || break
		sleep 0.1
	done
	VDC_TEST_PG_SOCKET=$(cat "$BATS_FILE_TMPDIR/tests/postgres/folder")
	export VDC_TEST_PG_BIN VDC_TEST_PG_SOCKET VDC_TEST_DB=postgres keeper
	wait_for_server
}

end_server() {
	[ -z "${keeper:-}" ] || kill "$keeper"
}

wait_for_server() {
	local i

	for ((i = 0; i < 300; i++)); do
		! "$VDC_TEST_PG_BIN/pg_isready" -q -h "$VDC_TEST_PG_SOCKET" -U vdc || return 0
		sleep 0.1
	done
	fail "no server"
}

# as_server COMMAND...: PostgreSQL refuses root.
as_server() {
	local owner

	owner=$(stat -c %U "$VDC_TEST_PG_SOCKET/data")
	if [ "$(id -u)" -eq 0 ]; then
		exec setpriv --pdeathsig=INT --reuid="$owner" --regid="$(id -g "$owner")" \
			--clear-groups "$@"
	fi
	exec setpriv --pdeathsig=INT "$@"
}

stop_server() (
	cd /
	as_server "$VDC_TEST_PG_BIN/pg_ctl" -D "$VDC_TEST_PG_SOCKET/data" -s -w -m fast stop
)

start_server() {
	(
		cd /
		as_server "$VDC_TEST_PG_BIN/postgres" -D "$VDC_TEST_PG_SOCKET/data"
	) >server.log 2>&1 3>&- &
	wait_for_server
}
