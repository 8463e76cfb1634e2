# The throw-away PostgreSQL server: shared while it is used, gone afterwards.
load ../lib/common

setup() {
	common_setup
	with=$VDC_TEST_SRC/tests/lib/with-postgres
	export VDC_TEST_BUILD=$BATS_TEST_TMPDIR
	"$with" --find >/dev/null 2>&1 || skip "PostgreSQL is not installed"
}

# Prints the server's folder and its process.
where() {
	"$with" sh -c 'echo "$VDC_TEST_PG_SOCKET"; head -1 "$VDC_TEST_PG_SOCKET/data/postmaster.pid"'
}

gone() {
	local folder=$1 process=$2

	for _ in $(seq 100); do
		[ -e "$folder" ] || [ -e "/proc/$process" ] || return 0
		sleep 0.1
	done
	fail "still there: $folder, process $process"
}

@test "two that need it at once get the same server, and it goes when both have left" {
	local one two

	where >one &
	run_ok where
	wait $!
	mapfile -t one <one
	mapfile -t two <<<"$output"
	[ "${one[*]}" = "${two[*]}" ]
	[ -d "${one[0]}" ] || [ ! -e "$VDC_TEST_BUILD/tests/postgres/folder" ]
	gone "${one[@]}"
}

@test "nothing is left of a server whose keeper was killed" {
	local folder server keeper

	"$with" sleep 4 &
	{
		read -r folder
		read -r server
	} < <(where)
	keeper=$(awk '/^PPid:/ { print $2 }' "/proc/$server/status")
	kill -KILL "$keeper"
	for _ in $(seq 50); do
		[ -e "/proc/$server" ] || break
		sleep 0.1
	done
	[ ! -e "/proc/$server" ]
	run_ok where
	[ "${lines[0]}" != "$folder" ]
	[ ! -e "$folder" ]
	gone "${lines[@]}"
}
