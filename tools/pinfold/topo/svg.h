// SVG 1.1, written element by element. Everything is said by attributes: word processors and slides
// know little of style sheets.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pinfold::tool {

struct Rect {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;

  [[nodiscard]] int right() const { return x + width; }
  [[nodiscard]] int bottom() const { return y + height; }
};

/// How a shape is painted. Colours are "#rrggbb", "url(#id)" of a pattern, or empty for none.
struct Paint {
  std::string_view fill = {};
  std::string_view stroke = {};
  std::string_view dashes = {};  ///< of the stroke, "3 2"
  int radius = 0;                ///< of the corners
  double width = 1;              ///< of the stroke of a path
};

enum class Anchor {
  start,
  middle,
  end
};

struct TextStyle {
  double size = 12;
  bool bold = false;
  std::string_view fill = "#000000";
  Anchor anchor = Anchor::start;
};

/// `text` as character data or the value of an attribute. What XML 1.0 has no place for (control
/// characters, broken UTF-8) stands as `\xNN`.
std::string xml_text(std::string_view text);

/// How wide text is drawn, at most: that of the widest of the fonts that are asked for.
double drawn_width(std::string_view utf8, const TextStyle& style);

/// A drawing. Texts are given as they are, and escaped here.
class Svg {
 public:
  struct Size {
    int width;
    int height;
  };

  /// `title` and `description` are for those who cannot see it.
  Svg(Size size, std::string_view title, std::string_view description);

  /// Lines for <defs>, as they stand.
  void definitions(std::string_view xml);

  /// What is drawn up to end_group() tells `title` when the mouse is over it.
  void begin_group(std::string_view title);
  /// What is drawn up to end_group() has its 0,0 there.
  void begin_group(int x, int y);
  void end_group();

  /// With a stroke that lies inside. `title` as for a group.
  void rect(const Rect& rect, const Paint& paint, std::string_view title = {});
  /// `path` is data of our own: "M0 0h8v8h-8z". The mouse sees through it to what lies below.
  void path(std::string_view path, const Paint& paint);
  /// `y` is that of the base line.
  void text(double x, double y, std::string_view text, const TextStyle& style);

  /// The whole document.
  [[nodiscard]] std::string str() const;

 private:
  void paint(const Paint& paint);
  /// Ends the element that was begun, with a title in it where there is one.
  void close(std::string_view element, std::string_view title);

  std::string xml_;
};

}  // namespace pinfold::tool
