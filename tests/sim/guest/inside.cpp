#include "sim/guest/inside.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "support/child.h"
#include "support/sim.h"

namespace pinfold::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* which_body = "PINFOLD_TEST_INSIDE";

std::string name_of_this_test() {
  const testing::TestInfo* test = testing::UnitTest::GetInstance()->current_test_info();
  return std::string(test->test_suite_name()) + '.' + test->name();
}

// A test may have several bodies; they count from 1.
int number_of_this_body() {
  static std::string test;
  static int number = 0;
  if (test != name_of_this_test()) number = 0;
  test = name_of_this_test();
  return ++number;
}

std::vector<pid_t> all_processes() {
  std::vector<pid_t> pids;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; }))
      pids.push_back(static_cast<pid_t>(std::stol(name)));
  }
  return pids;
}

bool runs_pinfold(pid_t pid) {
  std::error_code gone;
  return fs::equivalent("/proc/" + std::to_string(pid) + "/exe", PINFOLD_COMMAND, gone);
}

}  // namespace

std::string inside(const std::string& machine, const std::function<void()>& body,
                   const InsideOptions& options) {
  const std::string number = std::to_string(number_of_this_body());
  if (const char* wanted = std::getenv(which_body)) {
    if (wanted == number) body();
    return {};
  }
  auto command = simulated(machine,
                           {fs::read_symlink("/proc/self/exe"),
                            "--gtest_filter=" + name_of_this_test(), "--gtest_color=no"},
                           options.sim);
  command.insert(command.begin(), options.launcher.begin(), options.launcher.end());
  const Output output =
      run_child(std::move(command), {.environment = {which_body + ("=" + number), "TMPDIR=/tmp",
                                                     // It cannot work below a tracer.
                                                     "ASAN_OPTIONS=detect_leaks=0"}});
  EXPECT_EQ(output.exit, 0) << output.out << output.err;
  const auto skipped = output.out.find("Skipped\n");
  if (skipped != std::string::npos) {
    const auto reason = skipped + 8;
    [&] { GTEST_SKIP() << output.out.substr(reason, output.out.find("\n\n", reason) - reason); }();
  } else {
    EXPECT_NE(output.out.find("[  PASSED  ] 1 test."), std::string::npos) << output.out;
  }
  return output.err;
}

bool is_inside() { return std::getenv(which_body) != nullptr; }

std::vector<std::string> as_ordinary_user() {
  return {"setpriv", "--reuid=1001", "--regid=1001", "--clear-groups", "--"};
}

std::string no_ordinary_user() {
  if (is_inside()) return {};
  if (::geteuid() != 0) return "needs root, to become an ordinary user";
  auto command = as_ordinary_user();
  command.insert(command.end(), {"unshare", "--user", "--map-root-user", "true"});
  return run_child(command).exit == 0 ? "" : "user namespaces are refused to ordinary users here";
}

std::vector<std::string> as_ordinary_user_with_fuse() {
  std::vector<std::string> command = {
      "unshare",
      "--mount",
      "sh",
      "-c",
      "mount -t tmpfs -o mode=755 tmpfs /mnt && mknod -m 666 /mnt/fuse c 10 229 && "
      "mount --bind /mnt/fuse /dev/fuse && exec \"$@\"",
      "sh"};
  const auto user = as_ordinary_user();
  command.insert(command.end(), user.begin(), user.end());
  return command;
}

Marked::Marked() {
  static int count = 0;
  variable_ = "PINFOLD_TEST_MARK=" + std::to_string(::getpid()) + '.' + std::to_string(++count);
}

Marked::~Marked() {
  for (const pid_t pid : processes())
    ::kill(pid, SIGKILL);
}

std::vector<pid_t> Marked::processes() const {
  std::vector<pid_t> marked;
  for (const pid_t pid : all_processes()) {
    const std::string environment = text_of("/proc/" + std::to_string(pid) + "/environ");
    if (('\0' + environment).find('\0' + variable_ + '\0') != std::string::npos)
      marked.push_back(pid);
  }
  return marked;
}

std::vector<pid_t> Marked::of_pinfold() const {
  std::vector<pid_t> found = processes();
  std::erase_if(found, [](pid_t pid) { return !runs_pinfold(pid); });
  return found;
}

std::vector<pid_t> Marked::others() const {
  std::vector<pid_t> found = processes();
  std::erase_if(found, runs_pinfold);
  return found;
}

std::size_t count_of(const std::string& part, const std::string& text) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++count;
  return count;
}

std::string status_field(const std::string& text, const std::string& name) {
  const std::string before = '\n' + name + ":\t";
  const auto at = ('\n' + text).find(before);
  if (at == std::string::npos) return "(no " + name + ')';
  const auto begin = at + before.size() - 1;
  return text.substr(begin, text.find('\n', begin) - begin);
}

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

bool eventually(const std::function<bool()>& condition) {
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > patience) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace pinfold::test
