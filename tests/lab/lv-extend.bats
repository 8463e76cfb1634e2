#!/usr/bin/env bats
# time limit: 240 s
# Thin disks of a real guest: qcow2 on a block device that stands for a logical volume, written to by its
# QEMU. There is no device-mapper here: a loop device is the volume.
# shellcheck disable=SC2154 # status, output, lines: set by bats' run
load ../lib/common
load ../lib/lab

DOMAIN=c277ad93-0973-43d9-a0ca-22199bc8e801
VOLUME=d772f1c6-3ebb-43c3-a42e-73fcd8255a5f
BOX=/shared/$DOMAIN/dom_md
GUEST=7b1c0c1e-1111-4222-8333-444455556666
MIB=1048576

setup_file() {
	((EUID == 0)) || skip "a lab takes root"
	LAB_DIR=$(dirname "$(readlink -f "$BATS_TEST_FILENAME")")
	export LAB_DIR LAB_NAME=x$$
	VDC_LAB=$LAB_NAME "$LAB_DIR/lab" up 1 2>"$BATS_FILE_TMPDIR/up.err" ||
		{ cat "$BATS_FILE_TMPDIR/up.err" >&2; return 1; }
	PATH=$LAB_DIR:/usr/sbin:/sbin:$PATH
	export VDC_LAB=$LAB_NAME
	eval "$(lab env 2>/dev/null)"
	make_volume
	lab_guest "$VDC_LAB_SHARED" "$GUEST" "<disk type='block' device='disk'>
		<driver name='qemu' type='qcow2' cache='none' error_policy='enospace'/>
		<source dev='/dev/thinvg/thin'/><target dev='vdb' bus='virtio'/></disk>"
	lab rsh 1 'virsh -q create /shared/guest.xml'
	lab_install 1
	make_domain
}

# The lockspace of a master domain, and an empty mailbox beside it.
make_domain() {
	local name

	name=$(lab rsh 1 sanlock client status | sed -n 's/^daemon //p')
	printf '{"lockspaces":[{"id":"%s","name":"data","host_id":1,"sanlock_name":"%s",' "$DOMAIN" \
		"$name" >"$VDC_LAB_SHARED/spaces.json"
	printf '"place":{"ids":"%s/ids","leases":"%s/leases"},"block_size":512,%s}]}\n' "$BOX" "$BOX" \
		'"alignment":1048576,"io_timeout":2,"master":true' >>"$VDC_LAB_SHARED/spaces.json"
	lab rsh 1 spm-elect init --local --from /shared/spaces.json
	lab rsh 1 spm-elect join --local --from /shared/spaces.json >/dev/null
	truncate -s 16M "$VDC_LAB_SHARED/$DOMAIN/dom_md/"{inbox,outbox}
}

# 256 MiB, with an image of 1 GiB in it.
make_volume() {
	truncate -s 256M "$BATS_FILE_TMPDIR/volume"
	LOOP=$(losetup -f --show "$BATS_FILE_TMPDIR/volume")
	export LOOP
	qemu-img create -q -f qcow2 "$BATS_FILE_TMPDIR/image" 1G
	dd if="$BATS_FILE_TMPDIR/image" of="$LOOP" bs=64K conv=fsync status=none
	lab rsh 1 "mkdir /dev/thinvg && mknod /dev/thinvg/thin b 7 ${LOOP#/dev/loop}"
}

teardown_file() {
	[ -z "${LAB_NAME:-}" ] || VDC_LAB=$LAB_NAME "$LAB_DIR/lab" down
	[ -z "${LOOP:-}" ] || losetup -d "$LOOP"
}

setup() {
	common_setup
	export PATH=$LAB_DIR:/usr/sbin:/sbin:$PATH VDC_LAB=$LAB_NAME VDC_CONF=$PWD/vdc.conf
	eval "$(lab env 2>/dev/null)"
	echo 'connect-timeout = 5s' >"$VDC_CONF"
	new_database
	new_inventory
}

teardown() {
	common_teardown
}

new_inventory() {
	inventory init
	inventory add data-center dc
	inventory add cluster c data_center=dc
	inventory add host host1 cluster=c address="$VDC_LAB_HOST1" rsh_address=host1 \
		libvirt_uri="qemu+tcp://$VDC_LAB_HOST1/system"
	inventory add storage-domain data data_center=dc storage_type=fcp volume_group=thinvg \
		extend_chunk=128M status=active
	inventory sync --all
} >/dev/null

# write_image FROM-MIB MIB: as the guest would
write_image() {
	lab rsh 1 "virsh qemu-monitor-command guest --hmp 'qemu-io -d \
/machine/peripheral/virtio-disk1/virtio-backend \"write $1M $2M\"'" >/dev/null
}

field() { jq -r ".thin_disks[0].$1" <<<"$output"; }

@test "a disk is due when less room is left than is to be kept" {
	run_ok lv-extend check --json
	[ "$(field 'vm.name')" = guest ]
	[ "$(field target)" = vdb ]
	[ "$(field 'storage_domain.name')" = data ]
	[ "$(field state)" = fine ]
	[ "$(field capacity)" = $((1024 * MIB)) ]
	[ "$(field size)" = $((256 * MIB)) ]
	[ "$(field armed)" = null ]
	# 80 % of 128 MiB are kept.
	[ "$(field threshold)" = $((256 * MIB - 128 * MIB * 80 / 100)) ]

	write_image 0 160
	lab rsh 1 "virsh -q domblkthreshold guest 'vdb[1]' $((250 * MIB))"
	run_fail 1 lv-extend check --json
	[ "$(field state)" = due ]
	(($(field allocated) >= 160 * MIB && $(field allocated) < 170 * MIB))
	[ "$(field room)" = $((256 * MIB - $(field allocated))) ]
	[ "$(field armed)" = $((250 * MIB)) ]
	[ "$(field seconds_left)" = null ] # nobody writes
}

