// The two inner loops of the net, for each kind of machine.
#pragma once

#include "nnue.h"

namespace qiyou {

using AddSubtractLoop = void (*)(Half& to, const Half& from, const Half* const* plus, int pluses,
                                 const Half* const* minus, int minuses);
// Sum over both halves of clamp(x, 0, 255)^2 * weight. With weights of at most 127 the product of
// one factor and the weight fits 16 bits and the whole sum 31 bits, so the order of adding is free.
using OutputLoop = std::int32_t (*)(const Half& own, const Half& other, const std::array<Half, 2>& weights);

AddSubtractLoop choose_add_subtract(Arithmetic arithmetic);
OutputLoop choose_output(Arithmetic arithmetic);

}  // namespace qiyou
