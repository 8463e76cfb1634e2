# shellcheck shell=bash
# Loop devices: all machines take from the same few, and the kernel makes more when they run out.
# Those that it made for us are noted in STATE/loops, and removed with the lab.

# loops_locked COMMAND…: nobody may take a device that another lab is about to remove
loops_locked() {
	local lock
	exec {lock}</dev/loop-control
	flock -w 30 "$lock" || die "/dev/loop-control stays locked by another lab"
	"$@"
	exec {lock}<&-
}

# attach_loop OPTION… FILE: sets LOOP to the device
attach_loop() { loops_locked attach_new_loop "$@"; }

attach_new_loop() {
	local known
	known=$(ls /sys/block)
	LOOP=$(losetup --find --show "$@")
	grep -qx "${LOOP#/dev/}" <<<"$known" || printf '%s\n' "${LOOP#/dev/loop}" >>"$STATE/loops"
}

# detach_leftovers: a machine killed between attaching and detaching leaves its loop device
detach_leftovers() {
	local file loop
	for file in /sys/block/loop*/loop/backing_file; do
		[[ $(cat "$file" 2>/dev/null) == */"$LINK"-lun* ]] || continue
		loop=${file#/sys/block/}
		losetup --detach "/dev/${loop%%/*}" 2>/dev/null || true
	done
}

# remove_loops: what others have taken since stays
remove_loops() {
	local notes=()
	mapfile -t notes < <(compgen -G "$STATE/loops"; compgen -G "$STATE/host*/home/.volume-loops")
	((${#notes[@]})) || return 0
	loops_locked xargs "$BIN/loop-remove" < <(cat "${notes[@]}") || true
}
