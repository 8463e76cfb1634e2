#!/usr/bin/env bats
# time limit: 1500 s
# image-discrepancies beside a guest that runs: its disk gets snapshots and loses them, by libvirt and QEMU.
# shellcheck disable=SC2154,SC2086 # ids
load ../lib/common
load ../lib/lab
load ../lib/lab-guests
load ../lib/image-domain
load ../lib/image-churn

setup_file() {
	lab_open c 1
	"$LAB_DIR/images" tick >&2 || skip "the guests can not be built here"
}

teardown_file() { lab_end; }

setup() {
	common_setup
	lab_use
	NET=${VDC_LAB_HOST1%.*}
	mkdir "$VDC_LAB_SHARED/sd"
	ln -s "$VDC_LAB_SHARED/sd" sd
	image_setup
}

teardown() {
	touch stop
	virsh -q -c "$(uri 1)" destroy guest1 >/dev/null 2>&1 || true
	common_teardown
}

# place VOLUME: of the disk, as the host knows it
place() { echo "/shared/sd/images/$web/$1"; }

run_guest() {
	"$LAB_DIR/guest/domain" guest1 --ip "$NET.201/24" --disk "$(place $leaf)" --format qcow2 \
		--journal 20 >guest1.xml
	virsh -q -c "$(uri 1)" create guest1.xml
	await_guest 1
}

writes_to() { virsh -c "$(uri 1)" domblklist guest1 | awk '$1 == "vda" { print $2 }'; }

# The guest writes to NEW from now on.
snapshot() {
	virsh -q -c "$(uri 1)" snapshot-create-as guest1 --disk-only --no-metadata --reuse-external \
		--diskspec "vda,file=$(place $1)"
	[ "$(writes_to)" = "$(place $1)" ]
	ask 1 ping
}

merge() {
	virsh -q -c "$(uri 1)" blockcommit guest1 vda --shallow --active --pivot --wait --timeout 60
	[ "$(writes_to)" = "$(place $leaf)" ]
}

# bats test_tags=long
@test "the disk of a running guest that gets snapshots and loses them has no finding in a hundred readings" {
	run_guest
	quiet 100
	[ "$(wc -l <rounds)" -ge 25 ]
	answer 1 ping
	virsh -q -c "$(uri 1)" destroy guest1
	qemu-img check -q sd/images/$web/$leaf
	# and one that is not healthy has
	(cd sd/images/$web && qemu-img rebase -q -u -F raw -b $base $leaf)
	run_fail 1 image-discrepancies --deep --recent 0 --confirm 0 --json sd
	[ "$(jq -r '.discrepancies[].code' <<<"$output" | sort -u)" = HEADER_PARENT_DIFFERS ]
}
