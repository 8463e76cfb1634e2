# shellcheck shell=bash
# What every part of the lab knows: its name, its folders, how it marks what belongs to it.
#
# Nothing the lab makes outside its state folder needs to be remembered to be found again:
#   processes    carry VDC_LAB_PART=<state folder> in their environment
#   links        are named vdc-<tag>, vdc-<tag>-<host>
#   loop devices have backing files named vdc-<tag>-lun<n>, and vanish with their machine; those that
#                the kernel made for the lab are removed by `down`, from a note in the state folder
#   mounts       exist only in the machines' own mount namespaces and vanish with them
# <tag> is a hash of the state folder, so two labs never meet, and `down` needs no records.

export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8
export VDC_LAB=${VDC_LAB:-lab}
export VDC_LAB_STATE=${VDC_LAB_STATE:-/var/tmp/vdc-lab}
export VDC_LAB_CACHE=${VDC_LAB_CACHE:-/var/cache/vdc-lab}

# shellcheck disable=SC2034 # used by those who read this file
{
	STATE=$VDC_LAB_STATE/$VDC_LAB
	BIN=$VDC_LAB_CACHE/bin
	TAG=$(printf %s "$STATE" | sha1sum | cut -c1-7)
	LINK=vdc-$TAG
	MAX_HOSTS=89
	REBOOT=10 # the exit code of a host's process 1 that wants to be started again
}

say() { printf 'lab: %s\n' "$*" >&2; }

# die MESSAGE [EXIT-CODE]
die() {
	say "$1"
	exit "${2:-1}"
}

# tries SECONDS COMMAND…: repeat COMMAND every 50 ms until it is true
tries() {
	local left=$(($1 * 20))
	shift
	until "$@"; do
		((left-- > 0)) || return 1
		sleep 0.05
	done
}

# bare HIGHEST COMMAND…: become COMMAND with no file open above HIGHEST; for subshells
bare() {
	local fd
	for fd in /proc/self/fd/*; do
		fd=${fd##*/}
		((fd <= $1 || fd == 255)) || eval "exec $fd>&-"
	done
	exec "${@:2}"
}

check_names() {
	[[ $VDC_LAB =~ ^[a-z0-9][a-z0-9_-]{0,31}$ ]] ||
		die "VDC_LAB='$VDC_LAB': use 1-32 of a-z 0-9 _ -" 2
	[[ $VDC_LAB_STATE == /* && $VDC_LAB_CACHE == /* ]] ||
		die "VDC_LAB_STATE and VDC_LAB_CACHE must be absolute paths" 2
	local socket=$STATE/host$MAX_HOSTS/run/libvirt/libvirt-sock
	((${#socket} < 108)) ||
		die "$STATE: too long for the Unix sockets below it; set VDC_LAB_STATE" 2
}

host_dir() { printf '%s/host%s' "$STATE" "$1"; }

# host_numbers: the hosts that are defined, in order
host_numbers() {
	local dir
	for dir in "$STATE"/host[0-9]*/; do
		[[ -e $dir/uuid ]] || continue
		dir=${dir%/}
		printf '%s\n' "${dir##*/host}"
	done | sort -n
}

# host_number NAME-OR-NUMBER: print the number of an existing host
host_number() {
	local number=${1#host}
	[[ $number =~ ^[1-9][0-9]?$ && -e $(host_dir "$number")/uuid ]] ||
		die "no host '$1' in lab '$VDC_LAB'; \`lab status\` lists them" 3
	printf '%s\n' "$number"
}

subnet() { cat "$STATE/subnet"; }
host_address() { printf '%s.%s\n' "$(subnet)" "$((10 + $1))"; }
bmc_address() { printf '%s.%s\n' "$(subnet)" "$((100 + $1))"; }

# part_pids TAG: the processes that carry TAG (NAME=VALUE) in their environment
part_pids() {
	{ grep -lzxF -e "$1" /proc/[0-9]*/environ 2>/dev/null || true; } | cut -d/ -f3
}

# kill_parts TAG: power cut for all processes that carry TAG, until there is none
kill_parts() {
	local pids round
	for round in {1..200}; do
		mapfile -t pids < <(part_pids "$1")
		((${#pids[@]})) || return 0
		kill -9 "${pids[@]}" 2>/dev/null || true
		sleep "0.0$((round < 10 ? 1 : 5))"
	done
	die "processes ${pids[*]} do not die; look at /proc/PID/stack"
}

# process_is_dead PID START: gone, replaced by another, or only waiting to be reaped
process_is_dead() {
	local stat fields
	stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 0
	read -ra fields <<<"${stat##*) }"
	[[ ${fields[0]} == [ZX] || ${fields[19]} != "$2" ]]
}
