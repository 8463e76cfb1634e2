# A file domain, as qemu-img and vdsm leave it: ./sd with a chain, a template and what is based on it; and
# the database that agrees with it.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2086 # the ids are for the tests
load ../lib/image-metadata

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

# image_setup: all of it, in the folder of the test
image_setup() {
	make_domain
	new_database
	inventory init >/dev/null
	document | inventory import - >/dev/null
}

# meta IMAGE VOLUME PARENT FORMAT TYPE VOLTYPE SEQ
meta() {
	volume_metadata $domain 67108864 $1 "${@:3}" >"sd/images/$1/$2.meta"
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

# silent FOLDER COMMAND...: with a file system there whose server never answers
silent() {
	local folder=$1

	shift
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	[ -c /dev/fuse ] || skip "there is no FUSE"
	# shellcheck disable=SC2016 # for the other shell
	unshare --mount bash -c 'exec {fuse}<>/dev/fuse || exit 99
		mount -i -t fuse -o "fd=$fuse,rootmode=40000,user_id=0,group_id=0" none "$0" || exit 99
		"$@"' "$folder" "$@"
}
