// The model does what two real kernels did: real_kernel.scenario has the same happenings as the
// script that ran on them, and says of each line that they printed where its values come from.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include <pinfold/cpu_list.h>

#include "model/abi.h"
#include "model/scenario/scenario.h"

namespace pinfold::model {
namespace {

std::vector<std::string> lines_of(const std::string& file) {
  std::ifstream stream(std::string(MODEL_TESTS) + '/' + file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);)
    lines.push_back(line);
  EXPECT_FALSE(lines.empty()) << file;
  return lines;
}

// Without what aligns columns.
std::string squeezed(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c != ' ' || (!out.empty() && out.back() != ' ')) out += c;
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

std::string list(const CpuSet& cpus) { return cpus.empty() ? "EMPTY" : to_cpu_list(cpus); }

// What the kernels' script printed, made from the model.
class Transcript {
 public:
  explicit Transcript(const std::string& kernel) {
    EXPECT_TRUE(player_.set_default({.name = "kernel", .value = kernel}));
    for (const std::string& line : lines_of("real_kernel.scenario")) {
      if (line.starts_with("#: ")) {
        begin(line.substr(3));
      } else {
        play(line);
      }
    }
    end();
  }

  std::vector<std::string> lines;

 private:
  void begin(const std::string& line) {
    end();
    template_ = line;
    if (line == "the log") print_log(log_.size());
    if (line == "the log's last two lines") print_log(2);
  }

  void end() {
    if (template_.empty()) return;
    EXPECT_FALSE(template_.contains('%')) << template_;
    lines.push_back(squeezed(template_));
    template_.clear();
  }

  void print_log(std::size_t last) {
    for (std::size_t i = log_.size() - std::min(last, log_.size()); i < log_.size(); ++i)
      lines.push_back(log_[i]);
    template_.clear();
  }

  void play(const std::string& line) {
    const auto operation = parse_operation(line);
    ASSERT_TRUE(operation) << message(operation.error());
    if (!*operation) return;
    const auto outcome = player_.play(**operation);
    ASSERT_TRUE(outcome) << line << ": " << message(outcome.error());
    for (const std::string& message : player_.take_log())
      log_.push_back(message);
    std::visit([&](const auto& one) { print(one, *outcome); }, (*operation)->action);
    if (lines.empty() && player_.system()) print_cpus();
  }

  // The first % of the line is this.
  void fill(const std::string& text) {
    if (const auto at = template_.find('%'); at != std::string::npos)
      template_.replace(at, 1, text);
  }

  template <class Any>
  void print(const Any& /*operation*/, const Outcome& outcome) {
    EXPECT_EQ(outcome.error, 0);
  }
  void print(const operation::Write& /*write*/, const Outcome& outcome) {
    fill(outcome.error == 0 ? "ok" : "ERR");
  }
  void print(const operation::Set& /*set*/, const Outcome& outcome) {
    fill(outcome.error == 0 ? "ok" : 'E' + std::to_string(outcome.error));
  }
  void print(const operation::Read& /*read*/, const Outcome& outcome) { fill(outcome.text); }
  void print(const operation::Get& get, const Outcome& /*outcome*/) {
    const auto views = player_.look_at({get.task});
    fill(masks(views->front()));
  }
  void print(const operation::Show& show, const Outcome& /*outcome*/) {
    constexpr const char* titles[] = {" U{1,5} ", " | dflt ", " | U{2,3} ", " | spin{1} "};
    const auto views = player_.look_at(show.tasks);
    ASSERT_EQ(views->size(), std::size(titles));
    for (std::size_t i = 0; i < std::size(titles); ++i)
      template_ += titles[i] + masks((*views)[i]);
    System& system = *player_.system();
    const Cgroup* cgroup = system.find_cgroup("/A");
    if (!cgroup) return;
    const auto read = [&](const char* file) {
      return system.read_cgroup(system.init(), *cgroup, file).value();
    };
    template_ +=
        " | A.eff " + read("cpuset.cpus.effective") + " part " + read("cpuset.cpus.partition");
  }

  static std::string masks(const TaskView& task) {
    return list(task.effective) + "(st " + list(task.allowed) + ')';
  }

