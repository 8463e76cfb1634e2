# A block domain in place, made by the real LVM, qemu-img and sanlock, against the database. No volume is
# ever active: there need not be a device-mapper.
# shellcheck disable=SC2154,SC2086 # stderr; ids
load ../lib/common
load ../lib/fake-host
load ../lib/image-metadata
load ../lib/vm-leases

web=11111111-2222-4333-8444-555555555501
base=aaaaaaaa-0000-4000-8000-000000000001
leaf=aaaaaaaa-0000-4000-8000-000000000002
none=00000000-0000-0000-0000-000000000000
ctime=$(($(date +%s) - 3600)) # as old as the logical volumes

# The domain is made once, and each test damages a copy of it.
setup_file() {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	command -v sanlock >/dev/null || skip "sanlock is not installed"
	export PATH=$PATH:/usr/sbin:/sbin
	domain=$(cat /proc/sys/kernel/random/uuid)
	export domain
	cd "$BATS_FILE_TMPDIR" || return
	make_domain 512
	losetup --detach "$loop"
}

setup() {
	common_setup
	export VDC_CONF=$PWD/vdc.conf PATH=$PATH:/usr/sbin:/sbin
	echo "lvm-directory = $PWD/lvm" >"$VDC_CONF"
	document >db.xml
	cp --sparse=always "$BATS_FILE_TMPDIR/lun" .
	loop=$(losetup --find --show lun)
}

teardown() {
	[ -z "$loop" ] || losetup --detach "$loop"
	[ -z "$second" ] || losetup --detach "$second"
	common_teardown
}

# lvm_ COMMAND...: quiet, and without the kernel
lvm_() {
	lvm "$1" --config 'global{activation=0} backup{backup=0 archive=0}' --devices "$loop${second:+,$second}" "${@:2}" >/dev/null 2>lvm.err ||
		fail "lvm $*: $(cat lvm.err)"
}

# volume NAME SIZE TAG...
volume() {
	local tags=()

	for tag in "${@:3}"; do tags+=(--addtag "$tag"); done
	lvm_ lvcreate -an -Zn -Wn -L "$2" -n "$1" "${tags[@]}" "$domain"
}

