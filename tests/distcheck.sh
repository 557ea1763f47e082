#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/distcheck.sh
#
# `make distcheck` in the build tree of the host: the release archive builds out of tree from a read-only
# source, installs below DESTDIR and uninstalls without a rest. tests/debian/readme.sh runs the tests, and does
# the same from the archive but for the read-only source.
set -eu
# shellcheck source=../scripts/lib.sh
. "$(dirname -- "$0")/../scripts/lib.sh"
enter_toolroot "$@"

"$top/scripts/build" host gcc distcheck TESTS= check_PROGRAMS= check_LIBRARIES=
