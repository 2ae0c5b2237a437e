#include "tuning.h"

#include <algorithm>
#include <stdexcept>

namespace qiyou {
namespace {

constexpr TuningName kNames[] = {
    {"aspiration", &Tuning::aspiration, 1000},
    {"null_move", &Tuning::null_move, 20},
    {"null_lead", &Tuning::null_lead, 10000},
    {"null_sure", &Tuning::null_sure, 100},
    {"null_slack", &Tuning::null_slack, 1000},
    {"reverse_futility", &Tuning::reverse_futility, 1000},
    {"reverse_depth", &Tuning::reverse_depth, 100},
    {"reverse_middle", &Tuning::reverse_middle, 1},
    {"futility", &Tuning::futility, 1000},
    {"futility_base", &Tuning::futility_base, 1000},
    {"late_move_pruning", &Tuning::late_move_pruning, 100},
    {"history_pruning", &Tuning::history_pruning, 30000},
    {"exchange_pruning", &Tuning::exchange_pruning, 1000},
    {"capture_pruning", &Tuning::capture_pruning, 1000},
    {"reductions", &Tuning::reductions, 1},
    {"reduction_base", &Tuning::reduction_base, 1000},
    {"reduction_slope", &Tuning::reduction_slope, 1000},
    {"reduction_history", &Tuning::reduction_history, 100000},
    {"reduction_plain", &Tuning::reduction_plain, 1000},
    {"reduction_worse", &Tuning::reduction_worse, 1000},
    {"reduction_cut", &Tuning::reduction_cut, 1000},
    {"reduction_check", &Tuning::reduction_check, 1000},
    {"reduction_pv", &Tuning::reduction_pv, 1000},
    {"surprise", &Tuning::surprise, 1000},
    {"learning_square", &Tuning::learning_square, 200},
    {"learning_line", &Tuning::learning_line, 1000},
    {"learning_before", &Tuning::learning_before, 1000},
    {"learning_swing", &Tuning::learning_swing, 1000},
    {"probcut", &Tuning::probcut, 1000},
    {"quiet_checks", &Tuning::quiet_checks, 4},
    {"quiet_table", &Tuning::quiet_table, 1},
    {"quiet_margin", &Tuning::quiet_margin, 5000},
    {"internal_reduction", &Tuning::internal_reduction, 1},
    {"singular", &Tuning::singular, 100},
    {"check_extension", &Tuning::check_extension, 100},
    {"danger", &Tuning::danger, 100000},
    {"killers", &Tuning::killers, 1},
    {"counter_moves", &Tuning::counter_moves, 1},
    {"continuation", &Tuning::continuation, 1},
    {"capture_history", &Tuning::capture_history, 1},
    {"keep_checks", &Tuning::keep_checks, 1},
    {"mate_share", &Tuning::mate_share, 1000},
};

}  // namespace

std::span<const TuningName> tuning_names() { return kNames; }

void set_tuning(Tuning& tuning, std::string_view name, int value) {
  const auto found = std::find_if(std::begin(kNames), std::end(kNames), [&](const TuningName& n) { return n.name == name; });
  if (found == std::end(kNames)) {
    std::string known;
    for (const TuningName& n : kNames) known.append(known.empty() ? "" : ", ").append(n.name);
    throw std::invalid_argument("the search has no '" + std::string(name.substr(0, 40)) + "'; one of " + known + " would be right");
  }
  if (value < 0 || value > found->highest) {
    throw std::invalid_argument(std::string(name) + " is " + std::to_string(value) + "; 0 to " +
                                std::to_string(found->highest) + " would be right");
  }
  tuning.*found->value = value;
}

}  // namespace qiyou
