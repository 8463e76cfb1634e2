# The index of VM leases, as vdsm writes it.
# shellcheck shell=bash

zeros() {
	head -c "$1" /dev/zero
}

# lease_record ID: empty ID: a free one
lease_record() {
	printf %s "$1"
	zeros $((49 - ${#1}))
	printf '00000000000\0--\n'
}

# lease_index STATE ID...: STATE is "-", or "u" while it is rebuilt
lease_index() {
	local i

	printf '\x12\x15\x20\x16\0%s\0' 0001
	zeros 49
	printf '0000000000\0%s' "$1"
	zeros 440
	echo
	for i in "${@:2}"; do lease_record "$i"; done
	lease_record '' >free.records
	for i in {1..12}; do cat free.records{,} >free.more && mv free.more free.records; done
	head -c $(((3960 - ($# - 1)) * 64)) free.records
}
