#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: tests/distcheck.sh
#
# `make distcheck` in the build tree of the host: the release archive builds out of tree from a read-only
# source, passes its tests, installs below DESTDIR and uninstalls without a rest.
set -eu
# shellcheck source=../scripts/lib.sh
. "$(dirname -- "$0")/../scripts/lib.sh"
enter_toolroot "$@"

"$top/scripts/build" host gcc distcheck
