# shellcheck shell=bash
# For the scripts of this folder: where the build is, a scratch folder, and a line per figure.
# VDC_TEST_BUILD names the build; it must be a release build, or the figures say nothing.
# shellcheck disable=SC2034  # for those who source it
bench_dir=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
build=$(cd "${VDC_TEST_BUILD:-$bench_dir/../../build-release}" && pwd)
scratch=$(mktemp -d "${TMPDIR:-/tmp}/vdc-bench.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
export PATH=$build/bin/.libs:$build/tests/bench:$PATH LD_LIBRARY_PATH=$build/lib/.libs
export LC_ALL=C.UTF-8 VDC_CONF=/dev/null
missed=0

if ldd "$build/lib/.libs/libvdc.so" | grep -q libasan; then
	echo "bench: $build is built with sanitizers; configure another folder without --enable-devel" >&2
	exit 2
fi

# figure WHAT VALUE LIMIT UNIT: prints it; remembers a miss for the exit code
figure() {
	local verdict=ok

	awk -v value="$2" -v limit="$3" 'BEGIN { exit !(value <= limit) }' || {
		verdict=MISSED
		missed=1
	}
	printf '%-58s %9s  (limit %s %s)  %s\n' "$1" "$2" "$3" "$4" "$verdict"
}

# said WHAT TEXT: a figure without a limit, for comparison
said() {
	printf '%-58s %9s\n' "$1" "$2"
}

# milliseconds COMMAND…: how long it took, whatever came of it
milliseconds() {
	local start=$EPOCHREALTIME
	"$@" >"$scratch/out" 2>&1 || true
	echo $(((${EPOCHREALTIME/./} - ${start/./}) / 1000))
}

# seconds NAME LINE: the same in seconds
seconds() {
	awk -v ms="$(part "$1" "$2")" 'BEGIN { printf "%.2f", ms / 1000 }'
}

# part NAME LINE: one number out of a line of `measure`
part() {
	sed -n "s/.*$1 \([0-9.]*\).*/\1/p" <<<"$2"
}

# needs_postgres: the script runs again, with a server of PostgreSQL beside it, if there is none
needs_postgres() {
	[ -z "${VDC_TEST_PG_SOCKET:-}" ] || return 0
	rm -rf "$scratch"
	VDC_TEST_BUILD=$build exec "$bench_dir/../lib/with-postgres" "$0"
}

# new_postgres NAME: a database on the server of with-postgres, which VDC_DB names from now on
new_postgres() {
	"$VDC_TEST_PG_BIN/psql" -qX -U vdc -h "$VDC_TEST_PG_SOCKET" -d postgres \
		-c "CREATE DATABASE $1"
	export VDC_DB="postgresql://vdc@/$1?host=$VDC_TEST_PG_SOCKET"
}
