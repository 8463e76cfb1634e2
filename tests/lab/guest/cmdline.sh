# shellcheck shell=bash
# The guests' kernel command line, made for emulation on a busy machine. Sourced.

# Work at boot that no test needs: half of all instructions without these.
_skipped=init_kprobe_trace,load_system_certificate_list,crypto_kdf108_init,cubictcp_register
_skipped+=,init_ima,init_encrypted,crypto_algapi_init
_quick="nokaslr mitigations=off rodata=off cryptomgr.notests initcall_blacklist=$_skipped"
# The TSC and the local timer are measured at boot, wrongly when the emulator has to wait for
# a CPU: the clock then runs too fast by a factor. The HPET's frequency is known.
_steady="clocksource=hpet tsc=unstable nolapic_timer"

# shellcheck disable=SC2034 # for those who source it
GUEST_CMDLINE="console=ttyS0 quiet panic=-1 $_quick $_steady"
