// memory MEGABYTES: touches so much memory and says where its pages are: a line "NODE PAGES" for
// each node that has some.
#include <sys/mman.h>
#include <sys/syscall.h>

#include <map>
#include <vector>

#include "victim.h"

int main(int argc, char** argv) {
  const auto size = static_cast<std::size_t>(victim::number(argc, argv, 1, 8)) << 20U;
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  void* const memory =
      ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return 1;
  ::madvise(memory, size, MADV_NOHUGEPAGE);  // of which each would count as one turn
  std::vector<void*> pages;
  for (std::size_t at = 0; at < size; at += page) {
    pages.push_back(static_cast<char*>(memory) + at);
    *static_cast<volatile char*>(pages.back()) = 1;
  }
  std::vector<int> nodes(pages.size(), -1);
  // Without nodes to move them to, move_pages(2) only says where they are.
  if (::syscall(SYS_move_pages, 0, pages.size(), pages.data(), nullptr, nodes.data(), 0) != 0) {
    return 1;
  }
  std::map<int, unsigned> counts;
  for (const int node : nodes)
    ++counts[node];
  for (const auto& [node, count] : counts)
    std::printf("%d %u\n", node, count);
}
