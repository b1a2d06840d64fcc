// A file system whose contents never change: a file, a link to it, and a folder of many more.
#pragma once

#include <algorithm>
#include <atomic>
#include <string>

#include "sim/fuse/file_system.h"

namespace pinfold::test {

class TinyFiles : public sim::FileSystem {
 public:
  static constexpr sim::Node file = 2;    ///< /hello: "hello, world\n"
  static constexpr sim::Node link = 3;    ///< /link -> hello
  static constexpr sim::Node folder = 4;  ///< /many: 000 … 299, each with its name in it
  static constexpr sim::Node first_of_many = 1000;
  static constexpr sim::Node many = 300;

  [[nodiscard]] sim::Contents contents() const override { return sim::Contents::constant; }

  int find(sim::Node at, std::string_view name, sim::Node& found) override {
    ++questions;
    std::vector<sim::Entry> in_it;
    if (const int wrong = entries(at, in_it); wrong != 0) return wrong;
    const auto one = std::ranges::find(in_it, name, &sim::Entry::name);
    if (one == in_it.end()) return -ENOENT;
    found = one->node;
    return 0;
  }

  int status(sim::Node node, sim::Status& status) override {
    ++questions;
    if (node == sim::root_node || node == folder) {
      status = {.mode = S_IFDIR | 0555U, .size = 0, .links = 2};
    } else if (node == link) {
      status = {.mode = S_IFLNK | 0777U, .size = 5};
    } else {
      const std::string text = text_of(node);
      if (text.empty()) return -ENODEV;
      status = {.mode = S_IFREG | 0444U, .size = text.size()};
    }
    return 0;
  }

  int entries(sim::Node at, std::vector<sim::Entry>& entries) override {
    ++questions;
    if (at == sim::root_node) {
      entries.push_back({.name = "hello", .node = file, .type = DT_REG});
      entries.push_back({.name = "link", .node = link, .type = DT_LNK});
      entries.push_back({.name = "many", .node = folder, .type = DT_DIR});
    } else if (at == folder) {
      for (sim::Node i = 0; i < many; ++i)
        entries.push_back({.name = name_of(i), .node = first_of_many + i, .type = DT_REG});
    } else {
      return -ENOTDIR;
    }
    return 0;
  }

  int read(sim::Node node, std::uint64_t offset, std::size_t length, pid_t /*who*/,
           std::string& text) override {
    ++questions;
    const std::string whole = text_of(node);
    if (whole.empty()) return -EISDIR;
    if (offset < whole.size()) text.append(whole, offset, length);
    return 0;
  }

  int read_link(sim::Node node, std::string& target) override {
    ++questions;
    if (node != link) return -EINVAL;
    target = "hello";
    return 0;
  }

  static std::string name_of(sim::Node index) {
    const std::string number = std::to_string(index);
    return std::string(3 - number.size(), '0') + number;
  }

  std::atomic<int> questions = 0;  ///< how often it was asked for anything

 private:
  static std::string text_of(sim::Node node) {
    if (node == file) return "hello, world\n";
    if (node < first_of_many || node - first_of_many >= many) return {};
    return name_of(node - first_of_many) + '\n';
  }
};

}  // namespace pinfold::test
