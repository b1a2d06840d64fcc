#include "pin/journal.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <ctime>
#include <functional>
#include <map>

#include "base/file.h"
#include "base/number.h"
#include "base/terminal_text.h"
#include "base/try.h"

namespace pinfold {
namespace {

constexpr const char* undone_line = "{\"undone\":true}\n";
// The name that a file has until it is locked and begun.
constexpr std::string_view unborn = "new-";

std::string name_of(unsigned number) {
  std::string digits = std::to_string(number);
  constexpr std::size_t width = 6;
  if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
  return digits;
}

std::vector<unsigned> numbers_of(const std::vector<std::string>& names) {
  std::vector<unsigned> numbers;
  for (const std::string& name : names) {
    const auto number = parse_number<unsigned>(name);
    if (number && name_of(*number) == name) numbers.push_back(*number);
  }
  std::ranges::sort(numbers, std::greater());
  return numbers;
}

bool try_lock(const Fd& file) { return ::flock(file.get(), LOCK_EX | LOCK_NB) == 0; }

bool is_gone(const Fd& file) {
  struct stat status{};
  return ::fstat(file.get(), &status) == 0 && status.st_nlink == 0;
}

bool is_same(const Fd& one, const Fd& other) {
  const auto first = file_id(one);
  const auto second = file_id(other);
  return first && second && *first == *second;
}

Result<void> write_all(const Fd& file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      return fail({.kind = ErrorKind::system, .number = errno, .text = "the journal"});
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

// A last line without its end was being written when its writer was killed: of what it says nothing
// was done yet.
Result<void> parse(std::string_view text, RecordedChange& change) {
  bool first = true;
  for (std::size_t end = 0; (end = text.find('\n')) != std::string_view::npos;) {
    const std::string_view line = text.substr(0, end);
    if (std::exchange(first, false)) {
      TRY(change.head, parse_change_head(line));
    } else if (text.starts_with(undone_line)) {
      change.undone = true;
    } else {
      TRY(change.processes.emplace_back(), parse_process_change(line));
    }
    text.remove_prefix(end + 1);
    change.length += end + 1;
  }
  return {};
}

}  // namespace

Result<Journal> Journal::in(Result<StateDir> state) {
  TRY(const StateDir own, std::move(state));
  TRY(StateDir folder, own.folder("journal"));
  return Journal(std::move(folder));
}

Result<std::vector<unsigned>> Journal::numbers() const {
  TRY(const std::vector<std::string> names, folder_.names());
  return numbers_of(names);
}

Result<std::optional<RecordedChange>> Journal::read(unsigned number, Lock lock,
                                                    Clock& clock) const {
  const std::string name = name_of(number);
  auto file = folder_.existing_file(name.c_str());
  if (!file && file.error().number == ENOENT) return std::nullopt;
  TRY(Fd opened, std::move(file));
  RecordedChange change{.number = number};
  const auto give_up = clock.now() + std::chrono::seconds(5);
  while (!try_lock(opened)) {
    change.busy = lock == Lock::none;
    if (change.busy) break;
    if (clock.now() >= give_up) {
      return fail({.kind = ErrorKind::busy, .text = "change " + std::to_string(number)});
    }
    clock.sleep(std::chrono::milliseconds(5));
  }
  if (is_gone(opened)) return std::nullopt;
  TRY(const std::string text, read_all(opened));
  if (auto parsed = parse(text, change); !parsed) {
    Error error = std::move(parsed).error();
    error.kind = ErrorKind::unsupported;
    error.text = folder_.path() + '/' + name;
    error.reason = "not what this version of pinfold writes (" + error.reason + ')';
    return fail(std::move(error));
  }
  if (lock == Lock::wait) change.file = std::move(opened);
  return change;
}

Result<void> Journal::mark_undone(const RecordedChange& change) const {
  if (change.undone) return {};
  const auto end = static_cast<off_t>(change.length);
  if (::ftruncate(change.file.get(), end) != 0 || ::lseek(change.file.get(), end, SEEK_SET) < 0) {
    return fail({.kind = ErrorKind::system, .number = errno, .text = "ftruncate"});
  }
  return write_all(change.file, undone_line);
}

Result<void> Journal::remove(const RecordedChange& change) const {
  return folder_.remove(name_of(change.number).c_str());
}

Result<void> Journal::append(const RecordedChange& change, const ProcessChange& process) {
  return write_all(change.file, to_line(process));
}

// Takes away what is too old, and files whose writers were killed before they had a name.
void Journal::tidy(const std::vector<std::string>& names) const {
  const std::vector<unsigned> numbers = numbers_of(names);
  std::vector<std::string> useless;
  // The one just begun is not among them.
  for (std::size_t i = most_changes - 1; i < numbers.size(); ++i)
    useless.push_back(name_of(numbers[i]));
  std::ranges::copy_if(names, std::back_inserter(useless),
                       [](const std::string& name) { return name.starts_with(unborn); });
  for (const std::string& name : useless) {
    const auto file = folder_.existing_file(name.c_str());
    if (!file || !try_lock(*file)) continue;
    // Its writer may have given it a number before it was locked here, and have begun the next one
    // under this name.
    const auto named = folder_.existing_file(name.c_str());
    if (named && is_same(*file, *named)) (void)folder_.remove(name.c_str());
  }
}

// An empty file, locked. Whoever tidies up may take it for a dead one's before it is locked.
Result<Fd> Journal::unborn_file(const std::string& name) const {
  constexpr int attempts = 1000;
  for (int i = 0; i < attempts; ++i) {
    TRY(Fd file, folder_.file(name.c_str()));
    if (!try_lock(file) || is_gone(file)) {
      Clock::system().sleep(std::chrono::milliseconds(1));
      continue;
    }
    // One with the same pid may have been killed, and have left what it had written.
    if (::ftruncate(file.get(), 0) == 0) return file;
    return fail({.kind = ErrorKind::system, .number = errno, .text = folder_.path() + '/' + name});
  }
  return fail({.kind = ErrorKind::busy, .text = folder_.path() + '/' + name});
}

Result<RecordedChange> Journal::begin(const ChangeHead& head) const {
  const std::string name = std::string(unborn) + std::to_string(::getpid());
  TRY(Fd file, unborn_file(name));
  if (auto written = write_all(file, to_line(head)); !written) {
    (void)folder_.remove(name.c_str());
    return fail(std::move(written).error());
  }
  TRY(const std::vector<std::string> names, folder_.names());
  const std::vector<unsigned> numbers = numbers_of(names);
  for (unsigned number = numbers.empty() ? 1 : numbers.front() + 1;; ++number) {
    const auto renamed = folder_.rename(name.c_str(), name_of(number).c_str());
    if (renamed) {
      tidy(names);
      RecordedChange change{.number = number, .head = head};
      change.file = std::move(file);
      return change;
    }
    if (renamed.error().number != EEXIST) return fail(Error(renamed.error()));
  }
}

}  // namespace pinfold
