#include "position.h"

namespace qiyou {
namespace {

// SplitMix64 (Steele, Lea, Flood 2014): fixed keys, so that hashes are the same on every machine.
constexpr Key split_mix(std::uint64_t& state) {
  state += 0x9E3779B97F4A7C15ULL;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

struct Keys {
  Key man[2 * kKinds][kSquares];
  Key turn;
};

constexpr Keys make_keys() {
  Keys keys{};
  std::uint64_t state = 20240229;
  for (auto& kind : keys.man) {
    for (Key& key : kind) key = split_mix(state);
  }
  keys.turn = split_mix(state);
  return keys;
}

constexpr Keys kKeys = make_keys();

// Men of one kind are interchangeable in the key: a position recurs whichever chariot is where.
Key man_key(Man man, Square s) { return kKeys.man[kKinds * side_of(man) + kind_of(man)][s]; }

}  // namespace

Position::Position()
    : man_at_{}, square_of_{}, rows_{}, cols_{}, occupancy_{}, alive_(0), side_(kRed), halfmove_(0), fullmove_(1), key_(0) {
  man_at_.fill(static_cast<std::uint8_t>(kNobody));
  square_of_.fill(static_cast<std::uint8_t>(kOff));
}

Key Position::turn_key() { return kKeys.turn; }

void Position::toggle(Man man, Square s) {
  const Side side = side_of(man);
  const int rank = rank_of(s);
  const int file = file_of(s);
  rows_[side][static_cast<std::size_t>(rank + 1)] ^= static_cast<Line>(2U << file);
  cols_[side][static_cast<std::size_t>(file)] ^= static_cast<Line>(2U << rank);
  occupancy_[side] ^= bit(s);
}

void Position::put(Man man, Square s) {
  man_at_[static_cast<std::size_t>(s)] = static_cast<std::uint8_t>(man);
  square_of_[static_cast<std::size_t>(man)] = static_cast<std::uint8_t>(s);
  alive_ |= 1U << man;
  toggle(man, s);
  key_ ^= man_key(man, s);
}

void Position::set_turn(Side side, int halfmove, int fullmove) {
  if (side != side_) make_null();
  halfmove_ = halfmove;
  fullmove_ = fullmove;
}

Key Position::key_after(Move move) const {
  const Man man = man_at(move.from());
  const Man captured = man_at(move.to());
  const Key key = key_ ^ man_key(man, move.from()) ^ man_key(man, move.to()) ^ kKeys.turn;
  return captured != kNobody ? key ^ man_key(captured, move.to()) : key;
}

Undo Position::make(Move move) {
  const Square from = move.from();
  const Square to = move.to();
  const Man man = man_at(from);
  const Man captured = man_at(to);
  const Undo undo{key_, move, captured, halfmove_};
  ++halfmove_;
  if (captured != kNobody) {
    toggle(captured, to);
    key_ ^= man_key(captured, to);
    alive_ ^= 1U << captured;
    square_of_[static_cast<std::size_t>(captured)] = static_cast<std::uint8_t>(kOff);
    halfmove_ = 0;
  }
  toggle(man, from);
  toggle(man, to);
  key_ ^= man_key(man, from) ^ man_key(man, to) ^ kKeys.turn;
  man_at_[static_cast<std::size_t>(from)] = static_cast<std::uint8_t>(kNobody);
  man_at_[static_cast<std::size_t>(to)] = static_cast<std::uint8_t>(man);
  square_of_[static_cast<std::size_t>(man)] = static_cast<std::uint8_t>(to);
  fullmove_ += side_;
  side_ = other(side_);
  return undo;
}

void Position::unmake(const Undo& undo) {
  const Square from = undo.move.from();
  const Square to = undo.move.to();
  const Man man = man_at(to);
  toggle(man, to);
  toggle(man, from);
  man_at_[static_cast<std::size_t>(from)] = static_cast<std::uint8_t>(man);
  man_at_[static_cast<std::size_t>(to)] = static_cast<std::uint8_t>(undo.captured);
  square_of_[static_cast<std::size_t>(man)] = static_cast<std::uint8_t>(from);
  if (undo.captured != kNobody) {
    toggle(undo.captured, to);
    alive_ ^= 1U << undo.captured;
    square_of_[static_cast<std::size_t>(undo.captured)] = static_cast<std::uint8_t>(to);
  }
  side_ = other(side_);
  fullmove_ -= side_;
  halfmove_ = undo.halfmove;
  key_ = undo.key;
}

char Position::letter_at(Square s) const {
  const Man man = man_at(s);
  return man == kNobody ? '.' : kLetters[side_of(man)][kind_of(man)];
}

bool Position::same_board(const Position& that) const {
  if (key_ != that.key_ || side_ != that.side_) return false;
  for (Square s = 0; s < kSquares; ++s) {
    if (letter_at(s) != that.letter_at(s)) return false;
  }
  return true;
}

}  // namespace qiyou
