#!/usr/bin/env bash
# Builds the fuzz targets and gives each of them random inputs, grown from its seeds.
set -euo pipefail

usage() {
  cat <<'END'
usage: tests/fuzz/run.sh [--runs N] [--seconds N] [NAME…]

  --runs N     inputs for each target (1000000)
  --seconds N  stop each target after that time, whatever comes first
  NAME         a target, as its seeds' folder in tests/fuzz/corpus is called (all of them)
END
}

fail() {
  echo "run.sh: $1" >&2
  exit 2
}

is_number() { [[ $1 =~ ^[1-9][0-9]*$ ]]; }

runs=1000000
seconds=0
names=()
while (($# > 0)); do
  case $1 in
    --runs | --seconds)
      if (($# < 2)) || ! is_number "$2"; then fail "$1 needs a number"; fi
      if [[ $1 == --runs ]]; then runs=$2; else seconds=$2; fi
      shift 2
      ;;
    -h | --help)
      usage
      exit
      ;;
    -*) fail "unknown option $1" ;;
    *)
      names+=("$1")
      shift
      ;;
  esac
done

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
build=$root/build/fuzz
if ((${#names[@]} == 0)); then
  for folder in "$here"/corpus/*/; do names+=("$(basename "$folder")"); done
fi
for name in "${names[@]}"; do
  [[ -d $here/corpus/$name ]] || fail "no target $name: see tests/fuzz/corpus"
done

(cd "$root" && cmake --preset fuzz -DPINFOLD_MAN=OFF >/dev/null)
cmake --build "$build" --target "${names[@]/#/fuzz_}" >&2

# As long as what the parser reads in earnest: longer inputs find nothing new, slowly.
max_length() {
  case $1 in
    number | slot | target | when) echo 32 ;;
    cpu_list | kernel_list | memory_wish | place | safe_text) echo 64 ;;
    stat) echo 384 ;;
    description) echo 128 ;;
    fuse_requests) echo 1024 ;;
    *) echo 256 ;;
  esac
}

# Long traces of every allocation cost more than the parsers do.
export ASAN_OPTIONS=${ASAN_OPTIONS:-malloc_context_size=3:quarantine_size_mb=16}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
findings=$build/findings
mkdir -p "$findings"

found=0
for name in "${names[@]}"; do
  cp -r "$here/corpus/$name" "$work/$name"
  log=$work/$name.log
  start=$EPOCHREALTIME
  if "$build/tests/fuzz/fuzz_$name" -runs="$runs" -max_total_time="$seconds" \
    -max_len="$(max_length "$name")" -timeout=10 -print_final_stats=1 \
    -artifact_prefix="$findings/$name-" "$work/$name" >"$log" 2>&1; then
    finding='no finding'
  else
    found=1
    cp "$log" "$findings/$name.log"
    finding="FOUND: $(sed -n 's/.*Test unit written to //p' "$log" | tail -1)"
    finding+=", report in $findings/$name.log"
  fi
  inputs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  microseconds=$((${EPOCHREALTIME/./} - ${start/./}))
  printf '%-14s %10s inputs %8s/s  %s\n' "$name" "${inputs:-?}" \
    "$((${inputs:-0} * 1000000 / microseconds))" "$finding"
done
exit "$found"
