#include "plan/pieces.h"

#include <algorithm>
#include <queue>

#include "machine/membership.h"

namespace pinfold {
namespace {

std::vector<std::size_t> one_for_each_of_the_largest(const std::vector<Piece>& groups,
                                                     std::size_t workers) {
  std::vector<std::size_t> largest;
  for (std::size_t i = 0; i < groups.size(); ++i)
    largest.push_back(i);
  std::ranges::stable_sort(largest, std::greater(),
                           [&](std::size_t i) { return groups[i].size(); });
  std::vector<std::size_t> dealt(groups.size(), 0);
  for (const std::size_t group : std::span(largest).first(workers))
    dealt[group] = 1;
  return dealt;
}

// What each worker of the group would have with one worker more: cpus / workers.
struct Offer {
  std::size_t cpus;
  std::size_t workers;
  std::size_t group;

  // The largest share first; of equal ones, that of the first group.
  friend bool operator<(const Offer& a, const Offer& b) {
    const std::size_t left = a.cpus * b.workers;
    const std::size_t right = b.cpus * a.workers;
    return left != right ? left < right : a.group > b.group;
  }
};

// Always to the group where a worker still gets most: then the last share given is the smallest,
// and no other way of dealing has a larger smallest one.
std::vector<std::size_t> by_largest_share(const std::vector<Piece>& groups, std::size_t workers) {
  std::priority_queue<Offer> offers;
  for (std::size_t i = 0; i < groups.size(); ++i)
    offers.push({.cpus = groups[i].size(), .workers = 1, .group = i});
  std::vector<std::size_t> dealt(groups.size(), 0);
  for (std::size_t i = 0; i < workers; ++i) {
    Offer offer = offers.top();
    offers.pop();
    dealt[offer.group] = offer.workers++;
    offers.push(offer);
  }
  return dealt;
}

}  // namespace

std::vector<Piece> by_object(std::span<const Object> objects, const Piece& cpus) {
  const Membership object(objects);
  std::vector<Piece> groups(objects.size());
  for (const CpuId cpu : cpus) {
    if (object.of(cpu) != object.none()) groups[object.of(cpu)].push_back(cpu);
  }
  std::erase_if(groups, [](const Piece& group) { return group.empty(); });
  return groups;
}

std::vector<std::size_t> deal(const std::vector<Piece>& groups, std::size_t workers) {
  return workers <= groups.size() ? one_for_each_of_the_largest(groups, workers)
                                  : by_largest_share(groups, workers);
}

std::vector<Piece> cut(const std::vector<Piece>& groups, std::span<const std::size_t> workers) {
  std::vector<Piece> pieces;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const std::size_t n = workers[i];
    const auto edge = [&](std::size_t piece) {
      return groups[i].begin() +
             static_cast<std::ptrdiff_t>((piece * groups[i].size() + n - 1) / n);
    };
    for (std::size_t piece = 0; piece < n; ++piece)
      pieces.emplace_back(edge(piece), edge(piece + 1));
  }
  return pieces;
}

void balance(std::vector<Piece>& pieces) {
  const std::size_t most = std::ranges::min(pieces, {}, &Piece::size).size() + 1;
  for (Piece& piece : pieces)
    piece.resize(std::min(piece.size(), most));
}

}  // namespace pinfold
