// A value, or the Error that stands in its place.
#pragma once

#include <expected>
#include <type_traits>
#include <utility>

#include <pinfold/error.h>

namespace pinfold {

/// std::expected that the compiler does not let a caller drop.
template <class T>
class [[nodiscard]] Result : public std::expected<T, Error> {
 public:
  using std::expected<T, Error>::expected;
  // Written out, because else `return {}` clears the space that an Error would take.
  Result()
    requires std::is_default_constructible_v<std::expected<T, Error>>
      : std::expected<T, Error>() {}
};

/// `return fail({.kind = …})` in a function that returns a Result.
inline std::unexpected<Error> fail(Error error) { return std::unexpected<Error>(std::move(error)); }

}  // namespace pinfold
