// What holds for the picture of every machine.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <span>

#include <pinfold/cpu_list.h>

#include "any_machine.h"
#include "support/program.h"
#include "topo/boxes.h"
#include "topo/picture.h"
#include "xml.h"

namespace pinfold::test {
namespace {

using tool::Box;
using tool::drawn_width;
using tool::Pinned;
using tool::Rect;
using tool::Scale;

Box boxes_of(const Machine& machine, const Scale& scale) {
  constexpr int width = 500;
  return tool::lay_out_boxes(machine, tool::tree_of(machine), scale, width);
}

bool inside(const Rect& inner, const Rect& outer) {
  return inner.x >= outer.x && inner.y >= outer.y && inner.right() <= outer.right() &&
         inner.bottom() <= outer.bottom();
}

bool apart(const Rect& a, const Rect& b) {
  return a.right() <= b.x || b.right() <= a.x || a.bottom() <= b.y || b.bottom() <= a.y;
}

// All that stands directly in a box.
std::vector<Rect> parts_of(const Box& box) {
  std::vector<Rect> parts;
  for (const tool::TitleBar& title : box.titles)
    parts.push_back(title.rect);
  for (const Box& inner : box.boxes)
    parts.push_back(inner.rect);
  for (const tool::CpuCell& cell : box.cells)
    parts.push_back(cell.rect);
  return parts;
}

void expect_in_order(const Box& box) {
  const std::vector<Rect> parts = parts_of(box);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    ASSERT_GT(parts[i].width, 0);
    ASSERT_GT(parts[i].height, 0);
    ASSERT_TRUE(inside(parts[i], box.rect)) << to_cpu_list(box.cpus);
    // Of thousands the next ones do.
    for (std::size_t j = i + 1; j < std::min(parts.size(), i + 70); ++j)
      ASSERT_TRUE(apart(parts[i], parts[j])) << to_cpu_list(box.cpus);
  }
  for (const Box& inner : box.boxes)
    expect_in_order(inner);
}

void expect_texts_fit(const Box& box, const Machine& machine, const Scale& scale) {
  for (const tool::TitleBar& title : box.titles) {
    const auto [name, detail] = tool::title_text(machine, title.object);
    EXPECT_LE(drawn_width(name + ' ', name_style(scale)) + drawn_width(detail, detail_style(scale)),
              title.rect.width)
        << name;
  }
  for (const tool::CpuCell& cell : box.cells) {
    const std::string number = std::to_string(cell.cpu.value());
    EXPECT_LE(drawn_width(number, {.size = scale.number_size}), cell.rect.width) << number;
  }
  for (const Box& inner : box.boxes)
    expect_texts_fit(inner, machine, scale);
}

void count_cells(const Box& box, std::map<CpuId, int>& online, std::map<CpuId, int>& offline) {
  for (const tool::CpuCell& cell : box.cells)
    ++(box.offline ? offline : online)[cell.cpu];
  for (const Box& inner : box.boxes)
    count_cells(inner, online, offline);
}

void expect_each_cpu_once(const Box& page, const Machine& machine) {
  std::map<CpuId, int> online;
  std::map<CpuId, int> offline;
  count_cells(page, online, offline);
  EXPECT_EQ(online.size(), machine.online().count());
  for (const auto& [cpu, times] : online)
    EXPECT_TRUE(times == 1 && machine.online().contains(cpu)) << cpu.value();
  for (const auto& [cpu, times] : offline)
    EXPECT_TRUE(times == 1 && !machine.online().contains(cpu)) << cpu.value();
}

double number_of(const XmlElement& element, const char* name) {
  return std::stod(element.attributes.at(name));
}

// The texts of a picture, none of which leaves the page, and of its groups the titles.
struct Read {
  std::vector<std::string> texts;
  std::vector<std::string> titles;
};

Read read_picture(const std::string& svg) {
  Read read;
  const std::vector<XmlElement> elements = parse_xml(svg);
  const double width = number_of(elements.front(), "width");
  for (const XmlElement& element : elements) {
    if (element.name == "title" && element.parent == "g") read.titles.push_back(element.text);
    if (element.name != "text") continue;
    read.texts.push_back(element.text);
    const auto anchor = element.attributes.find("text-anchor");
    if (anchor != element.attributes.end()) continue;
    const double needed =
        drawn_width(element.text, {.size = number_of(element, "font-size"),
                                   .bold = element.attributes.contains("font-weight")});
    EXPECT_LE(number_of(element, "x") + needed, width) << element.text;
  }
  return read;
}

void expect_good_picture(const Machine& machine, std::span<const Pinned> tasks) {
  const Scale scale = tool::scale_for(machine, !tasks.empty());
  const Box page = boxes_of(machine, scale);
  expect_in_order(page);
  expect_texts_fit(page, machine, scale);
  expect_each_cpu_once(page, machine);
  const std::string svg = tool::picture(machine, tasks);
  const Read read = read_picture(svg);
  EXPECT_EQ(svg, tool::picture(machine, tasks));
  EXPECT_LT(svg.size(), 2U << 20U);
  if (scale.number_size == 0) return;
  for (const CpuId cpu : machine.online()) {
    const std::string number = std::to_string(cpu.value());
    EXPECT_TRUE(std::ranges::find(read.texts, number) != read.texts.end()) << number;
    const auto is_of_cpu = [&](const std::string& title) {
      return title == "CPU " + number || title.starts_with("CPU " + number + ',');
    };
    EXPECT_EQ(std::ranges::count_if(read.titles, is_of_cpu), 1) << number;
  }
}

std::vector<Pinned> any_tasks(const Machine& machine) {
  std::vector<Pinned> tasks;
  for (int i = *rc::gen::inRange(0, 20); i > 0; --i) {
    const auto all = machine.cpus();
    Pinned task{.pid = Pid(*rc::gen::inRange(1, 30)), .name = *rc::gen::arbitrary<std::string>()};
    task.threads = *rc::gen::inRange(1U, 100U);
    for (int times = *rc::gen::inRange(1, 5); times > 0; --times)
      task.cpus.add(all[*rc::gen::inRange<std::size_t>(0, all.size())]);
    tasks.push_back(std::move(task));
  }
  return tasks;
}

RC_GTEST_PROP(TopoPicture, OfAnyMachineIsGood, ()) {
  const std::string text = any_machine();
  RC_LOG() << text << '\n';
  const auto machine = Machine::open(text);
  RC_PRE(machine.has_value());
  const bool failed_before = ::testing::Test::HasFailure();
  expect_good_picture(*machine, any_tasks(*machine));
  RC_ASSERT(failed_before || !::testing::Test::HasFailure());
}

TEST_F(Snapshots, OfRealMachinesHaveGoodPictures) {
  for (const std::string& text : machines_) {
    const auto machine = Machine::open(text);
    ASSERT_TRUE(machine) << text << ": " << message(machine.error());
    SCOPED_TRACE(text);
    expect_good_picture(*machine, {});
  }
}

TEST(TopoPicture, AMachineOfThousandsOfCpusIsASmallFile) {
  const auto machine = Machine::open("pack:8 numa:2 l3:16 core:8 pu:2");
  ASSERT_TRUE(machine);
  expect_good_picture(*machine, {});
  EXPECT_LT(tool::picture(*machine).size(), 200000U);
}

TEST(TopoPicture, NamesOfProcessesStayText) {
  const auto machine = Machine::open("pu:2");
  ASSERT_TRUE(machine);
  const std::vector<Pinned> tasks = {
      {.pid = Pid(1), .name = "</text><script>&\"'", .threads = 1, .cpus = cpus("0")},
      {.pid = Pid(2), .name = "a\xff\x01\x1b[31m", .threads = 1, .cpus = cpus("1")},
      {.pid = Pid(3), .name = "\xef\xbf\xbf", .threads = 1, .cpus = cpus("1")}};
  const std::string svg = tool::picture(*machine, tasks);
  const Read read = read_picture(svg);
  const auto has = [&](const std::string& text) {
    return std::ranges::find(read.texts, text) != read.texts.end();
  };
  EXPECT_TRUE(has("</text><script>&\"' (1)")) << svg;
  EXPECT_TRUE(has("a\\xff\\x01\\x1b[31m (2)")) << svg;
  EXPECT_TRUE(has("\\xef\\xbf\\xbf (3)")) << svg;
  EXPECT_FALSE(svg.contains("<script"));
}

TEST(TopoPicture, OfManyTasksTheLargestHaveColours) {
  const auto machine = Machine::open("pu:32");
  ASSERT_TRUE(machine);
  std::vector<Pinned> tasks;
  for (unsigned i = 0; i < 20; ++i) {
    tasks.push_back({.pid = Pid(static_cast<pid_t>(100 + i)),
                     .name = "task" + std::to_string(i),
                     .threads = 1 + i,
                     .cpus = {CpuId(i)}});
  }
  const Read read = read_picture(tool::picture(*machine, tasks));
  const auto has = [&](const std::string& text) {
    return std::ranges::find(read.texts, text) != read.texts.end();
  };
  EXPECT_TRUE(has("task19 (119)"));
  EXPECT_FALSE(has("task0 (100)"));
  EXPECT_TRUE(has("13 others"));
  EXPECT_TRUE(std::ranges::find(read.titles, "CPU 0, core:0; task0 (100), 1 thread") !=
              read.titles.end());
}

TEST(TopoPicture, ManyProcessesOfOneNameShareAColour) {
  const auto machine = Machine::open("pu:32");
  ASSERT_TRUE(machine);
  std::vector<Pinned> tasks;
  for (unsigned i = 0; i < 32; ++i) {
    tasks.push_back({.pid = Pid(static_cast<pid_t>(100 + i)),
                     .name = "rank",
                     .threads = 2,
                     .cpus = {CpuId(i)}});
  }
  const Read read = read_picture(tool::picture(*machine, tasks));
  EXPECT_TRUE(std::ranges::find(read.texts, "rank, 32 processes") != read.texts.end());
}

TEST(TopoPicture, OnlyWhatOccursIsExplained) {
  const auto texts = [](const char* text) {
    const auto machine = Machine::open(text);
    return machine ? read_picture(tool::picture(*machine)).texts : std::vector<std::string>();
  };
  const auto contains = [](const std::vector<std::string>& all, const char* word) {
    return std::ranges::find(all, word) != all.end();
  };
  const auto plain = texts("core:2 pu:2");
  const auto limited = texts("core:4 pu:2;offline=1;isolated=2;nohz_full=3;cpuset=0-5");
  for (const char* word : {"isolated", "nohz_full", "not allowed", "offline"}) {
    EXPECT_FALSE(contains(plain, word)) << word;
    EXPECT_TRUE(contains(limited, word)) << word;
  }
}

}  // namespace
}  // namespace pinfold::test
