// A caller during its call.
#pragma once

#include "model/system.h"

namespace pinfold::model {

/// Who makes a call runs. Who slept before sleeps again afterwards, if he is still there.
class Awake {
 public:
  Awake(System& system, Task& task)
      : system_(system), task_(task), slept_(task.state == TaskState::sleeping) {
    if (slept_) system_.wake(task_);
  }
  Awake(const Awake&) = delete;
  Awake& operator=(const Awake&) = delete;
  ~Awake() {
    if (slept_) system_.sleep(task_);
  }

 private:
  System& system_;
  Task& task_;
  bool slept_;
};

}  // namespace pinfold::model
