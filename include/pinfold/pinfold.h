// The whole library.
#pragma once

#include <pinfold/cpu_list.h>
#include <pinfold/cpu_set.h>
#include <pinfold/error.h>
#include <pinfold/ids.h>
#include <pinfold/machine.h>
#include <pinfold/pin.h>
#include <pinfold/place.h>
#include <pinfold/placement.h>
#include <pinfold/plan.h>
#include <pinfold/result.h>
#include <pinfold/scoped_pin.h>
#include <pinfold/thread_on.h>
#include <pinfold/version.h>
