#!/usr/bin/env bats
# time limit: 400 s
# Storage domains made ready for leases, on the hosts' own LVM and real sanlock: volumes and files, sectors
# of 512 and 4096 bytes, an init that is killed, and what is never written over.
# shellcheck disable=SC2154 # status, output, stderr: set by bats' run
load ../lib/common
load ../lib/lab

SMALL=c277ad93-0973-43d9-a0ca-22199bc8e811
LARGE=c277ad93-0973-43d9-a0ca-22199bc8e812
FILES=c277ad93-0973-43d9-a0ca-22199bc8e813
VOLUMES="ids inbox leases master metadata outbox xleases"

in_lab() { VDC_LAB=$LAB_NAME "$LAB_DIR/lab" "$@"; }

setup_file() {
	((EUID == 0)) || skip "a lab takes root"
	LAB_DIR=$(dirname "$(readlink -f "$BATS_TEST_FILENAME")")
	export LAB_DIR LAB_NAME=i$$ VDC_LAB=i$$
	VDC_LAB_LUNS=3 VDC_LAB_LUN_SECTORS="512 4096 512" VDC_LAB_LUN_SIZE=6G \
		in_lab up 2 2>"$BATS_FILE_TMPDIR/up.err" || { cat "$BATS_FILE_TMPDIR/up.err" >&2; return 1; }
	our_commands
	PATH=$LAB_DIR:/usr/sbin:/sbin:$PATH
	settings
	lab_install 1 2
	new_inventory >&2
}

teardown_file() {
	[ -z "${LAB_NAME:-}" ] || in_lab down
}

settings() {
	eval "$(lab env 2>/dev/null)"
	export VDC_DB=$BATS_FILE_TMPDIR/init.db VDC_CONF=$BATS_FILE_TMPDIR/vdc.conf
	export LVM_SUPPRESS_FD_WARNINGS=1
}

setup() {
	common_setup
	export PATH=$LAB_DIR:/usr/sbin:/sbin:$PATH VDC_LAB=$LAB_NAME
	settings
}

teardown() {
	common_teardown
}

new_inventory() {
	local number address

	: >"$VDC_CONF"
	inventory init
	inventory add data-center dc
	inventory add cluster c data_center=dc
	for number in 1 2; do
		address=VDC_LAB_HOST$number
		inventory add host host$number cluster=c address="${!address}" rsh_address=host$number
		inventory set host host$number --observed status=up
	done
	add_domain small $SMALL fcp volume_group=small
	add_domain large $LARGE iscsi volume_group=large
	add_domain files $FILES posixfs mount_point=/shared/export
}

add_domain() { # NAME ID TYPE PLACE
	inventory add storage-domain "$1" id="$2" data_center=dc type=data status=uninitialized \
		storage_type="$3" storage_format=v5 io_timeout=2 "$4"
}

lvm() { # HOST-NUMBER COMMAND…: its warnings are about this lab
	lab rsh "$@" 2> >(grep -v 'WARNING\|leaked' >&2)
}

new_group() { # NAME LUN
	lvm 1 "lvchange -an $1 >/dev/null 2>&1; vgremove -qfy $1 >/dev/null 2>&1; vgcreate -qy -s 128m $1 /dev/lun$2 >/dev/null"
}

volumes_of() { # GROUP [FIELD]
	lvm 2 "lvs --noheadings -o ${2:-lv_name} $1" | tr -d ' ' | sort | tr '\n' ' ' | sed 's/ *$//'
}

domain() { # NAME FIELD
	inventory list storage-domain --select "name=$1" --noheadings --output "$2" | tr -d ' '
}

# document NAME ID GROUP SECTOR HOST-NUMBER: as the host is told
document() {
	printf '{"lockspaces":[{"id":"%s","name":"%s","host_id":%d,"storage_format":"v5",' "$2" "$1" "$5"
	printf '"place":{"ids":"/dev/%s/ids","leases":"/dev/%s/leases","volume_group":"%s"},' "$3" "$3" "$3"
	printf '"block_size":%s,"alignment":1048576,"io_timeout":2,"master":true}]}\n' "$4"
}

