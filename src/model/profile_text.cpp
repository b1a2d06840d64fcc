// Profiles as people and programs read them.

#include "model/profile.h"

namespace pinfold::model {
namespace {

std::string text_of(bool value) { return value ? "yes" : "no"; }
std::string text_of(unsigned value) { return std::to_string(value); }

std::string text_of(MaskSize value) {
  switch (value) {
    case MaskSize::word:
      return "word";
    case MaskSize::configured:
      return "configured";
    case MaskSize::offstack:
      return "offstack";
    case MaskSize::large_only:
      return "large_only";
  }
  return {};
}

std::string text_of(GetLength value) {
  return value == GetLength::whole_mask ? "whole_mask" : "every_number";
}

std::string text_of(GetAnswer value) { return value == GetAnswer::mask ? "mask" : "smaller"; }

std::string text_of(GetShows value) {
  switch (value) {
    case GetShows::online:
      return "online";
    case GetShows::possible:
      return "possible";
    case GetShows::active:
      return "active";
  }
  return {};
}

std::string text_of(Keeps value) {
  switch (value) {
    case Keeps::online:
      return "online";
    case Keeps::all:
      return "all";
    case Keeps::allowed:
      return "allowed";
  }
  return {};
}

std::string text_of(Race value) {
  switch (value) {
    case Race::none:
      return "none";
    case Race::retried:
      return "retried";
    case Race::refused:
      return "refused";
  }
  return {};
}

std::string text_of(TopAllows value) { return value == TopAllows::online ? "online" : "possible"; }

std::string text_of(Partitions value) {
  switch (value) {
    case Partitions::none:
      return "none";
    case Partitions::subparts:
      return "subparts";
    case Partitions::exclusive:
      return "exclusive";
  }
  return {};
}

template <class T>
FactText text_of(std::string_view name, std::string_view about, const Fact<T>& fact) {
  return {.name = name,
          .about = about,
          .value = text_of(fact.value),
          .known = fact.known,
          .where = fact.where};
}

}  // namespace

std::vector<FactText> facts_of(const Profile& profile) {
  // All of them, or this does not compile.
  const auto& [kernel, mask_size, configured_cpus, short_mask, get_length, get_answer, get_shows,
               mask_before_task, keeps, bound_threads, capabilities, user_namespaces, deadline,
               fair_servers, unchanged_is_taken, requests, task_iterator, sleepers_are_moved,
               cpusets_v1, cpusets_v2, race, top_allows, partitions, same_cpus_move_nobody] =
      profile;
  static_cast<void>(kernel);
  return {
      text_of("mask_size", "how long the kernel's mask is", mask_size),
      text_of("configured_cpus", "NR_CPUS of the kernel that was looked at", configured_cpus),
      text_of("short_mask", "set takes less than the kernel's mask", short_mask),
      text_of("get_length", "what get asks of the length", get_length),
      text_of("get_answer", "how much get writes", get_answer),
      text_of("get_shows", "which CPUs get leaves in the mask", get_shows),
      text_of("mask_before_task", "a mask without CPUs is refused before the task is looked for",
              mask_before_task),
      text_of("keeps", "which CPUs set keeps of those asked for", keeps),
      text_of("bound_threads", "some kernel threads cannot be set", bound_threads),
      text_of("capabilities", "tasks with more capabilities are refused", capabilities),
      text_of("user_namespaces", "there are user namespaces", user_namespaces),
      text_of("deadline", "SCHED_DEADLINE refuses narrow masks", deadline),
      text_of("fair_servers",
              "each CPU keeps a part for ordinary tasks as a deadline task of its own",
              fair_servers),
      text_of("unchanged_is_taken", "the mask that a task has is always taken", unchanged_is_taken),
      text_of("requests", "what was asked for last is remembered", requests),
      text_of("task_iterator", "all tasks can be read in one pass", task_iterator),
      text_of("sleepers_are_moved", "who sleeps leaves a CPU that goes offline at once",
              sleepers_are_moved),
      text_of("cpusets_v1", "there are cpusets of cgroup v1", cpusets_v1),
      text_of("cpusets_v2", "there are cpusets of cgroup v2", cpusets_v2),
      text_of("race", "what a cpuset does that narrows during set", race),
      text_of("top_allows", "what the root cpuset allows", top_allows),
      text_of("partitions", "which partitions v2 has", partitions),
      text_of("same_cpus_move_nobody", "v2: a move between equal cpusets leaves masks alone",
              same_cpus_move_nobody),
  };
}

}  // namespace pinfold::model
