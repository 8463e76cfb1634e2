# shellcheck shell=bash
# The newer libvirt and QEMU of this Debian release's backports. Sourced after cache.sh.
# apt works in a configuration of its own (sources, lists, archives below the cache), made
# from the repository that the machine uses already, so nothing of the machine changes and
# no host name stands anywhere.

APT_DIR=$CACHE/apt
APT_ARGS=(
	-o "Dir::Etc::SourceList=$APT_DIR/sources.list" -o Dir::Etc::SourceParts=/dev/null
	-o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null
	-o "Dir::State::Lists=$APT_DIR/lists" -o "Dir::Cache=$APT_DIR"
	-o APT::Sandbox::User=root -o Acquire::Retries=2 -o Acquire::http::Timeout=20
	-o Acquire::https::Timeout=20
)

backports_apt() { timeout 600 apt-get -q -y "${APT_ARGS[@]}" "$@" 2>&1; }

# backports_sources CODENAME: every Debian suite in use, and the backports of this release
backports_sources()
{
	local key=/usr/share/keyrings/debian-archive-keyring.gpg options=
	[[ ! -e $key ]] || options="[signed-by=$key] "
	# shellcheck disable=SC2016 # apt's own fields
	apt-get indextargets --format '$(ORIGIN) $(REPO_URI) $(CODENAME)' 'Identifier: Packages' |
		awk -v o="$options" -v release="$1" '
			$1 != "Debian" || seen[$0]++ { next }
			{ print "deb " o $2, $3, "main" }
			$3 == release { print "deb " o $2, release "-backports", "main" }'
}

backports_update()
{
	mkdir -p "$APT_DIR"/{lists,archives}/partial
	backports_sources "$1" >"$APT_DIR/sources.list"
	grep -q -e "-backports" "$APT_DIR/sources.list" ||
		skip "apt knows no repository of Debian $1: run apt-get update"
	backports_apt update >"$APT_DIR/log" && ! grep -q '^[WE]: Failed' "$APT_DIR/log"
}

# generation CODENAME: what is installed of libvirt and QEMU, each asked for from the backports
generation()
{
	dpkg-query -W -f '${db:Status-Abbrev} ${source:Package} ${Package}\n' |
		awk -v s="$1-backports" '$1 == "ii" && $2 ~ /^(libvirt|qemu)$/ { print $3 "/" s }'
}

# backports_fetch DIR: the packages of the generation and what they need that is not here
backports_fetch()
{
	local codename packages
	codename=$(. /usr/lib/os-release && echo "${VERSION_CODENAME:-}")
	mapfile -t packages < <(generation "$codename")
	[[ " ${packages[*]}" == *" qemu-system-x86/"* && " ${packages[*]}" == *" libvirt-daemon/"* ]] ||
		skip "libvirt-daemon and qemu-system-x86 are to be installed first"
	backports_download "${packages[@]}" || {
		backports_update "$codename" ||
			skip "the suite $codename-backports can not be reached: see $APT_DIR/log"
		backports_download "${packages[@]}" ||
			skip "the packages of $codename-backports can not be had: see $APT_DIR/log"
	}
	mv "$APT_DIR"/archives/*.deb "$1"
}

# Suite by suite and not with -t, which would pull all they depend on from the backports too.
backports_download()
{
	[[ -e $APT_DIR/sources.list ]] || return
	rm -f "$APT_DIR"/archives/*.deb
	backports_apt --no-install-recommends --download-only install "$@" >"$APT_DIR/log"
}