sum_of() { # GROUP: of the areas that leases lie in
	lab rsh 1 "for v in ids leases; do dd if=/dev/$1/\$v bs=1M count=4 iflag=direct status=none; done | sha256sum"
}

@test "a block domain gets seven volumes, lockspace and lease, once" {
	new_group small 0
	run_ok spm-elect init small --master --dry-run
	[ -z "$(volumes_of small)" ]
	run_ok spm-elect init small --master
	contains "$output" "is ready, by host host1" "sectors of 512 bytes"
	[ "$(volumes_of small)" = "$VOLUMES" ]
	[ "$(volumes_of small lv_tags)" = "" ]
	[ "$(domain small master,status)" = trueunknown ]
	[ "$(inventory list data-center --noheadings --output master_version | tr -d ' ')" = 1 ]
	[ "$(events list --select type=storage_domain_initialized --noheadings | wc -l)" = 1 ]
	contains "$(lab rsh 2 'lvchange -ay small/leases; sanlock direct dump /dev/small/leases:1M')" SDM
	before=$(sum_of small)
	run_ok spm-elect init small --host host2
	[ "$(sum_of small)" = "$before" ]
	[ "$(inventory list data-center --noheadings --output master_version | tr -d ' ')" = 1 ]
	run_fail 4 spm-elect init large --master
	contains "$stderr" "storage domain small is the master"
}

# killed_at COUNT: init on host 1 is killed when it has made so many volumes
killed_at() {
	lab rsh 1 "spm-elect init --local --from /shared/large.json & pid=\$!
		until [ \$(lvs --readonly --nolocking --noheadings large 2>/dev/null | wc -l) -ge $1 ]; do :; done
		kill -KILL \$pid" || true
}

@test "an init that is killed anywhere is finished by the next one" {
	local count unfinished=0

	document large $LARGE large 4096 1 >"$VDC_LAB_SHARED/large.json"
	for count in 0 1 4 7; do
		new_group large 1
		lab rsh 1 'head -c 8M /dev/urandom | dd of=/dev/lun1 bs=1M seek=513 oflag=direct status=none'
		killed_at $count
		[[ $(volumes_of large lv_tags) != *VDC_INITIALIZING* ]] || unfinished=$((unfinished + 1))
		run_ok lab rsh 1 spm-elect init --local --from /shared/large.json
		[ "$(volumes_of large)" = "$VOLUMES" ]
		[ "$(volumes_of large lv_tags)" = "" ]
	done
	((unfinished > 0))
	run_ok spm-elect init large --sector 4096
	contains "$output" "sectors of 4096 bytes, areas of 1 MiB, host ids 1 to 249"
	[ "$(domain large block_size)" = 4096 ]
}

@test "two hosts join a block domain, and one becomes the manager" {
	local group=large
	for number in 1 2; do
		document large $LARGE $group 4096 $number >"$VDC_LAB_SHARED/join$number.json"
	done
	lab rsh 2 spm-elect join --local --from /shared/join2.json >/dev/null &
	run_ok lab rsh 1 spm-elect join --local --from /shared/join1.json
	wait $!
	run_ok lab rsh 1 spm-elect start --local
	run_fail 5 lab rsh 2 spm-elect start --local --timeout 2s
	before=$(lab rsh 1 "dd if=/dev/$group/leases bs=1M count=4 iflag=direct status=none | sha256sum")
	run_ok spm-elect init large --host host2
	[ "$(lab rsh 1 "dd if=/dev/$group/leases bs=1M count=4 iflag=direct status=none | sha256sum")" = "$before" ]
	# areas of another shape, and a group that only the manager may change
	run_fail 4 spm-elect init large --sector 512
	contains "$stderr" "not with 512 bytes"
	[ "$(domain large block_size)" = 4096 ]
	lvm 1 'lvchange -an large/xleases; lvremove -qfy large/xleases' >/dev/null
	run_fail 4 spm-elect init large
	contains "$stderr" "volume xleases is missing"
	run_ok lab rsh 1 spm-elect stop --local
	# a host that boots again makes its volumes active by itself
	lab off 2 && lab on 2
	run_ok lab rsh 2 spm-elect join --local
}

