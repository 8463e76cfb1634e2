# A file domain in place, as qemu-img and vdsm leave it there, against the database.
# shellcheck disable=SC2154  # stderr
load ../lib/common

domain=c277ad93-0973-43d9-a0ca-22199bc8e801
web=11111111-2222-4333-8444-555555555501
base=aaaaaaaa-0000-4000-8000-000000000001
middle=aaaaaaaa-0000-4000-8000-000000000002
leaf=aaaaaaaa-0000-4000-8000-000000000003
template=22222222-2222-4333-8444-555555555502
shared=bbbbbbbb-0000-4000-8000-000000000001
derived=33333333-2222-4333-8444-555555555503
child=cccccccc-0000-4000-8000-000000000001
none=00000000-0000-0000-0000-000000000000

setup() {
	common_setup
	make_domain
	new_database
	inventory init >/dev/null
	document | inventory import - >/dev/null
}

teardown() {
	common_teardown
}

# meta IMAGE VOLUME PARENT FORMAT TYPE VOLTYPE SEQ
meta() {
	cat >"sd/images/$1/$2.meta" <<-END
		CAP=67108864
		CTIME=1563949824
		DESCRIPTION={"DiskAlias":"d"}
		DISKTYPE=DATA
		DOMAIN=$domain
		FORMAT=$4
		GEN=0
		IMAGE=$1
		LEGALITY=LEGAL
		PUUID=$3
		SEQ=$7
		TYPE=$5
		VOLTYPE=$6
		EOF
	END
}

# overlay IMAGE VOLUME PARENT PARENT-FORMAT VOLTYPE SEQ: by qemu-img, with its metadata
overlay() {
	(cd "sd/images/$1" && qemu-img create -q -f qcow2 -F "$4" -b "$3" "$2" >/dev/null)
	meta "$1" "$2" "$3" COW SPARSE "$5" "$6"
}

make_domain() {
	mkdir -p sd/dom_md sd/images/{$web,$template,$derived}
	printf '%s\n' ALIGNMENT=1048576 BLOCK_SIZE=512 CLASS=Data DESCRIPTION=nfs1 ROLE=Master \
		POOL_UUID=d0000000-0000-4000-8000-000000000001 SDUUID=$domain TYPE=NFS VERSION=5 >sd/dom_md/metadata
	qemu-img create -q -f raw sd/images/$web/$base 64M
	meta $web $base $none RAW SPARSE INTERNAL 1
	overlay $web $middle $base raw INTERNAL 2
	overlay $web $leaf $middle qcow2 LEAF 3
	qemu-img create -q -f raw sd/images/$template/$shared 64M
	meta $template $shared $none RAW SPARSE SHARED 1
	ln sd/images/$template/$shared{,.meta} sd/images/$derived/
	overlay $derived $child $shared raw LEAF 1
}

# row VOLUME IMAGE PARENT FORMAT VOLTYPE SEQ
row() {
	local parent=

	[ "$3" = $none ] || parent="<parent id=\"$3\"/>"
	echo "<volume id=\"$1\"><disk id=\"$2\"/><image>$2</image><storage_domain><name>nfs1</name></storage_domain>
		$parent<active>$([ "$5" = internal ] && echo false || echo true)</active><status>ok</status>
		<capacity>67108864</capacity><format>$4</format><allocation>sparse</allocation>
		<voltype>$5</voltype><sequence>$6</sequence></volume>"
}

document() {
	local image

	echo "<vdc><data_centers><data_center><name>home</name><status>up</status></data_center></data_centers>
		<storage_domains><storage_domain id=\"$domain\"><name>nfs1</name><type>data</type><master>true</master>
		<data_center><name>home</name></data_center><status>active</status><storage_format>v5</storage_format>
		</storage_domain></storage_domains><disks>"
	for image in $web $template $derived; do
		echo "<disk id=\"$image\"><name>d${image:0:1}</name><status>ok</status></disk>"
	done
	echo "</disks><volumes>"
	row $base $web $none raw internal 1
	row $middle $web $base cow internal 2
	row $leaf $web $middle cow leaf 3
	row $shared $template $none raw shared 1
	row $child $derived $shared cow leaf 1
	echo "</volumes></vdc>"
}

# finds CODE...: exactly these, of the domain in place, with headers.
finds() {
	local codes

	codes=$(image-discrepancies --confirm 0 --deep --json sd | jq -r '.discrepancies[]?.code' | sort -u | xargs)
	[ "$codes" = "$*" ] || fail "found '$codes', expected '$*'"
}

@test "a healthy domain, also with what vdsm leaves beside volumes" {
	touch sd/images/$web/$leaf.lease sd/images/lost+found sd/images/$web/.hidden
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
	rm sd/images/$web/dddddddd*
	run_ok timeout 20 image-discrepancies --confirm 0 --deep sd
}

@test "work that ends while it is looked at is not told" {
	mv sd/images/$web/$leaf kept
	(sleep 0.7; mv kept sd/images/$web/$leaf) 3>&- &
	run_ok image-discrepancies --confirm 2s sd
	contains "$output" ", 0 findings"
	wait
}

@test "what is no domain is refused" {
	run_fail 2 image-discrepancies sd/images
	contains "$stderr" "sd/images: it is no storage domain: dom_md/metadata: No such file or directory"
	sed -i '/^SDUUID/d' sd/dom_md/metadata
	run_fail 2 image-discrepancies sd
	contains "$stderr" "sd: it does not say of which storage domain it is; write ID=sd"
	rm -r sd/images
	run_fail 3 image-discrepancies "$domain=sd"
	contains "$stderr" "sd: images: No such file or directory"
}
