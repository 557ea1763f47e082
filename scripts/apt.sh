# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Debian's packages without touching the host: apt with lists and caches of our own. Sourced after
# scripts/lib.sh by scripts that set something up in the cache.

# What of the host's apt configuration everything here uses: how it reaches the network and what it
# accepts, but none of its hooks.
apt_host_settings() {
	apt-config dump |
		grep -E '^Acquire::((http|https|ftp|Retries|Check-|Max-|Queue).*|.*::[Pp]roxy.*) ' || :
}

# apt_begin DIRECTORY: from here on apt keeps its lists and caches below DIRECTORY, with the settings in
# $APT_CONFIG; those of apt_host_settings alone are in DIRECTORY/acquire.conf.
apt_begin() {
	mkdir -p "$1/lists/partial" "$1/cache/archives/partial"
	apt_host_settings >"$1/acquire.conf"
	cat - "$1/acquire.conf" >"$1/apt.conf" <<-APT_CONF
		Dir::Etc::parts "/dev/null";
		Dir::State::lists "$1/lists";
		Dir::Cache "$1/cache";
		APT::Sandbox::User "root";
		Acquire::Languages "none";
		Debug::NoLocking "true";
	APT_CONF
	APT_CONFIG=$1/apt.conf
	export APT_CONFIG
}

# apt_begin_host DIRECTORY: the same, with the lists of the host's own sources.
apt_begin_host() {
	apt_begin "$1"
	# A source that cannot be read is no matter unless it is the one that is needed.
	apt-get -qq update >"$1/update.log" 2>&1 || :
}

# The mirror that the toolroot was made from.
toolroot_mirror() {
	# shellcheck disable=SC2154 # $cache is scripts/lib.sh's
	sed -n 's/^deb \(\[[^]]*\] \)\{0,1\}\([^ ]*\) .*/\2/p' "$cache/toolroot/etc/apt/sources.list" |
		head -n 1
}

# apt_begin_suite DIRECTORY SUITE ARCH...: the same, with the lists of Debian's SUITE for these
# architectures and no other, from the mirror that the toolroot was made from.
apt_begin_suite() {
	apt_directory=$1
	apt_suite=$2
	shift 2
	apt_begin "$apt_directory"
	printf 'deb [arch=%s signed-by=%s] %s %s main\n' "$(echo "$*" | tr ' ' ',')" \
		"$cache/toolroot/usr/share/keyrings/debian-archive-keyring.gpg" \
		"$(toolroot_mirror)" "$apt_suite" >"$apt_directory/sources.list"
	cat >>"$apt_directory/apt.conf" <<-APT_CONF
		Dir::Etc::sourcelist "$apt_directory/sources.list";
		Dir::Etc::sourceparts "/dev/null";
		Dir::State::status "/dev/null";
		APT::Architecture "$1";
		APT::Architectures { $(printf '"%s"; ' "$@")};
	APT_CONF
	apt-get -qq update >"$apt_directory/update.log" 2>&1 ||
		die "cannot read the lists of $apt_suite: $(tail -n 1 "$apt_directory/update.log")"
}

# The mirror that the machine's apt has Debian from; nothing where it has none. After
# apt_begin_host.
find_mirror() {
	if [ -n "${KEXEC_MMU_MIRROR:-}" ]; then
		printf '%s\n' "$KEXEC_MMU_MIRROR"
	else
		# shellcheck disable=SC2016 # apt expands these
		apt-get indextargets --format '$(REPO_URI)' \
			'Origin: Debian' 'Label: Debian' 'Component: main' 'Created-By: Packages' |
			head -n 1
	fi
}

# find_program DIRECTORY PROGRAM PACKAGE: make a program runnable: the host's own, or else unpacked to DIRECTORY
# from the package of the host's release, together with what it needs and the host lacks. After apt_begin_host.
find_program() {
	! command -v "$2" >/dev/null || return 0
	mkdir -p "$1"
	apt-get -qq install --download-only --no-install-recommends "$3" \
		-o "Dir::Cache::Archives=$1" >"$1/download.log" 2>&1 ||
		die "$2 is not installed and apt has no $3: $(tail -n 1 "$1/download.log")"
	for package in "$1"/*.deb; do
		dpkg-deb -x "$package" "$1"
	done
	PATH=$PATH:$1/usr/bin
	PERL5LIB=
	for directory in "$1"/usr/share/perl5 "$1"/usr/share/perl/5.* \
		"$1"/usr/lib/*/perl/5.* "$1"/usr/lib/*/perl5/5.* \
		"$1"/usr/lib/*/perl-base; do
		[ ! -d "$directory" ] || PERL5LIB=$PERL5LIB${PERL5LIB:+:}$directory
	done
	LD_LIBRARY_PATH=$(printf '%s:' "$1"/usr/lib/*-linux-gnu)
	export PATH PERL5LIB LD_LIBRARY_PATH
}

# find_mmdebstrap DIRECTORY: make mmdebstrap runnable, and unxz, which its hooks run. After apt_begin_host.
find_mmdebstrap() {
	find_program "$1" mmdebstrap mmdebstrap
	find_program "$1" unxz xz-utils
}