@test "what else lies in a group is never touched" {
	document other $SMALL other 512 1 >"$VDC_LAB_SHARED/other.json"
	init_other() { lab rsh 1 spm-elect init --local --from /shared/other.json; }
	run_fail 3 init_other
	contains "$stderr" "other"
	new_group other 2
	lvm 1 'lvcreate -qy -an -Zn -Wn -L 256m -n ids other' >/dev/null
	run_fail 4 init_other
	contains "$stderr" "volume ids has 256 MiB and would have 128 MiB"
	[ "$(volumes_of other)" = ids ]
	new_group other 2
	lvm 1 'lvcreate -qy -an -Zn -Wn -L 2g -n data other' >/dev/null
	run_fail 1 init_other
	contains "$stderr" "the missing volumes take 4.9 GiB" "nothing was made"
	[ "$(volumes_of other)" = data ]
	new_group other 2
	for volume in ids:128 inbox:128 outbox:128 leases:2048 master:1024 metadata:512 xleases:1024; do
		lvm 1 "lvcreate -qy -an -Zn -Wn -L ${volume#*:}m -n ${volume%:*} other" >/dev/null
	done
	lab rsh 1 'lvchange -ay other/ids && head -c 1M /dev/urandom | dd of=/dev/other/ids oflag=direct bs=1M status=none'
	before=$(lab rsh 1 'head -c 1M /dev/other/ids | sha256sum')
	run_fail 2 init_other
	contains "$stderr" "something that is no lease lies there"
	[ "$(lab rsh 1 'head -c 1M /dev/other/ids | sha256sum')" = "$before" ]
}

# claim_of HOST-NAME: as an init leaves it that was killed there
claim_of() { lvm 1 "vgchange -q --addtag VDC_INIT_BY:$1:x other" >/dev/null; }

@test "a group that another host makes ready is left to it" {
	document other $SMALL other 512 1 >"$VDC_LAB_SHARED/other.json"
	new_group other 2
	claim_of host9
	run_fail 5 lab rsh 1 spm-elect init --local --from /shared/other.json
	contains "$stderr" "volume group other: host host9 makes it ready just now" \
		"vgchange --deltag VDC_INIT_BY:host9:x other"
	[ -z "$(volumes_of other)" ]
	lvm 1 'vgchange -q --deltag VDC_INIT_BY:host9:x other' >/dev/null
	# one of its own that was killed is nobody's
	claim_of "$(lab rsh 1 hostname)"
	run_ok lab rsh 1 spm-elect init --local --from /shared/other.json
	[ "$(volumes_of other)" = "$VOLUMES" ]
	[ "$(lvm 2 'vgs --noheadings -o vg_tags other' | tr -d ' ')" = "" ]
	# nothing is to be made: nobody is asked
	claim_of host9
	run_ok lab rsh 1 spm-elect init --local --from /shared/other.json
}

# bats test_tags=long
@test "two hosts make one group ready at once, without a common database" {
	local round number status made=0

	document other $SMALL other 512 1 >"$VDC_LAB_SHARED/other.json"
	for round in 1 2 3 4 5; do
		new_group other 2
		for number in 1 2; do
			lab rsh $number spm-elect init --local --from /shared/other.json \
				>/dev/null 2>init$number &
		done
		for number in 1 2; do
			status=0
			wait -n || status=$?
			((status == 0 || status == 5)) || fail "round $round: $(cat init1 init2)"
			((status)) || made=$((made + 1))
		done
		((made <= round)) || fail "both made it: $(cat init1 init2)"
		run_ok lab rsh 2 spm-elect init --local --from /shared/other.json
		[ "$(volumes_of other)" = "$VOLUMES" ]
		[ "$(volumes_of other lv_tags)" = "" ]
		[ "$(lvm 2 'vgs --noheadings -o vg_tags other' | tr -d ' ')" = "" ]
		lvm 2 'lvchange -an other' >/dev/null
	done
	echo "# in $made of 5 rounds one of two made it at once" >&3
}

