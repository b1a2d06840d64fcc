#include "document/chart.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "cli/xml.h"
#include "document/growth.h"
#include "sample.h"

namespace pinfold::bench {
namespace {

using test::alone_line;
using test::parse_xml;
using test::ratio_line;
using test::sample;
using test::XmlElement;
using testing::Contains;
using testing::IsSupersetOf;
using testing::Not;

std::vector<std::string> texts_of(const std::vector<XmlElement>& elements) {
  std::vector<std::string> texts;
  for (const XmlElement& element : elements) {
    if (element.name == "text") texts.push_back(element.text);
  }
  return texts;
}

Chart two_curves() {
  return {.title = "Sets & <lists>",
          .description = "as they grow",
          .panels = {{.title = "and",
                      .x_name = "CPUs",
                      .unit = "ns",
                      .curves = {{.label = "Pinfold", .points = {{64, 2}, {1024, 20}, {8192, 150}}},
                                 {.label = "hwloc \"2\"",
                                  .points = {{64, 9}, {1024, 90}, {8192, 160}}}}}}};
}

TEST(BenchChart, IsWellFormedWhateverItsTexts) {
  const auto elements = parse_xml(draw(two_curves()));
  EXPECT_EQ(elements.front().name, "svg");
  EXPECT_THAT(texts_of(elements), Contains("Sets & <lists>"));
}

TEST(BenchChart, NamesAxesTicksAndCurvesWithTheirLastValue) {
  EXPECT_THAT(texts_of(parse_xml(draw(two_curves()))),
              IsSupersetOf({"CPUs", "64", "1,024", "8,192", "10 ns", "100 ns", "Pinfold 150 ns",
                            "hwloc \"2\" 160 ns"}));
}

TEST(BenchChart, LiesOnACardOfItsOwn) {
  const auto elements = parse_xml(draw(two_curves()));
  const auto card = std::ranges::find(elements, "rect", &XmlElement::name);
  ASSERT_NE(card, elements.end());
  EXPECT_EQ(card->attributes.at("fill"), "#ffffff");
}

TEST(BenchChart, LabelsOfCurvesThatEndTogetherDoNotOverlap) {
  Chart chart = two_curves();
  for (Curve& curve : chart.panels[0].curves)
    curve.points.back().y = 150;
  std::vector<double> lines;
  for (const XmlElement& element : parse_xml(draw(chart))) {
    if (element.name == "text" && element.text.ends_with(" 150 ns"))
      lines.push_back(std::stod(element.attributes.at("y")));
  }
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_GE(std::abs(lines[0] - lines[1]), 14);
}

TEST(BenchChart, SizesThatStandTooNearKeepTheLargest) {
  Chart chart = two_curves();
  chart.panels[0].curves[0].points = {{1, 1}, {4096, 2}, {4608, 3}};
  chart.panels[0].curves[1].points = chart.panels[0].curves[0].points;
  const auto texts = texts_of(parse_xml(draw(chart)));
  EXPECT_THAT(texts, Contains("4,608"));
  EXPECT_THAT(texts, Not(Contains("4,096")));
}

TEST(BenchGrowth, TakesTheCurvesFromTheRows) {
  const auto pictures =
      growth_pictures(sample({ratio_line("and: 1,024 CPUs, dense / hwloc_bitmap_and", 0.4),
                              ratio_line("and: 64 CPUs, dense / hwloc_bitmap_and", 0.2),
                              ratio_line("and: 64 CPUs, sparse / hwloc_bitmap_and", 0.3),
                              alone_line("sim: start, 64 CPUs, again", 0.5, "ms")}));
  ASSERT_EQ(pictures.size(), 2U);
  const Chart& sets = pictures[0].chart;
  EXPECT_EQ(pictures[0].file, "growth-cpuset.svg");
  ASSERT_EQ(sets.panels.size(), 1U) << "the others have no rows";
  ASSERT_EQ(sets.panels[0].curves.size(), 2U);
  const auto& ours = sets.panels[0].curves[0].points;
  ASSERT_EQ(ours.size(), 2U);
  EXPECT_DOUBLE_EQ(ours[0].x, 64);
  EXPECT_DOUBLE_EQ(ours[0].y, 20);
  EXPECT_DOUBLE_EQ(ours[1].x, 1024);
  EXPECT_DOUBLE_EQ(sets.panels[0].curves[1].points[0].y, 100);
  EXPECT_DOUBLE_EQ(pictures[1].chart.panels[0].curves[0].points[0].y, 0.5e6) << "nanoseconds";
}

TEST(BenchGrowth, WhatHasNoRowsHasNoPicture) {
  EXPECT_TRUE(growth_pictures(sample({ratio_line("pin: it", 1)})).empty());
}

}  // namespace
}  // namespace pinfold::bench
