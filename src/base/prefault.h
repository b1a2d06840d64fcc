// Memory that is about to be written.
#pragma once

#include <cstddef>
#include <vector>

namespace pinfold {

/// Has the kernel give the pages of this memory at once, where it can (Linux 5.14). Else each is
/// given when it is written to, which in some virtual machines takes ten times as long.
void prefault(void* begin, std::size_t bytes);

/// reserve(), in pages that are there.
template <class Element>
void reserve_prefaulted(std::vector<Element>& elements, std::size_t count) {
  elements.reserve(count);
  prefault(elements.data() + elements.size(),
           (elements.capacity() - elements.size()) * sizeof(Element));
}

}  // namespace pinfold
