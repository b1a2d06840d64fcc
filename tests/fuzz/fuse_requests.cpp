// A row of messages to a FUSE server, of which no kernel need have sent any.
#include <linux/fuse.h>

#include <cstring>
#include <memory>
#include <mutex>
#include <string>

#include "../sim/fuse/tiny_files.h"
#include "require.h"
#include "sim/fuse/cgroup_files.h"
#include "sim/fuse/server.h"

namespace pinfold::fuzz {
namespace {

std::unique_ptr<model::System> open_system() {
  auto machine = Machine::open("core:2 pu:2");
  require(machine.has_value(), "the machine can be made");
  auto system =
      model::System::open({.machine = std::move(*machine), .hierarchy = model::Hierarchy::v2});
  require(system.has_value(), "the system can be made");
  return std::move(*system);
}

template <class Structure>
Structure read_as(std::string_view bytes) {
  Structure structure{};
  std::memcpy(&structure, bytes.data(), std::min(bytes.size(), sizeof structure));
  return structure;
}

void require_listing(std::string_view listing, std::size_t before) {
  while (!listing.empty()) {
    require(listing.size() >= before + FUSE_NAME_OFFSET, "an entry is whole");
    const auto entry = read_as<fuse_dirent>(listing.substr(before));
    const std::size_t size = FUSE_REC_ALIGN(before + FUSE_NAME_OFFSET + entry.namelen);
    require(entry.namelen > 0 && entry.ino != 0, "an entry has a name and a number");
    require(listing.size() >= size, "an entry ends within the answer");
    listing.remove_prefix(size);
  }
}

// As fuse_dev_do_write() and those who wait for it check it.
void require_answer(std::string_view message, std::string_view answer) {
  const auto asked = read_as<fuse_in_header>(message);
  const bool whole = message.size() >= sizeof asked && asked.len == message.size();
  const bool forgets = asked.opcode == FUSE_FORGET || asked.opcode == FUSE_BATCH_FORGET;
  require(answer.empty() == (!whole || forgets), "what is whole is answered, but for forgetting");
  if (answer.empty()) return;
  const auto header = read_as<fuse_out_header>(answer);
  require(header.len == answer.size(), "the answer is as long as it says");
  require(header.unique == asked.unique, "the answer is to that message");
  require(header.error <= 0 && header.error > -512, "an error is one that the kernel takes");
  const std::string_view body = answer.substr(sizeof header);
  require(header.error == 0 || body.empty(), "a refusal says no more");
  if (header.error != 0) return;
  const bool plus = asked.opcode == FUSE_READDIRPLUS;
  if (asked.opcode == FUSE_READ || asked.opcode == FUSE_READDIR || plus) {
    const auto in = read_as<fuse_read_in>(message.substr(sizeof asked));
    require(body.size() <= in.size, "no more is read than was asked for");
    if (asked.opcode != FUSE_READ) require_listing(body, plus ? sizeof(fuse_entry_out) : 0);
  }
}

// Each message is as long as its header says; what stands in there is at most what is left.
void serve(sim::FileSystem& files, std::string_view stream) {
  sim::FuseServer server(Fd(), files);
  std::string answer;
  while (!stream.empty()) {
    std::uint32_t length = 0;
    std::memcpy(&length, stream.data(), std::min(stream.size(), sizeof length));
    const auto taken = std::min<std::size_t>(std::max<std::size_t>(length, 1), stream.size());
    const std::string_view message = stream.substr(0, taken);
    server.answer(message, answer);
    require_answer(message, answer);
    stream.remove_prefix(taken);
  }
}

}  // namespace
}  // namespace pinfold::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pinfold;
  using namespace pinfold::fuzz;
  const std::string_view stream = as_text(data, size);
  test::TinyFiles constant;
  serve(constant, stream);
  const auto system = open_system();
  std::mutex mutex;
  sim::CgroupFiles cgroups(*system, mutex,
                           [&](pid_t who) { return who == 0 ? nullptr : &system->init(); });
  serve(cgroups, stream);
  return 0;
}
