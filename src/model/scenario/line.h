// A line of a scenario, word by word.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <pinfold/result.h>

namespace pinfold::model {

/// Words of an operation, up to its `=>` or comment.
class Line {
 public:
  struct Word {
    std::string_view text;   ///< empty: there is none left
    std::size_t column = 0;  ///< where it is, or should be
  };

  explicit Line(std::string_view line);

  /// What stands behind `=>`, without the space around; nothing where there is no `=>`.
  [[nodiscard]] const std::optional<Word>& expected() const { return expected_; }

  [[nodiscard]] bool at_end() const { return next_ == operation_.size(); }
  [[nodiscard]] Word peek() const;
  Word next();
  /// All that is left, with the space inside.
  Word rest();

  /// About that place of the line.
  [[nodiscard]] std::unexpected<Error> wrong(std::size_t column, std::string reason) const;
  [[nodiscard]] std::unexpected<Error> wrong(const Word& word, std::string reason) const {
    return wrong(word.column, std::move(reason));
  }

 private:
  void skip_space();

  std::string_view line_;
  std::string_view operation_;
  std::size_t next_ = 0;
  std::optional<Word> expected_;
};

}  // namespace pinfold::model
