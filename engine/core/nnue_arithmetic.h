// The inner loops of the net, for each kind of machine.
#pragma once

#include "nnue.h"

namespace qiyou {

Loops choose_loops(Arithmetic arithmetic);

}  // namespace qiyou
