// The inner loops of the net, for each kind of machine.
#pragma once

#include "nnue.h"

namespace qiyou {

using AddSubtractLoop = void (*)(Half& to, const Half& from, const Half* const* plus, int pluses,
                                 const Half* const* minus, int minuses);
using AddRowsLoop = void (*)(Half& own, Half& other, const TacticalRow* const* plus, int pluses, const TacticalRow* const* minus,
                             int minuses);
// Sum over own and other of clamp(x, 0, 255)^2 * weight, where x is what the two halves of each give together. With weights of at most 127 the product of
// one factor and the weight fits 16 bits and the whole sum 31 bits, so the order of adding is free.
using OutputLoop = std::int32_t (*)(const std::array<const Half*, 2>& own, const std::array<const Half*, 2>& other,
                                    const std::array<Half, 2>& weights);

AddSubtractLoop choose_add_subtract(Arithmetic arithmetic);
AddRowsLoop choose_add_rows(Arithmetic arithmetic);
OutputLoop choose_output(Arithmetic arithmetic);

}  // namespace qiyou
