#!/usr/bin/env bats
# time limit: 400 s
# A real guest writes into a thin volume, and watch and serve have it extended: real LVM, a real mailbox, the
# manager's real lease. host1 is the manager.
# shellcheck disable=SC2154 # status, output, stderr: set by bats' run
# shellcheck disable=SC2016 # for eval, and for the shell of a host
load ../lib/common
load ../lib/lab
load ../lib/lab-guests
load ../lib/own-postgres

DOMAIN=c277ad93-0973-43d9-a0ca-22199bc8e831
THIN=c277ad93-0973-43d9-a0ca-22199bc8e832
load ../lib/lab-extend
VOLUME=d772f1c6-3ebb-43c3-a42e-73fcd8255a52
MORE=c277ad93-0973-43d9-a0ca-22199bc8e833
SECOND=d772f1c6-3ebb-43c3-a42e-73fcd8255a53
MIB=1048576
CHUNK=$((256 * MIB))
EXTENT=$((128 * MIB))

setup_file() {
	local number

	((EUID == 0)) || skip "a lab takes root"
	lab_cache
	"$VDC_TEST_SRC/tests/lab/images" tick >&2 || skip "the guests can not be built here"
	extend_lab_begin w 2 12G 128m
	lvm "vgcreate -qy -s 4m morevg /dev/lun1"
	for number in 1 2; do
		also_knows $number "$(block_space "$MORE" more $number morevg)"
	done
	for number in 1 2; do
		lab rsh $number "export VDC_DB=/root/w.db; inventory init; inventory add data-center dc
			inventory add storage-domain thin id=$THIN data_center=dc storage_type=fcp \
			volume_group=thinvg extend_chunk=256M extend_percent=20
			inventory add storage-domain more id=$MORE data_center=dc storage_type=fcp \
			volume_group=morevg extend_chunk=256M extend_percent=20" >/dev/null &
	done
	wait
	serving 1
	manager 1
}

teardown_file() { lab_end; }

# also_knows HOST-NUMBER SPACE
also_knows() {
	local document
	document=$(jq -c ".lockspaces += [$2]" "$VDC_LAB_SHARED/host$1.json")
	echo "$document" >"$VDC_LAB_SHARED/host$1.json"
	lab rsh "$1" "cp /shared/host$1.json /var/lib/vdc/lockspaces.json"
}

setup() {
	extend_lab_setup
	NET=${VDC_LAB_HOST1%.*}
	rm -f "$VDC_LAB_SHARED"/watch*.log
	new_volume
}

