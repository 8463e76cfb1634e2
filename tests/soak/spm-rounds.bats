# time limit: 7200 s
# Mishaps around the lease of the storage pool manager, at random: $VDC_TEST_SPM_ROUNDS of them, 50 without it.
# $VDC_TEST_SPM_SEED repeats a run.
# shellcheck disable=SC2154 # DOMAIN
load ../lib/common
load ../lib/lab
load ../lib/lab-guests
load ../lib/lab-spm
load ../lib/spm-rounds

setup_file() { spm_lab_begin; }

teardown_file() { lab_end; }

setup() { spm_lab_setup; }

teardown() {
	rounds_end
	common_teardown
}

@test "never two holders, never a write with a lower version" {
	local seed=${VDC_TEST_SPM_SEED:-$RANDOM}

	echo "# seed $seed" >&3
	MISHAPS+=(host_frozen_for_long)
	spm_rounds "${VDC_TEST_SPM_ROUNDS:-50}" "$seed"
}
