#include "topo/svg.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/terminal_text.h"

namespace pinfold::tool {
namespace {

// Advance widths in thousandths of the size, of DejaVu Sans from U+0020 on: it is the widest of
// those that are named below.
constexpr std::array<unsigned short, 95> widths = {
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361,  318, 337, 636, 636, 636,
    636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632,
    575, 775, 752, 295, 295, 656, 557, 863, 748, 787, 603, 787, 695, 635,  611, 732, 684, 989, 685,
    611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635, 615, 352,  635, 634, 278, 278, 579,
    278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592,  525, 636, 337, 636, 838};

constexpr std::string_view fonts =
    "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";

// To a hundredth, without zeros at the end.
std::string number(double value) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value,
                                 std::chars_format::fixed, 2);
  std::string text(digits.data(), end.ptr);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

std::string attribute(std::string_view name, std::string_view value) {
  return ' ' + std::string(name) + "=\"" + std::string(value) + '"';
}

std::string attribute(std::string_view name, double value) {
  return attribute(name, number(value));
}

}  // namespace

std::string xml_text(std::string_view text) {
  std::string escaped;
  const std::string safe = safe_text(text);
  for (std::size_t i = 0; i < safe.size(); ++i) {
    // U+FFFE and U+FFFF are no characters of XML.
    if (const std::string_view three = std::string_view(safe).substr(i, 3);
        three == "\xef\xbf\xbe" || three == "\xef\xbf\xbf") {
      escaped += three == "\xef\xbf\xbe" ? R"(\xef\xbf\xbe)" : R"(\xef\xbf\xbf)";
      i += 2;
      continue;
    }
    switch (safe[i]) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += safe[i];
    }
  }
  return escaped;
}

double drawn_width(std::string_view utf8, const TextStyle& style) {
  unsigned sum = 0;
  for (const char c : utf8) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f) {
      sum += widths.at(byte - 0x20U);
    } else if ((byte & 0xc0U) != 0x80) {
      sum += 1000;
    }
  }
  constexpr double bolder = 1.15;
  return sum * style.size / 1000 * (style.bold ? bolder : 1);
}

Svg::Svg(Size size, std::string_view title, std::string_view description) {
  const std::string width = std::to_string(size.width);
  const std::string height = std::to_string(size.height);
  xml_ = R"(<?xml version="1.0" encoding="UTF-8"?>)"
         "\n"
         R"(<svg xmlns="http://www.w3.org/2000/svg" version="1.1")";
  xml_ += attribute("width", width) + attribute("height", height) +
          attribute("viewBox", "0 0 " + width + ' ' + height) + attribute("font-family", fonts);
  xml_ += R"( role="img" aria-labelledby="pinfold-title pinfold-description">)";
  xml_ += "\n<title id=\"pinfold-title\">" + xml_text(title) +
          "</title>\n<desc id=\"pinfold-description\">" + xml_text(description) + "</desc>\n";
}

void Svg::definitions(std::string_view xml) { xml_ += "<defs>\n" + std::string(xml) + "</defs>\n"; }

void Svg::begin_group(std::string_view title) {
  xml_ += "<g>";
  if (!title.empty()) xml_ += "<title>" + xml_text(title) + "</title>";
  xml_ += '\n';
}

void Svg::begin_group(int x, int y) {
  xml_ += "<g" +
          attribute("transform", "translate(" + std::to_string(x) + ' ' + std::to_string(y) + ')') +
          ">\n";
}

void Svg::end_group() { xml_ += "</g>\n"; }

void Svg::rect(const Rect& rect, const Paint& paint, std::string_view title) {
  const double inset = paint.stroke.empty() ? 0 : 0.5;
  xml_ += "<rect" + attribute("x", rect.x + inset) + attribute("y", rect.y + inset) +
          attribute("width", rect.width - 2 * inset) + attribute("height", rect.height - 2 * inset);
  if (paint.radius > 0) xml_ += attribute("rx", paint.radius);
  this->paint(paint);
  close("rect", title);
}

void Svg::path(std::string_view path, const Paint& paint) {
  xml_ += "<path" + attribute("d", path) + attribute("pointer-events", "none");
  this->paint(paint);
  close("path", {});
}

void Svg::text(double x, double y, std::string_view text, const TextStyle& style) {
  if (text.empty()) return;
  xml_ += "<text" + attribute("x", x) + attribute("y", y) + attribute("font-size", style.size);
  if (style.bold) xml_ += attribute("font-weight", "bold");
  if (style.anchor != Anchor::start)
    xml_ += attribute("text-anchor", style.anchor == Anchor::middle ? "middle" : "end");
  xml_ += attribute("fill", style.fill) + '>' + xml_text(text) + "</text>\n";
}

std::string Svg::str() const { return xml_ + "</svg>\n"; }

void Svg::paint(const Paint& paint) {
  xml_ += attribute("fill", paint.fill.empty() ? "none" : paint.fill);
  if (!paint.stroke.empty()) xml_ += attribute("stroke", paint.stroke);
  if (paint.width != 1) xml_ += attribute("stroke-width", paint.width);
  if (!paint.dashes.empty()) xml_ += attribute("stroke-dasharray", paint.dashes);
}

void Svg::close(std::string_view element, std::string_view title) {
  if (title.empty()) {
    xml_ += "/>\n";
    return;
  }
  xml_ += "><title>" + xml_text(title) + "</title></" + std::string(element) + ">\n";
}

}  // namespace pinfold::tool
