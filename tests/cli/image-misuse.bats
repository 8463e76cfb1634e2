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

# left_open VOLUME: a program has it open for writing, and is killed
left_open() {
	local pid

	qemu-io -f qcow2 "$1" < <(echo 'write 0 64k'; sleep 60 & echo $! >../../../sleeper; wait) >wrote 3>&- &
	pid=$!
	soon 30 grep -q 'wrote 65536' wrote
	kill -KILL $pid "$(cat ../../../sleeper)"
	wait $pid || true
	rm wrote
}

@test "a program that kept bitmaps and was killed" {
	qemu-img bitmap --add $leaf backup
	qemu-img bitmap --add $middle backup
	finds
	left_open $leaf
	# a VM may have it open: nobody knows but who looks
	finds
	[ "$(codes --check)" = BITMAPS_IN_USE ] || fail "$(codes --check)"
	image-discrepancies dump --deep ../.. >../../../dump.json
	[ "$(jq -r ".volumes[\"$leaf\"].header.bitmaps_in_use" ../../../dump.json)" = true ]
	left_open $middle
	finds BITMAPS_IN_USE
	qemu-img bitmap --remove $middle backup
	finds
	qemu-img bitmap --remove $leaf backup
	[ -z "$(codes --check)" ]
}

@test "a disk that was copied to another domain, and got a snapshot since" {
	local other=c64637b4-f0e8-408c-b8af-6a52946113e2 new=aaaaaaaa-0000-4000-8000-000000000004

	cd ../../..
	cp -a sd sd2
	sed -i "s/$domain/$other/" sd2/dom_md/metadata sd2/images/*/*.meta
	rm -r sd2/images/{$template,$derived}
	sed -i 's/ROLE=Master/ROLE=Regular/' sd2/dom_md/metadata
	compare() { image-discrepancies --confirm 0 --deep --storage-only --json sd sd2 | jq -r '.discrepancies[]?.code' | sort -u | xargs; }
	[ "$(compare)" = VOLUME_ON_SEVERAL_DOMAINS ] || fail "$(compare)"
	overlay $web $new $leaf qcow2 LEAF 4
	sed -i 's/LEAF/INTERNAL/' sd/images/$web/$leaf.meta
	[ "$(compare)" = "CHAINS_DIFFER VOLUME_ON_SEVERAL_DOMAINS" ] || fail "$(compare)"
	run_fail 1 image-discrepancies --confirm 0 --storage-only sd sd2
	contains "$output" "image $web has 3 volumes here and 4 on storage domain $domain, which are not the same chain"
	run_fail 1 image-discrepancies --confirm 0 --storage-only --tree $web sd sd2
	contains "$output" "  - CHAINS_DIFFER (error)"
}

@test "a snapshot that was removed from the inventory alone" {
	local snapshot

	inventory add cluster c data_center=home >/dev/null
	inventory add vm shop cluster=c >/dev/null
	inventory add snapshot vm=shop name=before >/dev/null
	inventory add snapshot vm=shop name=after >/dev/null
	finds
	snapshot=$(inventory list snapshot --noheadings --select name=before --output id | xargs)
	inventory set volume $base snapshot="$snapshot"
	finds SNAPSHOT_WITHOUT_VOLUMES
	run_ok image-discrepancies --confirm 0 "$BATS_TEST_TMPDIR/sd"
	contains "$output" "Checking the database
    snapshot " " has no volume in the DB" ", 1 finding: 1 information"
	inventory remove --yes snapshot "$snapshot"
	finds SNAPSHOT_UNKNOWN
	run_fail 1 image-discrepancies --confirm 0 --tree $web "$BATS_TEST_TMPDIR/sd"
	contains "$output" "  * $base  raw  internal  64 MiB
  |   SNAPSHOT_UNKNOWN (warning)"
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
