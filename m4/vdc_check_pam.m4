dnl VDC_CHECK_PAM - libpam has a pkg-config file only since 1.5; ask the compiler.
AC_DEFUN([VDC_CHECK_PAM], [
	AC_CHECK_HEADER([security/pam_appl.h], [],
		[AC_MSG_ERROR([security/pam_appl.h not found: install the PAM headers])])
	AC_CHECK_LIB([pam], [pam_start], [PAM_LIBS=-lpam],
		[AC_MSG_ERROR([libpam not found])])
	AC_SUBST([PAM_LIBS])
])
