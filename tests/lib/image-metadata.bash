# What vdsm writes of a volume, on file and on block domains.
# shellcheck shell=bash

# volume_metadata DOMAIN CAPACITY IMAGE PARENT FORMAT TYPE VOLTYPE SEQ; $ctime is when
volume_metadata() {
	cat <<-END
		CAP=$2
		CTIME=${ctime:-1563949824}
		DESCRIPTION={"DiskAlias":"d"}
		DISKTYPE=DATA
		DOMAIN=$1
		FORMAT=$5
		GEN=0
		IMAGE=$3
		LEGALITY=LEGAL
		PUUID=$4
		SEQ=$8
		TYPE=$6
		VOLTYPE=$7
		EOF
	END
}
