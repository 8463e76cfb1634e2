# A healthy file domain (image-domain.bash) that changes all the time, and the tool beside that.
# shellcheck shell=bash disable=SC2154,SC2086 # ids

# churn: what a manager does with the disk $web, over and over until ./stop is there: it locks
# it in the database, changes the storage, then the database, and unlocks it. `snapshot NEW` makes who
# writes to the disk write to the volume NEW, `merge NEW` brings that back into the one below.
churn() {
	local top new

	while [ ! -e stop ]; do
		top=$leaf
		new=$(cat /proc/sys/kernel/random/uuid)
		inventory set disk $web status=locked
		overlay $web $new $top qcow2 LEAF 4
		retype $top INTERNAL
		snapshot $new
		change $top false internal
		add_row $new $web $top cow leaf 4
		inventory set disk $web status=ok
		inventory set disk $web status=locked
		merge $new
		retype $top LEAF
		rm sd/images/$web/$new{,.meta}
		inventory remove --yes volume $new
		change $top true leaf
		inventory set disk $web status=ok
		another_disk "$new"
		echo "one more" >>rounds
	done
}

retype() {
	sed "s/^VOLTYPE=.*/VOLTYPE=$2/" sd/images/$web/$1.meta >sd/images/$web/$1.meta.new
	mv sd/images/$web/$1.meta.new sd/images/$web/$1.meta
}

add_row() {
	(echo '<vdc><volumes>'; row "$@"; echo '</volumes></vdc>') | inventory import -
}

change() {
	inventory set --observed volume $1 active=$2 voltype=$3
}

another_disk() {
	local image=$1 volume=${1:0:35}f

	inventory add disk id=$image name=new status=locked
	mkdir sd/images/$image
	qemu-img create -q -f raw sd/images/$image/$volume 64M
	meta $image $volume $none RAW SPARSE LEAF 1
	add_row $volume $image $none raw leaf 1
	inventory set disk new status=ok
	inventory set disk new status=locked
	mv sd/images/$image sd/images/_remove_me_$image
	rm -r sd/images/_remove_me_$image
	inventory remove --yes volume $volume
	inventory remove --yes disk new
}

rounds_are() {
	[ "$(wc -l <rounds)" -ge "$1" ]
}

# quiet TIMES: a domain that is healthy, and changes all the time, has no finding.
quiet() {
	local pid i

	: >rounds
	(set -e; churn) >churned 2>&1 3>&- &
	pid=$!
	for ((i = 0; i < $1; i++)); do
		soon 120 rounds_are $((i / 4)) || break
		image-discrepancies --deep --recent 0 --confirm 100ms sd >out 2>said || break
	done
	touch stop
	wait $pid || fail "$(cat churned)"
	[ "$i" -eq "$1" ] || fail "$(cat out said)"
	[ -s rounds ] || fail "nothing changed: $(cat churned)"
	run_ok image-discrepancies --deep --recent 0 --confirm 0 sd
	contains "$output" ", 0 findings"
}
