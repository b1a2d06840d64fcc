// What the victims share.
#pragma once

#include <pthread.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace victim {

inline int number(int argc, char** argv, int index, int otherwise) {
  return argc > index ? std::atoi(argv[index]) : otherwise;
}

/// A detached thread with a small stack, so that thousands fit.
inline bool start(void* (*run)(void*), void* argument = nullptr) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, 65536);
  pthread_t thread{};
  const int failed = pthread_create(&thread, &attributes, run, argument);
  pthread_attr_destroy(&attributes);
  return failed == 0;
}

/// Says the pid: from now on the victim is what it is meant to be.
inline void ready() {
  std::printf("%d\n", ::getpid());
  std::fflush(stdout);
}

[[noreturn]] inline void wait_to_be_killed() {
  for (;;)
    ::pause();
}

}  // namespace victim
