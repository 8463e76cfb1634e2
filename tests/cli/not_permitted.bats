# A database that may not be read or written, lies on a full or read-only disk, or is none.
# shellcheck shell=bash disable=SC2154,SC2016
load ../lib/common

setup() {
	common_setup
	mkdir place
	export VDC_DB=place/inventory.db
	inventory init >/dev/null
	inventory add data-center dc1 >/dev/null
}

teardown() {
	chmod -R u+rwx place
	common_teardown
}

# Root without its powers is an owner like any other.
powerless() {
	if [ "$(id -u)" -eq 0 ]; then
		setpriv --bounding-set=-all --inh-caps=-all -- "$@"
	else
		"$@"
	fi
}

# refused CODE WORDS COMMAND...: one line with these words
refused() {
	local code=$1 words=$2
	shift 2

	run_fail "$code" powerless "$@"
	[ -z "$output" ]
	[ "${#stderr_lines[@]}" -eq 1 ] || fail "$stderr"
	contains "$stderr" "inventory: " place "$words"
}

@test "a file that may be read and not written" {
	chmod 400 place/inventory.db
	run_ok powerless inventory list data-centers --noheadings --output name
	output_is dc1
	refused 7 "you may not write it; join the group vdc" inventory add data-center dc2
}

@test "a file that may not be read" {
	chmod 000 place/inventory.db
	refused 7 "you may not read it; join the group vdc" inventory list data-centers
	refused 7 "you may not" inventory init
}

@test "a folder that may not be written" {
	chmod 500 place
	refused 7 "you may not write its folder" inventory add data-center dc2
	refused 7 "place/new for the database: Permission denied" inventory init --db place/new/inventory.db
	refused 7 "place/new.db: Permission denied" inventory init --db place/new.db
}

@test "a folder that may not be entered" {
	chmod 000 place
	refused 7 "you may not read it" inventory list data-centers
}

@test "what is no database" {
	echo "this is text, and more of it than fits into the header of a database file; not SQLite" \
		"at all, however long one looks at it" >place/text
	refused 2 "file is not a database" inventory list --db place/text
	refused 2 "not a regular file" inventory list --db place/.
	head -c 20000 place/inventory.db >place/half.db
	run powerless inventory list --db place/half.db
	[ "$status" -eq 2 ] || fail "$status $output"
}

# on_disk OPTIONS SCRIPT: with a file system of its own at ./disk
on_disk() {
	mkdir -p disk
	unshare -m bash -c "mount -t tmpfs -o $1 none disk && $2"
}

needs_mounts() {
	unshare -m true 2>/dev/null || skip "needs root"
}

@test "a full disk: exit 1, and the old state stays" {
	needs_mounts
	run_ok on_disk size=1M '
		export VDC_DB=disk/inventory.db
		inventory init
		long=$(head -c 5000 /dev/zero | tr "\0" x)
		for i in $(seq 400); do
			inventory list data-centers -n -o name | sort >before
			inventory add data-center d$i description="$long" >/dev/null 2>said || break
		done
		echo "$i $(wc -l <said) $(cat said)"
		inventory list data-centers -n -o name | sort | cmp - before
		mount -o remount,size=4M disk
		inventory add data-center d$i'
	contains "$output" " 1 inventory: database disk/inventory.db: the disk is full" "added"
	[[ $output != *"400 "* ]]
}

@test "a read-only file system" {
	needs_mounts
	run_ok on_disk size=4M '
		export VDC_DB=disk/inventory.db
		inventory init
		mount -o remount,ro disk
		inventory list data-centers --noheadings
		inventory add data-center d2 2>&1 || echo "exit code $?"'
	contains "$output" "its file system is mounted read-only" "exit code 7"
}
