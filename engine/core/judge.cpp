#include "judge.h"

#include <algorithm>
#include <utility>

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

bool Game::natural_limit_reached() const {
  if (position_.halfmove() < kNaturalLimit) return false;
  // Who checked in the plies since the last capture that were played here, the latest first.
  int counted = position_.halfmove();
  int all[2] = {0, 0};     // checks since the capture
  int recent[2] = {0, 0};  // checks within the last kNaturalLimit plies
  Position position = position_;
  int back = 0;
  for (auto undo = past_.rbegin(); undo != past_.rend() && back < position_.halfmove(); ++undo, ++back) {
    const Side mover = other(position.side());
    if (in_check(position, position.side())) {
      ++all[mover];
      if (back < kNaturalLimit) ++recent[mover];
    }
    position.unmake(*undo);
  }
  if (rules_ == Rules::kWxf) return recent[kRed] <= kCountedChecks || recent[kBlack] <= kCountedChecks;
  // A check that does not count takes its answer with it.
  for (const Side side : {kRed, kBlack}) counted -= 2 * std::max(0, all[side] - kCountedChecks);
  return counted >= kNaturalLimit;
}

void Game::note_offences(int first, Verdict& verdict) const {
  Position position = position_;
  const int plies = static_cast<int>(past_.size());
  std::vector<Offence> found;
  std::vector<Prey> prey;
  Prey common[2] = {0xFFFF, 0xFFFF};
  for (int ply = plies - 1; ply >= first; --ply) {
    const Undo& undo = past_[static_cast<std::size_t>(ply)];
    const Side mover = other(position.side());
    if (verdict.offends[mover]) {
      Offence offence{ply, Act::kCheck, {}};
      MoveList threats = checks(position, mover);
      if (threats.empty()) {
        offence.act = Act::kChase;
        threats = chases(position, undo);
        common[mover] &= chased_by(position, undo);
      }
      if (threats.empty()) {
        offence.act = Act::kMateThreat;
        threats.add(mating_move(position, mover));
      }
      offence.threats.assign(threats.begin(), threats.end());
      found.push_back(std::move(offence));
    }
    position.unmake(undo);
  }
  // Under wxf only the man chased by every ply is the prey; others were attacked by the way.
  for (int ply = first; ply < plies; ++ply) {
    position.make(past_[static_cast<std::size_t>(ply)].move);
    if (found.empty() || found.back().ply != ply) continue;
    Offence offence = std::move(found.back());
    found.pop_back();
    const Side mover = other(position.side());
    if (rules_ == Rules::kWxf && offence.act == Act::kChase) {
      std::erase_if(offence.threats, [&](Move capture) { return (common[mover] >> (position.man_at(capture.to()) & 15) & 1) == 0; });
    }
    verdict.offences.push_back(std::move(offence));
  }
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
    note_offences(first, verdict);
    return verdict;
  }
  if (natural_limit_reached()) {
    verdict.state = State::kDraw;
    verdict.reason = Reason::kNaturalLimit;
  } else if (insufficient_material(position_)) {
    verdict.state = State::kDraw;
    verdict.reason = Reason::kInsufficientMaterial;
  }
  return verdict;
}

}  // namespace qiyou
