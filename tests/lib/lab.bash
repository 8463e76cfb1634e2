# For tests on real hosts.
# shellcheck shell=bash

# lab_guest FOLDER UUID [DEVICE-XML]: FOLDER/guest.xml, a guest without an operating system on
# /shared/guest.img: the firmware looks for one, for ever.
lab_guest() {
	truncate -s 16M "$1/guest.img"
	cat >"$1/guest.xml" <<-END
		<domain type='qemu'>
		  <name>guest</name><uuid>$2</uuid>
		  <memory unit='MiB'>64</memory><vcpu>1</vcpu>
		  <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
		  <cpu mode='custom' match='exact'><model fallback='forbid'>qemu64</model></cpu>
		  <features><acpi/><apic/></features>
		  <devices>
		    <emulator>/usr/bin/qemu-system-x86_64</emulator>
		    <disk type='file' device='disk'>
		      <driver name='qemu' type='raw' cache='none'/><source file='/shared/guest.img'/>
		      <target dev='vda' bus='virtio'/>
		    </disk>
		    <interface type='bridge'><source bridge='br0'/><model type='virtio'/></interface>
		    ${3:-}
		  </devices>
		</domain>
	END
}

# lab_add_host HOST-NUMBER [FIELD=VALUE…]: into cluster c of the inventory
lab_add_host() {
	local address=VDC_LAB_HOST$1

	inventory add host "host$1" cluster=c address="${!address}" rsh_address="host$1" \
		libvirt_uri="qemu+tcp://${!address}/system" "${@:2}"
}

# milliseconds COMMAND…: how long it took, in real time
milliseconds() {
	local start=$EPOCHREALTIME
	"$@" >/dev/null || return
	echo $(((${EPOCHREALTIME/./} - ${start/./}) / 1000))
}

# lab_install HOST-NUMBER…: our commands on the hosts' own disks, as if they were installed there; and the
# worker of tests, where it is built.
lab_install() {
	local number program programs=("$VDC_TEST_BUILD"/bin/.libs/*)
	local worker=$VDC_TEST_BUILD/tests/helpers/.libs/spm_worker

	[ ! -e "$worker" ] || programs+=("$worker")
	mkdir -p "$VDC_LAB_SHARED/vdc-install"
	cp "$VDC_TEST_BUILD"/lib/.libs/*.so* "${programs[@]}" "$VDC_LAB_SHARED/vdc-install"
	for number; do
		# sanlock starts spm-elect by the path of the program, with nothing of ours around it
		lab rsh "$number" 'mkdir -p /usr/local/lib/vdc && cp /shared/vdc-install/* /usr/local/lib/vdc &&
			echo /usr/local/lib/vdc >/etc/ld.so.conf.d/vdc.conf && ldconfig'
		for program in "${programs[@]}"; do
			program=${program##*/}
			lab rsh "$number" "printf '%s\n' '#!/bin/sh' \
				'LD_LIBRARY_PATH=/usr/local/lib/vdc exec /usr/local/lib/vdc/$program \"\$@\"' \
				>/usr/local/bin/$program && chmod +x /usr/local/bin/$program"
		done
	done
	rm -r "$VDC_LAB_SHARED/vdc-install"
}
