# shellcheck shell=bash
# The small C programs of the lab, built once per source and kept in the cache.

# build_one SOURCE TARGET CC-OPTION…
build_one() {
	local source=$LAB_DIR/src/$1 target=$BIN/$2 stamp
	stamp=$(sha1sum <"$source" | cut -c1-16)
	[[ $(cat "$target.source" 2>/dev/null) != "$stamp" || ! -e $target ]] || return 0
	"${CC:-cc}" -std=gnu17 -D_GNU_SOURCE -O2 -Wall -Wextra -o "$target.$$" "$source" "${@:3}" ||
		die "cannot build $2 from $source: is its package of the list \`packages\` missing?"
	mv "$target.$$" "$target"
	printf '%s\n' "$stamp" >"$target.source"
}

build_helpers() {
	mkdir -p "$BIN"
	build_one storagefs.c storagefs -lfuse3
	build_one loop-remove.c loop-remove
	build_one volume-loop.c volume-loop -static
	build_one rlimit-shim.c rlimit-shim.so -shared -fPIC
}
