#!/usr/bin/env bats
# time limit: 360 s
# The lab itself: hosts, power, storage, network, and that nothing of it stays behind.
# shellcheck disable=SC2154 # status, output, lines: set by bats' run
bats_require_minimum_version 1.5.0
load ../lib/lab

setup_file() {
	LAB_DIR=$(dirname "$(readlink -f "$BATS_TEST_FILENAME")")
	export PATH=$LAB_DIR:/usr/sbin:/sbin:$PATH VDC_LAB=t$$
	unset VDC_LAB_STATE VDC_LAB_PART
	STATE=/var/tmp/vdc-lab/$VDC_LAB
	UP_MS=$(milliseconds lab up 3 2>"$BATS_FILE_TMPDIR/up.err") ||
		{ cat "$BATS_FILE_TMPDIR/up.err" >&2; return 1; }
	NEIGHBOUR=$(neighbour)
	export LAB_DIR STATE UP_MS NEIGHBOUR
	lab_guest "$STATE/storage/shared" "$(cat /proc/sys/kernel/random/uuid)" "
		<disk type='block' device='disk'>
		  <driver name='qemu' type='raw' cache='none'/><source dev='/dev/lun0'/>
		  <target dev='vdb' bus='virtio'/>
		</disk>"
	echo from outside >"$STATE/storage/shared/note"
}

# The name of a lab that begins its search for a subnet where the first one did.
neighbour() {
	local number tag

	tag=$(tag_of "$VDC_LAB")
	for number in {1..5000}; do
		[[ $(tag_of "$VDC_LAB-$number") != "${tag:0:2}"* ]] || break
	done
	echo "$VDC_LAB-$number"
}

tag_of() { printf %s "/var/tmp/vdc-lab/$1" | sha1sum | cut -c1-7; }

# Also the second labs of tests that failed in the middle.
teardown_file() {
	local name
	for name in "$VDC_LAB" "$NEIGHBOUR" "$VDC_LAB"{k,l,e}; do VDC_LAB=$name lab down; done
	losetup --noheadings --output NAME,BACK-FILE | grep -F "$BATS_RUN_TMPDIR" | cut -d" " -f1 |
		xargs -r losetup --detach
}

setup() {
	eval "$(lab env 2>/dev/null)"
}

# guest_on HOST-NUMBER: the guest runs there, and nowhere else
guest_on() {
	local host
	for host in 1 2 3; do
		lab rsh $host 'virsh -q destroy guest 2>/dev/null' || true
	done
	lab rsh "$1" 'virsh -q create /shared/guest.xml'
}

guests_of() { virsh -q -c "qemu+tcp://$1/system" list --name | grep . || true; }

power() { # HOST-NUMBER COMMAND
	local bmc=VDC_LAB_BMC$1
	timeout 20 ipmitool -I lanplus -C 3 -N 1 -R 2 -H "${!bmc}" -U "$VDC_LAB_BMC_USER" \
		-f "$VDC_LAB_BMC_SECRET" chassis power "$2"
}

reachable() { timeout 2 bash -c "exec 4<>/dev/tcp/$1/22" 2>/dev/null; }

# traces LAB: everything that exists outside of, or because of, that lab's state folder
traces() {
	local state=/var/tmp/vdc-lab/$1 link
	link=vdc-$(tag_of "$1")
	ls -d "$state" 2>/dev/null || true
	ls -d "/sys/class/net/$link"* 2>/dev/null || true
	grep -H "$link" /sys/block/loop*/loop/backing_file 2>/dev/null || true
	grep -F "$state" /proc/self/mountinfo || true
	# programs inside the hosts as well: they live on a root that is mounted from the folder
	grep -lF "$state" /proc/[0-9]*/mountinfo /proc/[0-9]*/cmdline 2>/dev/null || true
	grep -lzxF "VDC_LAB_PART=$state" /proc/[0-9]*/environ 2>/dev/null || true
}

@test "three hosts are up in less than ten seconds" {
	echo "up 3: $UP_MS ms" >&3
	((UP_MS < 10000))
	run -0 jq -r '.hosts[] | [.name, .power, .ready] | @tsv' <(lab status --json)
	[[ ${lines[*]} == $'host1\ton\ttrue host2\ton\ttrue host3\ton\ttrue' ]]
}

