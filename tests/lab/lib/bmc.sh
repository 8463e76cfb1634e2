# shellcheck shell=bash
# The base-board management controllers: an ipmi_sim per host that outlives the host's power.

BMC_USER='admin'

# bmc_fault HOST: the file that says how its BMC errs; libexec/chassis reads it
bmc_fault() { printf '%s/bmc/fault' "$(host_dir "$1")"; }

bmc_define() { # HOST DIR
	local auth levels=''
	for auth in callback user operator admin; do
		levels+="    allowed_auths_$auth none md2 md5 straight"$'\n'
	done
	mkdir -p "$2/bmc/state"
	cat >"$2/bmc/lan.conf" <<-END
		name "bmc$1"
		set_working_mc 0x20
		  startlan 1
		    addr $(bmc_address "$1") 623
		    priv_limit admin
		$levels
		    guid $(tr -d - <"$2/uuid")
		  endlan
		  chassis_control "$LAB_DIR/libexec/chassis $1"
		  user 1 true "" "none" user 10 none md2 md5 straight
		  user 2 true "$BMC_USER" "$(cat "$STATE/bmc.secret")" admin 10 none md2 md5 straight
	END
	cat >"$2/bmc/emulation" <<-END
		mc_setbmc 0x20
		mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
		mc_enable 0x20
	END
	chmod 600 "$2/bmc/lan.conf"
}

bmc_tag() { printf 'VDC_LAB_BMC_OF=%s' "$(host_dir "$1")"; }

bmc_start() { # HOST
	local dir
	dir=$(host_dir "$1")
	[[ -z $(part_pids "$(bmc_tag "$1")") ]] || return 0
	bmc_link "$1" add
	(
		cd "$dir/bmc" || exit
		bare 2 env "$(bmc_tag "$1")" setsid ipmi_sim -c lan.conf -f emulation -s state -n \
			</dev/null >>log 2>&1
	) &
}
