// FEN in and out. Text from outside is bounded, checked against the laws, and refused with the
// man or square that is wrong.
#pragma once

#include <string>
#include <string_view>

#include "position.h"

namespace qiyou {

constexpr std::string_view kStartFen = "rnbakabnr/9/1c5c1/p1p1p1p1p/9/9/P1P1P1P1P/1C5C1/9/RNBAKABNR w - - 0 1";

// Placement, then optionally side (w, r or b), two unused fields, clock and move number.
// Throws FenError.
Position parse_fen(std::string_view text);

// 90 letters, index = square, '.' for an empty point. Throws FenError.
Position place(std::string_view letters, Side side, int halfmove, int fullmove);

std::string placement(const Position& position);
std::string fen(const Position& position);

}  // namespace qiyou
