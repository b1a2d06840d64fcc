#!/usr/bin/env bash
# Boots real kernels in an emulator and runs tests there that this machine cannot show.
# `./dev vm` builds the programs first.
set -euo pipefail

usage() {
  cat <<'END'
usage: tests/vm/run.sh [--kernel VERSION] [-R PATTERN | --differential N [--seed N]]

  --kernel VERSION  6.1 or 6.12 (both)
  -R PATTERN        only tests whose names match (grep -E)
  --differential N  no tests, but N random operations on each kernel and on its model
  --seed N          others than with seed 1
END
}

die() {
  printf 'vm: %s\n' "$*" >&2
  exit 2
}

# A machine is booted for each row: its name, the kernel, memory in MB, the hierarchy of cpusets,
# what is added to the kernel's command line, and which tests run, as PROGRAM=FILTER of GoogleTest.
everything='kernel_tests=* kernel_system_tests=* claims_tests=* claims_system_tests=*'
tracer='vm_tests=Traced.* trace_system_tests=TraceAbi.*:TraceCalls.*:TraceMasks.* trace_lives_tests=*'
boots=(
  "6.12          | 6.12 | 1024 | v2 |                          | $everything vm_tests=CpusetV2Test.*:DedicatedCpu.*:Hotplug.*:Memory.*:Simulated.*:Topology.*:WhyCpusetV2.*:WhyOffline.*"
  "6.1           | 6.1  | 1024 | v2 |                          | $everything vm_tests=CpusetV2Test.*:DedicatedCpu.*:Hotplug.*:Memory.*:Simulated.*:Topology.*:WhyCpusetV2.*:WhyOffline.*"
  "6.12-traced   | 6.12 | 1024 | v2 |                          | $tracer"
  "6.1-traced    | 6.1  | 1024 | v2 |                          | $tracer"
  "6.12-isolated | 6.12 | 1024 | v2 | isolcpus=6,7 nohz_full=5 | vm_tests=Isolated.*:WhyIsolated.*"
  "6.1-isolated  | 6.1  | 1024 | v2 | isolcpus=6,7 nohz_full=5 | vm_tests=Isolated.*:WhyIsolated.*"
  # Since 6.9 possible_cpus= makes the number only smaller, and Debian's 6.12 has no v1 cpusets.
  "6.1-large     | 6.1  | 4096 | v2 | possible_cpus=2048       | $everything vm_tests=LargeMask.*"
  "6.1-large-traced | 6.1 | 4096 | v2 | possible_cpus=2048     | trace_system_tests=TraceCalls.*:TraceMasks.*"
  "6.1-v1        | 6.1  | 1024 | v1 |                          | cpuset_v1_tests=* claims_system_tests=*"
  "6.1-v1-traced | 6.1  | 1024 | v1 |                          | trace_system_tests=TraceCauses.*"
)

# Eight CPUs: two packages and NUMA nodes, two cores each, two threads each. The model of CPU is
# the oldest whose threads these kernels recognise: it is emulated fastest.
machine=(-cpu Nehalem -smp '8,sockets=2,cores=2,threads=2'
  -numa 'node,cpus=0-3,memdev=m0' -numa 'node,cpus=4-7,memdev=m1'
  -nodefaults -display none -no-reboot)
# Nothing on the way to the tests that takes long where everything is emulated.
command_line='console=ttyS0 panic=-1 mitigations=off cryptomgr.notests=1 nowatchdog no_timer_check'

# With a thread for each CPU the emulator now and then misses that the kernel has changed its own
# code, as it does whenever the first cpuset comes and the last one goes, and whenever a tracer
# begins and ends: "Oops: int3". One thread for all is slower, and right.
threads=multi
seconds_for_a_program=240
seconds_for_a_boot=400
seconds_to_come_up=90
not_started=200 # an exit code that nobody else has

kernels=(6.12 6.1)
pattern=.
operations=
seed=1
while (($# > 0)); do
  case $1 in
    --kernel)
      [[ " ${kernels[*]} " == *" ${2:-} "* ]] || die "--kernel needs one of ${kernels[*]}"
      kernels=("$2")
      shift
      ;;
    -R) pattern=${2:?a pattern is missing after -R} && shift ;;
    --differential | --seed)
      [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || die "$1 needs a number"
      if [[ $1 == --seed ]]; then seed=$2; else operations=$2; fi
      shift
      ;;
    -h | --help)
      usage
      exit
      ;;
    *) die "unknown option $1" ;;
  esac
  shift
done

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
files=$root/build/dev/tests/vm/files
work=$root/build/vm
mkdir -p "$work"

for tool in qemu-system-x86_64 busybox cpio apt-get dpkg-deb; do
  command -v "$tool" >/dev/null || die "$tool is missing"
done
[[ -e $files ]] || die 'the programs are not built: ./dev vm does that'

# The kernel packages of a version, newest first.
kernel_packages() {
  apt-cache search --names-only "^linux-image-${1/./\\.}\\.[0-9].*-cloud-amd64(-unsigned)?\$" |
    cut -d' ' -f1 | sort -rV
}

