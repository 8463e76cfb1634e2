# A file domain in place, as qemu-img and vdsm leave it there, against the database.
# shellcheck disable=SC2154,SC2086 # stderr and ids are of what is loaded
load ../lib/common
load ../lib/image-domain
load ../lib/image-readings

setup() {
	common_setup
	image_setup
}

teardown() {
	common_teardown
}

# finds CODE...: exactly these, of the domain in place, with headers.
finds() {
	local codes

	codes=$(image-discrepancies --confirm 0 --deep --json sd | jq -r '.discrepancies[]?.code' | sort -u | xargs)
	[ "$codes" = "$*" ] || fail "found '$codes', expected '$*'"
}

@test "a healthy domain, also with what vdsm leaves beside volumes" {
	touch sd/images/lost+found sd/images/$web/.hidden
	run_ok image-discrepancies --confirm 0 --deep sd
	contains "$output" "    No discrepancies found" "1 storage domain with 5 volumes checked, 0 findings"
}

@test "a volume or its metadata is not there" {
	rm sd/images/$web/$middle.meta
	finds METADATA_MISSING
	meta $web $middle $base COW SPARSE INTERNAL 2
	mv sd/images/$web/$middle kept
	finds DATA_MISSING
	rm sd/images/$web/$middle.meta
	finds INTERNAL_WITHOUT_CHILD PARENT_MISSING VOLUME_ONLY_IN_DATABASE
	mv kept sd/images/$web/$middle
	printf 'NONE=######\nEOF\n' >sd/images/$web/$middle.meta
	finds METADATA_INVALID
}

@test "an image that is another one than its metadata says" {
	qemu-img rebase -q -u -F raw -b $base sd/images/$web/$leaf
	finds HEADER_PARENT_DIFFERS
	qemu-img rebase -q -u -F qcow2 -b ../$web/$middle sd/images/$web/$leaf
	finds
	qemu-img create -q -f raw sd/images/$web/$middle 64M
	finds HEADER_FORMAT_DIFFERS
}

@test "an image that is too short, or too long" {
	truncate -s 32M sd/images/$web/$base
	finds TRUNCATED
	truncate -s 64M sd/images/$web/$base
	qemu-img resize -q sd/images/$web/$leaf 65M
	finds HEADER_CAPACITY_DIFFERS
	truncate -s 100000 sd/images/$web/$leaf
	finds HEADER_CAPACITY_DIFFERS TRUNCATED
}

@test "files that are of nobody, or of somebody else" {
	cp sd/images/$web/$leaf sd/images/$web/$leaf.bak
	printf x >sd/images/$web/"$(printf 'a\nb\377')"
	mkdir sd/images/old
	touch sd/images/dddddddd-0000-4000-8000-000000000001
	run_fail 1 image-discrepancies --confirm 0 sd
	contains "$output" "    $web/$leaf.bak belongs to no volume" "    $web/a?b? belongs to no volume" \
		"    old belongs to no volume" "    dddddddd-0000-4000-8000-000000000001 belongs to no volume" \
		", 4 findings: 4 warnings"
	image-discrepancies dump sd >dump.json
	[ "$(image-discrepancies --json dump.json | jq -r '.discrepancies[].code' | xargs)" = \
		"STRAY_FILE STRAY_FILE STRAY_FILE STRAY_FILE" ]
	rm -r sd/images/$web/{*.bak,a?b*} sd/images/{old,dddd*}
	chmod 0646 sd/images/$web/$leaf.meta
	chmod 0440 sd/images/$web/$middle
	finds MODE_WRONG
	chmod 0644 sd/images/$web/$leaf.meta
	chmod 0640 sd/images/$web/$middle
	chmod 0440 sd/images/$template/$shared
	finds
	[ "$(id -u)" -eq 0 ] || skip "to give files away takes root"
	chown 107:107 sd/images/$web/$leaf # by libvirt, while a guest runs
	finds
	chown -R 36:36 sd
	run_fail 1 image-discrepancies --confirm 0 sd
	contains "$output" "    $web/$middle has the mode 0640, and should be read and written by its group"
	chmod 0660 sd/images/$web/$middle
	chown 107:107 sd/images/$web/$leaf
	run_fail 1 image-discrepancies --confirm 0 sd
	contains "$output" "    $web/$leaf belongs to 107:107, and the domain to 36:36" ": 1 error, 2 warnings"
}

