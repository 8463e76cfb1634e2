# shellcheck shell=bash
# The main part of the demonstration: nine guests that count, write and answer pings, while all hosts
# below them get a newer libvirt and QEMU. Sourced by demo, after demo.sh.
# shellcheck disable=SC2154 # here, state: set by demo

GUESTS=9

guest_address() { echo "$network.$((200 + $1))"; } # GUEST

# Each with a disk that the hosts share, and ten writes a second to it.
guests_start() {
	local guest starting=()

	network=$(lab_gateway)
	network=${network%.*}
	for ((guest = 1; guest <= GUESTS; guest++)); do
		truncate -s 32M "$VDC_LAB_SHARED/guest$guest.raw"
		"$here/guest/domain" "guest$guest" --ip "$(guest_address "$guest")/24" --memory 128 \
			--disk "/shared/guest$guest.raw" --console "/shared/guest$guest.console" \
			--journal 10 >"$state/guest$guest.xml"
		virsh -q -c "$(lab_field $(((guest - 1) % 3 + 1)) uri)" create "$state/guest$guest.xml" &
		starting+=($!)
	done >/dev/null
	for guest in "${starting[@]}"; do wait "$guest"; done
	note "guest1 to guest$GUESTS start on the three hosts"
}

# A request that is given up goes on in the guest: one that verifies its records, on a busy machine, never
# gets through when it is asked again and again.
guest_ask() { # GUEST REQUEST
	local until=$((EPOCHSECONDS + 180))

	while ((EPOCHSECONDS < until)); do
		ASK_TIMEOUT=30 "$here/guest/ask" "$(guest_address "$1")" "$2" 2>/dev/null && return
		sleep 0.2
	done
	echo "demo: guest$1 does not answer" >&2
	return 1
}

# guests_say: of each guest name, boot id, ticks, uptime, records on its disk, and those lost
guests_say() {
	local guest said

	for ((guest = 1; guest <= GUESTS; guest++)); do
		said=$(for request in boot ticks verify; do guest_ask "$guest" $request; done)
		awk -v RS='[ \n]' -F= -v name="guest$guest" '{ v[$1] = $2 } END {
			print name, v["boot_id"], v["ticks"], v["uptime_ms"], v["acked"], v["lost"] }' <<<"$said"
	done
}

generation_is_there() { [ -e "$VDC_LAB_CACHE/images/next.sqsh" ]; }

# The packages lie where an administrator would have put them.
packages_ready() {
	mkdir -p "$VDC_LAB_SHARED/next"
	cp "$here/install-debs" "$VDC_LAB_CACHE"/debs/next/* "$VDC_LAB_SHARED/next/"
}

pulse_start() {
	local guest addresses=()

	for ((guest = 1; guest <= GUESTS; guest++)); do addresses+=("$(guest_address "$guest")"); done
	setpriv --pdeathsig TERM "$here/pulse" "${addresses[@]}" >"$state/pulse" &
	pulse=$!
}

pulse_stop() {
	kill "$pulse"
	wait "$pulse"
}

upgrade_hosts() {
	show cluster-upgrade plan prod --all
	packages_ready
	guests_say >"$state/before"
	pulse_start
	SECONDS=0
	show cluster-upgrade run prod --all --command '/shared/next/install-debs /shared/next' \
		--image host2,host3 --image-command "$here/lab upgrade %h --image next" \
		--accept-no-reserve --yes | cat # line by line, also on a terminal
	took=$SECONDS
	pulse_stop
	guests_say >"$state/after"
}

# What the guests say, and what those who use them saw.
upgrade_facts() {
	note "three hosts upgraded in $took s"
	cluster-upgrade status --json | jq -r '.upgrade_runs[0] |
		"   waves: \(.waves)\n   live migrations: \(.moves_done)"'
	join "$state/before" "$state/after" | awk '
		{ writes += $10 - $5; lost += $11 }
		$2 != $7 { anew = anew " " $1; next }
		{ boots++; left = int(($9 - $4) / 100) - ($8 - $3); ticks += left > 1 ? left : 0 }
		END { printf "   boot ids unchanged: %d of %d\n", boots, NR
		      printf "   ticks lost: %d%s\n", ticks, anew ? ", and all of" anew : ""
		      printf "   writes lost: %d of %d\n", lost, writes }'
	sort -t= -k4n "$state/pulse" | tail -1 | sed "s/.*\.20\([0-9]\) .*longest_ms=\(.*\)/\
   the longest time without an answer to a ping: \2 ms, of guest\1/"
}

# nothing_was_lost: else says which guest booted anew, and its last words
nothing_was_lost() {
	local anew guest

	anew=$(join "$state/before" "$state/after" | awk '$2 != $7 { print $1 }')
	for guest in $anew; do
		note "$guest booted anew. The end of its console before that:"
		tac "$VDC_LAB_SHARED/$guest.console" | sed '/GUEST-UP/d' | head -4 | tac | sed 's/^/      /'
	done
	[[ -z $anew ]] || note "tests/lab/README says when QEMU 7.2 does that to an emulated guest"
	[[ -z $anew ]] && awk '{ lost += $6 } END { exit lost != 0 }' "$state/after"
}