  void print_cpus() {
    const SystemCpus cpus = player_.system()->cpus();
    lines.push_back("possible " + list(cpus.possible) + " online " + list(cpus.online) +
                    " isolated " + list(cpus.isolated) + " nohz_full " + list(cpus.nohz_full));
  }

  Player player_;
  std::string template_;
  std::vector<std::string> log_;
};

bool is_raw(const std::string& line) {
  return line.starts_with("lens: ") || line.starts_with("edge: ");
}

// As the real ones, without the raw calls, which follow below, without the clock and the end. The
// spinning task was a shell.
std::vector<std::string> printed_by(const std::string& kernel) {
  std::vector<std::string> lines;
  for (std::string& line : lines_of("real_kernel/linux-" + kernel + ".txt")) {
    if (is_raw(line) || line.contains("Power down")) continue;
    if (line.starts_with('[')) line = line.substr(line.find("no longer"));
    lines.push_back(squeezed(line));
  }
  return lines;
}

std::vector<std::string> printed_by_the_model(const std::string& kernel) {
  std::vector<std::string> lines = Transcript(kernel).lines;
  for (std::string& line : lines) {
    if (line.contains("(SP) no longer")) line = line.substr(line.find("no longer"));
  }
  return lines;
}

// What `aff lens` and `aff edge` of that script do, by the raw calls of its shell.
std::string raw_calls(Abi& abi) {
  std::array<unsigned char, 2048> bytes{};
  const UserBuffer buffer{
      .address = bytes.data(), .readable = bytes.size(), .writable = bytes.size()};
  std::string text = "lens:";
  for (const unsigned length :
       {0U, 1U, 2U, 4U, 8U, 16U, 24U, 32U, 64U, 128U, 256U, 512U, 1016U, 1024U, 2048U})
    text +=
        ' ' + std::to_string(length) + ':' + std::to_string(abi.get_affinity(0, length, buffer));
  const auto set = [&](unsigned long word, unsigned length) {
    return std::to_string(abi.set_affinity(
        0, length, {.address = &word, .readable = sizeof word, .writable = sizeof word}));
  };
  constexpr int highest = std::numeric_limits<int>::max();
  text += "\nedge: empty:" + set(0, 8) + " {63}:" + set(1UL << 63U, 8) + " len0:" + set(0, 0) +
          " getINTMAXnull:" + std::to_string(abi.get_affinity(highest, 1024, {})) +
          " setINTMAXnull:" + std::to_string(abi.set_affinity(highest, 8, {})) +
          " get len 0x20000000:" + std::to_string(abi.get_affinity(0, 0x20000000, buffer));
  return text;
}

class RealKernel : public testing::TestWithParam<const char*> {};

TEST_P(RealKernel, PrintedWhatTheModelPrints) {
  const auto expected = printed_by(GetParam());
  const auto actual = printed_by_the_model(GetParam());
  for (std::size_t i = 0; i < std::min(expected.size(), actual.size()); ++i)
    EXPECT_EQ(actual[i], expected[i]);
  EXPECT_EQ(actual.size(), expected.size());
}

TEST_P(RealKernel, TookTheRawCallsThatTheModelTakes) {
  std::string expected;
  for (const std::string& line :
       lines_of("real_kernel/linux-" + std::string(GetParam()) + ".txt")) {
    if (is_raw(line)) expected += (expected.empty() ? "" : "\n") + squeezed(line);
  }
  Player player;
  ASSERT_TRUE(player.set_default({.name = "kernel", .value = GetParam()}));
  ASSERT_TRUE(player.set_default({.name = "machine", .value = "pack:2 numa:1 core:2 pu:2"}));
  ASSERT_TRUE(player.play({.action = operation::Show()}));
  const Session session{.system = *player.system(), .caller = player.task("init")};
  ModelAbi abi(session);
  EXPECT_EQ(raw_calls(abi), expected);
}

INSTANTIATE_TEST_SUITE_P(Linux, RealKernel, testing::Values("6.1", "6.12"), [](const auto& kernel) {
  std::string name = kernel.param;
  std::ranges::replace(name, '.', '_');
  return name;
});

}  // namespace
}  // namespace pinfold::model
