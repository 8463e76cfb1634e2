# Runs of upgrades on the hosts of a lab (lab-guests.bash).
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # VDC_CONF and the like; accept

# What a cluster of three hosts on one machine cannot have.
accept="--accept-no-reserve --accept-high-load"

# upgrade_begin IMAGE...: a lab whose hosts may get these
upgrade_begin() {
	lab_begin upgrade
	[ -z "${LAB_NAME:-}" ] || VDC_LAB=$LAB_NAME "$LAB_DIR/images" "$@" >&2 ||
		skip "the newer package generation can not be built here"
}

# upgrade_setup: for one test; whose run was killed loses it soon
upgrade_setup() {
	common_setup
	lab_setup
	printf 'job-lease = 4s\n' >>"$VDC_CONF"
	inventory set storage-domain shared status=active >/dev/null
}

# upgrade_teardown: hosts as they were, without guests
upgrade_teardown() {
	local number

	for number in 1 2 3; do
		lab heal $number >/dev/null 2>&1 || true
		lab is-on $number || lab on $number
		[ "$(cat "/var/tmp/vdc-lab/$LAB_NAME/host$number/image")" = bookworm ] ||
			lab upgrade $number --image bookworm 2>/dev/null
		# shellcheck disable=SC2016 # the host expands it
		lab rsh $number 'for d in $(virsh list --all --name); do
			virsh -q destroy $d; virsh -q undefine $d; done' >/dev/null 2>&1 || true
	done
	common_teardown
}

# job FIELDS: of the newest upgrade
job() {
	inventory list job --select 'action=cluster-upgrade' --sort -start_time --noheadings \
		--output "$1" | head -1 | tr -s ' ' | sed 's/ $//'
}

# steps: "HOST ACTION STATUS MESSAGE" of the newest upgrade
steps() {
	inventory export step --json | jq -r '.steps[] |
		[.object.name, .type, .status, .message // ""] | join(" ")'
}

upgraded() { # HOST...
	local host

	for host; do
		steps | grep -q "^$host upgrade finished" || fail "$host is not upgraded: $(steps)"
	done
}

reason() { steps | sed -n "s/^$1 upgrade failed //p"; } # HOST

# unhurt GUEST...: each runs on one host and has lost nothing
unhurt() {
	local guest

	for guest; do
		[ "$(where "guest$guest" | wc -l)" = 1 ] ||
			fail "guest$guest runs on: $(where "guest$guest")"
		run_ok answer "$guest" verify
		contains "$output" "lost=0" "bad=0"
	done
}

# boots GUEST...: which boot each is in
boots() {
	local guest

	for guest; do answer "$guest" boot; done
}

# define_off HOST: a VM that is defined there and does not run
define_off() {
	sed -e 's/guest2/off1/' -e '/<uuid>/d' -e 's/<mac [^>]*>//' guest2.xml >off1.xml
	virsh -q -c "$(uri "$1")" define off1.xml
}

# update_script: standard input as the command /shared/update
update_script() {
	local file=/var/tmp/vdc-lab/$LAB_NAME/storage/shared/update

	{ echo '#!/bin/bash'; cat; } >"$file"
	chmod 755 "$file"
	rm -f "${file}s"
}

# news_of LINE: without the times and numbers that differ when it is told again
news_of() {
	shopt -s extglob
	REPLY=${1//:+([0-9])/}
	REPLY=${REPLY/+([0-9])-+([0-9])-+([0-9])T+([0-9.])Z/}
}

# until_news EVERY COMMAND...: killed at the EVERYth line that was not seen before
until_news() {
	local new=0 line pid

	: >out
	"${@:2}" >lines 2>err 3>&- &
	pid=$!
	while IFS= read -r line; do
		echo "$line" >>out
		news_of "$line"
		[ -z "${seen[$REPLY]:-}" ] || continue
		seen[$REPLY]=1
		((++new < $1)) || { kill -9 $pid && break; }
	done <lines
	wait $pid 2>/dev/null
}

# two_clusters: host3 is in a cluster of its own, and one has no host; all below the level of QEMU 7.2
two_clusters() {
	local name

	inventory set data-center dc version=7.0
	for name in d e; do inventory add cluster $name data_center=dc; done
	for name in c d; do inventory set cluster $name level_family=qemu version=7.0; done
	inventory set cluster e level_family=qemu version=7.2
	inventory set host host3 cluster=d
} >/dev/null

# levels KIND: all there are
levels() { inventory list "$1" --noheadings --output version | sort -u | paste -sd,; }

# run_is STATUS OBJECT: the newest run of a cluster or a data centre
run_is() {
	[ "$(cluster-upgrade status "$2" --json | jq -r '.upgrade_runs[0].status')" = "$1" ]
}

# run_and_kill EVERY OBJECT OPTION...: cluster-upgrade run, killed at every EVERYth line that was not
# seen before, and gone on with each time; `kills` says how often
run_and_kill() {
	local every=$1 status verb=(run "${@:2}") resume=(resume "$2")
	local -A seen=()

	[[ " $* " != *" --json "* ]] || resume+=(--json)
	mkfifo lines
	for ((kills = 0; kills < 200; kills++)); do
		status=0
		until_news "$every" cluster-upgrade "${verb[@]}" || status=$?
		[ "$status" != 0 ] || return 0
		[ "$status" = 137 ] || fail "exit $status after $kills kills: $(cat out err)"
		# The last line is told when all is done.
		! run_is finished "$2" || return 0
		verb=("${resume[@]}")
	done
	fail "it does not get on: $(cat out err)"
}
