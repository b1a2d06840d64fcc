#!/usr/bin/env bash
# run.sh DOCUMENT FOLDER: runs each "console" block of a document, with the command from FOLDER,
# and compares what comes out with what the document says. Numbers and the width of columns are
# this machine's; everything else must be the same.
set -euo pipefail

# What the examples do is not written into the journal and the history of this machine.
if [[ $EUID == 0 && -z ${OWN_RUN:-} ]] && unshare -m true 2>/dev/null; then
  # shellcheck disable=SC2016
  OWN_RUN=yes exec unshare -m bash -c 'mount -t tmpfs tmpfs /run && mount -t tmpfs tmpfs /var/lib && exec "$@"' - "$0" "$@"
elif [[ $EUID != 0 ]]; then
  XDG_RUNTIME_DIR=$(mktemp -d)
  export XDG_RUNTIME_DIR
  trap 'rm -r "$XDG_RUNTIME_DIR"' EXIT
fi

document=$1
PATH=$2:$PATH
export LC_ALL=C.UTF-8

for program in xz pgrep; do
  command -v "$program" >/dev/null || { echo "skipped: no $program here"; exit 77; }
done
[[ $(nproc) -ge 2 ]] || { echo 'skipped: the examples need CPUs 0 and 1'; exit 77; }
pgrep -x migration/0 >/dev/null || { echo 'skipped: kernel threads are hidden here'; exit 77; }
sleep 60 &
probe=$!
if ! pinfold set all "$probe" >/dev/null 2>&1; then
  kill "$probe"
  echo 'skipped: this user may not trace his own processes'
  exit 77
fi
kill "$probe"

normal() {
  # CPU lists and numbers become #, so that 2 CPUs and 200 look the same, and so does a request that
  # is not shown to everybody.
  sed -E 's/(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, /Day, /; s/[0-9]+([-,][0-9]+)*/#/g; s/[[:space:]]+/ /g; s/^ //; s/ $//; s/ - / # /g'
}

# "console root" blocks are for who may load programs into the kernel.
fence='^```console$'
if pinfold trace --probe 2>/dev/null | grep -q '^ *calls .*sys_exit'; then
  fence='^```console( root)?$'
else
  echo 'left out: blocks for root, who may load programs into the kernel' >&2
fi
blocks=$(awk -v fence="$fence" '$0 ~ fence { inside = 1; n++; next } /^```$/ { inside = 0 } inside { print n "\t" $0 }' "$document")
status=0
while read -r block; do
  text=$(awk -F'\t' -v n="$block" '$1 == n { sub(/^[0-9]+\t/, ""); print }' <<<"$blocks")
  # shellcheck disable=SC2016
  # A program in the background has its own name a moment after its shell went on.
  script=$(grep '^\$ ' <<<"$text" | sed -E 's/^\$ //; s/&$/\& while [[ $(<\/proc\/$!\/comm) == bash ]]; do :; done/')
  # What the block started in the background ends with it.
  actual=$(bash -c "trap 'kill \$(jobs -p) 2>/dev/null' EXIT; $script" 2>&1 || true)
  expected=$(grep -v '^\$ ' <<<"$text")
  if [[ $(normal <<<"$actual") != "$(normal <<<"$expected")" ]]; then
    status=1
    diff <(normal <<<"$expected") <(normal <<<"$actual") || true
  fi
done < <(cut -f1 <<<"$blocks" | sort -un)
exit $status
