# shellcheck shell=bash
# Shared storage: one directory and some LUNs, reached by each machine through a storagefs of its own.

# storage_define: STORAGE/shared is the directory, STORAGE/luns holds the block devices' contents
storage_define() {
	local count=${VDC_LAB_LUNS:-2} size=${VDC_LAB_LUN_SIZE:-4G} sectors i
	read -ra sectors <<<"${VDC_LAB_LUN_SECTORS:-}"
	mkdir -p "$STATE/storage/shared" "$STATE/storage/luns"
	for ((i = 0; i < count; i++)); do
		[[ -e $(lun_file "$STATE/storage" "$i") ]] ||
			truncate -s "$size" "$(lun_file "$STATE/storage" "$i")"
		[[ -e $STATE/sector.lun$i ]] || echo "${sectors[i]:-512}" >"$STATE/sector.lun$i"
	done
}

lun_file() { printf '%s/luns/%s-lun%s' "$1" "$LINK" "$2"; }

# storage_control HOST MODE MS: what storagefs does with the next operation
storage_control() {
	printf '%s %s\n' "$2" "$3" >"$(host_dir "$1")/storage.control"
}

# mount_storage HOST: called in the machine's mount namespace; sets STORAGE_PID. libvirt knows shared
# file systems by their type and refuses to migrate a VM with files on others, hence the subtype.
mount_storage() {
	local dir
	dir=$(host_dir "$1")
	(
		bare 2 "$BIN/storagefs" "$STATE/storage" "$dir/storage.control" "$dir/storage" -f \
			-o default_permissions,allow_other,fsname=vdc-lab,subtype=glusterfs \
			-o max_threads=16,max_idle_threads=16
	) &
	# shellcheck disable=SC2034 # for libexec/machine
	STORAGE_PID=$!
	tries 10 mountpoint -q "$dir/storage" || die "host$1: storagefs does not mount"
}

# attach_luns HOST: one loop device per LUN; sets LUN_FDS. A loop device that is detached while it is
# open goes away when the last one closes it: with the machine, however that ends.
attach_luns() {
	local dir file fd
	dir=$(host_dir "$1")
	LUN_FDS=()
	: >"$dir/luns"
	for file in "$dir/storage/luns/"*; do
		attach_loop --direct-io=on --sector-size "$(<"$STATE/sector.${file##*-}")" "$file"
		exec {fd}<>"$LOOP"
		losetup --detach "$LOOP"
		LUN_FDS+=("$fd")
		printf '%s %s\n' "${file##*-}" "${LOOP#/dev/loop}" >>"$dir/luns"
	done
}

close_luns() {
	local fd
	for fd in ${LUN_FDS[@]+"${LUN_FDS[@]}"}; do
		exec {fd}>&-
	done
	LUN_FDS=()
}