@test "each host answers ssh and libvirt as itself" {
	local number address uuid
	for number in 1 2 3; do
		address=VDC_LAB_HOST$number
		# shellcheck disable=SC2086 # a command and its options
		run -0 $VDC_RSH "host$number" hostname
		[[ $output == "host$number" ]]
		uuid=$(jq -r ".hosts[$number-1].uuid" <(lab status --json))
		run -0 virsh -c "qemu+tcp://${!address}/system" capabilities
		[[ $output == *"<uuid>$uuid</uuid>"* ]]
		run -0 lab rsh "$number" sanlock client status
		[[ $output == *"$uuid"* ]]
	done
}

@test "what one host writes on shared storage another reads, as file and as block device" {
	lab rsh 1 'echo from host1 | tee /shared/letter | dd of=/dev/lun1 conv=sync oflag=direct status=none'
	run -0 lab rsh 2 'cat /shared/letter; dd if=/dev/lun1 bs=512 count=1 iflag=direct status=none | tr -d "\0"'
	[[ $output == $'from host1\nfrom host1' ]]
}

@test "a logical volume is a device of each host that makes it active, and grows" {
	lab rsh 1 'vgcreate -qs 128m lab /dev/lun1 && lvcreate -q -an -Zn -Wn -L 128m -n v lab &&
		lvchange -ay lab/v && echo from host1 | dd of=/dev/lab/v conv=sync oflag=direct' &>/dev/null
	run -0 lab rsh 2 'lvchange -ay lab/v && dd if=/dev/lab/v bs=512 count=1 iflag=direct status=none | tr -d "\0"'
	[ "$output" = "from host1" ]
	lab rsh 2 'lvextend -q -L 256m lab/v' &>/dev/null
	lab rsh 1 'lvchange --refresh lab/v'
	[ "$(lab rsh 1 'blockdev --getsize64 /dev/lab/v')" = $((256 << 20)) ]
	[ "$(lab rsh 2 'blockdev --getsize64 /dev/lab/v')" = $((128 << 20)) ]
	lab rsh 2 'lvchange -an lab/v'
	run -1 lab rsh 2 '[ -e /dev/lab/v ]'
	run -5 lab rsh 2 'lvchange -ay lab/nothing'
	lab rsh 1 'lvchange -an lab && lvremove -qy lab/v && vgremove -q lab' &>/dev/null
}

@test "a guest migrates live over tcp and over ssh" {
	guest_on 1
	lab rsh 1 'virsh -q migrate --live --p2p guest qemu+tcp://host2/system'
	[[ $(guests_of "$VDC_LAB_HOST1")/$(guests_of "$VDC_LAB_HOST2") == /guest ]]
	lab rsh 2 'virsh -q migrate --live --p2p guest qemu+ssh://root@host3/system'
	[[ $(guests_of "$VDC_LAB_HOST2")/$(guests_of "$VDC_LAB_HOST3") == /guest ]]
}

@test "a power cut through the BMC kills the host and its guests" {
	local init
	guest_on 3
	[[ $(guests_of "$VDC_LAB_HOST3") == guest ]]
	init=$(jq .hosts[2].pid <(lab status --json))
	run -0 power 3 off
	[[ ! -e /proc/$init/root/run/ready ]]
	run -0 power 3 status
	[[ $output == "Chassis Power is off" ]]
	run ! reachable "$VDC_LAB_HOST3"
	run -6 lab rsh 3 true
}

@test "a fence agent powers it on again, as another boot without the guest" {
	lab off 3
	run -0 --separate-stderr fence_ipmilan <<-END
		ip=$VDC_LAB_BMC3
		username=$VDC_LAB_BMC_USER
		password=$(cat "$VDC_LAB_BMC_SECRET")
		lanplus=1
		cipher=3
		action=on
	END
	lab wait 3
	reachable "$VDC_LAB_HOST3"
	[[ -z $(guests_of "$VDC_LAB_HOST3") ]]
}

@test "reboot inside a host starts it again, poweroff leaves it off" {
	local before
	before=$($VDC_RSH host3 cat /proc/sys/kernel/random/boot_id)
	$VDC_RSH host3 reboot || true
	until [[ $(lab rsh 3 cat /proc/sys/kernel/random/boot_id 2>/dev/null) != "$before" ]]; do sleep 0.1; done
	lab wait 3
	lab rsh 3 poweroff
	until [[ $(power 3 status) == *off ]]; do sleep 0.1; done
	lab on 3
}

