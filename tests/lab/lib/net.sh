# shellcheck shell=bash
# shellcheck disable=SC2153 # STATE and LINK come from common.sh
# The wires: one bridge per lab outside, one cable (veth pair) per host, BMC addresses on the bridge.

# Read to its end before it is searched: a search that stops at what it found would end `ip` by a
# signal, and with pipefail that looks as if nothing was found.
address_is_free() { # SUBNET, without its last number
	local taken
	taken=$(ip -4 -o address && ip -4 route) && [[ $taken != *[[:space:]]"$1."* ]]
}

# choose_subnet: the one that the hosts were made for, or any; written down before it is used.
# Two labs that start at once must not choose the same: the directory /run/lock itself is the lock.
choose_subnet() {
	local first=$((16#${TAG:0:2})) i
	flock -w 30 8 || die "/run/lock stays locked by another lab"
	if [[ -s $STATE/subnet ]]; then
		address_is_free "$(subnet)" ||
			die "subnet $(subnet) has another user now: \`lab down\`, then up"
	else
		for ((i = 0; i < 256; i++)); do
			printf '10.213.%s\n' $(((first + i) % 256)) >"$STATE/subnet"
			address_is_free "$(subnet)" && break
		done
		((i < 256)) || die "no free subnet in 10.213.0.0/16; \`ip -4 address\` shows who has them"
	fi
	ip address add "$(subnet).1/24" dev "$LINK"
}

net_up() {
	[[ -e /sys/class/net/$LINK ]] ||
		ip link add "$LINK" type bridge forward_delay 0 stp_state 0
	ip link set "$LINK" up
	[[ $(ip -4 -o address show dev "$LINK") != *.1/24\ * ]] || return 0
	choose_subnet 8</run/lock
}

# net_down: every link with our tag; a cable dies with either end
net_down() {
	local device
	for device in "/sys/class/net/$LINK-"* "/sys/class/net/$LINK"; do
		[[ ! -e $device ]] || ip link delete "${device##*/}" 2>/dev/null || true
	done
}

# plug_cable HOST OUTSIDE: called in the host's network namespace; OUTSIDE is the bridge's
plug_cable() {
	local cable=$LINK-$1 state=up
	[[ ! -e $(host_dir "$1")/cut/net ]] || state=down
	nsenter --net="$2" ip link delete "$cable" 2>/dev/null || true
	ip link add eth0 type veth peer name "$cable" netns "$2"
	nsenter --net="$2" ip link set "$cable" master "$LINK" "$state"
}

# set_cable HOST up|down: does nothing while the host is off
set_cable() {
	[[ ! -e /sys/class/net/$LINK-$1 ]] || ip link set "$LINK-$1" "$2"
}

unplug_cable() {
	ip link delete "$LINK-$1" 2>/dev/null || true
}

bmc_link() { # HOST add|delete
	ip address "$2" "$(bmc_address "$1")/32" dev "$LINK" 2>/dev/null || true
}