@test "files get the names, mode and owner of vdsm's" {
	local format names

	run_fail 3 spm-elect init files
	contains "$stderr" "is storage domain files mounted here?"
	for format in v3 v4 v5; do
		lab rsh 1 'rm -rf /shared/export && mkdir /shared/export && chown 36:36 /shared/export'
		inventory set storage-domain files storage_format=$format
		run_ok spm-elect init files
		names=$(lab rsh 1 "cd /shared/export/$FILES/dom_md && stat -c %n * | tr '\n' ' '")
		[ "$names" = "ids inbox leases metadata outbox $([ $format = v3 ] || echo 'xleases ')" ]
		[ "$(lab rsh 1 "stat -c '%a %u:%g' /shared/export/$FILES/dom_md/* | sort -u")" = "660 36:36" ]
		[ "$(lab rsh 1 "stat -c '%a %u:%g' /shared/export/$FILES /shared/export/$FILES/dom_md | sort -u")" = "755 36:36" ]
		[ "$(lab rsh 1 "stat -c %s /shared/export/$FILES/dom_md/inbox")" = $((16 << 20)) ]
	done
	# with 500 hosts and large sectors an area is twice as long
	lab rsh 1 'rm -rf /shared/export/*'
	inventory set storage-domain files extend_transport=database
	run_ok spm-elect init files --sector 4096 --hosts 500
	contains "$output" "areas of 2 MiB, host ids 1 to 500"
	[ "$(domain files alignment)" = 2MiB ]
	run_ok lab rsh 1 "sanlock direct read_leader -s $FILES:1:/shared/export/$FILES/dom_md/ids:0 -Z 4096 -A 2M"
}

state_of() { # HOST-NUMBER: of each domain, its state and I/O time-out
	lab rsh "$1" spm-elect status --local --noheadings --output name,state,io_timeout --sort name |
		tr -s ' ' | tr '\n' ';'
}

# bats test_tags=long
@test "two block domains at once, one of them with large sectors and a time-out of 10 s" {
	local number first

	for number in 1 2; do
		lab rsh $number 'spm-elect leave --local --forget' >/dev/null
		inventory set host host$number --observed hardware_uuid="$(lab rsh $number sanlock client status |
			sed -n 's/^daemon //p')" >/dev/null
	done
	for domain in $(inventory list storage-domain --noheadings --output name); do
		inventory set storage-domain "$domain" master=false status=maintenance >/dev/null
	done
	new_group small 0
	new_group large 1
	inventory set storage-domain small status=uninitialized >/dev/null
	inventory set storage-domain large status=uninitialized io_timeout=10 >/dev/null
	run_ok spm-elect init small
	run_ok spm-elect init large --master --sector 4096
	inventory set storage-domain small status=active >/dev/null
	inventory set storage-domain large status=active >/dev/null
	run_ok spm-elect join host1 host2
	for number in 1 2; do
		[ "$(state_of $number)" = "large joined 10;small joined 2;" ]
	done
	run_ok spm-elect elect dc
	first=$(inventory list host --select spm_status=spm --noheadings --output name | tr -d ' ')
	run_ok spm-elect release dc
	[ "$(inventory list host --select spm_status=spm --noheadings --output name | tr -d ' ')" != "$first" ]
	contains "$(lab rsh 1 'sanlock direct dump /dev/large/leases:1M:4096:1M 2>&1 || sanlock direct dump /dev/large/leases:1M')" SDM
	# a host that boots again makes the volumes of both active, and joins
	number=${first#host}
	lab off "$number" && lab on "$number" && lab wait "$number"
	run_ok lab rsh "$number" spm-elect join --local
	[ "$(state_of "$number")" = "large joined 10;small joined 2;" ]
	run_ok spm-elect status dc
	run_ok lab rsh $((3 - number)) spm-elect stop --local
	for number in 1 2; do lab rsh $number 'spm-elect leave --local --forget' >/dev/null; done
}

@test "a host that cannot be asked" {
	lab off 1
	run_fail 6 spm-elect init small --host host1
	inventory set host host1 --observed status=down
	inventory set host host2 --observed status=down
	run_fail 6 spm-elect init small
	contains "$stderr" "no host of the data centre" "--host"
}
