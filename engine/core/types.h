// The vocabulary of the core: sides, kinds of men, squares, men with an identity, moves.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace qiyou {

enum Side : int { kRed = 0, kBlack = 1 };
constexpr Side other(Side side) { return side == kRed ? kBlack : kRed; }

enum Kind : int { kGeneral, kAdvisor, kElephant, kHorse, kChariot, kCannon, kSoldier };
constexpr int kKinds = 7;

// Square = rank * 9 + file; file a = red's left = 0, rank 0 = red's back rank.
using Square = int;
constexpr int kFiles = 9;
constexpr int kRanks = 10;
constexpr int kSquares = 90;
constexpr Square kOff = 127;  // where captured men stand
constexpr int rank_of(Square s) { return s / kFiles; }
constexpr int file_of(Square s) { return s % kFiles; }
constexpr Square square_at(int file, int rank) { return rank * kFiles + file; }
constexpr bool on_board(int file, int rank) {
  return file >= 0 && file < kFiles && rank >= 0 && rank < kRanks;
}

// Every man keeps his identity through the game: 0-15 red, 16-31 black, the kind follows from the
// slot. The chase rules ask whether the *same* man is attacked again, so kinds alone do not do.
using Man = int;
constexpr int kMenPerSide = 16;
constexpr int kMen = 32;
constexpr Man kNobody = 32;
constexpr Kind kSlotKind[kMenPerSide] = {kGeneral, kAdvisor, kAdvisor, kElephant, kElephant, kHorse,
                                         kHorse,   kChariot, kChariot, kCannon,   kCannon,   kSoldier,
                                         kSoldier, kSoldier, kSoldier, kSoldier};
constexpr int kFirstSlot[kKinds] = {0, 1, 3, 5, 7, 9, 11};
constexpr int kSlotCount[kKinds] = {1, 2, 2, 2, 2, 2, 5};
constexpr Side side_of(Man man) { return man < kMenPerSide ? kRed : kBlack; }
constexpr Kind kind_of(Man man) { return kSlotKind[man & 15]; }
constexpr Man man_of(Side side, int slot) { return static_cast<int>(side) * kMenPerSide + slot; }

constexpr char kLetters[2][kKinds + 1] = {"KABNRCP", "kabnrcp"};

// The river lies between ranks 4 and 5.
constexpr bool crossed_river(Side side, Square s) {
  return side == kRed ? rank_of(s) >= 5 : rank_of(s) <= 4;
}

struct Move {
  std::uint16_t bits = 0;

  constexpr Move() = default;
  constexpr Move(Square from, Square to) : bits(static_cast<std::uint16_t>(from | (to << 7))) {}
  static constexpr Move of_bits(std::uint16_t bits) {
    Move move;
    move.bits = bits;
    return move;
  }
  constexpr Square from() const { return bits & 127; }
  constexpr Square to() const { return bits >> 7; }
  constexpr explicit operator bool() const { return bits != 0; }
  friend constexpr bool operator==(Move, Move) = default;
};

inline std::string square_name(Square s) {
  return {static_cast<char>('a' + file_of(s)), static_cast<char>('0' + rank_of(s))};
}
inline std::string uci(Move move) {
  return move ? square_name(move.from()) + square_name(move.to()) : "0000";
}

// Text or a board that cannot be a Xiangqi position; what() is one sentence for a person.
struct FenError : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

}  // namespace qiyou
