/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/exit_code.h"

#include <errno.h>

enum vdc_exit vdc_exit_of(int code)
{
	switch (-code) {
	case 0:
		return VDC_EXIT_OK;
	case EINVAL:
	case EBADMSG:
	case EILSEQ:
	case EEXIST:
	case EISDIR:
		return VDC_EXIT_USAGE;
	case ENOENT:
		return VDC_EXIT_NO_OBJECT;
	case EPERM:
	case ENOTEMPTY:
		return VDC_EXIT_REFUSED;
	case EBUSY:
	case EAGAIN:
		return VDC_EXIT_BUSY;
	case EHOSTUNREACH:
	case ECONNREFUSED:
	case ECONNRESET:
	case ETIMEDOUT:
		return VDC_EXIT_UNREACHABLE;
	case EACCES:
	case EKEYREJECTED:
		return VDC_EXIT_NOT_PERMITTED;
	default:
		return VDC_EXIT_FINDINGS;
	}
}
