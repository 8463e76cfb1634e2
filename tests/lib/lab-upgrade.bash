# Runs of upgrades on the hosts of a lab (lab-guests.bash).
# shellcheck shell=bash
# shellcheck disable=SC2154 # VDC_CONF and the like

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

# run_and_kill EVERY ARGUMENTS...: cluster-upgrade run, killed at every EVERYth line that was not
# seen before, and gone on with each time; `kills` says how often
run_and_kill() {
	local every=$1 pid new status=0 verb=(run "${@:2}")

	kills=0
	: >seen
	while :; do
		: >out
		cluster-upgrade "${verb[@]}" >out 2>err 3>&- &
		pid=$!
		while kill -0 $pid 2>/dev/null; do
			new=$(grep -cvxFf seen out || true)
			((new < every)) || break
			sleep 0.02
		done
		if ! kill -9 $pid 2>/dev/null; then
			wait $pid || status=$?
			[ "$status" = 0 ] || fail "exit $status after $kills kills: $(cat out err)"
			return
		fi
		wait $pid 2>/dev/null || true
		cat out >>seen
		kills=$((kills + 1))
		((kills < 200)) || fail "it does not get on: $(cat out err)"
		verb=(resume c)
	done
}
