// The search's switches and constants by name, so that games can tell what each is worth.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace qiyou {

// A switch is 0 (off) or 1 (on), other values are plies, moves or centipawns. The defaults are what plays.
struct Tuning {
  int aspiration = 18;         // half the first window's width; 0 opens it wholly
  int null_move = 4;           // plies less besides those that depth and lead give; 0 leaves it out
  int null_lead = 200;         // each so much above the window's end is a ply less
  int null_slack = 120;        // the judged score may lie so much lower, 20 less for each ply left
  int reverse_futility = 70;   // for each ply left; 0 leaves it out
  int futility = 90;           // for each ply left; 0 leaves it out
  int futility_base = 110;
  int late_move_pruning = 4;   // moves tried besides the square of the depth; 0 leaves it out
  int history_pruning = 3000;  // for each ply left; 0 leaves it out
  int exchange_pruning = 50;   // quiet moves, for each ply left; 0 leaves it out
  int capture_pruning = 120;   // captures, for each ply left; 0 leaves it out
  int reductions = 1;
  int reduction_base = 96;     // of late moves, in 256ths of a ply
  int reduction_slope = 68;    // more of it grows faster with depth and number
  int reduction_history = 8000;  // what has been learnt is worth a ply for so much
  int learning_square = 16;    // what a cut teaches, for the square of the depth
  int learning_line = 32;      // and for the depth
  int quiet_checks = 1;        // plies of quiescence that try them
  int quiet_margin = 150;      // a capture in quiescence may win so much besides the man
  int internal_reduction = 1;  // a ply less where no move is known
  int singular = 2;            // margin for each ply left; 0 leaves it out
  int check_extension = 1;
  int killers = 1;
  int counter_moves = 1;
  int continuation = 1;
  int capture_history = 1;
  int keep_checks = 1;         // moves that give check are not pruned
  int mate_share = 6;          // one made move in so many looks for a forced mate; 0 none
};

struct TuningName {
  std::string_view name;
  int Tuning::* value;
  int highest;  // the lowest is 0
};

std::span<const TuningName> tuning_names();

// Sets one value. Throws std::invalid_argument with a sentence for an unknown name or a value outside.
void set_tuning(Tuning& tuning, std::string_view name, int value);

}  // namespace qiyou
