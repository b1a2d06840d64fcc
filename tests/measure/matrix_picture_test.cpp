// The heatmaps of recorded matrices: what can be said of them without looking.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "bench/heat_colours.h"
#include "bench/heatmap.h"
#include "cli/xml.h"
#include "recorded.h"
#include "topo/svg.h"

namespace pinfold::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsSupersetOf;

class Picture {
 public:
  explicit Picture(unsigned cpus) : elements_(parse_xml(tool::heatmap(recorded(cpus)))) {}

  [[nodiscard]] std::vector<std::string> texts() const {
    std::vector<std::string> texts;
    for (const XmlElement& element : elements_) {
      if (element.name == "text") texts.push_back(element.text);
    }
    return texts;
  }
  [[nodiscard]] std::vector<std::string> titles() const {
    std::vector<std::string> titles;
    for (const XmlElement& element : elements_) {
      if (element.name == "title" && element.parent == "rect") titles.push_back(element.text);
    }
    return titles;
  }
  // Rectangles that are only a line: outlines of what stands together.
  [[nodiscard]] std::size_t outlines() const {
    return static_cast<std::size_t>(std::ranges::count_if(elements_, [](const XmlElement& element) {
      return element.name == "rect" && element.attributes.at("fill") == "none";
    }));
  }
  [[nodiscard]] const XmlElement& root() const { return elements_.front(); }
  [[nodiscard]] const std::vector<XmlElement>& elements() const { return elements_; }

 private:
  std::vector<XmlElement> elements_;
};

TEST(MatrixPicture, NamesEachPairThatHasACellOfItsOwn) {
  const Picture picture(16);
  const auto titles = picture.titles();
  EXPECT_EQ(titles.size(), 16U * 15) << "both halves";
  EXPECT_THAT(titles, Contains(HasSubstr("CPU 0 and CPU 8: 7.29 ns one way")));
  EXPECT_THAT(titles, Contains(HasSubstr("CPU 5 and CPU 6: no number: other tasks ran")));
  EXPECT_THAT(picture.texts(), IsSupersetOf({"7.29", "l3:0", "l3:1", "15"}));
}

TEST(MatrixPicture, OutlinesWhatStandsTogether) {
  EXPECT_EQ(Picture(2).outlines(), 0U);
  EXPECT_EQ(Picture(16).outlines(), 2U + 8) << "L3 and cores";
  EXPECT_EQ(Picture(128).outlines(), 2U + 4 + 16 + 64) << "packages, nodes, L3, cores";
}

TEST(MatrixPicture, ALegendHasTheScaleWithItsUnitAndWhatTheKindsComeTo) {
  const auto texts = Picture(128).texts();
  EXPECT_THAT(texts, IsSupersetOf({"One way, ns (the longer, the darker; logarithmic)", "10", "100",
                                   "SMT siblings", "8.18 ns", "other package", "198 ns",
                                   "no number", "127 pairs"}));
  EXPECT_THAT(texts, Contains(HasSubstr("the pin to CPU 37 did not take effect")));
}

TEST(MatrixPicture, SaysWhatSpeaksAgainstIt) {
  EXPECT_THAT(Picture(2).texts(), Contains(HasSubstr("Note: this is a virtual machine")));
}

TEST(MatrixPicture, PairsWithoutANumberAreHatchedAndHaveNoColour) {
  const Picture picture(16);
  std::size_t hatched = 0;
  for (const XmlElement& element : picture.elements()) {
    if (element.name == "rect" && element.attributes.at("fill").starts_with("url(")) ++hatched;
  }
  EXPECT_EQ(hatched, 2U * 2 + 1) << "two pairs, and the legend";
}

TEST(MatrixPicture, OfManyCpusItStaysSmallAndItsNumbersDoNotOverlap) {
  EXPECT_LT(tool::heatmap(recorded(128)).size(), 400U * 1024);
  const Picture picture(128);
  EXPECT_LT(std::stoi(picture.root().attributes.at("width")), 1400);
  double free_from = -1;
  double row = 0;
  for (const XmlElement& element : picture.elements()) {
    if (element.name != "text" || element.attributes.at("font-size") != "10") continue;
    if (!element.attributes.contains("text-anchor") ||
        element.attributes.at("text-anchor") != "middle")
      continue;
    const double y = std::stod(element.attributes.at("y"));
    if (y != row) free_from = -1;
    row = y;
    const double x = std::stod(element.attributes.at("x"));
    const double half = static_cast<double>(element.text.size()) * 10 * 0.636 / 2;
    EXPECT_GE(x - half, free_from) << element.text;
    free_from = x + half;
  }
  EXPECT_GT(row, 0) << "there were numbers";
}

TEST(MatrixPicture, EverythingLiesWithinThePage) {
  for (const unsigned cpus : {2U, 16U, 128U}) {
    const Picture picture(cpus);
    const double width = std::stod(picture.root().attributes.at("width"));
    const double height = std::stod(picture.root().attributes.at("height"));
    for (const XmlElement& element : picture.elements()) {
      if (element.name != "text") continue;
      EXPECT_LT(std::stod(element.attributes.at("y")), height) << element.text;
      if (element.attributes.contains("text-anchor")) continue;
      const double right =
          std::stod(element.attributes.at("x")) +
          tool::drawn_width(element.text, {.size = std::stod(element.attributes.at("font-size"))});
      EXPECT_LT(right, width) << element.text;
    }
  }
}

// What a printer without colours makes of it.
double lightness(const std::string& colour) {
  const auto part = [&](std::size_t at) { return std::stoi(colour.substr(at, 2), nullptr, 16); };
  return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
}

TEST(HeatColours, TheLongerTheDarker) {
  double before = 256;
  for (int step = 0; step <= 20; ++step) {
    const double now = lightness(tool::HeatColours::colour(step / 20.0));
    EXPECT_LT(now, before) << step;
    before = now;
  }
}

TEST(HeatColours, AMachineOfEqualPairsIsNotMadeToLookUnequal) {
  measure::Matrix matrix({CpuId(0), CpuId(1), CpuId(2)});
  matrix.at(0, 1).one_way_ns = measure::spread_of({50});
  matrix.at(0, 2).one_way_ns = measure::spread_of({51});
  matrix.at(1, 2).one_way_ns = measure::spread_of({52});
  const tool::HeatColours colours(matrix);
  EXPECT_NEAR(colours.part(50), colours.part(52), 0.07);
}

}  // namespace
}  // namespace pinfold::test