@test "a rate is measured, and what is left of time follows from it" {
	local check

	lv-extend check --over 4s --json >checked &
	check=$!
	for at in 170 180 190 200; do
		write_image "$at" 10
	done
	wait "$check" || [ $? = 1 ]
	output=$(<checked)
	(($(field rate) > MIB && $(field seconds_left) >= 0))
	(($(field seconds_left) == $(field room) / $(field rate)))
}

@test "hosts, VMs and domains can be named" {
	local name

	for name in host1 guest data "$GUEST"; do
		run_fail 1 lv-extend check "$name" --noheadings --output vm,target --over 100ms
		output_is "guest vdb"
	done
	inventory add storage-domain other data_center=dc storage_type=fcp volume_group=othervg >/dev/null
	run_ok lv-extend check other --over 100ms
	output_is ""
	run_fail 3 lv-extend check nothing
	contains "$stderr" "nothing"
}

@test "a host without an answer is told of" {
	inventory add host gone cluster=c libvirt_uri=qemu+tcp://127.0.0.1:1/system >/dev/null
	run_fail 6 lv-extend check gone
	contains "$stderr" "host gone"
	inventory set storage-domain data extend_chunk=1M >/dev/null
	run_fail 8 lv-extend check gone host1 --noheadings --output vm,state --over 100ms
	output_is "guest fine"
	contains "$stderr" "host gone"
}

# What vdsm packs, written apart from the code under test: BOX HOST-ID SLOT SIZE-IN-MIB
pack() {
	python3 - "$VDC_LAB_SHARED/$DOMAIN/dom_md/$1" "$DOMAIN" "$VOLUME" "${@:2}" <<-'END'
		import struct, sys, uuid
		box, domain, volume, host, slot, mib = sys.argv[1:]
		message = (b"1xtnd" + uuid.UUID(domain).bytes[::-1] +
			   uuid.UUID(volume).bytes[::-1] + b"%016x" % int(mib) + b"0" * 11)
		with open(box, "r+b") as f:
		    f.seek(int(host) * 4096)
		    page = bytearray(f.read(4096))
		    page[int(slot) * 64:int(slot) * 64 + 64] = message
		    page[4092:] = struct.pack("<I", sum(page[:4092]) & 0xffffffff)
		    f.seek(int(host) * 4096)
		    f.write(page)
	END
}

# put BOX HOST-ID BYTE-OF-THE-PAGE BYTES
put() {
	printf '%s' "$4" | dd of="$VDC_LAB_SHARED/$DOMAIN/dom_md/$1" bs=1 seek=$(($2 * 4096 + $3)) \
		conv=notrunc,fsync status=none
}

mailbox() { lab rsh 1 lv-extend mailbox "$@"; }

@test "a mailbox is shown in words, what others wrote too" {
	run_ok mailbox show
	output_is ""
	pack inbox 7 0 2560
	pack inbox 7 62 4096
	pack outbox 7 0 2560
	pack outbox 249 3 0
	run_ok mailbox show --noheadings --output id,what,volume,size
	[ "$(tr -s ' ' <<<"$output")" = "inbox/7/0 request $VOLUME 2.5 GiB
inbox/7/62 request $VOLUME 4 GiB
outbox/7/0 reply $VOLUME 2.5 GiB
outbox/249/3 failed $VOLUME 0 B" ]
	put inbox 7 64 '2'
	run_fail 1 mailbox show --noheadings --output id,what
	contains "$(tr -s ' ' <<<"$output")" 'inbox/7/0 damaged' 'inbox/7/1 damaged'
	put outbox 7 64 '2xtnd'
	put outbox 7 128 '1shrk'
	run_fail 1 mailbox show --json data
	[ "$(jq -r '[.mailbox_slots[] | select(.box == "outbox") | .what] | join(" ")' <<<"$output")" = \
		"reply other_version other_message failed" ]
}

@test "a mailbox is read past every cache" {
	local box

	# LeakSanitizer cannot work under strace.
	lab rsh 1 "ASAN_OPTIONS=detect_leaks=0 strace -f -e trace=openat -o /shared/trace \
		lv-extend mailbox show >/dev/null" || [ $? = 1 ]
	for box in inbox outbox; do
		grep "/dom_md/$box\"" "$VDC_LAB_SHARED/trace" >opened
		grep -q O_DIRECT opened
		run ! grep -v O_DIRECT opened
	done
}

@test "only the manager empties a mailbox" {
	before=$(sha256sum <"$VDC_LAB_SHARED/$DOMAIN/dom_md/inbox")
	run_fail 4 mailbox init
	run_fail 4 mailbox clear --host-id 7
	run_fail 2 mailbox clear
	contains "$stderr" "--host-id"
	[ "$(sha256sum <"$VDC_LAB_SHARED/$DOMAIN/dom_md/inbox")" = "$before" ]
	lab rsh 1 spm-elect start --local >/dev/null
	run_ok mailbox clear --host-id 7
	run_ok mailbox show --noheadings --output id
	[ "$output" = outbox/249/3 ]
	run_ok mailbox init
	run_ok mailbox show
	output_is ""
	lab rsh 1 spm-elect stop --local >/dev/null
	run_fail 3 mailbox show other
}