@test "services stop, die and come back" {
	run -0 lab rsh 3 systemctl is-active libvirtd sanlock sshd
	[[ ${lines[*]} == "active active active" ]]
	lab rsh 3 systemctl kill -s KILL sanlock
	run -3 lab rsh 3 'sleep 0.2; systemctl is-active sanlock'
	lab rsh 3 systemctl restart sanlock libvirtd
	run -0 lab rsh 3 'until virsh version; do sleep 0.1; done; systemctl is-active sanlock'
}

@test "a host whose link is cut stays so over a power cycle, until it is healed" {
	lab cut 3 net
	run ! reachable "$VDC_LAB_HOST3"
	[[ $(power 3 status) == *on ]]
	lab off 3
	lab on 3
	run ! reachable "$VDC_LAB_HOST3"
	lab heal 3
	reachable "$VDC_LAB_HOST3" || reachable "$VDC_LAB_HOST3"
}

@test "cut storage fails for one host alone, open files included" {
	lab rsh 1 'exec 5</shared/note; until [[ -e /tmp/go ]]; do sleep 0.05; done; cat <&5' \
		>"$BATS_TEST_TMPDIR/reader" 2>&1 3>&- & reader=$!
	sleep 0.3
	lab cut 1 storage
	lab rsh 1 'touch /tmp/go'
	if wait "$reader"; then false; fi
	grep "Input/output error" "$BATS_TEST_TMPDIR/reader"
	run -2 lab rsh 1 ls /shared
	run -1 lab rsh 1 dd if=/dev/lun0 of=/dev/null count=1 iflag=direct
	[[ $output == *"Input/output error"* ]]
	run -0 lab rsh 2 'cat /shared/note; dd if=/dev/lun0 of=/dev/null count=1 iflag=direct status=none'
	lab heal 1
	run -0 lab rsh 1 cat /shared/note
	[[ $output == "from outside" ]]
}

@test "storage that hangs goes on when healed, and does not hold up a power cut" {
	lab cut 1 storage --hang
	lab rsh 1 cat /shared/note >"$BATS_TEST_TMPDIR/reader" 3>&- & reader=$!
	run ! timeout 0.5 tail --pid="$reader" -f /dev/null
	lab heal 1
	wait "$reader"
	[[ $(cat "$BATS_TEST_TMPDIR/reader") == "from outside" ]]
	lab cut 1 storage --hang
	lab rsh 1 cat /shared/note 3>&- & reader=$!
	sleep 0.2
	(($(milliseconds lab off 1) < 2000))
	if wait "$reader"; then false; fi
	lab heal 1
	lab on 1
}

@test "slow storage takes the time it was told to" {
	local one='dd if=/dev/lun0 of=/dev/null bs=4k count=1 iflag=direct status=none'
	(($(milliseconds lab rsh 2 "$one") < 1000))
	lab slow 2 storage 1000
	(($(milliseconds lab rsh 2 "$one") >= 1000))
	lab heal 2
	(($(milliseconds lab rsh 2 "$one") < 1000))
}

@test "a cut BMC does not answer" {
	lab cut 2 bmc
	run ! power 2 status
	lab heal 2
	run -0 power 2 status
}

@test "another package generation boots, and the first one again" {
	"$LAB_DIR/images" next >&2
	lab upgrade 2 --image next
	run -0 lab rsh 2 'virsh version; dpkg-query -W libvirt-daemon'
	[[ $output == *"libvirt 11."*"QEMU 10."*libvirt-daemon*11.* ]]
	guest_on 1
	lab rsh 1 'virsh -q migrate --live --p2p guest qemu+tcp://host2/system'
	lab rsh 2 'virsh -q migrate --live --p2p guest qemu+tcp://host1/system'
	lab upgrade 2 --image bookworm
	run -0 lab rsh 2 'virsh version; dpkg-query -W libvirt-daemon'
	[[ $output == *"libvirt 9."*"QEMU 7."*libvirt-daemon*9.* ]]
}

