# shellcheck shell=bash
# A host as delivered: number, UUID, image, and a disk (overlay upper) with its own configuration.

# lab_define: what all hosts of the lab share; each file appears complete or not at all
lab_define() {
	mkdir -p "$STATE/ssh"
	chmod 700 "$STATE" "$STATE/ssh"
	local key
	for key in login host; do
		[[ -e $STATE/ssh/$key.pub ]] || {
			rm -f "$STATE/ssh/$key"
			ssh-keygen -q -t ed25519 -N '' -C "$VDC_LAB-$key" -f "$STATE/ssh/$key" </dev/null
		}
	done
	[[ -s $STATE/bmc.secret ]] || (
		umask 077
		head -c 9 /dev/urandom | base64 | tr '+/' 'xy' >"$STATE/bmc.secret"
	)
}

# lab_addresses: everything that needs the subnet
lab_addresses() {
	local net i
	net=$(subnet)
	{
		printf '127.0.0.1\tlocalhost\n%s.1\tlab\n' "$net"
		for ((i = 1; i <= MAX_HOSTS; i++)); do
			printf '%s.%s\thost%s\n%s.%s\tbmc%s\n' "$net" $((10 + i)) $i "$net" $((100 + i)) $i
		done
	} >"$STATE/hosts"
	printf 'host*,%s.* %s\n' "$net" "$(cut -d' ' -f1,2 "$STATE/ssh/host.pub")" >"$STATE/ssh/known_hosts"
	ssh_config "$STATE/ssh/login" "$STATE/ssh/known_hosts" >"$STATE/ssh_config"
	for ((i = 1; i <= MAX_HOSTS; i++)); do
		printf 'Host host%s\n\tHostName %s.%s\n' $i "$net" $((10 + i))
	done >>"$STATE/ssh_config"
}

ssh_config() { # KEY KNOWN-HOSTS
	cat <<-END
		Host *
			User root
			IdentityFile $1
			IdentitiesOnly yes
			UserKnownHostsFile $2
			GlobalKnownHostsFile /dev/null
			StrictHostKeyChecking yes
			BatchMode yes
			ConnectTimeout 5
			ServerAliveInterval 5
			KexAlgorithms curve25519-sha256
			LogLevel ERROR
	END
}

# host_define HOST [IMAGE]: made beside its place and moved there, so that a host exists or does not
host_define() {
	local dir new
	dir=$(host_dir "$1") new=$(host_dir "$1").new
	if [[ -e $dir ]]; then
		[[ -z $2 || $(cat "$dir/image") == "$2" ]] || die "host$1 exists: \`lab upgrade $1 --image $2\`"
		return 0
	fi
	rm -rf "$new"
	mkdir -p "$new"/{upper,work,root,run,home,storage,cut}
	cat /proc/sys/kernel/random/uuid >"$new/uuid"
	printf '%s\n' "${2:-bookworm}" >"$new/image"
	printf 'ok 0\n' >"$new/storage.control"
	: >"$new/power"
	define_system "$1" "$new"
	define_libvirt "$1" "$new"
	define_ssh "$new"
	bmc_define "$1" "$new"
	mv -T "$new" "$dir"
}

define_system() { # HOST DIR
	local upper=$2/upper
	mkdir -p "$upper"/{etc,usr/local/bin,usr/local/sbin,usr/sbin,var/log/libvirt}
	printf 'host%s\n' "$1" >"$upper/etc/hostname"
	tr -d - <"$2/uuid" >"$upper/etc/machine-id"
	cp "$STATE/hosts" "$upper/etc/hosts"
	(umask 077 && sed 's/^root:[^:]*/root:*/' /etc/shadow >"$upper/etc/shadow")
	install -m 755 "$LAB_DIR/host/systemctl" "$upper/usr/local/bin/systemctl"
	install -m 755 "$LAB_DIR/host/shutdown" "$upper/usr/local/sbin/shutdown"
	ln -s shutdown "$upper/usr/local/sbin/poweroff"
	ln -s shutdown "$upper/usr/local/sbin/reboot"
	install -m 755 "$LAB_DIR/host/lvchange" "$BIN/volume-loop" "$upper/usr/local/sbin"
	define_lvm "$upper/etc/lvm"
	install -m 755 "$BIN/rlimit-shim.so" "$upper/usr/local/sbin/rlimit-shim.so"
	printf '#!/bin/sh\nexit 101\n' >"$upper/usr/sbin/policy-rc.d"
	chmod 755 "$upper/usr/sbin/policy-rc.d"
}

# define_lvm: a host has its LUNs; volumes are made active by host/lvchange, not by the kernel
define_lvm() { # DIR
	mkdir -p "$1"
	cat >"$1/lvmlocal.conf" <<-'END'
		global { activation=0 use_aio=0 }
		devices {
			use_devicesfile=0 obtain_device_list_from_udev=0 hints="none"
			filter=["a|^/dev/lun[0-9]+$|","r|.*|"]
		}
		backup { backup=0 archive=0 }
	END
}

define_libvirt() { # HOST DIR
	local etc=$2/upper/etc/libvirt
	mkdir -p "$etc"
	cat >"$etc/libvirtd.conf" <<-END
		listen_tls = 0
		listen_tcp = 1
		auth_tcp = "none"
		auth_unix_rw = "none"
		auth_unix_ro = "none"
		host_uuid = "$(cat "$2/uuid")"
		log_outputs = "2:file:/var/log/libvirt/libvirtd.log"
	END
	cat >"$etc/qemu.conf" <<-END
		user = "root"
		group = "root"
		dynamic_ownership = 0
		remember_owner = 0
		security_driver = "none"
		namespaces = []
		cgroup_controllers = []
		stdio_handler = "file"
		max_core = 0
		lock_manager = "sanlock"
	END
	cat >"$etc/qemu-sanlock.conf" <<-END
		host_id = $1
		auto_disk_leases = 0
		require_lease_for_disks = 0
		user = "root"
		group = "root"
	END
}

# Every host has the lab's host key and may log in to every other, as migration over qemu+ssh needs.
define_ssh() { # DIR
	local etc=$1/upper/etc/ssh home=$1/home
	mkdir -p "$etc" "$home/.ssh"
	chmod 700 "$home" "$home/.ssh"
	: >"$home/.bashrc"
	cp "$STATE/ssh/host" "$etc/ssh_host_ed25519_key"
	cp "$STATE/ssh/login" "$home/.ssh/id_ed25519"
	cp "$STATE/ssh/login.pub" "$home/.ssh/authorized_keys"
	cp "$STATE/ssh/known_hosts" "$home/.ssh/known_hosts"
	ssh_config /root/.ssh/id_ed25519 /root/.ssh/known_hosts >"$home/.ssh/config"
	chmod 600 "$etc/ssh_host_ed25519_key" "$home/.ssh/"*
	cat >"$etc/sshd_config" <<-END
		HostKey /etc/ssh/ssh_host_ed25519_key
		PermitRootLogin prohibit-password
		PasswordAuthentication no
		UsePAM no
		UseDNS no
		PidFile none
		MaxStartups 200
		Subsystem sftp internal-sftp
	END
}
