#include "sim/vdso.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "base/file.h"

namespace pinfold::sim {
namespace {

#if defined(__x86_64__)

// mov $309, %eax; syscall; ret
constexpr std::array<unsigned char, 8> code_of_64 = {0xb8, 0x35, 0x01, 0, 0, 0x0f, 0x05, 0xc3};
// push %ebx; mov 8(%esp), %ebx; mov 12(%esp), %ecx; mov 16(%esp), %edx; mov $318, %eax;
// int $0x80; pop %ebx; ret
constexpr std::array<unsigned char, 22> code_of_32 = {
    0x53, 0x8b, 0x5c, 0x24, 0x08, 0x8b, 0x4c, 0x24, 0x0c, 0x8b, 0x54,
    0x24, 0x10, 0xb8, 0x3e, 0x01, 0,    0,    0xcd, 0x80, 0x5b, 0xc3};

struct Elf64 {
  using Header = Elf64_Ehdr;
  using Segment = Elf64_Phdr;
  using Dynamic = Elf64_Dyn;
  using Symbol = Elf64_Sym;
  using Pair = Elf64_auxv_t;
  static constexpr std::span<const unsigned char> code = code_of_64;
};
struct Elf32 {
  using Header = Elf32_Ehdr;
  using Segment = Elf32_Phdr;
  using Dynamic = Elf32_Dyn;
  using Symbol = Elf32_Sym;
  using Pair = Elf32_auxv_t;
  static constexpr std::span<const unsigned char> code = code_of_32;
};

template <class T>
std::optional<T> at(std::span<const char> image, std::uint64_t offset) {
  if (offset > image.size() || image.size() - offset < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, image.data() + offset, sizeof value);
  return value;
}

template <class Elf>
struct Tables {
  std::uint64_t symbols = 0;
  std::uint64_t names = 0;
};

template <class Elf>
std::optional<Tables<Elf>> find_tables(std::span<const char> image) {
  const auto header = at<typename Elf::Header>(image, 0);
  if (!header) return std::nullopt;
  for (unsigned i = 0; i < header->e_phnum; ++i) {
    const auto segment =
        at<typename Elf::Segment>(image, header->e_phoff + i * sizeof(typename Elf::Segment));
    if (!segment || segment->p_type != PT_DYNAMIC) continue;
    Tables<Elf> tables;
    for (std::uint64_t offset = segment->p_offset;; offset += sizeof(typename Elf::Dynamic)) {
      const auto entry = at<typename Elf::Dynamic>(image, offset);
      if (!entry || entry->d_tag == DT_NULL) return tables;
      if (entry->d_tag == DT_SYMTAB) tables.symbols = entry->d_un.d_ptr;
      if (entry->d_tag == DT_STRTAB) tables.names = entry->d_un.d_ptr;
    }
  }
  return std::nullopt;
}

// Where in the image the function is; 0: it has none. The names stand behind the symbols, in every
// vDSO.
template <class Elf>
std::uint64_t find_getcpu(std::span<const char> image) {
  constexpr std::string_view wanted = "__vdso_getcpu";
  const auto tables = find_tables<Elf>(image);
  if (!tables || tables->symbols == 0) return 0;
  for (std::uint64_t offset = tables->symbols; offset < tables->names;
       offset += sizeof(typename Elf::Symbol)) {
    const auto symbol = at<typename Elf::Symbol>(image, offset);
    if (!symbol) return 0;
    const std::uint64_t name = tables->names + symbol->st_name;
    if (name < image.size() &&
        std::string_view(image.data() + name, std::strlen(image.data() + name)) == wanted) {
      return symbol->st_value;
    }
  }
  return 0;
}

template <class Elf>
std::uint64_t base_of(std::string_view auxv) {
  for (std::size_t offset = 0;; offset += sizeof(typename Elf::Pair)) {
    const auto pair = at<typename Elf::Pair>(auxv, offset);
    if (!pair || pair->a_type == AT_NULL) return 0;
    if (pair->a_type == AT_SYSINFO_EHDR) return pair->a_un.a_val;
  }
}

// All programs of one kind have the same image.
template <class Elf>
void redirect(const Fd& memory, std::string_view auxv) {
  static std::optional<std::uint64_t> function;
  const std::uint64_t base = base_of<Elf>(auxv);
  if (base == 0) return;
  if (!function) {
    // It has two pages; the last byte is a zero that ends any name.
    std::array<char, 8192 + 1> image{};
    const ssize_t length =
        ::pread(memory.get(), image.data(), image.size() - 1, static_cast<off_t>(base));
    if (length <= 0) return;
    function = find_getcpu<Elf>(std::span(image).first(static_cast<std::size_t>(length) + 1));
  }
  if (*function == 0) return;
  (void)::pwrite(memory.get(), Elf::code.data(), Elf::code.size(),
                 static_cast<off_t>(base + *function));
}

#endif

}  // namespace

void redirect_getcpu([[maybe_unused]] pid_t tid) {
#if defined(__x86_64__)
  const std::string task = "/proc/" + std::to_string(tid);
  const auto auxv = read_file((task + "/auxv").c_str());
  const Fd memory(::open((task + "/mem").c_str(), O_RDWR | O_CLOEXEC));
  if (!auxv || !memory.is_open()) return;
  // Pairs of 32 bits make no sense as such of 64, and the other way round.
  const auto first = at<Elf64_auxv_t>(*auxv, 0);
  if (first && first->a_type <= UINT16_MAX) {
    redirect<Elf64>(memory, *auxv);
  } else {
    redirect<Elf32>(memory, *auxv);
  }
#endif
}

}  // namespace pinfold::sim
