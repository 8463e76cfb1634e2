#!/usr/bin/env bats
# time limit: 150 s
# The manager's side of extensions: real volumes of a volume group that two hosts share, a real mailbox, and
# at its other end a host as vdsm has it (tests/lib/mailbox-peer).
# shellcheck disable=SC2154 # status, output, stderr: set by bats' run
load ../lib/common
load ../lib/lab
load ../lib/lab-guests
load ../lib/own-postgres

DOMAIN=c277ad93-0973-43d9-a0ca-22199bc8e821
THIN=c277ad93-0973-43d9-a0ca-22199bc8e822
ONE=d772f1c6-3ebb-43c3-a42e-73fcd8255a51
TWO=d772f1c6-3ebb-43c3-a42e-73fcd8255a52
NONE=d772f1c6-3ebb-43c3-a42e-73fcd8255a5f
BOX=/shared/$DOMAIN/dom_md

setup_file() {
	local number

	((EUID == 0)) || skip "a lab takes root"
	lab_cache
	export LAB_DIR=$VDC_TEST_SRC/tests/lab LAB_NAME=v$$ VDC_LAB=v$$ LVM_SUPPRESS_FD_WARNINGS=1
	VDC_LAB_LUNS=2 VDC_LAB_LUN_SIZE=1G "$LAB_DIR/lab" up 2 2>"$BATS_FILE_TMPDIR/up.err" ||
		{ cat "$BATS_FILE_TMPDIR/up.err" >&2; return 1; }
	PATH=$LAB_DIR:/usr/sbin:/sbin:$PATH
	eval "$(lab env 2>/dev/null)"
	lab_install 1 2
	for number in 1 2; do write_document $number >"$VDC_LAB_SHARED/host$number.json"; done
	lvm "vgcreate -qy -s 4m thinvg /dev/lun0"
	lab rsh 1 spm-elect init --local --from /shared/master1.json
	truncate -s 16M "$VDC_LAB_SHARED/$DOMAIN/dom_md/"{inbox,outbox}
	for number in 1 2; do
		lab rsh $number spm-elect join --local --from /shared/master$number.json >/dev/null &
	done
	wait
	for number in 1 2; do
		lab rsh $number "cp /shared/host$number.json /var/lib/vdc/lockspaces.json"
	done
}

teardown_file() { lab_end; }

lvm() { lab rsh 1 "$1" >/dev/null 2> >(grep -v 'WARNING\|leaked' >&2); }

# write_document HOST-NUMBER: the master domain alone, as it is joined, and with the domain that grows
write_document() {
	local name master

	name=$(lab rsh "$1" sanlock client status | sed -n 's/^daemon //p')
	master=$(printf '{"id":"%s","name":"data","host_id":%d,"sanlock_name":"%s","place":{"ids":"%s/ids","leases":"%s/leases"},"block_size":512,"alignment":1048576,"io_timeout":2,"master":true}' \
		"$DOMAIN" "$1" "$name" "$BOX" "$BOX")
	printf '{"lockspaces":[%s]}\n' "$master" >"$VDC_LAB_SHARED/master$1.json"
	printf '{"lockspaces":[%s,{"id":"%s","name":"thin","host_id":%d,"sanlock_name":"%s","storage_format":"v5","place":{"ids":"/dev/thinvg/ids","leases":"/dev/thinvg/leases","volume_group":"thinvg"},"block_size":512,"alignment":1048576,"io_timeout":2,"master":false}]}\n' \
		"$master" "$THIN" "$1" "$name"
}

setup() {
	common_setup
	export PATH=$LAB_DIR:/usr/sbin:/sbin:$PATH VDC_LAB=$LAB_NAME LVM_SUPPRESS_FD_WARNINGS=1
	eval "$(lab env 2>/dev/null)"
	SERVED=()
	local volume
	for volume in $ONE $TWO; do
		lvm "lvremove -qfy thinvg/$volume; lvcreate -qy -an -Zn -Wn -L 4m -n $volume thinvg" 2>/dev/null
	done
	dd if=/dev/zero of="$VDC_LAB_SHARED/$DOMAIN/dom_md/inbox" bs=1M count=1 conv=notrunc status=none
}

teardown() {
	local number

	[ -n "${BATS_TEST_COMPLETED:-}" ] || cat "$VDC_LAB_SHARED"/serve*.log
	for number in "${SERVED[@]}"; do stop_serving "$number"; done
	for number in 1 2; do lab rsh $number spm-elect stop --local >/dev/null || true; done
	common_teardown
}

