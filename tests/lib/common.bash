# Loaded by every bats file. Each test gets an empty folder as working folder and home,
# and nothing of the caller's environment that a command of ours reads.
#
#	load ../lib/common
#	setup() { common_setup; new_database; }
#	teardown() { common_teardown; }
#
# By hand: VDC_TEST_BUILD=build bats tests/cli/NAME.bats; VDC_TEST_DB=postgres with
# tests/lib/with-postgres in front.
# shellcheck shell=bash disable=SC2154  # status, output, stderr: set by bats' run
bats_require_minimum_version 1.5.0

: "${VDC_TEST_SRC:=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}"
: "${VDC_TEST_BUILD:=$VDC_TEST_SRC/build}"
: "${VDC_TEST_DB:=sqlite}"
export VDC_TEST_SRC VDC_TEST_BUILD VDC_TEST_DB

common_setup() {
	forget_the_callers_environment
	our_commands
	cd "$BATS_TEST_TMPDIR" || return
	export HOME=$BATS_TEST_TMPDIR VDC_LOG_DIR=$BATS_TEST_TMPDIR VDC_CACHE_DIR=$BATS_TEST_TMPDIR
}

# our_commands: how they are found; a setup_file that calls them says so itself
our_commands() {
	# libtool's wrapper scripts would cost a shell per call: go past them.
	export PATH=$VDC_TEST_BUILD/bin/.libs:$VDC_TEST_BUILD/tests/helpers/.libs:$PATH
	export LD_LIBRARY_PATH=$VDC_TEST_BUILD/lib/.libs
	# A sanitizer's finding must end in a signal: no test may take it for an exit code. Where
	# modules have thread-local storage LeakSanitizer guesses its bounds wrongly and crashes.
	export ASAN_OPTIONS=abort_on_error=1:intercept_tls_get_addr=0
	export UBSAN_OPTIONS=abort_on_error=1:print_stacktrace=1
	export VDC_LEVELS_DIR=$VDC_TEST_SRC/levels
}

common_teardown() {
	drop_databases
}

forget_the_callers_environment() {
	local name

	for name in $(compgen -e); do
		case $name in
		VDC_TEST_*) ;;
		VDC_* | PG* | XDG_* | LIBVIRT_* | NO_COLOR | COLUMNS | EDITOR | PAGER) unset "$name" ;;
		esac
	done
	export LC_ALL=C.UTF-8 TZ=UTC TERM=dumb
}

fail() {
	printf '%s\n' "$*" >&2
	return 1
}

# run_ok COMMAND...: exit code 0. Sets $output, $lines, $stderr as bats' run does.
run_ok() {
	run_fail 0 "$@"
}

# run_fail CODE COMMAND...: the command ends by itself, with exactly that exit code.
run_fail() {
	local expected=$1
	shift
	local limit=()

	if [ "$(type -t "$1")" = file ]; then
		limit=(timeout --foreground --kill-after=5 "${VDC_TEST_COMMAND_LIMIT:-60}")
	fi
	run --separate-stderr "${limit[@]}" "$@"
	[ "$status" -eq "$expected" ] || fail "$(explain_status "$expected" "$@")"
}

explain_status() {
	local expected=$1 signal
	shift

	printf 'command: %s\n' "$*"
	if [ "$status" -eq 124 ]; then
		echo "was stopped after ${VDC_TEST_COMMAND_LIMIT:-60} s"
	elif signal=$([ "$status" -gt 128 ] && kill -l "$status" 2>/dev/null); then
		echo "died of SIG$signal, exit code $expected was expected"
	else
		echo "exit code $status, $expected was expected"
	fi
	printf -- '-- stdout --\n%s\n-- stderr --\n%s\n' "$output" "$stderr"
}

# output_is TEXT: $output is exactly that; shows the difference.
output_is() {
	diff -u --label expected <(printf '%s\n' "$1") --label output <(printf '%s\n' "$output") >&2
}

# contains TEXT PART...: every PART stands somewhere in TEXT.
contains() {
	local text=$1 part
	shift

	for part; do
		[[ $text == *"$part"* ]] || fail "$(printf 'not found: %s\n-- in --\n%s' "$part" "$text")"
	done
}

