#!/usr/bin/env bats
# The guests: one that counts and keeps a journal, one with a device-mapper and a watchdog.
bats_require_minimum_version 1.5.0

setup_file()
{
	GUEST=$(dirname "$(readlink -f "$BATS_TEST_FILENAME")")/guest
	CACHE=${VDC_LAB_CACHE:-/var/cache/vdc-lab}
	DISK=$BATS_FILE_TMPDIR/disk.raw MONITOR=$BATS_FILE_TMPDIR/monitor
	export GUEST CACHE DISK MONITOR
	local status=0
	"$GUEST/../images" tick dm >&2 || status=$?
	((status != 77)) || skip "the guests can not be built here"
	((status == 0)) || return "$status"
	truncate -s 128M "$DISK"
	mkfifo "$MONITOR"
	start_guest
}

teardown_file()
{
	[[ ! -e $BATS_FILE_TMPDIR/pids ]] || xargs kill <"$BATS_FILE_TMPDIR/pids" 2>/dev/null || true
}

free_port()
{
	local port
	for ((port = 20000 + RANDOM % 10000; ; port++)); do
		(: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
	done
}

start_guest()
{
	local port
	. "$GUEST/cmdline.sh"
	port=$(free_port)
	export ADDRESS=127.0.0.1:$port
	timeout 300 qemu-system-x86_64 -machine pc-q35-7.2 -accel tcg,tb-size=16 -cpu qemu64 -m 96 \
		-nodefaults -no-user-config -display none -no-reboot \
		-kernel "$CACHE/guest/vmlinuz" -initrd "$CACHE/guest/tick.img" \
		-append "$GUEST_CMDLINE ip4=10.0.2.15/24 $*" \
		-serial "file:$BATS_FILE_TMPDIR/console" -monitor stdio \
		-drive "file=$DISK,format=raw,if=virtio,cache=none" \
		-nic "user,restrict=on,model=virtio,hostfwd=tcp:$ADDRESS-:7" \
		<>"$MONITOR" >/dev/null 2>&1 3>&- &
	export GUEST_PID=$!
	echo "$GUEST_PID" >>"$BATS_FILE_TMPDIR/pids"
	answers 30
}

ask() { "$GUEST/ask" "$ADDRESS" "$@"; }

# answers SECONDS: wait until the guest does
answers()
{
	local i
	for ((i = 0; i < $1 * 5; i++)); do
		ASK_TIMEOUT=0.2 ask ping >/dev/null 2>&1 && return
		sleep 0.1
	done
	return 1
}

monitor() { printf '%s\n' "$1" >"$MONITOR"; }

# field NAME REQUEST…: one value of an answer
field() { ask "${@:2}" | tr ' ' '\n' | sed -n "s/^$1=//p"; }

# now: milliseconds of this machine's clock
now() { echo $((${EPOCHREALTIME/./} / 1000)); }

@test "ticks are counted, ten in a second of this machine's clock" {
	local start took uptime ticks
	start=$(now) uptime=$(field uptime_ms ticks) ticks=$(field ticks ticks)
	sleep 2
	uptime=$(($(field uptime_ms ticks) - uptime)) ticks=$(($(field ticks ticks) - ticks))
	took=$(($(now) - start))
	((uptime >= 1900 && uptime <= took))
	# they may come late on a busy machine; none is added
	((ticks >= 5 && ticks <= took / 100 + 1))
}

@test "a machine that was stopped knows it, to a fifth of a second" {
	local before start took stopped
	sleep 1.5 # the guest takes a second and a half to know its clocks
	before=$(field stopped_ms ticks)
	((before == 0))
	start=$(now)
	monitor stop
	ASK_TIMEOUT=0.5 run -6 --separate-stderr ask ping
	[[ $stderr == *"no answer from 127.0.0.1"* ]]
	sleep 0.5
	monitor cont
	answers 5
	took=$(($(now) - start))
	sleep 2
	stopped=$(field stopped_ms ticks)
	((stopped >= 800 && stopped <= took + 300))
}

@test "its boot has an id" {
	[[ $(field boot_id boot) =~ ^[0-9a-f]{8}-[0-9a-f-]{27}$ ]]
}

@test "ticks left out show as the longest gap" {
	ask reset
	(($(field gap_ms ticks) < 500))
	ask pause 700
	sleep 1.2
	(($(field gap_ms ticks) >= 700))
}

@test "a block is written and read back, and one never written is no record" {
	run -0 ask write 5
	[[ $output == "block=5 sequence="* ]]
	run -0 ask read 5
	run -1 ask read 6
	[[ $output == "block=6 holds sequence=0" ]]
	run -1 ask write 99999999
	run -1 ask nonsense
	[[ $output == "no such request: nonsense" ]]
}

@test "the disk is filled in the background" {
	ask fill 8
	for ((i = 0; i < 50; i++)); do
		[[ $(field running fill) == 1 ]] || break
		sleep 0.1
	done
	run -0 ask fill
	[[ $output == "filled=8 errors=0 running=0" ]]
	run -1 ask fill 5000
	run -0 ask verify
}

@test "the journal goes on, and a write that is lost is found" {
	ask journal 100
	sleep 1
	ask journal 0
	(($(field acked journal) > 20))
	run -0 ask verify
	[[ $output == *" lost=0 "* && $output == *" bad=0" ]]
	# block 10 of the journal and block 5 behind it go back to what they were before
	dd if=/dev/zero of="$DISK" bs=4096 count=1 seek=10 conv=notrunc status=none
	dd if=/dev/zero of="$DISK" bs=4096 count=1 seek=$((1024 + 5)) conv=notrunc status=none
	run -1 ask verify
	[[ $output == *" lost=1 "* && $output == *" bad=1" ]]
}

@test "memory is made dirty and let go" {
	run -0 ask dirty 16
	[[ $output == "dirty_mib=16" ]]
	run -0 ask dirty 0
	answers 5
}

@test "the power button ends the guest; its journal is read from outside and continued" {
	local acked lost
	ask journal 100
	sleep 0.5
	ask journal 0
	acked=$(field acked journal) lost=$(field lost verify)
	monitor system_powerdown
	for ((i = 0; i < 50; i++)); do
		[[ -d /proc/$GUEST_PID ]] || break
		sleep 0.1
	done
	[[ ! -d /proc/$GUEST_PID ]]
	run "$GUEST/verify" "$DISK" "$acked"
	[[ $output == *" last=$acked lost=$lost" ]]
	run -1 "$GUEST/verify" "$DISK" $((acked + 5))
	[[ $output == *" lost=$((lost + 5))" ]]
	qemu-img convert -O qcow2 "$DISK" "$BATS_TEST_TMPDIR/disk.qcow2"
	run "$GUEST/verify" "$BATS_TEST_TMPDIR/disk.qcow2" "$acked"
	[[ $output == *" last=$acked lost=$lost" ]]
	start_guest journal=20
	(($(field acked journal) >= acked))
	ask poweroff
}

@test "the domain XML is valid, and names are quoted in it" {
	"$GUEST/domain" "a<b&c'd" --ip 10.99.0.50/24 --disk "/x'y" --format qcow2 --journal 10 \
		--console /x/console --extra "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>" \
		>"$BATS_TEST_TMPDIR/a.xml"
	xmllint --noout --relaxng /usr/share/libvirt/schemas/domain.rng "$BATS_TEST_TMPDIR/a.xml"
	"$GUEST/domain" b --bios --block --disk /dev/loop0 >"$BATS_TEST_TMPDIR/b.xml"
	xmllint --noout --relaxng /usr/share/libvirt/schemas/domain.rng "$BATS_TEST_TMPDIR/b.xml"
	run ! grep -q '<kernel>' "$BATS_TEST_TMPDIR/b.xml"
	run -2 "$GUEST/domain" c --nonsense 1
}

@test "in the other guest LVM has a real device-mapper" {
	truncate -s 512M "$BATS_TEST_TMPDIR/pv"
	run -42 --separate-stderr "$GUEST/dm-run" - "$BATS_TEST_TMPDIR/pv" <<-'EOF'
	set -e
	vgcreate -q vg /dev/vda
	lvcreate -q -y -Wn -Zn -L 64m -n disk vg
	lvextend -q -L +64m vg/disk
	lvchange --refresh vg/disk
	echo "size $(blockdev --getsize64 /dev/vg/disk)"
	lvcreate -q -y -T -L 128m vg/pool -V 1g -n thin
	echo "$(dmsetup table vg-thin)"
	exit 42
	EOF
	[[ $output == *"size 134217728"* ]]
	[[ $output == *"2097152 thin "* ]]
}

@test "a watchdog that nobody feeds resets the guest" {
	run -125 --separate-stderr "$GUEST/dm-run" - <<-'EOF'
	modprobe softdog soft_margin=2
	exec 9>/dev/watchdog
	echo armed
	sleep 20
	echo survived
	EOF
	[[ $output == armed ]]
	[[ $stderr == *"softdog: Initiating system reboot"* ]]
}

@test "wdmd lets the watchdog fire when sanlock is frozen: two minutes, in a fast clock" {
	run -125 --separate-stderr "$GUEST/dm-run" --fast-clock - <<-'EOF'
	truncate -s 8M /tmp/leases
	losetup /dev/loop0 /tmp/leases
	modprobe softdog
	wdmd -D -H 0 >/dev/null 2>&1 & sleep 1
	sanlock daemon -D -w 1 -U root -G root -e host1 >/dev/null 2>&1 & sleep 1
	sanlock direct init -s LS:0:/dev/loop0:0 -o 2
	sanlock client add_lockspace -s LS:1:/dev/loop0:0 -o 2
	sleep 120
	sanlock client status | grep ^s
	kill -STOP "$(pidof sanlock)"
	sleep 300
	echo survived
	EOF
	[[ $output == *"s LS:1:/dev/loop0:0"* && $output != *survived* ]]
	[[ $stderr == *"softdog: Initiating system reboot"* ]]
}

@test "a script that does not end is ended" {
	run -124 --separate-stderr "$GUEST/dm-run" --timeout 2 - <<<'sleep 100'
	[[ $stderr == *"not done within 2 s"* ]]
}
