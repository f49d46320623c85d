#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Sets up what is missing, builds and runs all tests.
#
#   sh tools/test.sh                        the release build
#   YS_PRESET=asan-ubsan sh tools/test.sh   another preset
#   sh tools/test.sh -R jsonpath            arguments go to ctest
set -eu
cd "$(dirname "$0")/.."
preset=${YS_PRESET:-release}
YS_PRESET=$preset sh tools/setup.sh
exec ctest --preset "$preset" -j "$(nproc)" "$@"
