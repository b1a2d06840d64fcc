// What every program of ours includes first.
#pragma once

// libbpf's headers leave the kernel's types to whoever includes them.
// clang-format off
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
// clang-format on

// The kernel keeps some of what programs may call to those under its own licence.
char licence[] SEC("license") = "Dual MIT/GPL";
