#!/usr/bin/env bats
# time limit: 300 s
# What befalls a manager in the middle of an extension: real volumes of two volume groups, a real mailbox and
# the manager's real lease. LVM is held up by its own lock on a group, so that "the middle" is there for as
# long as it takes.
# shellcheck disable=SC2154,SC2016 # set by bats' run; what is for the shell of a host
load ../lib/common
load ../lib/lab
load ../lib/lab-guests
load ../lib/own-postgres

DOMAIN=c277ad93-0973-43d9-a0ca-22199bc8e841
THIN=c277ad93-0973-43d9-a0ca-22199bc8e842
load ../lib/lab-extend
OTHER=c277ad93-0973-43d9-a0ca-22199bc8e843
ONE=d772f1c6-3ebb-43c3-a42e-73fcd8255a51
TWO=d772f1c6-3ebb-43c3-a42e-73fcd8255a52

setup_file() {
	local number

	extend_lab_begin f 2 1G 4m
	lvm "vgcreate -qy -s 4m othervg /dev/lun1"
	for number in 1 2; do
		sed "s/]}$/,$(block_space $OTHER other $number othervg | sed 's/[/&]/\\&/g')]}/" \
			"$VDC_LAB_SHARED/host$number.json" >"$VDC_LAB_SHARED/both.json"
		lab rsh $number "cp /shared/both.json /var/lib/vdc/lockspaces.json"
	done
}

teardown_file() { lab_end; }

setup() {
	extend_lab_setup
	lvm "lvremove -qfy thinvg/$ONE othervg/$TWO; lvcreate -qy -an -Zn -Wn -L 4m -n $ONE thinvg;
		lvcreate -qy -an -Zn -Wn -L 4m -n $TWO othervg" 2>/dev/null
	dd if=/dev/zero of="$VDC_LAB_SHARED/$DOMAIN/dom_md/inbox" bs=1M count=1 conv=notrunc status=none
	serving 1
	manager 1
}

teardown() {
	local number

	release
	end_server
	[ -n "${BATS_TEST_COMPLETED:-}" ] || cat "$VDC_LAB_SHARED"/serve*.log
	for number in 1 2; do
		stop_serving $number
		lab rsh $number spm-elect stop --local >/dev/null || true
	done
	common_teardown
}

# hold GROUP: nobody changes it on host 1 until release
hold() {
	lab rsh 1 "rm -f /run/held; setsid flock /run/lock/lvm/V_$1 sh -c 'touch /run/held; exec sleep 60' \
		>/dev/null 2>&1 3>&- & echo \$! >/run/hold.pid"
	until_true 10 lab rsh 1 '[ -e /run/held ]'
}

# The lock is its child's, too.
release() {
	lab rsh 1 'pkill -P "$(cat /run/hold.pid)" 2>/dev/null; kill "$(cat /run/hold.pid)" 2>/dev/null; true'
}

# Somebody on host 1 waits for a lock of LVM's.
waits_for_lvm() { lab rsh 1 'grep -q -- "-> FLOCK" /proc/locks'; }

asking() { # SLOT VOLUME MIB: $! asks, with a long breath; its answer goes into ./asked
	peer ask 7 "$1" $THIN "$2" "$3" 60 >asked 3>&- &
}

# bats test_tags=long
@test "a server that is killed in the middle of an extension leaves it to the next one" {
	[ "$(peer ask 7 0 $THIN $ONE 8)" = 8 ]
	hold thinvg
	asking 1 $ONE 16
	until_true 10 waits_for_lvm
	stop_serving 1 KILL
	until_true 10 lab rsh 1 '! pgrep -x lvm'
	release
	sleep 1
	has_size $ONE 8.00
	: >"$VDC_LAB_SHARED/serve1.log"
	serving 1
	wait $!
	[ "$(<asked)" = 16 ]
	has_size $ONE 16.00
	[ "$(lab rsh 1 'pgrep -xc lvm')" = 1 ]
}