# place NAME OFFSET: where that is on the device
place() {
	local first

	first=$(lvm lvs --config 'global{activation=0}' --devices "$loop" --noheadings -o seg_pe_ranges "$domain/$1" 2>/dev/null)
	first=${first##*:}
	echo $((1048576 + ${first%-*} * 4194304 + $2))
}

# put NAME OFFSET: standard input there
put() {
	dd of="$loop" oflag=seek_bytes,direct conv=sync ibs=4096 obs=4096 seek="$(place "$1" "$2")" status=none
}

# slot N IMAGE PARENT FORMAT TYPE VOLTYPE SEQ
slot() {
	volume_metadata "$domain" 8388608 "${@:2}" | put metadata "$(slot_at "$1")"
}

slot_at() { echo $((1048576 + $1 * 8192)); }

# old_slot FILE N IMAGE PARENT FORMAT TYPE VOLTYPE: the same of the format V4, in the page FILE
old_slot() {
	printf '%s\n' CTIME=$ctime DESCRIPTION= DISKTYPE=2 "DOMAIN=$domain" "FORMAT=$5" GEN=0 "IMAGE=$3" \
		LEGALITY=LEGAL MTIME=0 "PUUID=$4" SIZE=16384 "TYPE=$6" "VOLTYPE=$7" EOF |
		dd of="$1" bs=512 seek="$2" conv=sync,notrunc status=none
}

# lease N VOLUME: of the volume in slot N
lease() {
	sanlock direct init -r "$domain:$2:$loop:$(place leases $(((100 + $1) * 1048576)))" >/dev/null
}

# make_domain SECTOR
make_domain() {
	truncate -s 512M lun
	loop=$(losetup --find --show --sector-size "$1" lun)
	lvm_ vgcreate -s 4m --addtag RHAT_storage_domain --addtag MDT_VERSION=5 --addtag "MDT_SDUUID=$domain" \
		--addtag MDT_CLASS=Data --addtag MDT_ROLE=Master --addtag MDT_TYPE=FCP --addtag MDT_BLOCK_SIZE=512 \
		--addtag MDT_ALIGNMENT=1048576 --addtag 'MDT_DESCRIPTION=lun&32&1' \
		--addtag MDT_POOL_UUID=d0000000-0000-4000-8000-000000000001 "$domain" "$loop"
	volume metadata 4m
	volume leases 112m
	volume $base 8m IU_$web PU_$none MD_1
	volume $leaf 8m IU_$web PU_$base MD_2
	slot 1 $web $none RAW PREALLOCATED INTERNAL 1
	slot 2 $web $base COW SPARSE LEAF 2
	(truncate -s 8M $base && qemu-img create -q -f qcow2 -F raw -b $base header 8M) >/dev/null
	put $leaf 0 <header
	lease 1 $base
	lease 2 $leaf
}

row() {
	echo "<volume id=\"$1\"><disk id=\"$web\"/><image>$web</image><storage_domain><name>lun1</name></storage_domain>
		$2<status>ok</status><capacity>8388608</capacity></volume>"
}

document() {
	echo "<vdc><data_centers><data_center><name>home</name><status>up</status></data_center></data_centers>
		<storage_domains><storage_domain id=\"$domain\"><name>lun1</name><type>data</type><master>true</master>
		<data_center><name>home</name></data_center><status>active</status><storage_format>v5</storage_format>
		</storage_domain></storage_domains><disks><disk id=\"$web\"><name>d</name><status>ok</status></disk></disks><volumes>"
	row $base '<active>false</active>'
	row $leaf "<active>true</active><parent id=\"$base\"/>"
	echo "</volumes></vdc>"
}

# finds CODE...: exactly these
finds() {
	local codes

	codes=$(image-discrepancies --inventory db.xml --confirm 0 --deep --json "${source:-vg:$domain}" | jq -r '.discrepancies[]?.code' | sort -u | xargs)
	[ "$codes" = "$*" ] || fail "found '$codes', expected '$*'"
}

@test "a healthy domain, and its dump" {
	run_ok image-discrepancies --inventory db.xml --confirm 0 --deep "vg:$domain"
	contains "$output" "    No discrepancies found" "1 storage domain with 2 volumes checked, 0 findings"
	run_ok image-discrepancies dump --deep "vg:$domain"
	[ "$(jq -r '.metadata | "\(.name) \(.version) \(.role) \(.block)"' <<<"$output")" = "lun 1 5 Master true" ]
	[ "$(jq -r ".volumes[\"$leaf\"] | \"\(.mdslot) \(.status) \(.header.backing) \(.apparentsize)\"" <<<"$output")" = \
		"2 ok $base 8388608" ]
	[ "$(jq -c '[.leases[].resource]' <<<"$output")" = "[\"$base\",\"$leaf\"]" ]
}

@test "blocks of 4096 bytes" {
	losetup --detach "$loop"
	rm lun
	make_domain 4096
	finds
	lvm_ lvchange --deltag MD_2 "$domain/$leaf"
	finds METADATA_MISSING
}

@test "tags that were taken away or changed" {
	lvm_ lvchange --deltag MD_2 "$domain/$leaf"
	finds METADATA_MISSING
	lvm_ lvchange --addtag MD_1 "$domain/$leaf"
	finds CHAIN_IN_PIECES HEADER_FORMAT_DIFFERS INTERNAL_WITHOUT_CHILD LEASE_OF_OTHER NO_LEAF PARENT_DIFFERS \
		SLOT_SHARED TAG_PARENT_DIFFERS VOLTYPE_DIFFERS
	lvm_ lvchange --deltag MD_1 --addtag MD_2 --deltag PU_$base --addtag PU_$none "$domain/$leaf"
	finds TAG_PARENT_DIFFERS
	lvm_ lvchange --deltag PU_$none --addtag PU_$base --deltag IU_$web --addtag IU_$base "$domain/$leaf"
	finds TAG_IMAGE_DIFFERS
	lvm_ lvchange --deltag IU_$base --addtag IU__remove_me_$web "$domain/$leaf"
	finds INTERNAL_WITHOUT_CHILD NO_LEAF REMOVAL_LEFTOVER
}

@test "volumes that are half made, gone or of nobody" {
	volume aaaaaaaa-0000-4000-8000-000000000003 4m OVIRT_VOL_INITIALIZING
	run_ok image-discrepancies --inventory db.xml --confirm 0 "vg:$domain"
	contains "$output" "the creation of volume aaaaaaaa-0000-4000-8000-000000000003 did not end (being worked on)"
	run_fail 1 image-discrepancies --inventory db.xml --confirm 0 --recent 0 "vg:$domain"
	lvm_ lvremove -y "$domain/aaaaaaaa-0000-4000-8000-000000000003"
	lvm_ lvremove -y "$domain/$leaf"
	finds INTERNAL_WITHOUT_CHILD LEASE_LEFTOVER NO_LEAF VOLUME_ONLY_IN_DATABASE
	volume aaaaaaaa-0000-4000-8000-000000000009 4m
	finds INTERNAL_WITHOUT_CHILD LEASE_LEFTOVER METADATA_MISSING NO_LEAF VOLUME_ONLY_IN_DATABASE VOLUME_ONLY_ON_STORAGE
}

@test "metadata that is gone, and leases" {
	head -c 4096 /dev/zero | put metadata "$(slot_at 2)"
	finds METADATA_INVALID
	slot 2 $web $base COW SPARSE LEAF 2
	lease 2 ${leaf}_MERGE
	finds LEASE_OF_OTHER
	head -c 4096 /dev/zero | put leases $((102 * 1048576))
	finds LEASE_MISSING
	head -c 4096 /dev/zero | put $leaf 0
	lease 2 $leaf
	finds HEADER_FORMAT_DIFFERS
}

@test "leases of virtual machines" {
	local vm=99999999-0000-4000-8000-000000000001

	volume xleases 12m
	head -c 4194304 /dev/zero | put xleases 0
	finds
	sed -i "s|</storage_domains>|&<vms><vm id=\"$vm\"><name>v</name><lease><storage_domain><name>lun1</name></storage_domain></lease></vm></vms>|" db.xml
	finds VM_LEASE_INDEX_DAMAGED
	lease_index - "$vm" >index
	put xleases 1048576 <index
	finds VM_LEASE_OF_OTHER
	sanlock direct init -r "$domain:$vm:$loop:$(place xleases 3145728)" >/dev/null
	finds
	sanlock direct init -r "$domain:$base:$loop:$(place xleases 4194304)" >/dev/null
	run_fail 1 image-discrepancies --inventory db.xml --confirm 0 "vg:$domain"
	contains "$output" "    the VM lease at offset 4194304, in the name of $base, is not in the index" ", 1 finding: 1 warning"
	image-discrepancies dump --deep "vg:$domain" >dump.json
	[ "$(jq .metadata.vm_lease_index dump.json)" = 1 ]
	! python3 -c 'import jsonschema' 2>/dev/null || "$VDC_TEST_SRC/tests/helpers/check_json_schema" \
		"$VDC_TEST_SRC/schemas/storage-dump.schema.json" dump.json
	[ "$(image-discrepancies --inventory db.xml --json dump.json | jq -r '.discrepancies[].code')" = VM_LEASE_UNLISTED ]
	lease_index - '' "$base" >index
	put xleases 1048576 <index
	finds VM_LEASE_LEFTOVER VM_LEASE_MISSING VM_LEASE_UNLISTED
	lease_index u "$vm" >index
	put xleases 1048576 <index
	finds VM_LEASE_INDEX_DAMAGED
}

@test "a slot that still holds what an older volume wrote" {
	ctime=1563949824 slot 2 $web $base COW SPARSE LEAF 2
	finds METADATA_STALE
	image-discrepancies dump "vg:$domain" >dump.json
	run_fail 1 image-discrepancies --inventory db.xml dump.json
	contains "$output" "the metadata of volume $leaf is older than the volume" ", 1 finding: 1 warning"
}

@test "a group of two devices, and one of them goes" {
	local other=aaaaaaaa-0000-4000-8000-000000000007

	truncate -s 64M lun2
	second=$(losetup --find --show lun2)
	lvm_ vgextend -y "$domain" "$second"
	finds METADATA_AREAS_WRONG
	lvm_ pvchange --metadataignore y "$second"
	finds
	# a volume on both of them, and one on the other
	lvm_ lvextend -L +8m "$domain/$leaf" "$second"
	finds
	lvm_ lvcreate -an -Zn -Wn -L 8m -n $other --addtag IU_$web --addtag PU_$leaf --addtag MD_3 "$domain" "$second"
	slot 3 $web $leaf COW SPARSE LEAF 3
	finds HEADER_FORMAT_DIFFERS LEAF_WITH_CHILD LEASE_MISSING SEVERAL_LEAVES VOLUME_ONLY_ON_STORAGE
	losetup --detach "$second"
	second=
	finds DOMAIN_UNWELL LEAF_WITH_CHILD LEASE_MISSING SEVERAL_LEAVES VOLUME_ONLY_ON_STORAGE
}

@test "little room for the metadata of the group" {
	local i tags=()

	for ((i = 0; i < 420; i++)); do tags+=(--addtag "$(printf 'T%.0s' {1..990})$i"); done
	lvm_ vgchange "${tags[@]}" "$domain"
	finds DOMAIN_METADATA_FULL
}

# as_version FROM TO: the domain, and the database agrees
as_version() {
	lvm_ vgchange --deltag MDT_VERSION=$1 --addtag MDT_VERSION=$2 "$domain"
	sed -i "s/>v$1</>v$2</" db.xml
}

@test "slots of the formats V4, V3 and V2" {
	as_version 5 4
	lvm_ lvchange --deltag MD_1 --addtag MD_4 "$domain/$base"
	lvm_ lvchange --deltag MD_2 --addtag MD_5 "$domain/$leaf"
	old_slot page 4 $web $none RAW PREALLOCATED INTERNAL
	old_slot page 5 $web $base COW SPARSE LEAF
	put metadata 0 <page
	head -c 8192 /dev/zero | put leases $((101 * 1048576))
	head -c 8192 /dev/zero | put leases $((102 * 1048576))
	lease 4 $base
	lease 5 $leaf
	finds
	as_version 4 3
	finds
	# V2 knows no leases of volumes
	as_version 3 2
	head -c 8192 /dev/zero | put leases $((104 * 1048576))
	finds
	lvm_ lvchange --deltag PU_$base --addtag PU_$none "$domain/$leaf"
	finds TAG_PARENT_DIFFERS
	lvm_ lvchange --deltag PU_$none --addtag PU_$base "$domain/$leaf"
	lvm_ lvchange --deltag MD_4 --addtag MD_3 "$domain/$base"
	finds METADATA_INVALID SLOT_OUT_OF_RANGE
}

@test "what is no domain" {
	run_fail 3 image-discrepancies --storage-only vg:nowhere-$$
	contains "$stderr" "nowhere-$$"
	lvm_ vgchange --deltag RHAT_storage_domain "$domain"
	run_fail 2 image-discrepancies --storage-only "vg:$domain"
	contains "$stderr" "it is no storage domain: it has not the tag RHAT_storage_domain"
	run_fail 2 image-discrepancies --storage-only 'vg:a b'
}

@test "a host that reaches the group reads it" {
	fake_shell
	mkdir fake/h1
	source=h1:vg:$domain
	finds
	run_ok image-discrepancies --inventory db.xml --confirm 0 --deep "$source"
	contains "$output" "1 storage domain with 2 volumes checked, 0 findings"
	lvm_ lvchange --deltag MD_2 "$domain/$leaf"
	finds METADATA_MISSING
	lvm_ lvchange --addtag MD_2 "$domain/$leaf"
	head -c 4096 /dev/zero | put $leaf 0
	finds HEADER_FORMAT_DIFFERS
	run_fail 3 image-discrepancies --storage-only "h1:vg:nowhere-$$"
	contains "$stderr" "nowhere-$$"
}

# traced OPTION...: the command under strace; LeakSanitizer cannot work there
traced() {
	command -v strace >/dev/null || skip "strace is not installed"
	ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 strace -f -o trace "$@" \
		image-discrepancies --inventory db.xml --confirm 0 --deep --json "vg:$domain" >found
}

@test "the devices are opened for reading alone, and no lock is taken" {
	traced -e trace=%file,fcntl,flock,ioctl,ftruncate,fallocate,pwrite64,io_submit
	grep -q "openat(.*\"$loop\", O_RDONLY" trace || fail "$(grep openat trace | tail -20)"
	grep -q 'execve(.*lvm' trace || fail "LVM was not asked"
	run ! grep -E "\"$loop\".*O_(WRONLY|RDWR|EXCL|CREAT|TRUNC)" trace
	run ! grep -E 'F_(OFD_)?SETLK|flock\(|LOCK_|BLKFLSBUF|BLKRRPART|pwrite64\(|ftruncate\(|fallocate\(' trace
	cmp lun "$BATS_FILE_TMPDIR/lun"
}

# torn_slot: whoever writes slot 2 is half way
torn_slot() {
	volume_metadata "$domain" 8388608 $web $base COW SPARSE LEAF 2 | head -c 100 | put metadata "$(slot_at 2)"
}

# reads_slot: the line of the trace, whose process has read slot 2 once
reads_slot() { grep "pread64(.*, $(place metadata "$(slot_at 2)"))" trace; }

@test "a slot that is half written is read again" {
	local count reader traced

	torn_slot
	traced -e trace=pread64 || [ $? -eq 1 ]
	[ "$(jq -r '.discrepancies[].code' found | sort -u)" = METADATA_INVALID ]
	[ "$(reads_slot | wc -l)" -ge 2 ] || fail "$(tail trace)"
	reader=$(reads_slot | head -1 | cut -d' ' -f1)
	count=$(grep "^$reader " trace | grep -n "$(reads_slot | head -1 | cut -d' ' -f2-)" -F -m1 | cut -d: -f1)
	# the same once more, and its reader stops there until the writer has come to his end
	traced -e trace=pread64 -e inject=pread64:signal=STOP:when="$count" 3>&- &
	traced=$!
	soon 60 reads_slot
	slot 2 $web $base COW SPARSE LEAF 2
	reader=$(reads_slot | head -1 | cut -d' ' -f1)
	soon 60 grep -Eq "^$reader +--- stopped" trace
	kill -CONT "$reader"
	wait $traced || fail "$(cat found)"
	[ "$(jq '.discrepancies | length' found)" = 0 ] || fail "$(cat found)"
}
