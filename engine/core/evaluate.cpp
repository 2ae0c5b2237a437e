#include "evaluate.h"

#include <bit>

namespace qiyou {
namespace {

// Material plus place, seen by red, rank 0 first; files a to e, the others mirror.
using HalfBoard = std::int16_t[kRanks][5];

constexpr HalfBoard kHorsePlace = {
    {360, 385, 395, 395, 390}, {380, 400, 410, 410, 370}, {395, 415, 425, 420, 415}, {400, 425, 430, 435, 430},
    {405, 425, 440, 445, 445}, {415, 440, 450, 455, 455}, {420, 450, 460, 470, 465}, {425, 450, 475, 465, 470},
    {415, 440, 475, 455, 435}, {400, 410, 425, 430, 400},
};
constexpr HalfBoard kChariotPlace = {
    {895, 925, 920, 945, 935}, {915, 940, 935, 955, 915}, {910, 935, 930, 950, 945}, {930, 945, 940, 960, 955},
    {945, 960, 955, 970, 965}, {950, 965, 960, 975, 975}, {950, 965, 960, 980, 985}, {950, 970, 965, 985, 995},
    {955, 980, 975, 995, 1000}, {950, 965, 965, 980, 985},
};
constexpr HalfBoard kCannonPlace = {
    {455, 455, 460, 470, 470}, {455, 465, 470, 475, 475}, {460, 465, 480, 475, 490}, {455, 460, 465, 465, 480},
    {460, 460, 470, 465, 485}, {460, 465, 465, 465, 485}, {460, 465, 465, 475, 480}, {465, 470, 460, 450, 445},
    {475, 475, 465, 445, 435}, {485, 485, 470, 445, 440},
};
constexpr HalfBoard kSoldierPlace = {
    {0, 0, 0, 0, 0},           {0, 0, 0, 0, 0},           {0, 0, 0, 0, 0},           {65, 0, 75, 0, 90},
    {75, 0, 95, 0, 105},       {130, 145, 160, 170, 175}, {150, 170, 195, 210, 215}, {160, 190, 215, 240, 245},
    {160, 185, 215, 250, 255}, {80, 90, 100, 115, 125},
};
constexpr HalfBoard kElephantPlace = {
    {0, 0, 200, 0, 0}, {0, 0, 0, 0, 0}, {185, 0, 0, 0, 220}, {0, 0, 0, 0, 0}, {0, 0, 195, 0, 0},
    {0, 0, 0, 0, 0},   {0, 0, 0, 0, 0}, {0, 0, 0, 0, 0},     {0, 0, 0, 0, 0}, {0, 0, 0, 0, 0},
};
constexpr HalfBoard kAdvisorPlace = {
    {0, 0, 0, 200, 0}, {0, 0, 0, 0, 210}, {0, 0, 0, 185, 0}, {0, 0, 0, 0, 0}, {0, 0, 0, 0, 0},
    {0, 0, 0, 0, 0},   {0, 0, 0, 0, 0},   {0, 0, 0, 0, 0},   {0, 0, 0, 0, 0}, {0, 0, 0, 0, 0},
};
constexpr HalfBoard kGeneralPlace = {
    {0, 0, 0, 5, 20}, {0, 0, 0, -20, -15}, {0, 0, 0, -40, -35}, {0, 0, 0, 0, 0}, {0, 0, 0, 0, 0},
    {0, 0, 0, 0, 0},  {0, 0, 0, 0, 0},     {0, 0, 0, 0, 0},     {0, 0, 0, 0, 0}, {0, 0, 0, 0, 0},
};

constexpr const HalfBoard* kPlaces[kKinds] = {&kGeneralPlace, &kAdvisorPlace, &kElephantPlace, &kHorsePlace,
                                              &kChariotPlace, &kCannonPlace,  &kSoldierPlace};

struct Places {
  std::int16_t of[2][kKinds][kSquares];
};

constexpr Places make_places() {
  Places places{};
  for (int kind = 0; kind < kKinds; ++kind) {
    for (Square s = 0; s < kSquares; ++s) {
      const int file = file_of(s) <= 4 ? file_of(s) : 8 - file_of(s);
      places.of[kRed][kind][s] = (*kPlaces[kind])[rank_of(s)][file];
      places.of[kBlack][kind][s] = (*kPlaces[kind])[9 - rank_of(s)][file];
    }
  }
  return places;
}

constexpr Places kPlace = make_places();

constexpr int kHorseStep = 9;     // for each point a horse can go to
constexpr int kChariotStep = 3;
constexpr int kCannonStep = 2;
constexpr int kTempo = 12;
constexpr int kOpenCannon = 60;   // a cannon on the general's file with nothing between
constexpr int kBareGeneral = 22;  // for each missing advisor or elephant, by enemy strength

int steps(const Position& p, Side side, Square s, bool cannon) {
  const auto file = static_cast<std::size_t>(file_of(s));
  const auto rank = static_cast<std::size_t>(rank_of(s));
  unsigned row = attacks.row_slide[file][static_cast<std::size_t>(p.row(rank_of(s))) >> 1];
  unsigned col = attacks.col_slide[rank][static_cast<std::size_t>(p.col(file_of(s))) >> 1];
  row &= ~static_cast<unsigned>(cannon ? p.row(rank_of(s)) : p.row(side, rank_of(s)));
  col &= ~static_cast<unsigned>(cannon ? p.col(file_of(s)) : p.col(side, file_of(s)));
  return std::popcount(row | col << 16);
}

int strength(std::uint32_t men) {
  return 4 * std::popcount(men & 0x180U) + 2 * std::popcount(men & 0x600U) + 2 * std::popcount(men & 0x60U) +
         std::popcount(men & 0xF800U);
}

int army(const Position& p, Side side) {
  const Side enemy = other(side);
  const std::uint32_t men = p.men(side);
  const std::uint32_t enemies = p.men(enemy);
  const int crowd = std::popcount(men) + std::popcount(enemies) - 20;
  const Bits free = ~p.occupancy(side);
  int sum = 0;
  for (std::uint32_t rest = men; rest != 0; rest &= rest - 1) {
    const int slot = std::countr_zero(rest);
    const Kind kind = kSlotKind[slot];
    const Square s = p.square_of(man_of(side, slot));
    sum += kPlace.of[side][kind][s];
    if (kind == kHorse) {
      sum += kHorseStep * count(attacks.horse[static_cast<std::size_t>(s)][p.beside(s)] & free) - 3 * crowd;
    } else if (kind == kChariot) {
      sum += kChariotStep * steps(p, side, s, false);
    } else if (kind == kCannon) {
      sum += kCannonStep * steps(p, side, s, true) + 3 * crowd;
      const Square general = p.general(enemy);
      if (file_of(general) == file_of(s) &&
          (p.col(file_of(s)) & attacks.between[static_cast<std::size_t>(rank_of(s))]
                                              [static_cast<std::size_t>(rank_of(general))]) == 0) {
        sum += kOpenCannon;
      }
    }
  }
  const int missing = 4 - std::popcount(men & 0x1EU);
  sum -= kBareGeneral * missing * strength(enemies) / 12;
  return sum;
}

}  // namespace

int evaluate(const Position& position) {
  const int red = army(position, kRed) - army(position, kBlack);
  return (position.side() == kRed ? red : -red) + kTempo;
}

}  // namespace qiyou