teardown() {
	local number

	[ -z "${PROXY:-}" ] || kill "$PROXY_PID"
	end_server
	[ -n "${BATS_TEST_COMPLETED:-}" ] || tail -n 20 "$VDC_LAB_SHARED"/*.log || true
	for number in 1 2; do
		stop_watching "$number"
		lab rsh "$number" 'rm -f /etc/vdc/vdc.conf'
		lab rsh "$number" 'virsh -q destroy guest1' >/dev/null 2>&1 || true
		lab rsh "$number" "lvchange -an thinvg/$VOLUME" >/dev/null 2>&1 || true
	done
	lab rsh 1 "lvremove -qfy thinvg/$VOLUME" >/dev/null 2>&1 || true
	common_teardown
}

# 256 MiB, with an image of 6 GiB in it, and a guest that has it
new_volume() {
	lab rsh 1 "lvcreate -qy -an -Zn -Wn -L 256m -n $VOLUME thinvg && lvchange -ay thinvg/$VOLUME &&
		qemu-img create -q -f qcow2 /dev/thinvg/$VOLUME 6G" >/dev/null 2>new.err ||
		{ cat new.err >&2; return 1; }
	"$LAB_DIR/guest/domain" guest1 --ip "$NET.201/24" --disk "/dev/thinvg/$VOLUME" --block \
		--format qcow2 >"$VDC_LAB_SHARED/guest1.xml"
	lab rsh 1 'virsh -q create /shared/guest1.xml'
}

watching() { # HOST-NUMBER [DATABASE]: until stop_watching
	lab rsh "$1" "VDC_DB=${2:-/root/w.db} setsid lv-extend watch >>/shared/watch$1.log 2>&1 & echo \$! >/run/watch.pid"
	until_true 60 grep -q 'are watched$' "$VDC_LAB_SHARED/watch$1.log"
}

stop_watching() { # HOST-NUMBER [SIGNAL]
	lab rsh "$1" "kill -${2:-TERM} \$(cat /run/watch.pid) 2>/dev/null || true
		while kill -0 \$(cat /run/watch.pid) 2>/dev/null; do sleep 0.02; done" 2>/dev/null || true
}

# sampling HOST-NUMBER: lines "TIME STATE WRITTEN SIZE", as its hypervisor has them, until /run/sampled is there
sampling() {
	lab rsh "$1" 'rm -f /run/sampled
		while [ ! -e /run/sampled ]; do
			echo "time=$EPOCHREALTIME"
			virsh domstats guest1 --state --block --backing --nowait
			sleep 0.02
		done' | awk -F= '
		$1 == "time" { time = $2 } /state.state=/ { state = $2 } /block.0.allocation=/ { at = $2 }
		/block.0.physical=/ { print time, state, at, $2 }' >samples 3>&- &
}

# fill MIB [SECONDS]: the guest writes so much as fast as it can, within so long
fill() {
	local sampler until=$((SECONDS + ${2:-200}))

	sampling 1
	sampler=$!
	ask 1 fill "$1" >/dev/null
	until [[ $(ask 1 fill) == "filled=$1 errors=0 running=0" ]]; do
		((SECONDS < until)) || fail "the guest does not get on: $(ask 1 fill)"
		sleep 0.2
	done
	lab rsh 1 'touch /run/sampled'
	wait "$sampler"
}

# The longest of all extensions, in milliseconds.
slowest() { sed -n 's/.*within \([0-9]*\) ms$/\1/p' "$VDC_LAB_SHARED/watch1.log" | sort -n | tail -n 1; }

# No volume is larger than what was written, a chunk, and what is written until it is extended, in extents:
# by the fastest tenth of a second, and the 1.4 s that are expected of the first extension.
keeps_the_rule() {
	awk -v chunk="$CHUNK" -v extent="$EXTENT" -v slowest="$(slowest)" '
		{ time[NR] = $1; state[NR] = $2; at[NR] = $3; size[NR] = $4 }
		END {
			for (i = j = 1; j <= NR; j++) {
				while (time[j] - time[i] >= 0.1) {
					now = (at[j] - at[i]) / (time[j] - time[i])
					if (now > rate) rate = now
					i++
				}
			}
			reach = rate * (slowest > 1400 ? slowest : 1400) / 1000
			for (i = 1; i <= NR; i++) {
				if (state[i] != 1) { print "the guest did not run: " state[i]; bad = 1 }
				if (size[i] > at[i] + chunk + reach + extent) {
					print "too large: " at[i], size[i], reach; bad = 1
				}
			}
			printf "%d samples, %d to %d MiB, written %d MiB in %.1f s, at most %d MiB/s, slowest %d ms\n",
				NR, size[1] / 1048576, size[NR] / 1048576, at[NR] / 1048576,
				time[NR] - time[1], rate / 1048576, slowest
			exit bad
		}' samples
}

# All that it wrote, as it wrote it.
reads_back() {
	ASK_TIMEOUT=300 run_ok ask 1 verify
	contains "$output" " bad=0"
}

never_waited() {
	run ! grep -h 'want of space\|cannot\|not extend' "$VDC_LAB_SHARED"/watch*.log
}

@test "a guest that writes never waits for space" {
	watching 1
	await_guest 1
	fill 320
	never_waited
	run keeps_the_rule
	echo "# $output" >&3
	[ "$status" = 0 ]
	reads_back
	grep -q 'guest1, vda: extended from 256 MiB to ' "$VDC_LAB_SHARED/watch1.log"
}

@test "what lies below a volume group is told by a host" {
	export VDC_CONF=$PWD/vdc.conf
	echo 'connect-timeout = 5s' >"$VDC_CONF"
	new_database
	{
		inventory init
		inventory add data-center dc
		inventory add cluster c data_center=dc
		lab_add_host 1
		inventory add storage-domain thin id=$THIN data_center=dc type=data storage_type=fcp \
			volume_group=thinvg
		inventory sync --all
	} >/dev/null
	run_ok lv-extend check --domains --over 100ms --json
	[ "$(jq -c '.thin_domains[0] | [.name, .thin_backend, .note, .disks, .committed]' <<<"$output")" = \
		'["thin",false,null,1,6442450944]' ]
}

# bats test_tags=long
@test "4 GiB as fast as it can" {
	watching 1
	await_guest 1
	fill 4096 1200
	never_waited
	run keeps_the_rule
	echo "# $output" >&3
	[ "$status" = 0 ]
	reads_back
}

state() { lab rsh "$1" 'virsh domstate guest1' 2>/dev/null; }

# bats test_tags=long
@test "a guest that was paused for want of space goes on, whoever was not there" {
	await_guest 1
	ask 1 fill 400 >/dev/null
	until_true 120 eval '[[ $(state 1) == paused ]]'
	watching 1
	until_true 60 eval '[[ $(state 1) == running ]]'
	until_true 200 eval '[[ $(ask 1 fill) == "filled=400 errors=0 running=0" ]]'
	grep -q 'guest1, vda: goes on, there is space$' "$VDC_LAB_SHARED/watch1.log"
	reads_back
	# Somebody's own pause is not ended.
	lab rsh 1 'virsh -q suspend guest1'
	ask 1 fill >/dev/null 2>&1 || true
	sleep 5
	[ "$(state 1)" = paused ]
	lab rsh 1 'virsh -q resume guest1'
}

recorded() { # TYPE
	lab rsh 1 "VDC_DB=/root/w.db events list --json" |
		jq -c '.events[]' | grep "\"$1\"" | grep -q 'VM guest1, disk vda: '
}

# bats test_tags=long
@test "a full volume group pauses a guest, which is recorded, and space lets it go on" {
	lab rsh 1 'lvcreate -qy -an -Zn -Wn -l 100%FREE -n filler thinvg' >/dev/null 2>&1
	watching 1
	await_guest 1
	ask 1 fill 400 >/dev/null
	until_true 120 eval '[[ $(state 1) == paused ]]'
	until_true 20 recorded vm_out_of_space
	recorded disk_not_extended
	grep -q 'guest1, vda: the storage pool manager does not extend it to ' "$VDC_LAB_SHARED/watch1.log"
	lab rsh 1 'lvremove -qfy thinvg/filler' >/dev/null 2>&1
	until_true 90 eval '[[ $(state 1) == running ]]'
	until_true 200 eval '[[ $(ask 1 fill) == "filled=400 errors=0 running=0" ]]'
	recorded vm_has_space
	reads_back
}

filled() { [[ $(ask 1 fill) == "filled=$1 errors=0 running=0" ]]; }

# Each host has a device of its own for a LUN, of the size that it last looked for. The volume is the last one
# on it, so that it stays in one piece.
# bats test_tags=long
@test "a LUN that was made larger is found by every host, and the VM goes on" {
	local number size
	size=$(stat -c %s "$VDC_LAB_SHARED"/../luns/*-lun0)
	lab rsh 1 "virsh -q destroy guest1; lvchange -an thinvg/$VOLUME; lvremove -qfy thinvg/$VOLUME
		lvcreate -qy -an -Zn -Wn -l \$((\$(vgs --noheadings -o vg_free_count thinvg) - 2)) -n filler thinvg" >/dev/null 2>&1
	new_volume
	for number in 1 2; do
		lab rsh $number "mkdir -p /etc/vdc; echo 'rescan.command = losetup -c /dev/lun0' >/etc/vdc/vdc.conf"
	done
	stop_serving 1
	serving 1
	lab rsh 1 "virsh -q destroy guest1; lvchange -an thinvg/$VOLUME" >/dev/null 2>&1
	lab rsh 2 "lvchange -ay thinvg/$VOLUME && virsh -q create /shared/guest1.xml" >/dev/null 2>&1
	watching 2
	await_guest 1
	ask 1 fill 400 >/dev/null
	until_true 120 eval '[[ $(state 2) == paused ]]'
	truncate -s $((size + (2 << 30))) "$VDC_LAB_SHARED"/../luns/*-lun0
	[ "$(lab rsh 2 'blockdev --getsize64 /dev/lun0')" = "$size" ]
	until_true 120 eval '[[ $(state 2) == running ]]'
	until_true 200 filled 400
	(($(lab rsh 2 'blockdev --getsize64 /dev/lun0') > size))
	reads_back
	lab rsh 1 'lvremove -qfy thinvg/filler' >/dev/null 2>&1
}

# bats test_tags=long
@test "figures and space of a domain are followed while it is watched" {
	await_guest 1
	watching 1
	sleep 1
	run ! grep -q 'extended\|space' "$VDC_LAB_SHARED/watch1.log"
	lab rsh 1 'export VDC_DB=/root/w.db
		inventory set storage-domain thin extend_chunk=512M
		inventory set storage-domain thin --observed space=low available=1G' >/dev/null
	until_true 30 grep -q 'guest1, vda: extended from 256 MiB to ' "$VDC_LAB_SHARED/watch1.log"
	grep -q 'storage domain thin: its space runs low: 1 GiB are free' "$VDC_LAB_SHARED/watch1.log"
	lab rsh 1 'export VDC_DB=/root/w.db
		inventory set storage-domain thin extend_chunk=256M
		inventory set storage-domain thin --observed space=ok' >/dev/null
	until_true 30 grep -q 'storage domain thin: there is enough space again' "$VDC_LAB_SHARED/watch1.log"
}

# The second one is written by its QEMU, not by the guest.
# bats test_tags=long
@test "two disks of a VM are extended each for itself, in domains of their own" {
	local at size
	lab rsh 1 "virsh -q destroy guest1; lvcreate -qy -an -Zn -Wn -L 256m -n $SECOND morevg &&
		lvchange -ay morevg/$SECOND && qemu-img create -q -f qcow2 /dev/morevg/$SECOND 6G" >/dev/null 2>&1
	"$LAB_DIR/guest/domain" guest1 --ip "$NET.201/24" --disk "/dev/thinvg/$VOLUME" --block --format qcow2 \
		--extra "<disk type='block' device='disk'><driver name='qemu' type='qcow2' cache='none' error_policy='enospace'/><source dev='/dev/morevg/$SECOND'/><target dev='vdb' bus='virtio'/></disk>" \
		>"$VDC_LAB_SHARED/guest1.xml"
	lab rsh 1 'virsh -q create /shared/guest1.xml'
	watching 1
	grep -q '2 thin disks are watched$' "$VDC_LAB_SHARED/watch1.log"
	await_guest 1
	ask 1 fill 320 >/dev/null
	for ((at = 0; at < 500; at += 20)); do
		lab rsh 1 "virsh -q qemu-monitor-command guest1 --hmp \
			'qemu-io -d /machine/peripheral/virtio-disk1/virtio-backend \"write -P 7 ${at}M 20M\"'" >/dev/null
	done
	until_true 200 filled 320
	run ! grep 'want of space\|not extend' "$VDC_LAB_SHARED/watch1.log"
	for at in vda vdb; do
		grep -q "guest1, $at: extended from 256 MiB to " "$VDC_LAB_SHARED/watch1.log"
	done
	size=$(lab rsh 1 "lvs --noheadings --nosuffix --units m -o lv_size morevg/$SECOND" 2>/dev/null)
	size=${size%.*}
	echo "# vdb: 500 MiB written, $((size)) MiB large" >&3
	((size >= 500 && size % 4 == 0))
	reads_back
	lab rsh 1 "virsh -q destroy --graceful guest1
		qemu-io -r -f qcow2 -c 'read -P 7 0 500M' /dev/morevg/$SECOND" >written
	grep -q 'read 524288000/524288000' written
	run ! grep -q 'verification failed' written
	lab rsh 1 "lvchange -an morevg/$SECOND; lvremove -qfy morevg/$SECOND" >/dev/null 2>&1
}

# bats test_tags=long
@test "a watch that was killed takes up all again" {
	watching 1
	await_guest 1
	ask 1 fill 1024 >/dev/null
	for _ in 1 2 3; do
		until_true 60 eval 'grep -q extended "$VDC_LAB_SHARED/watch1.log"'
		stop_watching 1 KILL
		: >"$VDC_LAB_SHARED/watch1.log"
		watching 1
	done
	until_true 300 eval '[[ $(ask 1 fill) == "filled=1024 errors=0 running=0" ]]'
	[ "$(state 1)" = running ]
	reads_back
	[ "$(lab rsh 1 'pgrep -fc "lv-extend watch"')" -le 4 ]
}

# bats test_tags=long
@test "a VM that moves while it is extended finds its volume as large where it arrives" {
	lab rsh 2 "lvchange -ay thinvg/$VOLUME" >/dev/null
	watching 1
	watching 2
	await_guest 1
	ask 1 fill 700 20 >/dev/null
	until_true 60 grep -q extended "$VDC_LAB_SHARED/watch1.log"
	lab rsh 1 "virsh -q migrate --live guest1 qemu+tcp://$VDC_LAB_HOST2/system"
	until_true 200 eval '[[ $(ask 1 fill) == "filled=700 errors=0 running=0" ]]'
	[ "$(state 2)" = running ]
	grep -q 'guest1, vda: extended from' "$VDC_LAB_SHARED/watch2.log"
	lab rsh 1 "! lvs thinvg/$VOLUME -o lv_size --noheadings --units m | grep -qw 256" 2>/dev/null
	reads_back
}

served() { grep -c 'it serves$' "$VDC_LAB_SHARED/serve$1.log"; }

# bats test_tags=long
@test "the manager moves while a guest writes, and back" {
	local before

	before=$(served 1)
	serving 2
	watching 1
	await_guest 1
	ask 1 fill 1024 20 >/dev/null
	until_true 60 grep -q extended "$VDC_LAB_SHARED/watch1.log"
	lab rsh 1 spm-elect stop --local >/dev/null
	manager 2
	until_true 60 grep -q "volume $VOLUME: .* to " "$VDC_LAB_SHARED/serve2.log"
	lab rsh 2 spm-elect stop --local >/dev/null
	lab rsh 1 spm-elect start --local >/dev/null
	until_true 20 eval '(($(served 1) > before))'
	until_true 300 eval '[[ $(ask 1 fill) == "filled=1024 errors=0 running=0" ]]'
	[ "$(state 1)" = running ]
	reads_back
	stop_serving 2
}

# The last one: the manager serves by database from then on.
# bats test_tags=long
@test "by database, too" {
	local port here name

	begin_server
	new_postgres_database
	coproc PROXY { exec "$VDC_TEST_SRC/tests/lib/unix-proxy" "$VDC_TEST_PG_SOCKET" 3>&-; }
	read -r port <&"${PROXY[0]}"
	here=$(ip route get "$VDC_LAB_HOST1" | sed -n 's/.* src \([^ ]*\).*/\1/p')
	{
		inventory init
		inventory add data-center dc
		inventory add storage-domain data id=$DOMAIN data_center=dc master=true
		inventory add storage-domain thin id=$THIN data_center=dc storage_type=fcp \
			volume_group=thinvg extend_chunk=256M extend_transport=database
		inventory add volume id=$VOLUME storage_domain=thin capacity=6G format=cow allocation=sparse
	} >/dev/null
	name=${VDC_DB##*@/}
	name=postgresql://vdc@$here:$port/${name%%\?*}
	stop_serving 1
	serving 1 --database --db "'$name'"
	until_true 30 grep -q 'it serves$' "$VDC_LAB_SHARED/serve1.log"
	watching 1 "'$name'"
	await_guest 1
	fill 320
	never_waited
	run keeps_the_rule
	echo "# $output" >&3
	[ "$status" = 0 ]
	reads_back
	[ "$(inventory list volume --noheadings --output size | tr -d ' ')" != - ]
	drop_databases
}
