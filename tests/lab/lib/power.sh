# shellcheck shell=bash
# Power: a host is on while its machine process lives; off kills everything of it at once.

machine_tag() { printf 'VDC_LAB_MACHINE=%s' "$(host_dir "$1")"; }

# The machine holds a lock on the file `power` for as long as it runs.
is_on() { # HOST
	! flock -sn "$(host_dir "$1")/power" true
}

is_ready() { [[ -e $(host_dir "$1")/run/ready ]] && is_on "$1"; }

# with_host HOST COMMAND…: one change of a host's power at a time
with_host() {
	local lock
	exec {lock}>>"$(host_dir "$1")/lock"
	flock -w 60 "$lock" || die "host$1: another change of its power does not end"
	"${@:2}"
	exec {lock}>&-
}

# machine_start HOST: like pressing the button; use wait_ready to see the host come up
machine_start() {
	local dir
	dir=$(host_dir "$1")
	! is_on "$1" || return 0
	rm -f "$dir/run/ready"
	(
		exec 3</proc/self/ns/net
		bare 3 env "$(machine_tag "$1")" setsid unshare --mount --net --propagation private \
			"$LAB_DIR/libexec/machine" "$1" </dev/null >>"$dir/console.log" 2>&1
	) &
	tries 5 is_on "$1" || die "host$1: no power; see $dir/console.log"
}

# init_is_dead HOST: the kernel lets a PID namespace's init become a zombie last of all
init_is_dead() {
	local pid start
	{ read -r pid start <"$(host_dir "$1")/init"; } 2>/dev/null || return 0
	process_is_dead "$pid" "$start"
}

machine_kill() { # HOST
	unplug_cable "$1"
	kill_parts "$(machine_tag "$1")"
	tries 10 init_is_dead "$1" || die "host$1: some of its processes do not die"
	rm -f "$(host_dir "$1")/run/ready"
}

power_on() { with_host "$1" machine_start "$1"; }
power_off() { with_host "$1" machine_kill "$1"; }

wait_ready() { # HOST SECONDS
	local dir
	dir=$(host_dir "$1")
	tries "$2" is_ready "$1" || {
		tail -n 5 "$dir/console.log" >&2 || true
		die "host$1: not ready after $2 s; see $dir/console.log"
	}
	keep_capabilities "$dir"
}

# keep_capabilities DIR: probing QEMU takes libvirt seconds of CPU; the next host of this image gets
# the result at boot, and libvirt itself checks that it is still true
keep_capabilities() {
	local kept found=$1/upper/var/cache/libvirt/qemu/capabilities
	kept=$VDC_LAB_CACHE/capabilities/$(cat "$1/run/capabilities-key")
	[[ ! -e $kept ]] && compgen -G "$found/*.xml" >/dev/null || return 0
	mkdir -p "${kept%/*}"
	cp -a "$found" "$kept.$$"
	mv -T "$kept.$$" "$kept" 2>/dev/null || rm -rf "$kept.$$"
}

# enter_host HOST: set ENTERED to what runs a command in the host's namespaces, as on its console,
# whatever its network does
enter_host() {
	local pid start
	{ read -r pid start <"$(host_dir "$1")/init"; } 2>/dev/null || die "host$1 is off" 6
	! process_is_dead "$pid" "$start" || die "host$1 is off" 6
	ENTERED=(env -i PATH="$PATH" HOME=/root LC_ALL=C.UTF-8
		nsenter --target "$pid" --mount --uts --ipc --net --pid --root --wd --)
}

in_host() { # HOST COMMAND…
	enter_host "$1"
	"${ENTERED[@]}" "${@:2}"
}
