#include "plan/slot.h"

#include <array>

#include <pinfold/plan.h>

#include "base/number.h"
#include "base/try.h"

namespace pinfold {
namespace {

struct Launcher {
  const char* rank;
  const char* size;
};

constexpr const char* slurm_rank = "SLURM_LOCALID";
constexpr std::array launchers = {
    Launcher{"OMPI_COMM_WORLD_LOCAL_RANK", "OMPI_COMM_WORLD_LOCAL_SIZE"},
    Launcher{"MPI_LOCALRANKID", "MPI_LOCALNRANKS"},
    Launcher{"PALS_LOCAL_RANKID", "PALS_LOCAL_SIZE"},
    Launcher{slurm_rank, "SLURM_STEP_TASKS_PER_NODE"},
    Launcher{"LOCAL_RANK", "LOCAL_WORLD_SIZE"},
};

std::unexpected<Error> bad(std::string_view text, std::string reason, std::size_t column) {
  return fail({.kind = ErrorKind::syntax,
               .text = std::string(text),
               .reason = std::move(reason),
               .column = column});
}

// The number that stands in `text` from `start` to `end`.
Result<unsigned> number_in(std::string_view text, std::size_t start, std::size_t end) {
  auto number = parse_number<unsigned>(text.substr(start, end - start));
  if (!number) return bad(text, number.error().reason, start + number.error().column);
  return number;
}

Result<unsigned> number_of(const char* name, const char* value) {
  auto number = parse_number<unsigned>(value);
  if (!number) {
    return fail({.kind = ErrorKind::syntax,
                 .reason = std::string(name) + " is \"" + value + "\": not a number"});
  }
  return number;
}

}  // namespace

Result<SlotWish> parse_slot(std::string_view text) {
  if (text == "auto") return SlotWish{.which = SlotWish::Auto(), .slots = {}};
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) {
    return bad(text, "a slot is K/N (K from 0), auto, auto/N or free/N", 0);
  }
  SlotWish wish;
  TRY(const unsigned slots, number_in(text, slash + 1, text.size()));
  if (slots == 0) return bad(text, "there is no slot of 0", slash + 1);
  if (slots > most_workers) return bad(text, "so many slots make no sense", slash + 1);
  wish.slots = slots;
  const std::string_view which = text.substr(0, slash);
  if (which == "auto") {
    wish.which = SlotWish::Auto();
  } else if (which == "free") {
    wish.which = SlotWish::Free();
  } else {
    TRY(const unsigned number, number_in(text, 0, slash));
    if (number >= slots) {
      return bad(text,
                 "slots count from 0: the last of " + std::to_string(slots) + " is " +
                     std::to_string(slots - 1),
                 0);
    }
    wish.which = SlotWish::Number{number};
  }
  return wish;
}

std::optional<unsigned> slurm_tasks(std::string_view text, unsigned node) {
  while (!text.empty()) {
    const std::string_view item = text.substr(0, text.find(','));
    text.remove_prefix(std::min(item.size() + 1, text.size()));
    const std::size_t times_at = std::min(item.find("(x"), item.size());
    const auto tasks = parse_number<unsigned>(item.substr(0, times_at));
    if (!tasks) return std::nullopt;
    unsigned times = 1;
    if (times_at < item.size()) {
      if (!item.ends_with(')')) return std::nullopt;
      const auto said =
          parse_number<unsigned>(item.substr(times_at + 2, item.size() - times_at - 3));
      if (!said) return std::nullopt;
      times = *said;
    }
    if (node < times) return *tasks;
    node -= times;
  }
  return std::nullopt;
}

Result<std::optional<LocalRank>> local_rank(const Environment& environment) {
  for (const Launcher& launcher : launchers) {
    const char* rank = environment(launcher.rank);
    if (!rank) continue;
    LocalRank found{.variable = launcher.rank};
    TRY(found.rank, number_of(launcher.rank, rank));
    const char* size = environment(launcher.size);
    if (size && launcher.rank == slurm_rank) {
      const char* node = environment("SLURM_NODEID");
      const auto number = parse_number<unsigned>(node ? node : "0");
      if (number) found.size = slurm_tasks(size, *number);
    } else if (size) {
      TRY(found.size, number_of(launcher.size, size));
    }
    return found;
  }
  return std::nullopt;
}

}  // namespace pinfold
