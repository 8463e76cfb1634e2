dnl VDC_BUILD_PROFILE - the flags of the three ways to build.
dnl   release (default): the distribution's flags as they are, and hardening
dnl   --enable-devel: warnings are errors, ASan and UBSan watch every test
dnl   --enable-fuzzing: the harnesses of tests/fuzz for libFuzzer (clang)
dnl Sets VDC_CPPFLAGS, VDC_CFLAGS, VDC_LDFLAGS and the conditional FUZZING.
AC_DEFUN([VDC_BUILD_PROFILE], [
	AC_ARG_ENABLE([devel], [AS_HELP_STRING([--enable-devel],
		[warnings as errors, debug information, sanitizers])], [], [enable_devel=no])
	AC_ARG_ENABLE([sanitizers], [AS_HELP_STRING([--disable-sanitizers],
		[with --enable-devel: no ASan and UBSan])], [], [enable_sanitizers=$enable_devel])
	AC_ARG_ENABLE([fuzzing], [AS_HELP_STRING([--enable-fuzzing],
		[build libFuzzer harnesses; needs clang])], [], [enable_fuzzing=no])
	AM_CONDITIONAL([FUZZING], [test "$enable_fuzzing" = yes])

	VDC_ADD_FLAGS([VDC_CFLAGS], [-std=gnu17 -fno-common])
	dnl Calls inside of libvdc need no look-up at start. Its data does: kinds are told apart by
	dnl their address, and a program has its own copy of what it names.
	VDC_ADD_FLAGS([VDC_LDFLAGS], [-Wl,-Bsymbolic-functions])
	AS_IF([test "$enable_devel" = yes], [VDC_DEVEL_FLAGS])
	AS_IF([test "$enable_fuzzing" = yes], [VDC_FUZZING_FLAGS])
	AS_IF([test "$enable_sanitizers" = yes], [VDC_SANITIZER_FLAGS
		VDC_SANITIZER_EARLY_LIBS], [VDC_LINK_COMPLETE])
	AS_IF([test "$enable_devel$enable_sanitizers$enable_fuzzing" = nonono],
		[VDC_HARDENING_FLAGS])
	AC_SUBST([VDC_CPPFLAGS])
	AC_SUBST([VDC_CFLAGS])
	AC_SUBST([VDC_LDFLAGS])
])

AC_DEFUN([VDC_DEVEL_FLAGS], [
	VDC_ADD_FLAGS([VDC_CFLAGS], [-Wall -Wextra -Wformat=2 -Wvla -Walloca -Wshadow \
		-Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings \
		-Wlogical-op -Wduplicated-cond -Wnull-dereference -Wuse-after-free=3 -Wundef \
		-Wimplicit-fallthrough -Werror -Og -g3])
])

dnl A fault must look like one: abort, so that no test takes it for an exit code.
AC_DEFUN([VDC_SANITIZER_FLAGS], [
	VDC_ADD_FLAGS([VDC_CFLAGS], [-fsanitize=address,undefined \
		-fno-sanitize-recover=all -fno-omit-frame-pointer])
])

AC_DEFUN([VDC_FUZZING_FLAGS], [
	VDC_ADD_FLAGS([VDC_CFLAGS], [-fsanitize=fuzzer-no-link])
	AS_CASE([$VDC_CFLAGS], [*fuzzer-no-link*], [],
		[AC_MSG_ERROR([--enable-fuzzing needs clang: ./configure CC=clang --enable-fuzzing])])
])

dnl libvirt's RPC calls libtirpc. ASan looks for what it wraps of it when the program starts, and
dnl would call nothing at all when a module brings the library in later.
AC_DEFUN([VDC_SANITIZER_EARLY_LIBS], [
	VDC_ADD_FLAGS([VDC_SANITIZER_LIBS], [-Wl,--push-state,--no-as-needed,-l:libtirpc.so.3,--pop-state])
	AC_SUBST([VDC_SANITIZER_LIBS])
])

dnl clang leaves the sanitizers' symbols of a shared library to the program.
AC_DEFUN([VDC_LINK_COMPLETE], [
	AS_IF([test "$enable_fuzzing" = no], [VDC_ADD_FLAGS([VDC_LDFLAGS], [-Wl,-z,defs])])
])

AC_DEFUN([VDC_HARDENING_FLAGS], [
	VDC_ADD_FLAGS([VDC_CFLAGS], [-fstack-protector-strong -fstack-clash-protection \
		-fcf-protection -ftrivial-auto-var-init=zero -fzero-call-used-regs=used-gpr])
	VDC_ADD_FLAGS([VDC_LDFLAGS], [-Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack])
	dnl Fortification wants optimisation, and the distribution may have set it.
	AS_CASE(["$CPPFLAGS $CFLAGS"],
		[*_FORTIFY_SOURCE*], [],
		[*-O[[123sz]]*], [VDC_CPPFLAGS="$VDC_CPPFLAGS -D_FORTIFY_SOURCE=3"])
])
