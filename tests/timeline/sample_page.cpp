// Writes a page of a made up recording, to look at: sample_page KIND FILE
#include <cstdio>
#include <string>

#include "timeline/synthetic.h"

namespace {

bool fill(pinfold::tool::Timeline& timeline, const std::string& kind) {
  using pinfold::test::add_recording;
  if (kind == "2")
    pinfold::test::add_story(timeline);
  else if (kind == "8")
    add_recording(timeline, {.cpus = 8, .processes = 6, .threads = 4, .events = 200, .runs = 6000});
  else if (kind == "64")
    add_recording(timeline, {});
  else if (kind == "4096")
    add_recording(timeline, {.cpus = 4096, .processes = 12, .threads = 16});
  else if (kind == "big")
    add_recording(timeline, {.processes = 20, .threads = 20, .events = 10'000, .runs = 500'000});
  else if (kind == "full")
    add_recording(timeline, {.processes = 5, .threads = 2, .events = 200'000, .runs = 500'000});
  else
    return kind == "empty";
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string usage = "usage: sample_page 2|8|64|4096|big|full|empty FILE";
  if (argc != 3) return std::puts(usage.c_str()), 2;
  pinfold::tool::Timeline timeline;
  if (!fill(timeline, argv[1])) return std::puts(usage.c_str()), 2;
  if (const auto written = timeline.write(argv[2]); !written) {
    std::fprintf(stderr, "%s\n", pinfold::message(written.error()).c_str());
    return 1;
  }
  return 0;
}
