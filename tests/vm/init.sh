#!/bin/busybox sh
# shellcheck shell=dash
# The first process in the emulator: runs the programs of its plan, says on the second serial
# line what came of them, and switches the machine off.
/bin/busybox --install -s /bin
export PATH=/bin

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
mkdir -p /run
# Nothing at /tmp: the programs stand at their paths, which may begin with it.

# A word of the kernel's command line that it does not know is in our environment.
plan=/plans/${pinfold_boot:?}

run() {
  program=$1 seconds=$2 filter=$3
  echo "@ run $program"
  timeout -s KILL "$seconds" "$program" --gtest_color=no --gtest_filter="$filter"
  code=$?
  echo # what was killed may have left half a line
  echo "@ exit $code"
}

online=$(cat /sys/devices/system/cpu/online)
if [ "$online" != 0-7 ]; then
  echo "pinfold: not all CPUs came up, only $online" >/dev/console
  poweroff -f
fi

{
  echo "@ kernel $(uname -r)"
  case ${pinfold_cgroup:?} in
    v1)
      mkdir -p /cpuset
      mount -t cgroup -o cpuset cpuset /cpuset
      ;;
    v2) mount -t cgroup2 cgroup2 /sys/fs/cgroup ;;
  esac
  if [ -n "$pinfold_differential" ]; then
    # Left out: CPUs that may not go offline for what was promised to deadlines. 6.12 counts the
    # servers of ordinary tasks there, and which of them depends on how its domains came about.
    echo -1 >/proc/sys/kernel/sched_rt_runtime_us
    program=$(find / -xdev -name differential -type f | head -n 1)
    "$program" --hotplug --operations "$pinfold_differential" --seed "${pinfold_seed:?}"
    echo "@ exit $?"
  fi
  if [ -e "$plan" ]; then
    while read -r program seconds filter; do run "$program" "$seconds" "$filter"; done <"$plan"
  fi
  echo "@ end"
} </dev/null >/dev/ttyS1 2>&1 # closed when all of it is sent

poweroff -f
