#include "attacks.h"

namespace qiyou {
namespace {

constexpr bool in_palace(Side side, int file, int rank) {
  return file >= 3 && file <= 5 && (side == kRed ? rank <= 2 : rank >= 7) && on_board(file, rank);
}

constexpr int kDiagonal[4][2] = {{-1, -1}, {1, -1}, {-1, 1}, {1, 1}};

std::array<std::array<Bits, kKinds>, 2> make_home() {
  std::array<std::array<Bits, kKinds>, 2> sets{};
  for (Square s = 0; s < kSquares; ++s) {
    const int file = file_of(s);
    const int rank = rank_of(s);
    for (const Side side : {kRed, kBlack}) {
      auto& of = sets[side];
      const int own = side == kRed ? rank : 9 - rank;  // rank seen from the side's own back rank
      if (in_palace(side, file, rank)) {
        of[kGeneral] |= bit(s);
        if ((file + own) % 2 == 1) of[kAdvisor] |= bit(s);
      }
      const bool elephant = (own == 0 || own == 4) ? (file == 2 || file == 6) : own == 2 && file % 4 == 0;
      if (elephant) of[kElephant] |= bit(s);
      for (const Kind kind : {kHorse, kChariot, kCannon}) of[kind] |= bit(s);
      // Composed diagrams, the rule booklet's among them, put soldiers where no game brings them;
      // only the two back ranks are refused.
      if (own >= 2) of[kSoldier] |= bit(s);
    }
  }
  return sets;
}

std::array<std::array<Bits, kKinds>, 2> make_reach() {
  std::array<std::array<Bits, kKinds>, 2> sets = home;
  for (const Side side : {kRed, kBlack}) {
    sets[side][kSoldier] = 0;
    for (Square s = 0; s < kSquares; ++s) {
      const int own = side == kRed ? rank_of(s) : 9 - rank_of(s);
      if (own >= 5 || (own >= 3 && file_of(s) % 2 == 0)) sets[side][kSoldier] |= bit(s);
    }
  }
  return sets;
}

// Fills both tables of one line length: slides up to and with the first man, hops onto the second.
template <std::size_t kLength, std::size_t kOccupancies>
void fill_lines(std::array<std::array<Line, kOccupancies>, kLength>& slide,
                std::array<std::array<Line, kOccupancies>, kLength>& hop) {
  for (int at = 0; at < static_cast<int>(kLength); ++at) {
    for (unsigned occupied = 0; occupied < kOccupancies; ++occupied) {
      unsigned slides = 0;
      unsigned hops = 0;
      for (const int step : {-1, 1}) {
        int men = 0;
        for (int i = at + step; i >= 0 && i < static_cast<int>(kLength) && men < 2; i += step) {
          const bool man = (occupied >> i & 1U) != 0;
          if (men == 0) slides |= 2U << i;
          if (men == 1 && man) hops |= 2U << i;
          men += man ? 1 : 0;
        }
      }
      slide[static_cast<std::size_t>(at)][occupied] = static_cast<Line>(slides);
      hop[static_cast<std::size_t>(at)][occupied] = static_cast<Line>(hops);
    }
  }
}

void fill_horse(Attacks& t, std::size_t s) {
  const int file = file_of(static_cast<Square>(s));
  const int rank = rank_of(static_cast<Square>(s));
  // Leg order fits Position::beside: left, below, right, above.
  constexpr int kLeg[4][2] = {{-1, 0}, {0, -1}, {1, 0}, {0, 1}};
  t.leg[s].fill(static_cast<std::uint8_t>(kOff));
  for (unsigned l = 0; l < 4; ++l) {
    const int dx = kLeg[l][0];
    const int dy = kLeg[l][1];
    for (const int turn : {-1, 1}) {
      const int to_file = file + 2 * dx + turn * dy;
      const int to_rank = rank + 2 * dy + turn * dx;
      if (!on_board(to_file, to_rank)) continue;
      const Square to = square_at(to_file, to_rank);
      t.leg[s][static_cast<std::size_t>(to)] = static_cast<std::uint8_t>(square_at(file + dx, rank + dy));
      for (unsigned blocked = 0; blocked < 16; ++blocked) {
        if ((blocked >> l & 1U) == 0) t.horse[s][blocked] |= bit(to);
      }
    }
  }
}

void fill_steps(Attacks& t, std::size_t s) {
  const auto here = static_cast<Square>(s);
  const int file = file_of(here);
  const int rank = rank_of(here);
  const Side half = rank <= 4 ? kRed : kBlack;
  const auto add = [](Bits& set, int to_file, int to_rank, Bits allowed) {
    if (on_board(to_file, to_rank)) set |= bit(square_at(to_file, to_rank)) & allowed;
  };
  if ((home[half][kGeneral] & bit(here)) != 0) {
    for (const int d : {-1, 1}) {
      add(t.general[s], file + d, rank, home[half][kGeneral]);
      add(t.general[s], file, rank + d, home[half][kGeneral]);
    }
  }
  for (unsigned d = 0; d < 4; ++d) {
    const int dx = kDiagonal[d][0];
    const int dy = kDiagonal[d][1];
    if ((home[half][kAdvisor] & bit(here)) != 0) add(t.advisor[s], file + dx, rank + dy, home[half][kAdvisor]);
    if ((home[half][kElephant] & bit(here)) == 0) continue;
    for (unsigned blocked = 0; blocked < 16; ++blocked) {
      if ((blocked >> d & 1U) == 0) add(t.elephant[s][blocked], file + 2 * dx, rank + 2 * dy, home[half][kElephant]);
    }
  }
  for (const Side side : {kRed, kBlack}) {
    const Bits everywhere = ~static_cast<Bits>(0);
    add(t.soldier[side][s], file, rank + (side == kRed ? 1 : -1), everywhere);
    if (!crossed_river(side, here)) continue;
    for (const int d : {-1, 1}) add(t.soldier[side][s], file + d, rank, everywhere);
  }
}

void fill_near(Attacks& t) {
  for (std::size_t s = 0; s < kSquares; ++s) {
    const Bits any = t.general[s] | t.advisor[s] | t.elephant[s][0] | t.horse[s][0];
    for (const Side side : {kRed, kBlack}) {
      for (Bits targets = any | t.soldier[side][s]; targets != 0;) {
        t.near[side][static_cast<std::size_t>(pop(targets))] |= bit(static_cast<Square>(s));
      }
    }
  }
}

Attacks make_attacks() {
  Attacks t{};
  fill_lines(t.row_slide, t.row_hop);
  fill_lines(t.col_slide, t.col_hop);
  for (std::size_t s = 0; s < kSquares; ++s) {
    fill_horse(t, s);
    fill_steps(t, s);
  }
  fill_near(t);
  for (unsigned a = 0; a < kRanks; ++a) {
    for (unsigned b = 0; b < kRanks; ++b) {
      unsigned line = 0;
      for (unsigned i = (a < b ? a : b) + 1; i < (a < b ? b : a); ++i) line |= 2U << i;
      t.between[a][b] = static_cast<Line>(line);
    }
  }
  return t;
}

}  // namespace

// `attacks` is filled from `home`: one file, so the order of initialisation is the order here.
const std::array<std::array<Bits, kKinds>, 2> home = make_home();
const std::array<std::array<Bits, kKinds>, 2> reach = make_reach();
const Attacks attacks = make_attacks();

}  // namespace qiyou
