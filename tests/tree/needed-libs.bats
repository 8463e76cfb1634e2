# What is heavy to load, or what few runs use, is loaded at first use: no command may need it from
# the start.
load ../lib/common

setup() {
	common_setup
	heavy='^lib(virt|pq|pam|crypt|xml2|icu|jansson|ncurses|tinfo)'
}

# needed FILE: its needed libraries, and those of libvdc and of every module it names.
needed() {
	local library

	readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | while read -r library; do
		echo "$library"
		[ ! -e "$LD_LIBRARY_PATH/$library" ] || needed "$LD_LIBRARY_PATH/$library"
	done
}

@test "no command needs a heavy library" {
	local program

	for program in "$VDC_TEST_BUILD"/lib/.libs/libvdc.so "$VDC_TEST_BUILD"/bin/.libs/*; do
		[ -x "$program" ] || continue
		run_ok needed "$program"
		contains "$output" libc.so
		run_fail 1 grep -E "$heavy" <<<"$output"
	done
}

@test "the check sees a needed library through another" {
	printf 'int one(void) { return 1; }\n' >one.c
	printf 'int one(void);\nint two(void) { return one(); }\n' >two.c
	printf 'int two(void);\nint main(void) { return two(); }\n' >main.c
	gcc -shared -fPIC -o libvirtual.so one.c
	gcc -shared -fPIC -o libtwo.so two.c -L. -lvirtual
	gcc -o main main.c -L. -ltwo -Wl,-rpath-link,.
	LD_LIBRARY_PATH=$PWD
	run_ok needed main
	run_ok grep -E "$heavy" <<<"$output"
	output_is libvirtual.so
}
