// The parts of engine._core that have a file of their own.
#pragma once

#include <nanobind/nanobind.h>

namespace qiyou {

void bind_match(nanobind::module_& m);

}  // namespace qiyou