# serving HOST-NUMBER: runs there until stop_serving
serving() {
	lab rsh "$1" "setsid lv-extend --verbose serve data >/shared/serve$1.log 2>&1 & echo \$! >/run/serve.pid"
	SERVED+=("$1")
}

stop_serving() {
	lab rsh "$1" 'kill "$(cat /run/serve.pid)" 2>/dev/null || true'
	until_true 20 lab rsh "$1" '! kill -0 "$(cat /run/serve.pid)" 2>/dev/null'
}

until_true() { # SECONDS COMMAND…
	local until=$((SECONDS + $1))
	shift
	until "$@"; do
		((SECONDS < until)) || { echo "never: $*" >&2; cat "$VDC_LAB_SHARED"/serve*.log >&2; return 1; }
		sleep 0.1
	done
}

manager() { # HOST-NUMBER: it is, and serves
	lab rsh "$1" spm-elect start --local >/dev/null
	until_true 20 grep -q 'it serves$' "$VDC_LAB_SHARED/serve$1.log"
}

peer() { "$VDC_TEST_SRC/tests/lib/mailbox-peer" "$1" "$VDC_LAB_SHARED/$DOMAIN/dom_md" "${@:2}"; }

size_of() { lab rsh 1 "lvs --readonly --nolocking --noheadings --nosuffix --units m -o lv_size thinvg/$1" 2>/dev/null | tr -d ' '; }

# here PROGRAM…: on host 1, with its own inventory
inventory_on_host() {
	lab rsh 1 'rm -f /var/lib/vdc/inventory.db*; mkdir -p /var/lib/vdc && inventory init' >/dev/null
	new_inventory lab rsh 1 inventory
}

new_inventory() { # INVENTORY…
	"$@" add data-center dc
	"$@" add storage-domain thin id=$THIN data_center=dc storage_type=iscsi volume_group=thinvg \
		storage_format=v5 extend_chunk=8M status=active
	"$@" add volume id=$NONE storage_domain=thin capacity=64M format=cow allocation=sparse
	"$@" add volume id=$ONE storage_domain=thin capacity=64M format=cow allocation=sparse
	"$@" set volume $ONE --observed size=4M
	"$@" add volume id=$TWO storage_domain=thin capacity=64M format=cow allocation=preallocated
} >/dev/null

@test "extend asks by mailbox and waits for the answer" {
	inventory_on_host
	serving 1
	# Nobody serves yet.
	run_fail 6 lab rsh 1 lv-extend extend $ONE --to 8M --timeout 1s
	contains "$stderr" "no answer"
	manager 1
	run_ok lab rsh 1 lv-extend extend $ONE --noheadings --output status,requested_size,new_size
	[ "$(tr -s ' ' <<<"$output")" = "done 12 MiB 12 MiB" ]
	[ "$(size_of $ONE)" = 12.00 ]
	contains "$(lab rsh 1 events list)" "volume $ONE on storage domain thin was extended from 4 MiB"
	run_fail 1 lab rsh 1 lv-extend extend $NONE --to 8M --json
	contains "$output" '"status":"failed"'
	run_fail 2 lab rsh 1 lv-extend extend $ONE --to 1G
	run_fail 4 lab rsh 1 lv-extend extend $TWO --to 8M
	[ "$(size_of $ONE) $(size_of $TWO)" = "12.00 4.00" ]
}

@test "what a host asks for by mailbox is extended and answered" {
	serving 1
	manager 1
	[ "$(peer ask 7 0 $THIN $ONE 10)" = 10 ]
	[ "$(size_of $ONE)" = 12.00 ]
	# As large already; unknown; more than there is.
	[ "$(peer ask 7 1 $THIN $ONE 8)" = 8 ]
	[ "$(peer ask 7 62 $THIN $NONE 8)" = 0 ]
	[ "$(peer ask 249 0 $DOMAIN $ONE 100)" = 0 ]
	[ "$(size_of $ONE)" = 12.00 ]
	contains "$(<"$VDC_LAB_SHARED/serve1.log")" "volume $ONE: 4 MiB to 12 MiB" \
		"knows no volume group of domain $DOMAIN" "volume $NONE is not extended"
	lab rsh 1 spm-elect stop --local >/dev/null
	until_true 20 grep -q 'serves no more' "$VDC_LAB_SHARED/serve1.log"
	run_fail 5 lab rsh 1 lv-extend serve data
}
