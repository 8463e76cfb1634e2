# What real tools leave behind when they are killed, or used as nobody should: found with its code.
# shellcheck disable=SC2154,SC2086 # stderr and ids are of what is loaded
load ../lib/common
load ../lib/image-domain

setup() {
	common_setup
	image_setup
	cd sd/images/$web || return
}

teardown() {
	common_teardown
}

# codes [OPTION...]: of what is found, on one line
codes() {
	image-discrepancies --confirm 0 --deep --json "$@" "$BATS_TEST_TMPDIR/sd" | jq -r '.discrepancies[]?.code' | sort -u | xargs
}

# finds CODE...: exactly these
finds() {
	local found

	found=$(codes)
	[ "$found" = "$*" ] || fail "found '$found', expected '$*'"
}

# includes CODE OPTION...: that one, among others that follow from it
includes() {
	local found

	found=$(codes "${@:2}")
	[[ " $found " == *" $1 "* ]] || fail "found '$found', not $1"
}

# killed FILE BYTES COMMAND...: by SIGKILL, in the midst of its work: once FILE has more than that many
killed() {
	local pid

	"${@:3}" >/dev/null 2>&1 3>&- &
	pid=$!
	until [ "$(stat -c %s "$1")" -gt "$2" ]; do
		kill -0 $pid 2>/dev/null || fail "it was not slow enough: ${*:3}"
	done
	kill -KILL $pid
	wait $pid || true
}

# extended_leaf: the disk was extended by a snapshot, and 32 MiB written since then
extended_leaf() {
	qemu-img resize -q $leaf 128M
	sed -i 's/^CAP=.*/CAP=134217728/' $leaf.meta
	inventory set --observed volume $leaf capacity=128MiB
	qemu-io -f qcow2 -c 'write 0 32M' $leaf >/dev/null
	finds
}

@test "a qemu-img commit that was killed" {
	extended_leaf
	killed $middle 1048576 qemu-img commit -q -r 8M -t none $leaf
	finds HEADER_CAPACITY_DIFFERS
	# to its end, and nobody wrote it down
	qemu-img commit -q $leaf
	rm $leaf $leaf.meta
	finds HEADER_CAPACITY_DIFFERS INTERNAL_WITHOUT_CHILD NO_LEAF VOLUME_ONLY_IN_DATABASE
}

# rebased: $leaf onto $base, as long as QEMU takes, and not to its end
rebased() {
	cp ../../../leaf $leaf
	killed $leaf 1048576 qemu-img rebase -q -t writethrough -F raw -b $base $leaf
}

@test "a qemu-img rebase that was killed" {
	local try

	qemu-io -f qcow2 -c 'write -P 7 0 64M' $middle >/dev/null
	cp $leaf ../../../leaf
	for ((try = 0; try < 40; try++)); do
		rebased
		[ -z "$(codes --check)" ] || break
	done
	# what was copied, and is not yet in the tables
	[ "$(codes --check)" = IMAGE_LEAKED ] || fail "$(codes --check)"
	finds
	# to its end, and nobody wrote it down
	cp ../../../leaf $leaf
	qemu-img rebase -q -F raw -b $base $leaf
	finds HEADER_PARENT_DIFFERS
}

@test "a file that was cut off" {
	dd if=/dev/zero of=$base bs=1M count=64 conv=notrunc status=none
	truncate -s 40M $base
	finds TRUNCATED
	truncate -s 64M $base
	finds
	qemu-io -f qcow2 -c 'write 0 8M' $leaf >/dev/null
	truncate -s 4M $leaf
	includes IMAGE_DAMAGED --check
}

@test "a volume that was copied over another one" {
	cp $leaf $middle
	finds HEADER_PARENT_DIFFERS
	cp $leaf.meta $middle.meta
	includes CHAIN_LOOP
}
