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
load ../lib/lab-extend
ONE=d772f1c6-3ebb-43c3-a42e-73fcd8255a51
TWO=d772f1c6-3ebb-43c3-a42e-73fcd8255a52
NONE=d772f1c6-3ebb-43c3-a42e-73fcd8255a5f

setup_file() { extend_lab_begin v 2 1G 4m; }

teardown_file() { lab_end; }

setup() {
	local volume

	extend_lab_setup
	for volume in $ONE $TWO; do
		lvm "lvremove -qfy thinvg/$volume; lvcreate -qy -an -Zn -Wn -L 4m -n $volume thinvg" 2>/dev/null
	done
	lab rsh 1 "cp /shared/host1.json /var/lib/vdc/lockspaces.json"
	dd if=/dev/zero of="$VDC_LAB_SHARED/$DOMAIN/dom_md/inbox" bs=1M count=1 conv=notrunc status=none
}

teardown() {
	local number

	[ -n "${BATS_TEST_COMPLETED:-}" ] || cat "$VDC_LAB_SHARED"/serve*.log
	for number in 1 2; do
		stop_serving $number
		lab rsh $number spm-elect stop --local >/dev/null || true
	done
	common_teardown
}

# managing HOST-ID PERIOD LIMIT [LOSE]: $! is its process
managing() {
	"$VDC_TEST_SRC/tests/lib/mailbox-peer" manage "$VDC_LAB_SHARED/$DOMAIN/dom_md" "$@" >managed 3>&- &
}

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

# told_of MORE: what this host was told of the domain "thin"
told_of() {
	sed "s/\"volume_group\":\"thinvg\"}/&,$1/" "$VDC_LAB_SHARED/host1.json" >"$VDC_LAB_SHARED/told.json"
	lab rsh 1 'cp /shared/told.json /var/lib/vdc/lockspaces.json'
}

# write_slot OFFSET LINE…: into the volume "metadata", where it lies, for it is active nowhere
write_slot() {
	local at start

	at=$(lab rsh 1 "lvs --noheadings -o seg_pe_ranges thinvg/metadata" 2>/dev/null | sed 's/.*:\([0-9]*\)-.*/\1/')
	start=$(lab rsh 1 "pvs --noheadings --nosuffix --units b -o pe_start /dev/lun0" 2>/dev/null)
	printf '%s\n' "${@:2}" CTIME=1563949824 DESCRIPTION= DISKTYPE=DATA DOMAIN=$THIN FORMAT=COW GEN=0 \
		IMAGE=$NONE LEGALITY=LEGAL PUUID=00000000-0000-0000-0000-000000000000 SEQ=1 VOLTYPE=LEAF EOF |
		lab rsh 1 "dd of=/dev/lun0 bs=1 seek=$((start + at * 4194304 + $1)) conv=notrunc,fsync status=none"
}

@test "what the storage says of a volume is kept to, and nothing need be active for that" {
	lvm "lvcreate -qy -an -Zn -Wn -L 20m -n metadata thinvg"
	lvm "lvchange -q --addtag MD_5 thinvg/$ONE; lvchange -q --addtag MD_6 thinvg/$TWO"
	write_slot $((1048576 + 5 * 8192)) CAP=$((64 << 20)) TYPE=SPARSE
	write_slot $((1048576 + 6 * 8192)) CAP=$((64 << 20)) TYPE=PREALLOCATED
	serving 1
	manager 1
	[ "$(peer ask 7 0 $THIN $ONE 73)" = 0 ]
	[ "$(peer ask 7 1 $THIN $ONE 72)" = 72 ]
	[ "$(peer ask 7 2 $THIN $TWO 8)" = 0 ]
	contains "$(<"$VDC_LAB_SHARED/serve1.log")" "73 MiB are more than its disk can need, 72 MiB" \
		"volume $TWO is preallocated"
	[ "$(size_of $ONE) $(size_of $TWO)" = "72.00 4.00" ]
	# Its disk is made larger.
	write_slot $((1048576 + 5 * 8192)) CAP=$((128 << 20)) TYPE=SPARSE
	[ "$(peer ask 7 3 $THIN $ONE 100)" = 100 ]
	stop_serving 1
	# In V4 they follow each other, and say sectors.
	sed 's/"v5"/"v4"/' "$VDC_LAB_SHARED/host1.json" >"$VDC_LAB_SHARED/told.json"
	lab rsh 1 'cp /shared/told.json /var/lib/vdc/lockspaces.json'
	write_slot $((5 * 512)) SIZE=$((128 << 11)) TYPE=SPARSE
	: >"$VDC_LAB_SHARED/serve1.log"
	serving 1
	until_true 20 grep -q 'it serves$' "$VDC_LAB_SHARED/serve1.log"
	[ "$(peer ask 7 4 $THIN $ONE 146)" = 0 ]
	[ "$(peer ask 7 5 $THIN $ONE 140)" = 140 ]
	[ "$(size_of $ONE)" = 140.00 ]
	lvm "lvremove -qfy thinvg/metadata"
}

