# shellcheck shell=bash
# The lab's cache of things that are slow to make: package generations and guests.
# Sourced. Everything is built aside and renamed into place, under one lock, with a stamp
# that says from what it was made, so that a killed build leaves nothing that is believed.

CACHE=${VDC_LAB_CACHE:-/var/cache/vdc-lab}
ASIDE=

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() { say "$@"; exit 1; }

# What this machine can not do is no failure of the project: 77 is automake's "skipped".
skip() { say "skipped: $*"; exit 77; }

# need COMMAND PACKAGE: a tool that is missing is named with the package that brings it
need() { command -v "$1" >/dev/null || skip "$1 is missing: install the package $2"; }

cache_lock()
{
	mkdir -p "$CACHE" 2>/dev/null || skip "can not write $CACHE: set VDC_LAB_CACHE or be root"
	exec {CACHE_FD}>"$CACHE/.lock" || skip "can not write $CACHE: set VDC_LAB_CACHE or be root"
	flock -n "$CACHE_FD" || {
		say "waiting for another build in $CACHE"
		flock -w 1200 "$CACHE_FD" || die "the lock $CACHE/.lock is still held after 20 minutes"
	}
	rm -rf "$CACHE"/.aside.*
	ASIDE=$(mktemp -d "$CACHE/.aside.XXXXXX")
	trap 'rm -rf "$ASIDE"' EXIT
	trap 'exit 130' INT TERM HUP
}

# made PATH STAMP: is it there, and made from just that?
made() { [[ -e $CACHE/$1 && -e $CACHE/$1.stamp && $(<"$CACHE/$1.stamp") == "$2" ]]; }

# publish PATH STAMP: what was built as $ASIDE/PATH becomes $CACHE/PATH
publish()
{
	mkdir -p "$CACHE/$(dirname "$1")"
	rm -f "$CACHE/$1.stamp"
	if [[ -d $CACHE/$1 ]]; then rm -rf "${CACHE:?}/$1"; fi
	mv -T "$ASIDE/$1" "$CACHE/$1"
	printf '%s' "$2" >"$ASIDE/stamp"
	mv -T "$ASIDE/stamp" "$CACHE/$1.stamp"
}

# The installed packages as one line: whatever was built on this machine's root depends on it.
base_state()
{
	dpkg-query -W -f '${db:Status-Abbrev} ${Package}:${Architecture} ${Version}\n' |
		LC_ALL=C sort | sha256sum | cut -c1-16
}

# digest FILE…: one word that changes when any of them does
digest() { cat -- "$@" | sha256sum | cut -c1-16; }