# What apt knows may be missing or out of date: as root, that is mended.
update_lists() {
  [[ $(id -u) -eq 0 ]] || return 1
  echo 'vm: apt-get update' >&2
  apt-get update -qq
}

# download VERSION FOLDER: its kernel's image, from Debian's package, at FOLDER/image.
download() {
  local packages package
  mapfile -t packages < <(kernel_packages "$1")
  # The newest of a list that is out of date may be gone.
  for package in "${packages[@]:0:4}"; do
    (cd "$2" && apt-get -qq -o APT::Sandbox::User=root download "$package") || continue
    dpkg-deb -x "$2"/*.deb "$2/package" && cp "$2"/package/boot/vmlinuz-* "$2/image"
    rm -rf "$2/package" "$2"/*.deb
    [[ ! -e $2/image ]] || return 0
  done
  return 1
}

# fetch_kernel VERSION: its image at $work/VERSION/vmlinuz.
fetch_kernel() {
  local folder=$work/$1
  [[ -e $folder/vmlinuz ]] && return
  rm -rf "$folder" && mkdir "$folder"
  download "$1" "$folder" || { update_lists && download "$1" "$folder"; } ||
    die "no package linux-image-$1.*-cloud-amd64 can be had: apt-get update may help, or --kernel with the other version"
  mv "$folder/image" "$folder/vmlinuz"
}

# The names of the tests of PROGRAM that FILTER and the pattern let through, with colons between.
select_tests() {
  "$1" --gtest_list_tests --gtest_filter="$2" | awk '
    /^[^ ].*\.( |$)/ { suite = $1 }
    /^  / { print suite $1 }' | grep -E -- "$pattern" | paste -sd: || true
}

# A filter, of those with colons between, that no test of PROGRAM matches is out of date.
check_filter() {
  local filters filter
  IFS=: read -ra filters <<<"$2"
  for filter in "${filters[@]}"; do
    [[ -n $(pattern=. select_tests "$1" "$filter") ]] || die "no test of $1 matches $filter"
  done
}

# plan BOOT PROGRAM=FILTER…: writes which tests run there: lines "path seconds names".
plan() {
  local file=$work/root/plans/$1 entry name path names built
  shift
  : >"$file"
  for entry; do
    name=${entry%%=*}
    IFS=$'\t' read -r built path < <(grep -F "/$name"$'\t' "$files")
    check_filter "$built" "${entry#*=}"
    names=$(select_tests "$built" "${entry#*=}")
    [[ -z $names ]] || printf '%s %s %s\n' "$path" "$seconds_for_a_program" "$names" >>"$file"
  done
  [[ -s $file ]]
}

begin_root() {
  rm -rf "$work/root"
  mkdir -p "$work"/root/{bin,dev,etc,plans,proc,run,sys,tmp}
  cp "$(command -v busybox)" "$work/root/bin/busybox"
  install -m 755 "$here/init.sh" "$work/root/init"
  echo 'root:x:0:0::/:/bin/sh' >"$work/root/etc/passwd"
  local built path
  while IFS=$'\t' read -r built path; do
    mkdir -p "$work/root$(dirname "$path")"
    cp "$built" "$work/root$path"
  done <"$files"
}

pack_root() {
  (cd "$work/root" && find . | cpio -o -H newc -R 0:0 --quiet | gzip -1) >"$work/initramfs.gz"
}

emulator=
end_emulator() { [[ -z $emulator ]] || kill "$emulator" 2>/dev/null; }
trap end_emulator EXIT

# What runs beside the others, and how many at a time; names of what failed.
beside=()
at_a_time=$(nproc)
failed=()

# start_beside NAME COMMAND…: an emulator that has one thread leaves the other processors of this
# machine to others like it. What COMMAND prints comes when it is done, not in between.
start_beside() {
  local name=$1
  shift
  ((${#beside[@]} < at_a_time)) || end_beside
  (
    trap end_emulator EXIT
    trap 'exit 1' TERM INT
    "$@"
  ) >"$work/$name.verdict" 2>&1 &
  beside+=("$name=$!")
}

# end_beside: waits for the eldest of them, and prints what it had to say.
end_beside() {
  local name=${beside[0]%%=*}
  wait "${beside[0]##*=}" || failed+=("$name")
  beside=("${beside[@]:1}")
  cat "$work/$name.verdict"
}

# finish: waits for all, and fails if one of them did.
finish() {
  while ((${#beside[@]} > 0)); do end_beside; done
  ((${#failed[@]} == 0)) || {
    echo "failed in: ${failed[*]}"
    exit 1
  }
}

# An interrupted run takes its emulators with it.
end_all() {
  local one
  for one in "${beside[@]}"; do kill "${one##*=}" 2>/dev/null || true; done
  exit 1
}
trap end_all TERM INT

# launch NAME KERNEL MEMORY CGROUP OPTIONS: starts a machine. What it says of the tests goes to
# $work/NAME.serial, the kernel's own messages to $work/NAME.console.
launch() {
  local half=$(($3 / 2))
  : >"$work/$1.serial"
  : >"$work/$1.console"
  timeout "$seconds_for_a_boot" qemu-system-x86_64 -accel "tcg,thread=$threads" "${machine[@]}" \
    -m "$3" \
    -object "memory-backend-ram,id=m0,size=${half}M" \
    -object "memory-backend-ram,id=m1,size=${half}M" \
    -kernel "$work/$2/vmlinuz" -initrd "$work/initramfs.gz" \
    -append "$command_line pinfold_boot=$1 pinfold_cgroup=$4 $5" \
    -serial "file:$work/$1.console" -serial "file:$work/$1.serial" </dev/null &
  emulator=$!
}

# Whether the machine comes up with all its CPUs, and so to the tests.
comes_up() {
  local end=$((SECONDS + seconds_to_come_up))
  while ((SECONDS < end)) && kill -0 "$emulator" 2>/dev/null; do
    if grep -q '^@ kernel' "$work/$1.serial"; then return; fi
    sleep 0.1
  done
  grep -q '^@ kernel' "$work/$1.serial"
}

# boot NAME …, as for launch: a machine from its start to its end. An emulated one sometimes hangs
# or loses a CPU while it comes up, above all where the emulator has to wait for its turn. That
# says nothing of the tests: it is started anew. Once they have begun there is no second attempt.
boot() {
  local attempt status=0
  for attempt in 1 2 3; do
    launch "$@"
    if comes_up "$1"; then
      wait "$emulator" || status=$?
      emulator=
      return "$status"
    fi
    kill "$emulator" 2>/dev/null || true
    wait "$emulator" || true
    cp "$work/$1.console" "$work/$1.console.$attempt"
    echo "  $1: attempt $attempt to start the machine failed ($work/$1.console.$attempt)"
  done
  emulator=
  return "$not_started"
}

# judge NAME STATUS: says what came of a boot, and fails if it is anything but success.
judge() {
  tr -d '\r' <"$work/$1.serial" >"$work/$1.log"
  awk -v boot="$1" -v status="$2" -v not_started="$not_started" -f "$here/judge.awk" \
    "$work/root/plans/$1" "$work/$1.log" ||
    {
      echo "  the kernel's last words ($work/$1.console):"
      tail -n 15 "$work/$1.console" | sed 's/^/    /'
      return 1
    }
}

# differential NAME KERNEL MEMORY CGROUP: boots it for random operations and nothing else.
differential() {
  local log=$work/$1.log status=0
  boot "$@" "pinfold_differential=$operations pinfold_seed=$seed" || status=$?
  tr -d '\r' <"$work/$1.serial" >"$log"
  sed -n '/^@/!p' "$log"
  if [[ $status -eq 0 ]] && grep -qx '@ exit 0' "$log"; then return; fi
  echo "  $1: the emulator's exit code is $status; its last words ($work/$1.console):"
  tail -n 5 "$work/$1.console" | sed 's/^/    /'
  return 1
}

# test_on BOOT KERNEL MEMORY CGROUP OPTIONS: boots it for its tests.
test_on() {
  local status=0
  boot "$@" || status=$?
  judge "$1" "$status"
}

begin_root
if [[ -n $operations ]]; then
  threads=single
  # Fifty operations a second are few, even for an emulator that has to wait for its turn.
  seconds_for_a_boot=$((300 + operations / 50))
  pack_root
  for kernel in "${kernels[@]}"; do
    fetch_kernel "$kernel"
    start_beside "differential-$kernel" differential "differential-$kernel" "$kernel" 1024 v2
    [[ $kernel != 6.1 ]] ||
      start_beside differential-6.1-v1 differential differential-6.1-v1 6.1 1024 v1
  done
  finish
  exit
fi

# Those that take the whole machine come first, one after the other.
whole=()
shared=()
for row in "${boots[@]}"; do
  IFS='|' read -r name kernel _ _ _ tests <<<"$row"
  read -r name <<<"$name"
  read -r kernel <<<"$kernel"
  read -ra tests <<<"$tests"
  [[ " ${kernels[*]} " == *" $kernel "* ]] || continue
  if plan "$name" "${tests[@]}"; then
    fetch_kernel "$kernel"
    if [[ $name == *-traced ]]; then shared+=("$row"); else whole+=("$row"); fi
  fi
done
((${#whole[@]} + ${#shared[@]} > 0)) || die "no test's name matches $pattern"
pack_root

for row in "${whole[@]}" "${shared[@]}"; do
  IFS='|' read -r name kernel memory cgroup options _ <<<"$row"
  read -r name <<<"$name"
  read -r kernel memory cgroup <<<"$kernel $memory $cgroup"
  read -r options <<<"$options"
  if [[ $name == *-traced ]]; then
    threads=single
    start_beside "$name" test_on "$name" "$kernel" "$memory" "$cgroup" "$options"
  else
    test_on "$name" "$kernel" "$memory" "$cgroup" "$options" || failed+=("$name")
  fi
done
finish