# bats test_tags=long
@test "new space goes to the one whose guest has least time left" {
	told_of '"extend":{"chunk":8388608}'
	serving 1
	manager 1
	[ "$(peer ask 7 0 $THIN $ONE 12)" = 12 ]
	[ "$(peer ask 8 0 $THIN $TWO 8)" = 8 ]
	[ "$(peer ask 8 1 $THIN $TWO 40)" = 40 ]
	lvm "lvcreate -qy -an -Zn -Wn -L 4m -n room thinvg; lvcreate -qy -an -Zn -Wn -l 100%FREE -n filler thinvg"
	sleep 2
	# One has written 5 MiB of 12, half of one in a second; the other is at its end, and lacks more.
	[ "$(peer ask 7 1 $THIN $ONE 13)" = 0 ]
	[ "$(peer ask 8 2 $THIN $TWO 60)" = 0 ]
	lvm "lvremove -qfy thinvg/room"
	until_true 10 has_size $TWO 44.00
	has_size $ONE 12.00
	lvm "lvremove -qfy thinvg/filler"
}

# bats test_tags=long
@test "what is low and critical is told by the figures of the domain" {
	told_of '"warning_low_space_indicator":50,"critical_space_action_blocker":0'
	serving 1
	manager 1
	[ "$(peer ask 7 0 $THIN $ONE 400)" = 400 ]
	sleep 1.2
	[ "$(peer ask 7 1 $THIN $ONE 404)" = 404 ]
	run ! grep 'its space' "$VDC_LAB_SHARED/serve1.log"
	[ "$(peer ask 7 2 $THIN $ONE 600)" = 600 ]
	sleep 1.2
	[ "$(peer ask 7 3 $THIN $ONE 604)" = 604 ]
	until_true 5 grep -q 'domain thin: its space runs low: 41[0-9] MiB of 1020 MiB are free' \
		"$VDC_LAB_SHARED/serve1.log"
	run ! grep critically "$VDC_LAB_SHARED/serve1.log"
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
	run_fail 1 lv-extend extend $NONE --to 8M --below-critical
	contains "$stderr" "$NONE"
	# What it sees of the domain is recorded, by the domain's own figures.
	[ "$(inventory list storage-domain --noheadings --output space | tr -d ' ')" = critical ]
	contains "$(events list)" "storage domain thin has less than 5 GiB left"
	inventory set storage-domain thin critical_space_action_blocker=0 >/dev/null
	sleep 1.2
	run_ok lv-extend extend $ONE --to 16M --below-critical
	until_true 10 eval '[ "$(inventory list storage-domain --noheadings --output space | tr -d " ")" = ok ]'
	contains "$(events list)" "storage domain thin has space again"
	stop_serving 1
	run_fail 6 lv-extend extend $ONE --to 20M --timeout 1s
	kill "$proxy"
	drop_databases
	end_server
}

# The last one, for the LUN stays larger.
# bats test_tags=long
@test "a LUN that was made larger is found, and gives to those that wait" {
	lab rsh 1 "mkdir -p /etc/vdc; echo 'rescan.command = losetup -c /dev/lun0' >/etc/vdc/vdc.conf"
	serving 1
	manager 1
	[ "$(peer ask 7 0 $THIN $TWO 600)" = 600 ]
	[ "$(peer ask 7 1 $THIN $ONE 1000)" = 420 ]
	[ "$(peer ask 7 2 $THIN $ONE 1000)" = 0 ]
	truncate -s 2G "$VDC_LAB_SHARED"/../luns/*-lun0
	until_true 60 has_size $ONE 1000.00
	[ "$(peer ask 7 3 $THIN $ONE 1000)" = 1000 ]
	lab rsh 1 'rm /etc/vdc/vdc.conf'
	lvm "lvremove -qfy thinvg/$ONE thinvg/$TWO"
}