@test "leases that lie beside volumes" {
	local image volume

	command -v sanlock >/dev/null || skip "sanlock is not installed"
	for volume in sd/images/*/*.meta; do
		volume=${volume%.meta}
		touch "$volume.lease"
		sanlock direct init -r "$domain:${volume##*/}:$PWD/$volume.lease:0" >/dev/null
	done
	finds
	rm sd/images/$web/$leaf.lease
	finds LEASE_MISSING
	touch sd/images/$web/$leaf.lease
	finds LEASE_MISSING
	sanlock direct init -r "$domain:${leaf}_MERGE:$PWD/sd/images/$web/$leaf.lease:0" >/dev/null
	run_fail 1 image-discrepancies --confirm 0 sd
	contains "$output" "    the lease of volume $leaf in $web/$leaf.lease is in the name of ${leaf}_MERGE of $domain"
	mv sd/images/$web/$leaf.lease sd/images/$web/dddddddd-0000-4000-8000-000000000001.lease
	finds LEASE_LEFTOVER LEASE_MISSING
	rm sd/images/$web/dddd*
	sed -i 's/^VERSION=5/VERSION=2/' sd/dom_md/metadata
	finds DOMAIN_FORMAT_DIFFERS
}

@test "a dump follows its schema, whatever it has to tell" {
	local schema=$VDC_TEST_SRC/schemas/storage-dump.schema.json check=$VDC_TEST_SRC/tests/helpers/check_json_schema

	python3 -c 'import jsonschema' 2>/dev/null || skip "python3-jsonschema is not installed"
	qemu-img bitmap --add sd/images/$web/$leaf b
	echo stray >sd/images/$web/mine
	chmod 666 sd/images/$web/$base
	rm sd/images/$web/$middle.meta
	: >sd/images/$web/$leaf.lease
	image-discrepancies dump --deep sd >dump.json
	[ "$(jq -r '.files[] | "\(.path) \(.problem) \(.is) \(.should)"' dump.json | sort)" = \
		"$web/$base mode 0666 not be written by all
$web/$base.lease lease_missing null null
$web/$middle.lease lease_missing null null
$web/$leaf.lease lease_missing null null
$web/mine stray null null
$template/$shared.lease lease_missing null null
$derived/$child.lease lease_missing null null" ] || fail "$(jq .files dump.json)"
	"$check" "$schema" dump.json
	# a copy of a template's volume is told where there is nothing else of it
	[ "$(jq -r ".volumes[\"$shared\"].found" dump.json)" = null ]
	rm -r sd/images/$template
	image-discrepancies dump --deep sd >copy.json
	[ "$(jq -r ".volumes[\"$shared\"].found" copy.json)" = copy ]
	"$check" "$schema" copy.json
	# a member that nobody described is noticed
	jq '.files[0].more = 1' dump.json >more.json
	run_fail 1 "$check" "$schema" more.json
}

@test "a removal that was interrupted" {
	mv sd/images/$derived sd/images/_remove_me_$derived
	finds REMOVAL_LEFTOVER
}

@test "old metadata in sectors" {
	sed -i 's/^CAP=.*/SIZE=131072/; /^SEQ/d; s/^GEN=0/&\nMTIME=0/' sd/images/*/*.meta
	sed -i 's/^VERSION=5/VERSION=4/' sd/dom_md/metadata
	run_fail 1 image-discrepancies --confirm 0 sd
	contains "$output" "metadata is of format v4 on storage and of v5 in the DB" " 1 finding: "
}

# V2 is of block domains; V1 calls itself 0.
@test "metadata of every version" {
	local version format

	sed -i 's/^CAP=.*/SIZE=131072/; /^SEQ/d; s/^GEN=0/MTIME=0/; s/^DISKTYPE=.*/DISKTYPE=2/' sd/images/*/*.meta
	for version in 0:v1 3:v3 4:v4; do
		format=${version#*:}
		sed -i "s/^VERSION=.*/VERSION=${version%:*}/" sd/dom_md/metadata
		document | sed "s/>v5</>$format</" >db.xml
		run_ok image-discrepancies --inventory db.xml --confirm 0 --deep sd
		contains "$output" "1 storage domain with 5 volumes checked, 0 findings"
		sed "s/>$format</>v5</" db.xml >other.xml
		run_fail 1 image-discrepancies --inventory other.xml --confirm 0 --deep sd
		contains "$output" "is of format $format on storage and of v5 in the DB"
		sed '0,/>67108864</s//>67108352</' db.xml >other.xml
		run_fail 1 image-discrepancies --inventory other.xml --confirm 0 --deep sd
		contains "$output" "a different attribute capacity on storage(67108864) and on DB(67108352)"
	done
}

@test "nothing is followed or believed" {
	local big=dddddddd-0000-4000-8000-000000000001

	ln -s /etc/passwd sd/images/$web/$big
	ln -s /etc/passwd sd/images/$web/$big.meta
	mkfifo sd/images/$web/dddddddd-0000-4000-8000-000000000002
	ln -s / sd/images/dddddddd-0000-4000-8000-000000000003
	touch sd/images/$web/"$(printf 'dddddddd-0000-4000-8000-00000\n000004')"
	run_fail 1 timeout 20 image-discrepancies --confirm 0 --deep sd
	contains "$output" "    volume $big of image $web is on storage but not in the DB" " with 7 volumes checked"
	truncate -s 1T sd/images/$web/$base
	rm sd/images/{$web/,}dddddddd*
	run_ok timeout 20 image-discrepancies --confirm 0 --deep sd
}

@test "work that ends while it is looked at is not told" {
	mv sd/images/$web/$leaf kept
	between_readings mv kept sd/images/$web/$leaf -- sd
	contains "$(cat out)" ", 0 findings"
}

@test "what is no domain is refused" {
	run_fail 2 image-discrepancies sd/images
	contains "$stderr" "sd/images: it is no storage domain: dom_md/metadata: No such file or directory"
	sed -i '/^SDUUID/d' sd/dom_md/metadata
	run_fail 2 image-discrepancies sd
	contains "$stderr" "sd: it does not say of which storage domain it is; write ID=sd"
	run_fail 1 image-discrepancies --confirm 0 "$domain=sd"
	contains "$output" "the domain's metadata does not say which domain it is" ", 1 finding: 1 error"
	rm -r sd/images
	run_fail 3 image-discrepancies "$domain=sd"
	contains "$stderr" "sd: images: No such file or directory"
}

# locked FILE: as QEMU holds an image that it writes to; ends when $holder is killed.
locked() {
	holder=
	soon 20 is_locked "$1"
}

# Whoever looks holds a lock for that moment, too, before which QEMU may have given up.
is_locked() {
	if [ -z "$holder" ] || ! kill -0 "$holder" 2>/dev/null; then
		qemu-io -f qcow2 -c "sleep 60000" "$1" >/dev/null 2>&1 3>&- &
		holder=$!
	fi
	! qemu-img info -f qcow2 "$1" >/dev/null 2>&1
}

# break_tables FILE: an entry of the reference counts that is wrong, and a cluster of data that has none
break_tables() {
	qemu-io -f qcow2 -c "write 0 1M" "$1" >/dev/null
	printf '\0\0' | dd of="$1" bs=1 seek=131074 conv=notrunc status=none
}

@test "--check looks into images that nobody writes to, and says of the others" {
	run_ok image-discrepancies --confirm 0 --check sd
	contains "$output" "1 storage domain with 5 volumes checked, 0 findings"
	[[ $output != *"not checked"* && $output != *"could not"* ]]
	break_tables sd/images/$web/$leaf
	finds
	run_fail 1 image-discrepancies --confirm 0 --check sd
	contains "$output" "the image of volume $leaf has " " errors [data loss risk]"
	locked sd/images/$web/$leaf
	run_ok image-discrepancies --confirm 0 --check sd
	contains "$output" ", 0 findings" "1 image is open and not checked"
	kill $holder
	wait $holder || true
	# what an image is based on is not looked at, wherever it leads
	qemu-img create -q -f qcow2 sd/images/$web/$leaf 64M
	qemu-img rebase -q -u -F raw -b nbd://localhost:1/x sd/images/$web/$middle
	run_ok image-discrepancies --confirm 0 --check sd
	[ -z "$stderr" ]
	# and no link is followed
	qemu-img create -q -f qcow2 real 64M
	break_tables real
	ln -sf "$PWD/real" sd/images/$web/$middle
	run_ok image-discrepancies --confirm 0 --check --ignore METADATA_INVALID sd
	[[ $output != *errors* ]]
}

@test "--check opens nothing for writing and locks nothing" {
	command -v strace >/dev/null || skip "strace is not installed"
	ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 run_ok strace -f -o trace -e trace=open,openat,fcntl,flock \
		image-discrepancies --confirm 0 --check --inventory <(document) sd
	[ "$(grep -c "openat.*images/.*$leaf\"" trace)" -gt 0 ]
	run ! grep -E 'sd/.*(O_WRONLY|O_RDWR|O_CREAT|O_TRUNC)|F_(OFD_)?SETLK|flock' trace
}

@test "--check without qemu-img, and one that does not end" {
	mkdir bin
	run_fail 3 env PATH="$PWD/bin" "$(command -v image-discrepancies)" --confirm 0 --check sd
	contains "$stderr" "--check: " "qemu-img"
	printf '#!/bin/sh\nexec sleep 60\n' >bin/qemu-img
	chmod +x bin/qemu-img
	PATH=$PWD/bin:$PATH run_ok image-discrepancies --confirm 0 --check --timeout 300ms sd
	contains "$output" "3 images could not be checked"
	contains "$stderr" "sd: volume $leaf is not checked: "
}
