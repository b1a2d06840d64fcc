#include "timeline/browser.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <sstream>
#include <stdexcept>

namespace pinfold::test {
namespace {

using nlohmann::json;

constexpr int patience_ms = 30'000;

std::array<Fd, 2> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
  return {Fd(ends[0]), Fd(ends[1])};
}

[[noreturn]] void become(const std::string& path, const std::string& profile, int in, int out) {
  // Above 3 and 4, where the browser looks for them, whatever numbers they have.
  const int high_in = ::fcntl(in, F_DUPFD, 10);
  const int high_out = ::fcntl(out, F_DUPFD, 10);
  ::dup2(high_in, 3);
  ::dup2(high_out, 4);
  ::close(high_in);
  ::close(high_out);
  const int null = ::open("/dev/null", O_RDWR);
  if (null < 0) ::_exit(127);
  for (int standard = 0; standard < 3; ++standard)
    ::dup2(null, standard);
  ::setpgid(0, 0);
  const std::string folder = "--user-data-dir=" + profile;
  std::vector<const char*> arguments = {path.c_str(),
                                        "--headless=new",
                                        "--remote-debugging-pipe",
                                        "--disable-gpu",
                                        "--disable-dev-shm-usage",
                                        "--no-first-run",
                                        "--disable-extensions",
                                        "--disable-background-networking",
                                        folder.c_str()};
  // As root it has no sandbox of its own.
  if (::geteuid() == 0) arguments.push_back("--no-sandbox");
  arguments.push_back("about:blank");
  arguments.push_back(nullptr);
  ::execv(path.c_str(), const_cast<char**>(arguments.data()));
  ::_exit(127);
}

}  // namespace

std::optional<std::string> Browser::find() {
  const char* path = std::getenv("PATH");
  for (const char* name :
       {"chromium", "chromium-browser", "google-chrome-stable", "google-chrome"}) {
    std::istringstream folders(path ? path : "");
    for (std::string folder; std::getline(folders, folder, ':');) {
      std::string file = folder + '/' + name;
      if (::access(file.c_str(), X_OK) == 0) return file;
    }
  }
  return {};
}

Browser::Browser(const std::string& path) {
  auto [in, to] = make_pipe();
  auto [from, out] = make_pipe();
  pid_ = ::fork();
  if (pid_ == 0) become(path, profile_.path(), in.get(), out.get());
  // Here too: the destructor must not be the first.
  ::setpgid(pid_, pid_);
  to_ = std::move(to);
  from_ = std::move(from);
  const json target = call("Target.createTarget", {{"url", "about:blank"}});
  const json attached =
      call("Target.attachToTarget", {{"targetId", target["targetId"]}, {"flatten", true}});
  session_ = attached["sessionId"];
  for (const char* domain : {"Page.enable", "Runtime.enable", "Log.enable", "Network.enable"})
    call(domain);
}

Browser::~Browser() {
  ::kill(-pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

json Browser::call(const std::string& method, json parameters) {
  json message = {{"id", ++last_id_}, {"method", method}, {"params", std::move(parameters)}};
  if (!session_.empty()) message["sessionId"] = session_;
  send(message);
  for (;;) {
    json answer = receive();
    if (!answer.contains("id")) {
      told_.push_back(std::move(answer));
    } else if (answer["id"] == last_id_) {
      if (answer.contains("error"))
        throw std::runtime_error(method + ": " + answer["error"].dump());
      return answer["result"];
    }
  }
}

void Browser::send(const json& message) {
  std::string text = message.dump();
  text += '\0';
  for (std::size_t sent = 0; sent < text.size();) {
    const ssize_t written = ::write(to_.get(), text.data() + sent, text.size() - sent);
    if (written <= 0) throw std::runtime_error("the browser does not listen");
    sent += static_cast<std::size_t>(written);
  }
}

json Browser::receive() {
  for (;;) {
    if (const auto end = received_.find('\0'); end != std::string::npos) {
      json message = json::parse(received_.substr(0, end));
      received_.erase(0, end + 1);
      return message;
    }
    pollfd ready{.fd = from_.get(), .events = POLLIN, .revents = 0};
    if (::poll(&ready, 1, patience_ms) != 1) throw std::runtime_error("the browser says nothing");
    std::array<char, 65536> buffer{};
    const ssize_t count = ::read(from_.get(), buffer.data(), buffer.size());
    if (count <= 0) throw std::runtime_error("the browser has ended");
    received_.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace pinfold::test
