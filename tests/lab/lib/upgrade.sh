# shellcheck shell=bash
# Package generations: `bookworm` is the machine's own; others are built by tests/lab/images.

check_image() { # NAME
	[[ $1 == bookworm || -e $VDC_LAB_CACHE/images/$1.sqsh ]] ||
		die "no image '$1' in $VDC_LAB_CACHE/images; build it with tests/lab/images $1" 3
}

cmd_upgrade() { # HOST --image NAME [OPTION…] | --in-place [NAME]
	case ${2:-} in
	--image)
		[[ -n ${3:-} ]] || usage_error "upgrade: which image?"
		check_image "$3"
		upgrade_image "$1" "${@:3}"
		;;
	--in-place) upgrade_in_place "$1" "${3:-next}" ;;
	*) usage_error "upgrade: --image NAME or --in-place?" ;;
	esac
}

# upgrade_image: the host keeps its configuration and data, as far as no OPTION says otherwise;
# packages come from the image alone
upgrade_image() { # HOST NAME OPTION…
	local option wait=yes new_key='' wipe=''
	for option in "${@:3}"; do
		case $option in
		--no-wait) wait='' ;;
		--new-key) new_key=yes ;;
		--wipe) wipe=yes ;;
		*) usage_error "upgrade: not understood: $option" ;;
		esac
	done
	halt_host "$1"
	replace_packages "$(host_dir "$1")" "$2"
	[[ -z $new_key ]] || new_host_key "$(host_dir "$1")/upper/etc/ssh"
	[[ -z $wipe ]] || wipe_state "$(host_dir "$1")/upper"
	power_on "$1"
	[[ -z $wait ]] || wait_ready "$1" "$READY_SECONDS"
}

replace_packages() { # DIR NAME
	local kept=$1/upper
	printf '%s\n' "$2" >"$1/image"
	find "$kept/usr" -mindepth 1 -maxdepth 1 ! -name local ! -name sbin -exec rm -rf {} +
	find "$kept/usr/sbin" -mindepth 1 ! -name policy-rc.d -exec rm -rf {} +
	rm -rf "$kept/var/lib/dpkg" "$kept/var/cache/libvirt" "$kept/etc/os-release"
}

# new_host_key: nobody knows it, neither the other hosts nor $VDC_LAB_SSH_CONFIG
new_host_key() { # DIR
	rm -f "$1/ssh_host_ed25519_key"
	ssh-keygen -q -t ed25519 -N '' -C new -f "$1/ssh_host_ed25519_key" </dev/null
}

# wipe_state: what a fresh installation knows nothing of: VMs, and the host's number among those
# that share leases
wipe_state() { # UPPER
	rm -rf "$1/etc/libvirt/qemu" "$1/var/lib/libvirt"
	sed -i '/^host_id/d' "$1/etc/libvirt/qemu-sanlock.conf"
}

# halt_host: shut down as an administrator does; power off what does not obey
halt_host() {
	is_on "$1" || return 0
	in_host "$1" poweroff || true
	tries 5 host_is_off "$1" || power_off "$1"
}

host_is_off() { ! is_on "$1"; }

# upgrade_in_place: the running daemons stay the old ones until they are restarted
upgrade_in_place() {
	local debs=$VDC_LAB_CACHE/debs/$2 inside=/var/cache/vdc-lab-$2
	compgen -G "$debs/*.deb" >/dev/null || die "no packages in $debs; build them with tests/lab/images" 3
	in_host "$1" mkdir -p "$inside"
	tar -C "$debs" -c . | in_host "$1" tar -C "$inside" -x
	in_host "$1" /bin/bash -s -- "$inside" <"$LAB_DIR/install-debs" ||
		die "host$1: not all packages could be installed"
	in_host "$1" rm -r "$inside"
}
