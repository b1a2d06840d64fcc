// Repeats, told as one where there is more to tell than can be told.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <utility>
#include <vector>

#include "trace/record.h"

namespace pinfold::trace {

/// While it is pressed, calls that follow each other on a CPU, by one actor for one target and with
/// one result, become the last of them and their number. What is used is in the order in which it
/// was taken.
class Merger {
 public:
  using Use = std::function<void(const Record&, std::uint64_t count)>;
  Merger(const RecordShape& shape, Use use) : shape_(&shape), use_(std::move(use)) {}

  void press(bool pressed) { pressed_ = pressed; }
  void take(const Record& record);
  /// What is held back.
  void flush();

 private:
  struct Held {
    std::vector<unsigned char> bytes;
    std::uint64_t count = 0;  // 0: nothing is held
  };
  using Order = std::list<Held>;
  void use_first();
  [[nodiscard]] bool is_repeat(const Held& held, const Record& record) const;

  const RecordShape* shape_;
  Use use_;
  bool pressed_ = false;
  std::vector<Order::iterator> by_cpu_;  // into these two:
  Order held_;                           // the last one taken stands last
  Order empty_;
};

}  // namespace pinfold::trace
