// A 32-bit program without a C library: makes the calls and prints a line for each,
// "call argument result". tests/kernel/i386_program_test.cpp compares them.
namespace {

constexpr int exit_call = 1;
constexpr int fork_call = 2;
constexpr int write_call = 4;
constexpr int waitpid_call = 7;
constexpr int gettid_call = 224;
constexpr int set_call = 241;
constexpr int get_call = 242;
constexpr int getcpu_call = 318;

int call(int number, long a = 0, long b = 0, long c = 0) {
  int result = number;
  asm volatile("int $0x80" : "+a"(result) : "b"(a), "c"(b), "d"(c) : "memory");
  return result;
}

long address(const volatile void* pointer) { return reinterpret_cast<long>(pointer); }

void print(const char* word, unsigned length, long argument, long result) {
  char line[96];
  unsigned at = 0;
  for (unsigned i = 0; i < length; ++i)
    line[at++] = word[i];
  const long values[] = {argument, result};
  for (const long value : values) {
    line[at++] = ' ';
    unsigned long rest = static_cast<unsigned long>(value);
    if (value < 0) {
      line[at++] = '-';
      rest = 0 - rest;
    }
    char digits[20];
    unsigned count = 0;
    do {
      digits[count++] = static_cast<char>('0' + rest % 10);
      rest /= 10;
    } while (rest != 0);
    while (count > 0)
      line[at++] = digits[--count];
  }
  line[at++] = '\n';
  call(write_call, 1, address(line), at);
}

template <unsigned size>
void say(const char (&word)[size], long argument, long result) {
  print(word, size - 1, argument, result);
}

constexpr int most_bytes = 65536;
// Volatile, so that no loop over it becomes a call of memset, which is not there.
alignas(8) volatile unsigned char bytes[most_bytes];

// The lowest CPU of the caller, or -1.
int first_cpu() {
  const int length = call(get_call, 0, most_bytes, address(bytes));
  for (int cpu = 0; cpu < length * 8; ++cpu) {
    if ((bytes[cpu / 8] >> cpu % 8 & 1) != 0) return cpu;
  }
  return -1;
}

int count_cpus() {
  const int length = call(get_call, 0, most_bytes, address(bytes));
  int count = 0;
  for (int cpu = 0; cpu < length * 8; ++cpu)
    count += bytes[cpu / 8] >> cpu % 8 & 1;
  return count;
}

void everybody() {
  for (volatile unsigned char& byte : bytes)
    byte = 0xff;
}

}  // namespace

// The mask that it is started with is printed first, then changed at will.
extern "C" [[noreturn]] void _start() {
  say("inherited", count_cpus(), first_cpu());
  const int child = call(fork_call);
  if (child == 0) {
    say("forked", count_cpus(), first_cpu());
    call(exit_call, 0);
  }
  call(waitpid_call, child, 0, 0);

  static constexpr int get_lengths[] = {0,  1,  2,  3,  4,  5,  6,   7,    8,   12,
                                        16, 28, 32, 36, 40, 64, 128, 1024, 4096};
  for (const int length : get_lengths) {
    say("get", length, call(get_call, 0, length, address(bytes)));
  }
  static constexpr int set_lengths[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 32, 64, 128, 1024, 4096};
  for (const int length : set_lengths) {
    everybody();
    say("set", length, call(set_call, 0, length, address(bytes)));
  }
  everybody();
  call(set_call, 0, most_bytes, address(bytes));
  say("count", 0, count_cpus());

  // Every CPU alone: where is the caller right after?
  const int length = call(get_call, 0, most_bytes, address(bytes));
  static volatile unsigned char usable[most_bytes];
  for (int i = 0; i < length; ++i)
    usable[i] = bytes[i];
  for (int cpu = 0; cpu < length * 8; ++cpu) {
    if ((usable[cpu / 8] >> cpu % 8 & 1) == 0) continue;
    for (volatile unsigned char& byte : bytes)
      byte = 0;
    bytes[cpu / 8] = static_cast<unsigned char>(1 << cpu % 8);
    unsigned at = 0;
    const int set = call(set_call, call(gettid_call), length, address(bytes));
    call(getcpu_call, address(&at), 0, 0);
    say("moved", cpu, set == 0 ? static_cast<long>(at) : set);
  }

  say("set-null", 4, call(set_call, 0, 4, 0));
  say("get-null", most_bytes, call(get_call, 0, most_bytes, 0));
  for (volatile unsigned char& byte : bytes)
    byte = 0;
  say("set-nobody", most_bytes, call(set_call, 0, most_bytes, address(bytes)));
  say("get-no-task", most_bytes, call(get_call, 0x7fffffff, most_bytes, address(bytes)));
  say("set-no-task", most_bytes, call(set_call, 0x7fffffff, most_bytes, address(bytes)));
  say("end", 0, 0);
  call(exit_call, 0);
  __builtin_unreachable();
}
