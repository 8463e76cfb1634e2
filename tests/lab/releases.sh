# shellcheck shell=bash
# The images as os-release(5) tells them: the fields of this OS, and the image's own. Sourced.

release_field() { sed -n "s/^$1=\"\\?\\([^\"]*\\)\"\\?$/\\1/p" /usr/lib/os-release; }

release_without() { grep -vE "^($1)" /usr/lib/os-release; }

# release_next VERSION
release_next()
{
	release_without 'PRETTY_NAME|IMAGE_|VARIANT'
	cat <<-EOF
	PRETTY_NAME="$(release_field PRETTY_NAME) with backports"
	VARIANT="Backports"
	VARIANT_ID=backports
	IMAGE_ID=lab-next
	IMAGE_VERSION=$1
	EOF
}

# release_next_os VERSION
release_next_os()
{
	local major
	major=$(($(release_field VERSION_ID) + 1))
	release_without 'PRETTY_NAME|VERSION|IMAGE_|VARIANT'
	cat <<-EOF
	PRETTY_NAME="$(release_field NAME) $major"
	VERSION_ID="$major"
	VERSION="$major"
	IMAGE_ID=lab-next-os
	IMAGE_VERSION=$1
	EOF
}

release_broken()
{
	release_without IMAGE_
	echo IMAGE_ID=lab-broken
}
