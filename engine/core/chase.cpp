#include "chase.h"

#include "movegen.h"

namespace qiyou {
namespace {

// Gives the turn to one side while it lives.
class Turn {
 public:
  Turn(Position& position, Side side) : position_(position), passed_(position.side() != side) {
    if (passed_) position_.make_null();
  }
  ~Turn() {
    if (passed_) position_.make_null();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  Position& position_;
  bool passed_;
};

bool may_be_prey(const Position& p, Man man) {
  if (kind_of(man) == kGeneral) return false;
  return kind_of(man) != kSoldier || crossed_river(side_of(man), p.square_of(man));
}

// A lesser man attacking a greater one threatens it even when it is protected.
bool outranks(Kind prey, Kind hunter) {
  if (hunter == kHorse || hunter == kCannon) return prey == kChariot;
  if (hunter == kAdvisor || hunter == kElephant) return prey == kChariot || prey == kCannon || prey == kHorse;
  return false;
}

// Whether the side to move can legally take on `square`.
bool can_take_on(const Position& p, Square square) {
  for (std::uint32_t men = p.men(p.side()); men != 0; men &= men - 1) {
    const Square from = p.square_of(man_of(p.side(), std::countr_zero(men)));
    if (legal(p, Move(from, square))) return true;
  }
  return false;
}

bool counts(Position& p, Move capture) {
  const Kind hunter = kind_of(p.man_at(capture.from()));
  const Man prey = p.man_at(capture.to());
  if (hunter == kGeneral || hunter == kSoldier || !may_be_prey(p, prey)) return false;
  if (outranks(kind_of(prey), hunter)) return true;
  // Real protection is a legal recapture on the board after the capture; lines open and close.
  const Undo undo = p.make(capture);
  const bool is_protected = can_take_on(p, capture.to());
  p.unmake(undo);
  if (is_protected) return false;
  // Two men of one kind that could take each other offer an exchange, not a chase.
  if (kind_of(prey) != hunter) return true;
  const Turn turn(p, other(p.side()));
  return !legal(p, Move(capture.to(), capture.from()));
}

}  // namespace

MoveList chases(Position& position, const Undo& last) {
  const Side hunter = other(position.side());
  MoveList captures;
  {
    const Turn turn(position, hunter);
    for (const Move capture : legal_moves(position, Only::kCaptures)) {
      if (counts(position, capture)) captures.add(capture);
    }
  }
  if (captures.empty()) return captures;
  MoveList fresh;
  position.unmake(last);
  for (const Move capture : captures) {
    // New is what the same man could not have taken before the move, checks and pins aside.
    const Square from = capture.from() == last.move.to() ? last.move.from() : capture.from();
    if (!pseudo_legal(position, Move(from, capture.to()))) fresh.add(capture);
  }
  position.make(last.move);
  return fresh;
}

Prey chased_by(Position& position, const Undo& last) {
  unsigned prey = 0;
  for (const Move capture : chases(position, last)) prey |= 1U << (position.man_at(capture.to()) & 15);
  return static_cast<Prey>(prey);
}

Move mating_move(Position& position, Side hunter) {
  const Turn turn(position, hunter);
  for (const Move move : legal_moves(position)) {
    const Undo undo = position.make(move);
    const bool mates = in_check(position, position.side()) && !has_legal_move(position);
    position.unmake(undo);
    if (mates) return move;
  }
  return {};
}

MoveList checks(Position& position, Side hunter) {
  const Turn turn(position, hunter);
  const Square general = position.general(other(hunter));
  MoveList found;
  for (std::uint32_t men = position.men(hunter); men != 0; men &= men - 1) {
    const Move capture(position.square_of(man_of(hunter, std::countr_zero(men))), general);
    if (pseudo_legal(position, capture)) found.add(capture);
  }
  return found;
}

}  // namespace qiyou
