#!/bin/sh
# SPDX-License-Identifier: MIT
# fuzz.sh TARGET CORPUS: fuzzes for RT_FUZZ_SECONDS (10), starting from the seeds and from what earlier runs
# found, which is kept beside the target. The seeds in the tree are only read. A finding is left as crash-* there.
set -eu
target=$1
seeds=$2
found=$target.found
mkdir -p "$found"
exec "$target" -max_total_time="${RT_FUZZ_SECONDS:-10}" -timeout=10 -rss_limit_mb=2048 \
  -artifact_prefix="$target." -print_final_stats=1 -verbosity=1 "$found" "$seeds"
