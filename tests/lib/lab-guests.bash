# Tick guests on the hosts of a lab, for tests that move them. LAB_DIR and LAB_NAME are set.
# shellcheck shell=bash

# lab_begin IMAGES…: three hosts for a file of tests
lab_begin() {
	((EUID == 0)) || skip "a lab takes root"
	lab_cache
	export LAB_DIR=$VDC_TEST_SRC/tests/lab LAB_NAME=${1:0:1}$$
	VDC_LAB=$LAB_NAME "$LAB_DIR/images" tick >&2 || skip "the guests can not be built here"
	VDC_LAB=$LAB_NAME "$LAB_DIR/lab" up 3 2>"$BATS_FILE_TMPDIR/up.err" ||
		{ cat "$BATS_FILE_TMPDIR/up.err" >&2; return 1; }
}

# lab_open PREFIX HOSTS: a lab without guests for a file of tests, and the way to it
lab_open() {
	((EUID == 0)) || skip "a lab takes root"
	lab_cache
	export LAB_DIR=$VDC_TEST_SRC/tests/lab LAB_NAME=$1$$ VDC_LAB=$1$$
	"$LAB_DIR/lab" up "$2" 2>"$BATS_FILE_TMPDIR/up.err" ||
		{ cat "$BATS_FILE_TMPDIR/up.err" >&2; return 1; }
	PATH=$LAB_DIR:/usr/sbin:/sbin:$PATH
	eval "$(lab env 2>/dev/null)"
}

# lab_cache: one of its own, for a tree beside another whose guests are built from other sources
lab_cache() { [ -z "${VDC_TEST_LAB_CACHE:-}" ] || export VDC_LAB_CACHE=$VDC_TEST_LAB_CACHE; }

lab_end() {
	[ -z "${LAB_NAME:-}" ] || VDC_LAB=$LAB_NAME "$LAB_DIR/lab" down
}

# lab_use: the way to the hosts, for one test
lab_use() {
	lab_cache
	export PATH=$LAB_DIR:/usr/sbin:/sbin:$PATH VDC_LAB=$LAB_NAME
	eval "$(lab env 2>/dev/null)"
}

# lab_setup: the same, a database and an inventory of the hosts
lab_setup() {
	lab_use
	NET=${VDC_LAB_HOST1%.*}
	export VDC_CONF=$PWD/vdc.conf VDC_TEST_COMMAND_LIMIT=120
	printf 'connect-timeout = 5s\n' >"$VDC_CONF"
	new_database
	lab_inventory
}

lab_inventory() {
	local number address

	inventory init
	inventory add data-center dc
	inventory add cluster c data_center=dc
	inventory add storage-domain shared data_center=dc type=data storage_type=posixfs \
		mount_point=/shared
	for number in 1 2 3; do
		address=VDC_LAB_HOST$number
		inventory add host host$number cluster=c address="${!address}" \
			rsh_address=host$number libvirt_uri="qemu+tcp://${!address}/system"
	done
} >/dev/null

uri() {
	local address=VDC_LAB_HOST$1
	echo "qemu+tcp://${!address}/system"
}

# guest NUMBER HOST: a tick guest with a journal on a disk of its own. QEMU does not lock that: the hosts
# of a lab share a kernel, and a lock would keep a second start from doing the harm that is looked for.
guest() {
	begin_guest "$@"
	await_guest "$1"
}

# two_guests HOST: guest1 and guest2 there
two_guests() {
	begin_guest 1 "$1"
	begin_guest 2 "$1"
	await_guest 1
	await_guest 2
}

# deaf_guest HOST: `guest`, which does not shut down when it is asked to
deaf_guest() {
	lab_guest "$VDC_LAB_SHARED" 11111111-2222-4333-8444-555555555555
	virsh -q -c "$(uri "$1")" create "$VDC_LAB_SHARED/guest.xml"
}

begin_guest() {
	local disk=/shared/guest$1.raw

	truncate -s 32M "/var/tmp/vdc-lab/$LAB_NAME/storage$disk"
	"$LAB_DIR/guest/domain" "guest$1" --ip "$NET.$((200 + $1))/24" --disk "$disk" \
		--shareable --journal 20 >"guest$1.xml"
	virsh -q -c "$(uri "$2")" create "guest$1.xml"
}

await_guest() {
	local until=$((SECONDS + 100))

	until ask "$1" ping >/dev/null 2>&1; do
		((SECONDS < until)) || fail "guest$1 does not answer"
		sleep 0.2
	done
}

# To verify is to read all that was written; a guest answers one after the other, also who is gone.
ask() {
	local limit=2

	[ "$2" != verify ] || limit=20
	ASK_TIMEOUT=${ASK_TIMEOUT:-$limit} "$LAB_DIR/guest/ask" "$NET.$((200 + $1))" "${@:2}"
}

# answer NUMBER REQUEST...: as often as a guest needs that just moved
answer() {
	local try

	for ((try = 0; try < 30; try++)); do
		ask "$@" && return
	done
	fail "guest$1 does not answer: $(states "guest$1")"
}

# states GUEST: what each host says of it
states() {
	local number

	for number in 1 2 3; do
		echo "host$number: $(virsh -c "$(uri $number)" domstate --reason "$1" 2>&1 | xargs)"
	done
}

# strategies GUEST EVICTION RUN
strategies() { inventory set vm "$1" eviction_strategy="$2" run_strategy="$3" >/dev/null; }

# waits_for_deaf: guest1 is off, and guest is what the drain of host1 waits for
waits_for_deaf() { [ -z "$(where guest1)" ] && [ "$(where guest)" = host1 ]; }

# where GUEST: the hosts that run it, by their own word
where() {
	local number

	for number in 1 2 3; do
		! virsh -c "$(uri $number)" list --name 2>/dev/null | grep -qx "$1" || echo "host$number"
	done
}

runs_on() { # GUEST HOST: there, and nowhere else, and the inventory says so
	[ "$(where "$1")" = "$2" ] || fail "$1 runs on: $(where "$1")"
	[ "$(field vm "$1" host,status | tr -s ' ')" = "$2 up" ] || fail "$(inventory list vm)"
}

moves() { # GUEST HOST: a migration away from it is under way
	virsh -c "$(uri "$2")" domjobinfo "$1" 2>/dev/null | grep -q 'Operation: *Outgoing'
}
