// A value that a process shares with the children that it forks.
#pragma once

#include <sys/mman.h>

#include <cerrno>
#include <new>
#include <type_traits>
#include <utility>

#include <pinfold/result.h>

namespace pinfold::measure {

template <class Value>
class SharedMemory {
  static_assert(std::is_trivially_destructible_v<Value>);

 public:
  static Result<SharedMemory> make() {
    void* const memory =
        ::mmap(nullptr, sizeof(Value), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
      return fail({.kind = ErrorKind::system, .number = errno, .text = "mmap"});
    return SharedMemory(new (memory) Value{});
  }

  SharedMemory(SharedMemory&& other) noexcept : value_(std::exchange(other.value_, nullptr)) {}
  SharedMemory& operator=(SharedMemory&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;
  ~SharedMemory() {
    if (value_) ::munmap(value_, sizeof(Value));
  }

  Value& operator*() const { return *value_; }
  Value* operator->() const { return value_; }

 private:
  explicit SharedMemory(Value* value) : value_(value) {}

  Value* value_;
};

}  // namespace pinfold::measure
