#include "trace/traced.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace pinfold::test {
namespace {

std::string new_file() {
  std::string name = std::filesystem::temp_directory_path() / "pinfold-trace-XXXXXX";
  const int file = ::mkstemp(name.data());
  if (file < 0) throw std::runtime_error(name);
  ::close(file);
  return name;
}

std::vector<std::string> command_line(const std::vector<std::string>& options,
                                      std::vector<std::string> prefix) {
  prefix.insert(prefix.end(), {PINFOLD_COMMAND, "trace", "--json"});
  prefix.insert(prefix.end(), options.begin(), options.end());
  return prefix;
}

std::string tid_text(pid_t tid) { return "\"tid\":" + std::to_string(tid); }

bool is_set_of(const Json& event, const char* who, pid_t tid) {
  return event["event"] == "set" && event[who].is_object() && event[who]["tid"] == tid;
}

}  // namespace

void Trace::each(const std::function<void(const Json&)>& see, std::string_view text) const {
  for (std::size_t at = 0, end = 0; (end = text_.find('\n', at)) != std::string::npos;
       at = end + 1) {
    const auto line = std::string_view(text_).substr(at, end - at);
    if (line.find(text) == std::string_view::npos) continue;
    const Json event = Json::parse(line, nullptr, false);
    if (event.is_object() && event.contains("event")) {
      see(event);
    } else {
      ADD_FAILURE() << "no event: " << line;
    }
  }
}

std::vector<Json> Trace::events(std::string_view name) const {
  std::vector<Json> found;
  each([&](const Json& event) {
    if (name.empty() || event["event"] == name) found.push_back(event);
  });
  return found;
}

std::vector<Json> Trace::sets_by(pid_t actor) const {
  std::vector<Json> found;
  each(
      [&](const Json& event) {
        if (is_set_of(event, "actor", actor)) found.push_back(event);
      },
      tid_text(actor));
  return found;
}

std::vector<Json> Trace::sets_of(pid_t target) const {
  std::vector<Json> found;
  each(
      [&](const Json& event) {
        if (is_set_of(event, "target", target)) found.push_back(event);
      },
      tid_text(target));
  return found;
}

Json Trace::end() const {
  if (!text_.ends_with('\n')) return {};
  const std::size_t begin = text_.rfind('\n', text_.size() - 2);
  Json last = Json::parse(text_.substr(begin == std::string::npos ? 0 : begin + 1), nullptr, false);
  return last.is_object() && last.value("event", "") == "end" ? last : Json();
}

Account account(const Trace& trace) {
  Account sums;
  trace.each([&](const Json& event) {
    const std::string name = event["event"];
    if (name == "set" || name == "get") sums.told += event.value("count", std::uint64_t{1});
    if (name == "lost") sums.told_lost += event.at("count").get<std::uint64_t>();
    if (name == "suppressed") sums.told_suppressed += event.at("count").get<std::uint64_t>();
    if (name == "end") {
      sums.seen = event.at("seen");
      sums.sent = event.at("sent");
      sums.lost = event.at("lost");
      sums.suppressed = event.at("suppressed");
    }
  });
  return sums;
}

void expect_exact(const Trace& trace) {
  ASSERT_FALSE(trace.end().is_null()) << "no end";
  const Account sums = account(trace);
  EXPECT_EQ(sums.seen, sums.sent + sums.lost + sums.suppressed) << trace.end();
  EXPECT_EQ(sums.told, sums.sent);
  EXPECT_EQ(sums.told_lost, sums.lost);
  EXPECT_EQ(sums.told_suppressed, sums.suppressed);
}

Tracer::Tracer(const std::vector<std::string>& options, const std::vector<std::string>& prefix,
               ChildOptions child)
    : file_(new_file()) {
  child.out_file = file_;
  child_.emplace(command_line(options, prefix), std::move(child));
  try {
    start_ = await([](const Json&) { return true; });
  } catch (...) {
    ::unlink(file_.c_str());
    throw;
  }
  if (start_["event"] != "start") ADD_FAILURE() << "the first line is " << start_;
}

Tracer::~Tracer() { ::unlink(file_.c_str()); }

std::string Tracer::text() const {
  std::ostringstream text;
  text << std::ifstream(file_).rdbuf();
  return text.str();
}

Json Tracer::await(const std::function<bool(const Json&)>& wanted) {
  std::ifstream file(file_);
  std::string begun;  // of a line that is not whole yet
  for (;;) {
    const bool ended = child_->has_ended();  // before the file is read to its end
    for (std::string more; std::getline(file, more);) {
      begun += more;
      if (file.eof()) break;
      Json event = Json::parse(begun);
      begun.clear();
      if (wanted(event)) return event;
    }
    if (ended) throw std::runtime_error("trace has ended: " + child_->finish().err);
    file.clear();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

Trace Tracer::stop(int signal) {
  if (signal != 0) child_->signal(signal);
  output_ = child_->finish();
  return Trace(text());
}

}  // namespace pinfold::test
