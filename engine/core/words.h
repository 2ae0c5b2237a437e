// Reading the words of a line from outside, and showing such text safely.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "types.h"

namespace qiyou {

using Words = std::vector<std::string_view>;

// The words point into `line`.
Words words_of(std::string_view line);

// The line from its word `first` up to before the word `last`, with the spaces between them.
std::string_view text_between(const Words& words, std::size_t first, std::size_t last);

// Untrusted text, shortened and made printable.
std::string shown(std::string_view text);

// Without control characters, so that it stays on one line.
std::string on_one_line(std::string_view text);

// Equal but for upper and lower case.
bool same_word(std::string_view a, std::string_view b);

// A whole number within bounds.
std::optional<std::int64_t> number_in(std::string_view text, std::int64_t lowest, std::int64_t highest);

// Two squares such as b2e2; legality is not asked.
std::optional<Move> move_from(std::string_view text);

}  // namespace qiyou
