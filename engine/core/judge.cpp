#include "judge.h"

#include "chase.h"
#include "movegen.h"

namespace qiyou {
namespace {

constexpr State won_by(Side side) { return side == kRed ? State::kRedWins : State::kBlackWins; }

// What all moves of one side in the cycle have in common.
struct Habit {
  bool checks = true;   // every move checks
  bool forces = true;   // every move checks, chases something or threatens mate
  Prey chased = 0xFFFF;  // the men that every move attacks anew

  bool chases(Rules rules) const { return rules == Rules::kWxf ? chased != 0 : forces; }
  bool settled() const { return !checks && !forces && chased == 0; }
};

// Looks at the last move of `side`, takes it back, and notes what it did.
void take_back(Position& p, const Undo& undo, Rules rules, Habit& habit) {
  const Side side = other(p.side());
  if (in_check(p, p.side())) {
    habit.chased = 0;
    p.unmake(undo);
    return;
  }
  habit.checks = false;
  if (habit.settled()) {
    p.unmake(undo);
    return;
  }
  const Prey fresh = chased_by(p, undo);
  const bool mate_threat = rules == Rules::kCxa && fresh == 0 && threatens_mate(p, side);
  p.unmake(undo);
  habit.chased &= fresh;
  habit.forces = habit.forces && (fresh != 0 || mate_threat);
}

}  // namespace

Cycle judge_cycle(Position& position, std::span<const Undo> moves, Rules rules) {
  Habit habits[2];
  for (auto undo = moves.rbegin(); undo != moves.rend(); ++undo) {
    take_back(position, *undo, rules, habits[other(position.side())]);
  }
  for (const Undo& undo : moves) position.make(undo.move);
  Cycle cycle;
  if (habits[kRed].checks || habits[kBlack].checks) {
    cycle.offends[kRed] = habits[kRed].checks;
    cycle.offends[kBlack] = habits[kBlack].checks;
    cycle.reason = Reason::kPerpetualCheck;
  } else if (habits[kRed].chases(rules) || habits[kBlack].chases(rules)) {
    cycle.offends[kRed] = habits[kRed].chases(rules);
    cycle.offends[kBlack] = habits[kBlack].chases(rules);
    cycle.reason = Reason::kPerpetualChase;
  }
  if (cycle.offends[kRed] && cycle.offends[kBlack]) cycle.reason = Reason::kRepetition;
  return cycle;
}

bool insufficient_material(const Position& position) {
  // Slots 5-15 are horses, chariots, cannons and soldiers.
  return ((position.men(kRed) | position.men(kBlack)) >> kFirstSlot[kHorse]) == 0;
}

void Game::pop() {
  position_.unmake(past_.back());
  past_.pop_back();
}

int Game::third_standing() const {
  const int now = static_cast<int>(past_.size());
  const int first = now - position_.halfmove() < 0 ? 0 : now - position_.halfmove();
  int standings = 1;
  for (int i = now - 4; i >= first; i -= 2) {
    if (past_[static_cast<std::size_t>(i)].key == position_.key() && ++standings == 3) return i;
  }
  return -1;
}

Verdict Game::verdict() const {
  Verdict verdict;
  const Side side = position_.side();
  if (!has_legal_move(position_)) {
    verdict.state = won_by(other(side));
    verdict.reason = in_check(position_, side) ? Reason::kCheckmate : Reason::kStalemate;
    return verdict;
  }
  if (const int first = third_standing(); first >= 0) {
    Position copy = position_;
    const Cycle cycle = judge_cycle(copy, std::span(past_).subspan(static_cast<std::size_t>(first)), rules_);
    verdict.reason = cycle.reason;
    verdict.state = State::kDraw;
    for (const Side offender : {kRed, kBlack}) {
      verdict.offends[offender] = cycle.offends[offender];
      if (cycle.offends[offender] && !cycle.offends[other(offender)]) verdict.state = won_by(other(offender));
    }
    // The side to move now also moved first in the cycle.
    for (int ply = first; ply < static_cast<int>(past_.size()); ++ply) {
      if (cycle.offends[(ply - first) % 2 == 0 ? side : other(side)]) verdict.offence_plies.push_back(ply);
    }
    return verdict;
  }
  if (position_.halfmove() >= kNaturalLimit) {
    verdict = {State::kDraw, Reason::kNaturalLimit, {}, {}};
  } else if (insufficient_material(position_)) {
    verdict = {State::kDraw, Reason::kInsufficientMaterial, {}, {}};
  }
  return verdict;
}

}  // namespace qiyou
