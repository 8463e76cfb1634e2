# A lab in which volumes are extended: two hosts in the lockspace of the domain "data", DOMAIN, of files, which
# has a mailbox; and the domain "thin", THIN, of format V5, the volume group thinvg on /dev/lun0, which they
# know. Whoever loads this, and lab-guests, sets both ids.
# shellcheck shell=bash disable=SC2016 # what is for the shell of a host

BOX=/shared/$DOMAIN/dom_md

# extend_lab_begin PREFIX LUNS SIZE-OF-A-LUN EXTENT: for a file of tests
extend_lab_begin() {
	local number

	export LVM_SUPPRESS_FD_WARNINGS=1 VDC_LAB_LUNS=$2 VDC_LAB_LUN_SIZE=$3
	lab_open "$1" 2
	lab_install 1 2
	lvm "vgcreate -qy -s $4 thinvg /dev/lun0"
	for number in 1 2; do write_documents $number; done
	lab rsh 1 spm-elect init --local --from /shared/master1.json
	truncate -s 16M "$VDC_LAB_SHARED/$DOMAIN/dom_md/"{inbox,outbox}
	for number in 1 2; do
		lab rsh $number spm-elect join --local --from /shared/master$number.json >/dev/null &
	done
	wait
	for number in 1 2; do
		lab rsh $number "cp /shared/host$number.json /var/lib/vdc/lockspaces.json"
	done
}

# extend_lab_setup: the way to the hosts, for one test
extend_lab_setup() {
	common_setup
	export PATH=$LAB_DIR:/usr/sbin:/sbin:$PATH VDC_LAB=$LAB_NAME LVM_SUPPRESS_FD_WARNINGS=1
	eval "$(lab env 2>/dev/null)"
}

lvm() { lab rsh 1 "$1" >/dev/null 2> >(grep -v 'WARNING\|leaked' >&2); }

# space ID NAME HOST-NUMBER PLACE [MORE]: one lockspace of the document of a host
space() {
	printf '{"id":"%s","name":"%s","host_id":%d,"sanlock_name":"%s","place":{%s},"block_size":512,"alignment":1048576,"io_timeout":2%s}' \
		"$1" "$2" "$3" "$(lab rsh "$3" sanlock client status | sed -n 's/^daemon //p')" "$4" "${5:-}"
}

# block_space ID NAME HOST-NUMBER GROUP [MORE]
block_space() {
	space "$1" "$2" "$3" "\"ids\":\"/dev/$4/ids\",\"leases\":\"/dev/$4/leases\",\"volume_group\":\"$4\"" \
		",\"storage_format\":\"v5\",\"master\":false${5:-}"
}

# write_documents HOST-NUMBER: the master domain alone, as it is joined, and with the domain that grows
write_documents() {
	local master

	master=$(space "$DOMAIN" data "$1" "\"ids\":\"$BOX/ids\",\"leases\":\"$BOX/leases\"" ',"master":true')
	printf '{"lockspaces":[%s]}\n' "$master" >"$VDC_LAB_SHARED/master$1.json"
	printf '{"lockspaces":[%s,%s]}\n' "$master" "$(block_space "$THIN" thin "$1" thinvg)" \
		>"$VDC_LAB_SHARED/host$1.json"
}

until_true() { # SECONDS COMMAND…
	local until=$((SECONDS + $1))
	shift
	until "$@"; do
		((SECONDS < until)) || { echo "never: $*" >&2; tail -n 20 "$VDC_LAB_SHARED"/*.log >&2; return 1; }
		sleep 0.1
	done
}

# serving HOST-NUMBER [OPTION…]: runs there until stop_serving; $TRACE is in front of it
serving() {
	lab rsh "$1" "setsid ${TRACE:-} lv-extend --verbose serve data ${*:2} >/shared/serve$1.log 2>&1 & echo \$! >/run/serve.pid"
}

# stop_serving HOST-NUMBER [SIGNAL]: also where it does not run
stop_serving() {
	lab rsh "$1" "kill -${2:-TERM} \$(cat /run/serve.pid) 2>/dev/null || true"
	until_true 20 lab rsh "$1" '! kill -0 "$(cat /run/serve.pid)" 2>/dev/null'
}

manager() { # HOST-NUMBER: it is, and serves
	lab rsh "$1" spm-elect start --local >/dev/null
	until_true 20 grep -q 'it serves$' "$VDC_LAB_SHARED/serve$1.log"
}

peer() { "$VDC_TEST_SRC/tests/lib/mailbox-peer" "$1" "$VDC_LAB_SHARED/$DOMAIN/dom_md" "${@:2}"; }

# size_of VOLUME [GROUP]: MiB
size_of() {
	lab rsh 1 "lvs --readonly --nolocking --noheadings --nosuffix --units m -o lv_size ${2:-thinvg}/$1" 2>/dev/null | tr -d ' '
}

has_size() { [ "$(size_of "$1" "${3:-thinvg}")" = "$2" ]; }
