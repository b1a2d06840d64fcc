#include "policy_option.h"

#include <vector>

#include "base/closest.h"
#include "plan/policy.h"

namespace pinfold::tool {

std::unexpected<Error> unknown_word(const char* what, const std::string& word,
                                    std::span<const std::string_view> known) {
  std::string reason = std::string("unknown ") + what + " \"" + word + "\": ";
  if (const auto near = closest(word, known)) {
    reason += "did you mean " + std::string(*near) + '?';
  } else {
    for (std::size_t i = 0; i < known.size(); ++i)
      reason += (i > 0 ? ", " : "there are ") + std::string(known[i]);
  }
  return fail({.kind = ErrorKind::syntax, .reason = std::move(reason)});
}

Result<Policy> read_policy(const std::string& word) {
  if (const auto policy = policy_named(word)) return *policy;
  std::vector<std::string_view> known;
  for (const Policy policy : policies)
    known.emplace_back(name(policy));
  return unknown_word("policy", word, known);
}

}  // namespace pinfold::tool
