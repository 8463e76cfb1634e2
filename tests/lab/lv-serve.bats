#!/usr/bin/env bats
# time limit: 300 s
# The manager's side of extensions: real volumes of a volume group that two hosts share, a real mailbox, and
# at its other end a host as vdsm has it (tests/lib/mailbox-peer).
# shellcheck disable=SC2154,SC2016 # set by bats' run; what is for the shell of a host
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

# serving HOST-NUMBER [OPTION…]: runs there until stop_serving; $TRACE is in front of it
serving() {
	lab rsh "$1" "setsid ${TRACE:-} lv-extend --verbose serve data ${*:2} >/shared/serve$1.log 2>&1 & echo \$! >/run/serve.pid"
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

# managing HOST-ID PERIOD LIMIT [LOSE]: $! is its process
managing() {
	"$VDC_TEST_SRC/tests/lib/mailbox-peer" manage "$VDC_LAB_SHARED/$DOMAIN/dom_md" "$@" >managed 3>&- &
}

size_of() { lab rsh 1 "lvs --readonly --nolocking --noheadings --nosuffix --units m -o lv_size thinvg/$1" 2>/dev/null | tr -d ' '; }

# On host 1, with an inventory of its own.
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

@test "nobody is kept from an answer by what others write" {
	serving 1
	manager 1
	peer put 7 0 $THIN $ONE 100 checksum
	peer put 8 0 $THIN $ONE 100 version
	peer put 8 1 $THIN $ONE 100 opcode
	peer put 8 2 $THIN $ONE 100 size
	[ "$(peer ask 8 3 $THIN $ONE 8)" = 8 ]
	# Two hosts ask for one volume.
	peer ask 9 0 $THIN $ONE 16 >nine &
	[ "$(peer ask 10 0 $THIN $ONE 20)" = 20 ]
	wait $!
	[ "$(<nine)" = 16 ]
	[ "$(size_of $ONE)" = 20.00 ]
	# One that goes away in between.
	lvm "lvremove -qfy thinvg/$ONE"
	[ "$(peer ask 9 1 $THIN $ONE 24)" = 0 ]
	lab rsh 1 lv-extend mailbox show --noheadings --output id,what >shown || [ $? = 1 ]
	[ "$(tr -s ' ' <shown | grep -v clean)" = "inbox/7/0 damaged
inbox/8/0 other_version
inbox/8/1 other_message
inbox/8/2 malformed_size" ]
}

# bats test_tags=long
@test "the mailbox is read and written past every cache" {
	local box
	# LeakSanitizer cannot work under strace.
	TRACE="env ASAN_OPTIONS=detect_leaks=0 strace -D -f --seccomp-bpf -e trace=openat -o /shared/trace" serving 1
	manager 1
	[ "$(peer ask 8 3 $THIN $ONE 8)" = 8 ]
	for box in inbox outbox; do
		grep "/dom_md/$box\"" "$VDC_LAB_SHARED/trace" >opened
		grep -q O_DIRECT opened
		run ! grep -v O_DIRECT opened
	done
}

@test "a host of ours understands a manager of vdsm's kind" {
	inventory_on_host
	managing 1 0.2 20
	run_ok lab rsh 1 lv-extend extend $ONE --to 8M --noheadings --output status,new_size
	[ "$(tr -s ' ' <<<"$output")" = "done 8 MiB" ]
	kill $!
	[ "$(<managed)" = "0 $ONE 8" ]
}

# bats test_tags=long
@test "a request or an answer that is lost is made up for, at a manager that looks every 2 s" {
	inventory_on_host
	managing 1 2 60 1
	run_ok lab rsh 1 lv-extend extend $ONE --to 8M --noheadings --output status,new_size
	kill $!
	[ "$(tr -s ' ' <<<"$output")" = "done 8 MiB" ]
	(($(wc -l <managed) >= 2))
	(($(cut -d' ' -f1 managed | sort -u | wc -l) >= 2)) # another slot
}

# bats test_tags=long
@test "all 63 slots at once" {
	local volumes
	volumes=$(for ((i = 0; i < 63; i++)); do printf 'lvcreate -qy -an -Zn -Wn -L 4m -n %02x%s thinvg\n' $i "${ONE:2}"; done)
	serving 1
	manager 1
	lvm "lvm <<<'$volumes'"
	[ "$(peer fill 7 $THIN $ONE 8)" = 63 ]
	[ "$(lab rsh 1 "lvs --readonly --nolocking --noheadings --nosuffix --units m -o lv_size thinvg" 2>/dev/null |
		grep -c ' 8.00')" = 63 ]
	lvm "$(sed 's/lvcreate.* -n \([^ ]*\) thinvg/lvremove -qfy thinvg\/\1/' <<<"$volumes")"
}

# bats test_tags=long
@test "a group that is full: what there is, a refusal, and new space without being asked again" {
	serving 1
	manager 1
	[ "$(peer ask 7 0 $THIN $TWO 600)" = 600 ]
	# What is left is an answer, and then there is nothing.
	[ "$(peer ask 7 1 $THIN $ONE 1000)" = 420 ]
	[ "$(peer ask 7 2 $THIN $ONE 1000)" = 0 ]
	contains "$(<"$VDC_LAB_SHARED/serve1.log")" "volume group thinvg has 0 B left" "its space is critically low"
	lvm "vgextend -qy thinvg /dev/lun1"
	until_true 20 has_size $ONE 1000.00
	[ "$(peer ask 7 3 $THIN $ONE 1000)" = 1000 ]
	lvm "lvremove -qfy thinvg/$ONE thinvg/$TWO; vgreduce -qy thinvg /dev/lun1; pvremove -qy /dev/lun1"
}

has_size() { [ "$(size_of "$1")" = "$2" ]; }

# bats test_tags=long
@test "the manager moves while a host waits" {
	local i
	serving 1
	serving 2
	manager 1
	[ "$(peer ask 7 0 $THIN $ONE 8)" = 8 ]
	lab rsh 1 spm-elect stop --local >/dev/null
	until_true 20 grep -q 'serves no more' "$VDC_LAB_SHARED/serve1.log"
	peer ask 7 0 $THIN $ONE 16 60 >moved &
	lab rsh 2 spm-elect start --local >/dev/null
	wait $!
	[ "$(<moved)" = 16 ]
	lab rsh 2 spm-elect stop --local >/dev/null
	manager 1
	[ "$(peer ask 7 0 $THIN $ONE 24)" = 24 ]
	[ "$(size_of $ONE)" = 24.00 ]
}

@test "once the lease is gone nothing is written" {
	serving 1
	manager 1
	[ "$(peer ask 7 0 $THIN $ONE 8)" = 8 ]
	lab rsh 1 "kill -KILL \$(sed -n 's/^pid=//p' /run/vdc/spm/$DOMAIN)"
	run ! peer ask 7 1 $THIN $ONE 16 2
	[ "$(size_of $ONE)" = 8.00 ]
	until_true 20 grep -q 'serves no more' "$VDC_LAB_SHARED/serve1.log"
}

# bats test_tags=long
@test "requests by database, from a machine that is no host" {
	local port here proxy name
	begin_server
	new_postgres_database
	coproc PROXY { exec "$VDC_TEST_SRC/tests/lib/unix-proxy" "$VDC_TEST_PG_SOCKET" 3>&-; }
	proxy=$PROXY_PID
	read -r port <&"${PROXY[0]}"
	here=$(ip route get "$VDC_LAB_HOST1" | sed -n 's/.* src \([^ ]*\).*/\1/p')
	inventory init >/dev/null
	new_inventory inventory
	inventory set storage-domain thin extend_transport=database >/dev/null
	name=${VDC_DB##*@/}
	serving 1 --database --db "postgresql://vdc@$here:$port/${name%%\?*}"
	manager 1
	run_ok lv-extend extend $ONE --to 8M --noheadings --output status,new_size
	[ "$(tr -s ' ' <<<"$output")" = "done 8 MiB" ]
	[ "$(size_of $ONE)" = 8.00 ]
	[ "$(inventory list volume --select id=$ONE --noheadings --output size | tr -d ' ')" = 8MiB ]
	run_fail 1 lv-extend extend $NONE --to 8M
	contains "$stderr" "$NONE"
	stop_serving 1
	run_fail 6 lv-extend extend $ONE --to 12M --timeout 1s
	kill "$proxy"
	drop_databases
	end_server
}