@test "a host whose new image is broken answers ssh, is never ready, and gets the old one back" {
	"$LAB_DIR/images" broken >&2
	lab upgrade 3 --image broken --no-wait
	until reachable "$VDC_LAB_HOST3"; do sleep 0.1; done
	run -0 lab rsh 3 '. /etc/os-release; echo $IMAGE_ID; virsh list &>/dev/null || echo no libvirtd'
	[[ $output == $'lab-broken\nno libvirtd' ]]
	run -1 lab wait 3 1
	[[ $output == *"not ready after 1 s"* ]]
	lab upgrade 3 --image bookworm
	[[ -z $(guests_of "$VDC_LAB_HOST3") ]]
}

@test "a host as after an installation is known to nobody, and knows no VM" {
	lab rsh 3 'virsh -q define /shared/guest.xml'
	lab upgrade 3 --image bookworm
	run -0 lab rsh 3 'virsh -q list --all --name; grep ^host_id /etc/libvirt/qemu-sanlock.conf'
	[[ $output == $'guest\nhost_id = 3' ]]
	lab upgrade 3 --image bookworm --new-key --wipe
	# shellcheck disable=SC2086 # a command and its options
	run -255 $VDC_RSH host3 true
	[[ $output == *"Host key verification failed"* ]]
	run -255 lab rsh 2 ssh host3 true
	run -1 lab rsh 3 'virsh -q list --all --name; grep ^host_id /etc/libvirt/qemu-sanlock.conf'
	[[ -z $output ]]
}

@test "a second lab runs beside the first, and goes without harm to it" {
	local second=$NEIGHBOUR
	VDC_LAB=$second lab up 1
	local address
	address=$(VDC_LAB=$second lab status --json | jq -r .hosts[0].address)
	[[ ${address%.*} != "${VDC_LAB_HOST1%.*}" ]]
	reachable "$address"
	VDC_LAB=$second lab down
	[[ -z $(traces "$second") ]]
	reachable "$VDC_LAB_HOST1"
	[[ $(power 1 status) == *on ]]
}

@test "a lab that is killed while it comes up goes without a trace" {
	local second=${VDC_LAB}k delay
	for delay in 0.05 0.15 0.3 0.5 0.7 1; do
		VDC_LAB=$second lab up 2 3>&- 2>/dev/null & up=$!
		sleep "$delay"
		kill -KILL "$up" || true
		VDC_LAB=$second lab down
		[[ -z $(traces "$second") ]] || { echo "after $delay s: $(traces "$second")"; false; }
		wait "$up" || true
	done
}

# unbound_loops: their numbers
unbound_loops() {
	local device
	for device in /sys/block/loop*; do
		[[ -e $device/loop/backing_file ]] || echo "${device#/sys/block/loop}"
	done
}

@test "loop devices that the kernel made for a lab go with it" {
	local second=${VDC_LAB}l filler=$BATS_TEST_TMPDIR/filler loop made
	truncate -s 1M "$filler"
	for loop in $(unbound_loops); do
		losetup "/dev/loop$loop" "$filler" 2>/dev/null || true # another lab may have been faster
	done
	VDC_LAB=$second lab up 1
	made=$(cat "/var/tmp/vdc-lab/$second/loops")
	[[ -n $made ]]
	for loop in $made; do [[ -e /sys/block/loop$loop ]]; done
	VDC_LAB=$second lab down
	for loop in $made; do
		[[ ! -e /sys/block/loop$loop || -e /sys/block/loop$loop/loop/backing_file ]]
	done
}

@test "works with no terminal, no environment, no input" {
	local second=${VDC_LAB}e
	env -i CI=true VDC_LAB="$second" setsid "$LAB_DIR/lab" up 1 </dev/null 3>&-
	env -i VDC_LAB="$second" setsid "$LAB_DIR/lab" down </dev/null
	[[ -z $(traces "$second") ]]
}

@test "says what is wrong, with the exit code for it" {
	run -2 lab up 0
	run -2 lab up 90
	run -2 lab sideways
	run -2 lab cut 1
	run -3 lab off 7
	[[ $output == *"no host '7'"* ]]
	run -3 lab upgrade 1 --image none
	run -2 lab upgrade 1 --image bookworm --newkey
	VDC_LAB=../x run -2 lab status
	run -77 setpriv --reuid=65534 --clear-groups bash "$LAB_DIR/lab" status
	[[ $output == *root* ]]
}

@test "down leaves nothing" {
	guest_on 1
	lab down
	run -0 traces "$VDC_LAB"
	[[ -z $output ]]
}
