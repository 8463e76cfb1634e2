# shellcheck shell=bash
# The guests' kernel: Debian's cloud kernel, out of its package. Sourced after cache.sh.

KERNEL_PACKAGE=linux-image-cloud-amd64
KERNEL_MODULES=(
	virtio_pci virtio_blk virtio_net virtio_balloon virtio_console qemu_fw_cfg button evdev
	dm-mod dm-thin-pool dm-snapshot loop softdog
)

# kernel_build: $CACHE/guest/vmlinuz, and $CACHE/guest/modules as a tree for modprobe -d
kernel_build()
{
	local stamp tree=$ASIDE/kernel version module
	stamp="$(digest "${BASH_SOURCE[0]}")"
	made guest/modules "$stamp" && made guest/vmlinuz "$stamp" && return
	need depmod kmod
	say "fetching the guests' kernel"
	kernel_fetch "$tree"
	version=$(ls "$tree/lib/modules")
	depmod -b "$tree" "$version"
	mkdir -p "$ASIDE/guest/modules/lib/modules/$version"
	for module in "${KERNEL_MODULES[@]}"; do
		modprobe -d "$tree" -S "$version" --show-depends "$module"
	done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | sort -u |
		xargs cp -t "$ASIDE/guest/modules/lib/modules/$version"
	depmod -b "$ASIDE/guest/modules" "$version" 2>/dev/null
	mv "$tree/boot/vmlinuz-$version" "$ASIDE/guest/vmlinuz"
	publish guest/modules "$stamp"
	publish guest/vmlinuz "$stamp"
}

# kernel_fetch TREE: the newest kernel that apt knows, unpacked and not installed
kernel_fetch()
{
	local package
	package=$(apt-cache show --no-all-versions "$KERNEL_PACKAGE" 2>/dev/null |
		sed -n 's/^Depends: \([^ ,]*\).*/\1/p')
	[[ -n $package ]] || skip "apt does not know $KERNEL_PACKAGE: run apt-get update"
	(cd "$ASIDE" && timeout 600 apt-get -q -o APT::Sandbox::User=root download "$package") \
		>"$ASIDE/log" 2>&1 || { cat "$ASIDE/log" >&2; skip "$package can not be fetched"; }
	dpkg-deb -x "$ASIDE/$package"_*.deb "$1"
}

kernel_version() { ls "$CACHE/guest/modules/lib/modules"; }

# pack TREE IMAGE: an initramfs, not compressed: unpacking it under emulation takes a second
pack()
{
	(cd "$1" && find . -mindepth 1 -print0 | LC_ALL=C sort -z |
		cpio --null --create --format=newc --owner=0:0 --reproducible --quiet) >"$2"
}
