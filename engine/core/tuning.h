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
  int null_sure = 16;          // from so many plies left, with few officers from half of it, passing is verified without it; 0 never
  int null_slack = 120;        // the judged score may lie so much lower, 20 less for each ply left
  int reverse_futility = 85;   // for each ply left; 0 leaves it out
  int reverse_depth = 10;      // most plies left
  int reverse_middle = 1;      // what it gives lies between the window and the judged score
  int futility = 110;          // for each ply left; 0 leaves it out
  int futility_base = 110;
  int late_move_pruning = 4;   // moves tried besides the square of the depth; 0 leaves it out
  int history_pruning = 2000;  // for each ply left; 0 leaves it out
  int exchange_pruning = 50;   // quiet moves, for each ply left; 0 leaves it out
  int capture_pruning = 120;   // captures, for each ply left; 0 leaves it out
  int reductions = 1;
  int reduction_base = 96;     // of late moves, in 256ths of a ply
  int reduction_slope = 68;    // more of it grows faster with depth and number
  int reduction_history = 12000;  // what has been learnt is worth a ply for so much
  int reduction_plain = 192;   // more of it outside the principal variation
  int reduction_worse = 256;   // more where the side does not do better than two plies ago
  int reduction_cut = 128;     // more where a cut is expected
  int reduction_check = 256;   // less for checks and in check
  int reduction_pv = 256;      // less where a principal variation has passed
  int surprise = 50;           // a reduced move so much better than the best is searched a ply deeper; 0 none is
  int learning_square = 16;    // what a cut teaches, for the square of the depth
  int learning_line = 32;      // and for the depth
  int learning_before = 128;   // 256ths of it for the enemy's quiet move that nothing was found against
  int learning_swing = 16;     // 16ths of what a quiet move changed in the evaluation
  int probcut = 180;           // a capture that keeps so much more than asked in a shallower search will do; 0 none
  int quiet_checks = 1;        // plies of quiescence that try them
  int quiet_table = 1;         // quiescence takes the table's bounds for better guesses than the evaluation
  int quiet_margin = 150;      // a capture in quiescence may win so much besides the man
  int internal_reduction = 1;  // a ply less where no move is known
  int singular = 2;            // margin for each ply left; 0 leaves it out
  int check_extension = 5;     // checks are extended from so many plies left; 0 never
  int danger = 4000;           // worth of leaving a point where a lesser man strikes, or of not going there; twice for chariots
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
