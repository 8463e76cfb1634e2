#!/usr/bin/env bats
# The newer package generation: built as a layer, it really is what a host then runs.

bats_require_minimum_version 1.5.0

setup_file()
{
	LAB=$(dirname "$(readlink -f "$BATS_TEST_FILENAME")")
	CACHE=${VDC_LAB_CACHE:-/var/cache/vdc-lab}
	export LAB CACHE
	((EUID == 0)) || skip "an overlay on / takes root"
	local status=0
	"$LAB/images" next next-os >&2 || status=$?
	((status != 77)) || skip "the package generation can not be built here"
	return "$status"
}

# in_image NAME SCRIPT: run SCRIPT in a root that stacks the image on this machine's
in_image()
{
	unshare --mount --pid --fork --kill-child --propagation private bash -euc '
		mount -t tmpfs tmp "$3"
		mkdir "$3"/{layer,upper,work,root}
		mount -t squashfs -o loop,ro "$1" "$3/layer"
		mount -t overlay overlay "$3/root" \
			-o "lowerdir=$3/layer:/,upperdir=$3/upper,workdir=$3/work"
		mount -t proc proc "$3/root/proc"
		mount --rbind /dev "$3/root/dev"
		mount -t tmpfs run "$3/root/run"
		exec chroot "$3/root" bash -euc "$2"
	' in_image "$CACHE/images/$1.sqsh" "$2" "$BATS_TEST_TMPDIR"
}

version() { dpkg-query -W -f '${Version}' "$1"; }

@test "the machine itself keeps its generation" {
	run -0 libvirtd --version
	[[ $output == *" 9."* ]]
}

@test "libvirtd, QEMU, dpkg and os-release report the newer generation" {
	run -0 in_image next '
		libvirtd --version
		qemu-system-x86_64 --version | head -n 1
		dpkg-query -W -f "\${Package} \${Version}\n" libvirt-daemon qemu-system-x86
		. /etc/os-release; echo "$ID $VERSION_ID $VARIANT_ID $IMAGE_VERSION"'
	[[ ${lines[0]} == "libvirtd (libvirt) 11."* ]]
	[[ ${lines[1]} == "QEMU emulator version 10."* ]]
	[[ ${lines[2]} == "libvirt-daemon 11."* ]]
	[[ ${lines[3]} == "qemu-system-x86 1:10."* ]]
	[[ ${lines[4]} == "debian 12 backports 11."* ]]
}

@test "the third image reports the next major release of the OS" {
	run -0 in_image next-os 'libvirtd --version; . /etc/os-release; echo "$ID $VERSION_ID"'
	[[ ${lines[0]} == *" 11."* ]]
	[[ ${lines[1]} == "debian 13" ]]
}

@test "its package database is consistent and no file of it is missing" {
	run -0 in_image next '
		dpkg --audit
		for p in libvirt-daemon libvirt-daemon-driver-qemu libvirt0 qemu-system-x86; do
			while read -r f; do [ -e "$f" ] || echo "missing $f"; done \
				<"$(ls /var/lib/dpkg/info/$p{,:amd64}.list 2>/dev/null)"
		done'
	[[ -z $output ]]
}

@test "what only the old generation had is gone from the stacked root" {
	run -0 in_image next '
		while read -r kind _ _ _ _ _ path; do
			path=/${path#*/}
			[[ $kind != c* ]] || { echo whiteout; [[ ! -e $path ]] || echo "back: $path"; }
		done < <(unsquashfs -lln "'"$CACHE"'/images/next.sqsh")'
	[[ $output == *whiteout* && $output != *back:* ]]
}

@test "sanlock, its libvirt plugin and the fence agents still work there" {
	run -0 in_image next '
		sanlock version
		ldd /usr/lib/*/libvirt/lock-driver/sanlock.so | grep "not found" && exit 1
		echo action=metadata | PYTHONWARNINGS=ignore fence_ipmilan | head -n 2'
	[[ $output == *"<resource-agent"* ]]
}

@test "the in-place upgrade names a folder without packages" {
	run -1 "$LAB/install-debs" "$BATS_TEST_TMPDIR"
	[[ $output == *"no packages in $BATS_TEST_TMPDIR"* ]]
}

@test "a second build does nothing, and a build leaves nothing aside" {
	run -0 "$LAB/images" next next-os
	[[ -z $output ]]
	[[ -z $(compgen -G "$CACHE/.aside.*") ]]
	! grep -q "$CACHE" /proc/self/mounts
}

@test "a killed build leaves no mount and no half image, and the next one works" {
	local cache=$BATS_TEST_TMPDIR/cache pid
	mkdir -p "$cache"
	cp -a "$CACHE/debs" "$cache/"
	VDC_LAB_CACHE=$cache "$LAB/images" next 3>&- & pid=$!
	for ((i = 0; i < 200; i++)); do
		[[ -z $(compgen -G "$cache/.aside.*/images/mnt") ]] || break
		sleep 0.05
	done
	sleep 1
	kill -KILL "$pid"
	wait "$pid" || true
	[[ ! -e $cache/images/next.sqsh ]]
	run ! grep -q "$cache" /proc/self/mounts
	VDC_LAB_CACHE=$cache run -0 "$LAB/images" debs
	[[ -z $(compgen -G "$cache/.aside.*") ]]
}

@test "an unreachable suite is a skip with its reason, not a failure" {
	local fake=$BATS_TEST_TMPDIR/bin
	mkdir -p "$fake"
	printf '#!/bin/sh\necho "Debian file:/nonexistent bookworm"\n[ "$1" = indextargets ]\n' \
		>"$fake/apt-get"
	chmod +x "$fake/apt-get"
	PATH=$fake:$PATH VDC_LAB_CACHE=$BATS_TEST_TMPDIR/none run -77 "$LAB/images" debs
	[[ $output == *"bookworm-backports can not be reached"* ]]
}