# bats test_tags=long
@test "a lease that is lost in the middle of an extension ends it, and nothing is written" {
	[ "$(peer ask 7 0 $THIN $ONE 8)" = 8 ]
	hold thinvg
	asking 1 $ONE 16
	until_true 10 waits_for_lvm
	lab rsh 1 "kill -KILL \$(sed -n 's/^pid=//p' /run/vdc/spm/$DOMAIN)"
	until_true 20 grep -q 'serves no more' "$VDC_LAB_SHARED/serve1.log"
	release
	sleep 1
	has_size $ONE 8.00
	# The next manager does it.
	serving 2
	manager 2
	wait $!
	[ "$(<asked)" = 16 ]
	has_size $ONE 16.00
}

# bats test_tags=long
@test "a volume that is removed in the middle of its extension" {
	[ "$(peer ask 7 0 $THIN $ONE 8)" = 8 ]
	hold thinvg
	asking 1 $ONE 16
	until_true 10 waits_for_lvm
	lvm "lvremove --nolocking -qfy thinvg/$ONE"
	release
	wait $!
	[ "$(<asked)" = 0 ]
	run ! lab rsh 1 "lvs thinvg/$ONE"
	grep -q "volume $ONE is not extended: .*$ONE" "$VDC_LAB_SHARED/serve1.log"
}

# bats test_tags=long
@test "a domain whose LVM hangs does not keep another one waiting" {
	local took

	[ "$(peer ask 7 0 $THIN $ONE 8)" = 8 ]
	[ "$(peer ask 8 0 $OTHER $TWO 8)" = 8 ]
	hold thinvg
	asking 1 $ONE 16
	until_true 10 waits_for_lvm
	took=$(milliseconds peer ask 8 1 $OTHER $TWO 16)
	((took < 2000))
	has_size $TWO 16.00 othervg
	has_size $ONE 8.00
	release
	wait $!
	[ "$(<asked)" = 16 ]
}

# bats test_tags=long
@test "a database that goes away and comes back: what waits there is done then, the mailbox meanwhile" {
	local port here proxy name asker

	begin_server
	new_postgres_database
	coproc PROXY { exec "$VDC_TEST_SRC/tests/lib/unix-proxy" "$VDC_TEST_PG_SOCKET" 3>&-; }
	proxy=$PROXY_PID
	read -r port <&"${PROXY[0]}"
	here=$(ip route get "$VDC_LAB_HOST1" | sed -n 's/.* src \([^ ]*\).*/\1/p')
	{
		inventory init
		inventory add data-center dc
		inventory add storage-domain thin id=$THIN data_center=dc storage_type=iscsi \
			volume_group=thinvg extend_transport=database status=active
		inventory add volume id=$ONE storage_domain=thin capacity=64M format=cow allocation=sparse
	} >/dev/null
	name=${VDC_DB##*@/}
	stop_serving 1
	: >"$VDC_LAB_SHARED/serve1.log"
	serving 1 --database --db "postgresql://vdc@$here:$port/${name%%\?*}"
	until_true 20 grep -q 'it serves$' "$VDC_LAB_SHARED/serve1.log"
	run_ok lv-extend extend $ONE --to 8M
	hold thinvg
	lv-extend extend $ONE --to 16M --below-critical --timeout 90s --noheadings --output status,new_size >asked 3>&- &
	asker=$!
	until_true 10 waits_for_lvm
	stop_server
	release
	until_true 20 has_size $ONE 16.00
	until_true 20 grep -q 'database' "$VDC_LAB_SHARED/serve1.log"
	[ "$(peer ask 8 1 $OTHER $TWO 16)" = 16 ]
	start_server
	wait $asker
	[ "$(tr -s ' ' <asked)" = "done 16 MiB" ]
	until_true 20 grep -q 'what failed works again' "$VDC_LAB_SHARED/serve1.log"
	run_ok lv-extend extend $ONE --to 24M --below-critical
	has_size $ONE 24.00
	stop_serving 1
	kill "$proxy"
	drop_databases
}
