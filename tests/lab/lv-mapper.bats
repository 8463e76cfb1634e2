#!/usr/bin/env bats
# time limit: 300 s
# Extensions where the kernel has a device-mapper, in the guest that has one: a block domain that we made ourselves
# as the master, sanlock, serve, and a volume that is active on the manager itself; it comes to lie in several
# segments and on a disk that is added.
# shellcheck disable=SC2016,SC2154 # what is for the shell of the guest; set by bats' run
load ../lib/common

GUEST=$VDC_TEST_SRC/tests/lab/guest

setup() {
	common_setup
	[ -z "${VDC_TEST_LAB_CACHE:-}" ] || export VDC_LAB_CACHE=$VDC_TEST_LAB_CACHE
	"$GUEST/../images" dm >&2 || skip "the guest can not be built here"
}

teardown() { common_teardown; }

# Our commands with all that they load, but what the guest has: ./ours.tar
pack() {
	local build=$VDC_TEST_BUILD

	mkdir ours
	cp "$build"/bin/.libs/{spm-elect,lv-extend,inventory} \
		"$build"/lib/.libs/{libvdc,vdc-json,vdc-sanlock,vdc-xml}.so ours/
	ldd ours/* | sed -n 's/.*=> \(\/[^ ]*\).*/\1/p' | sort -u | grep -v '/libc\.so\|/ours/' |
		xargs cp -Lut ours
	tar -C ours -cf ours.tar .
}

# bats test_tags=long
@test "a volume grows over segments and an added disk, and is refreshed, with a real device-mapper" {
	pack
	truncate -s 5400M first
	truncate -s 1G second
	run --separate-stderr "$GUEST/dm-run" --timeout 280 --memory 1024 - first second ours.tar <<-'EOF'
		#!/bin/bash
		set -e
		DOMAIN=c277ad93-0973-43d9-a0ca-22199bc8e861
		ONE=d772f1c6-3ebb-43c3-a42e-73fcd8255a51
		said() { "$@" >/tmp/said 2>&1 || { cat /tmp/said /tmp/serve.log; exit 1; }; }
		within() { # SECONDS COMMAND…
			for ((i = $1 * 5; i; i--)); do "${@:2}" && return; sleep 0.2; done
			echo "never: ${*:2}"; cat /tmp/serve.log; exit 1
		}
		quiet() { "$@" >/dev/null 2>&1; }
		table() { dmsetup table "thinvg-${ONE//-/--}"; }
		size() { [ "$(lvs --noheadings --nosuffix --units m -o lv_size "thinvg/$ONE" | tr -d ' ')" = "$1" ]; }
		show() { echo "$1: $(table | wc -l) segments, $(blockdev --getsize64 /dev/thinvg/$ONE) bytes"; }

		mkdir -p /ours /var/lib/vdc /run/vdc
		tar -xf /dev/vdc -C /ours
		export LD_LIBRARY_PATH=/ours PATH=/ours:$PATH ASAN_OPTIONS=detect_leaks=0 VDC_DB=/var/lib/vdc/inventory.db
		said vgcreate -q -s 4m thinvg /dev/vda
		sanlock daemon -D -w 0 -U root -G root -e host1 >/dev/null 2>&1 &
		within 20 quiet sanlock client status
		cat >/tmp/spaces.json <<-END
			{"lockspaces":[{"id":"$DOMAIN","name":"thin","host_id":1,"sanlock_name":"host1",
			"storage_format":"v5","place":{"ids":"/dev/thinvg/ids","leases":"/dev/thinvg/leases",
			"volume_group":"thinvg"},"block_size":512,"alignment":1048576,"io_timeout":2,"master":true}]}
		END
		touch /tmp/serve.log
		said spm-elect init --local --from /tmp/spaces.json
		said spm-elect join --local --from /tmp/spaces.json
		said spm-elect start --local
		lv-extend --verbose serve >/tmp/serve.log 2>&1 &
		within 30 grep -q 'it serves$' /tmp/serve.log
		said inventory init
		said inventory add data-center dc
		said inventory add storage-domain thin id=$DOMAIN data_center=dc storage_type=fcp volume_group=thinvg \
			storage_format=v5 status=active master=true
		said inventory add volume id=$ONE storage_domain=thin capacity=1G format=cow allocation=sparse

		said lvcreate -qy -Wn -Zn -L 64m -n $ONE thinvg
		said lvcreate -qy -an -Wn -Zn -L 4m -n wall thinvg
		show begun
		said lv-extend extend $ONE --to 128M --timeout 60s
		size 128.00
		show extended
		said lvchange --refresh thinvg/$ONE
		show refreshed
		said lvcreate -qy -an -Wn -Zn -l 100%FREE -n filler thinvg
		lv-extend extend $ONE --to 256M --timeout 60s >/tmp/said 2>&1 && exit 3
		said vgextend -q thinvg /dev/vdb
		within 30 size 256.00
		said lvchange --refresh thinvg/$ONE
		show added
		table | grep -c "$(cat /sys/block/vdb/dev) "
		head -c 1048576 /dev/urandom >/tmp/data
		dd if=/tmp/data of=/dev/thinvg/$ONE bs=1M seek=255 oflag=direct 2>/dev/null
		dd if=/dev/thinvg/$ONE bs=1M skip=255 iflag=direct 2>/dev/null | cmp - /tmp/data && echo equal
		exit 42
	EOF
	echo "$output"; echo "$stderr" >&2
	[ "$status" = 42 ]
	[ "$output" = "begun: 1 segments, 67108864 bytes
extended: 1 segments, 67108864 bytes
refreshed: 2 segments, 134217728 bytes
added: 3 segments, 268435456 bytes
1
equal" ]
}