# new_database: an empty database of this run's flavour, named by $VDC_DB.
# Called again in the same test it gives another one.
new_database() {
	case $VDC_TEST_DB in
	sqlite) new_sqlite_database ;;
	postgres) new_postgres_database ;;
	*) fail "VDC_TEST_DB=$VDC_TEST_DB: sqlite or postgres" ;;
	esac
}

new_sqlite_database() {
	local n=

	while [ -e "$BATS_TEST_TMPDIR/inventory$n.db" ]; do
		n=$((n + 1))
	done
	export VDC_DB=$BATS_TEST_TMPDIR/inventory$n.db
}

# seed_database: a new database with the small site of tests/data/site.xml and an empty log.
seed_database() {
	new_database
	inventory init >/dev/null
	inventory import "$VDC_TEST_SRC/tests/data/site.xml" >/dev/null
	database_sql "DELETE FROM events"
}

# seed_cluster: the data centre dc with the cluster c and three hosts in it, h1 h2 h3, that are up.
seed_cluster() {
	local name

	inventory init
	inventory add data-center dc
	inventory add cluster c data_center=dc version=4.7 level_family=rhv
	for name in h1 h2 h3; do add_host $name c; done
}

# add_host NAME CLUSTER: one that can take VMs.
add_host() {
	inventory add host "$1" cluster="$2" address="$1.invalid" update_available=true
	inventory set host "$1" --observed status=up architecture=x86_64 cpu_models=qemu64 \
		cpu_model=qemu64 machine_types=pc-q35-7.2 memory=16G cpu_count=4 os_type=Debian \
		os_major=12
}

# add_vm NAME HOST: one of cluster c that runs there.
add_vm() {
	inventory add vm "$1" cluster=c memory=4G vcpus=2
	inventory set vm "$1" --observed status=up host="$2" running_machine_type=pc-q35-7.2
}

# own_ha_restart: fence, and beside it an ha-restart that starts nothing and notes in ha-restart.log what
# it was told: a command looks for the others where it lies.
own_ha_restart() {
	mkdir -p commands
	cp "$VDC_TEST_BUILD/bin/.libs/fence" commands/
	printf '#!/bin/sh\necho "$*" >>%s/ha-restart.log\n' "$PWD" >commands/ha-restart
	chmod +x commands/ha-restart
	PATH=$PWD/commands:$PATH
}

new_postgres_database() {
	[ -n "${VDC_TEST_PG_SOCKET:-}" ] || fail "run it under tests/lib/with-postgres"
	vdc_test_databases+=("t_$$_${BATS_TEST_NUMBER:-0}_${#vdc_test_databases[@]}")
	server_sql "CREATE DATABASE ${vdc_test_databases[-1]}"
	export VDC_DB="postgresql://vdc@/${vdc_test_databases[-1]}?host=$VDC_TEST_PG_SOCKET"
}

drop_databases() {
	local name

	for name in "${vdc_test_databases[@]}"; do
		server_sql "DROP DATABASE IF EXISTS $name WITH (FORCE)"
	done
	vdc_test_databases=()
}

# server_sql SQL: as the server's superuser, in the database "postgres".
server_sql() {
	psql_of "postgresql://vdc@/postgres?host=$VDC_TEST_PG_SOCKET" -c "$1"
}

# database_sql SQL: behind the command's back, straight into the test's database.
database_sql() {
	case $VDC_TEST_DB in
	sqlite) sqlite3 -batch "$VDC_DB" "$1" ;;
	postgres) psql_of "$VDC_DB" -c "$1" ;;
	esac
}

# psql_of URL OPTION...
psql_of() {
	"$VDC_TEST_PG_BIN/psql" -XqAt -v ON_ERROR_STOP=1 "$@"
}

# field KIND NAME FIELD: what the inventory has
field() {
	inventory list "$1" --select "name=$2" --noheadings --output "$3" | sed 's/ *$//'
}

# told TYPE: how many such events there are
told() { inventory export event --json | jq "[.events[]? | select(.type == \"$1\")] | length"; }

# soon SECONDS COMMAND...: it succeeds before that time is over
soon() {
	local until=$((SECONDS + $1))
	shift

	until "$@"; do
		# fail alone ends nothing where the caller looks at its status
		((SECONDS < until)) || { fail "not in time: $*"; return 1; }
		sleep 0.2
	done
}
