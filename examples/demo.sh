#!/usr/bin/env bash
# demo.sh PINFOLD: the main job on real work. A compression by several threads is placed while
# it runs, that is proved, and a placement that cannot be explains itself.
set -euo pipefail
pinfold=${1:?usage: demo.sh PINFOLD}

bold='' dim='' plain=''
if [[ -t 1 && -z ${NO_COLOR:-} ]]; then
  bold=$'\033[1m' dim=$'\033[2m' plain=$'\033[0m'
fi
say() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
show() {
  printf '%s$ %s%s\n' "$dim" "$*" "$plain"
  "$@" 2>&1 || printf '%s(exit %d)%s\n' "$dim" "$?" "$plain"
}

work=$(mktemp -d)
trap 'kill "$busy" 2>/dev/null || true; rm -rf "$work"' EXIT
busy=

missing=$(($(sed 's/.*[-,]//' /sys/devices/system/cpu/possible) + 1))
first=$("$pinfold" run --on all --dry-run true 2>/dev/null | sed 's/.* on //; s/[-,].*//')

say "A busy program: xz, with four threads."
head -c 200000000 /dev/urandom >"$work/data"
xz -T4 -k -c "$work/data" >/dev/null &
busy=$!
while [[ $(find "/proc/$busy/task" -mindepth 1 -maxdepth 1 | wc -l) -lt 5 ]]; do sleep 0.05; done
show "$pinfold" get "$busy"

say "Place all its threads on CPU $first, while they run:"
show "$pinfold" set "$first" "$busy"
show "$pinfold" get "$busy"

say "A placement that cannot be says why, and changes nothing:"
show "$pinfold" set "$first,$missing" "$busy"

say "A command that starts where it should:"
show "$pinfold" run --on "$first" -- grep Cpus_allowed_list /proc/self/status

say "And back to all that it may use:"
show "$pinfold" reset "$busy"
