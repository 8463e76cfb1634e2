dnl VDC_ADD_FLAGS(VARIABLE, FLAGS...) - append those FLAGS that the compiler takes.
dnl -Werror makes clang refuse what it would otherwise ignore with a warning.
AC_DEFUN([VDC_ADD_FLAGS], [
	for vdc_flag in $2; do
		AS_VAR_PUSHDEF([cache], [vdc_cv_flag_$vdc_flag])dnl
		AC_CACHE_CHECK([whether $CC takes $vdc_flag], [cache], [
			vdc_saved=$CFLAGS
			CFLAGS="$CFLAGS -Werror $vdc_flag"
			AC_LINK_IFELSE([AC_LANG_PROGRAM([[]], [[]])],
				[AS_VAR_SET([cache], [yes])], [AS_VAR_SET([cache], [no])])
			CFLAGS=$vdc_saved
		])
		AS_VAR_IF([cache], [yes], [$1="$$1 $vdc_flag"])
		AS_VAR_POPDEF([cache])dnl
	done
])
