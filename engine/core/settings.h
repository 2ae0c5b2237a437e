// What other programs may set: the options' names, bounds and present values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "judge.h"
#include "search.h"

namespace qiyou {

struct Settings {
  int hash_megabytes = 32;
  int threads = 1;
  int lines = 1;
  int level = 0;  // 0: full strength
  std::uint64_t seed = 0;
  bool own_book = true;  // for levels; at full strength there is no book
  std::string net;  // path; empty for the built-in one, "<rules>" for the hand-written evaluation
  Rules rules = Rules::kWxf;
  bool limit_strength = false;
  int elo = 0;
  bool show_chances = false;
  bool milliseconds = true;  // UCCI: of the clock in go
  int overhead_ms = 10;      // kept back from every limit for the way to the other program

  Settings();
  // The level to play at: the chosen one, or the nearest to the Elo asked for.
  int playing_level() const;
};

// "option ..." lines in the order of the greeting.
std::vector<std::string> option_lines(bool ucci);

// Sets one option. Returns a complaint in one sentence, empty when all is well. Buttons and options
// of other programs that change nothing here are accepted in silence.
std::string set_option(Settings& settings, std::string_view name, std::string_view value);

}  // namespace qiyou
