#include "retrograde.h"

#include <algorithm>
#include <string>

#include "judge.h"

namespace qiyou {
namespace {

constexpr std::uint8_t kUnknown = 0;
constexpr std::uint8_t kUnlawful = 255;
constexpr int kMostPlies = 252;
constexpr std::uint8_t kNowhere = 255;

bool may_stand(Side side, Kind kind, Square s) { return (reach[side][kind] & bit(s)) != 0; }

EndingValue value_of(std::uint8_t entry) {
  if (entry == kUnknown || entry == kUnlawful) return {};
  const int plies = entry - 1;
  return {plies % 2 == 1 ? 1 : -1, plies};
}

}  // namespace

EndingTables::Material EndingTables::material_of(const Position& position) {
  Material material{};
  for (Man man = 0; man < kMen; ++man) {
    if (position.alive(man)) ++material[static_cast<std::size_t>(kKinds * side_of(man) + kind_of(man))];
  }
  return material;
}

EndingTables::Table& EndingTables::table_of(const Material& material) {
  std::unique_ptr<Table>& found = tables_[material];
  if (found) return *found;
  auto table = std::make_unique<Table>();
  table->size = 2;
  for (const Side side : {kRed, kBlack}) {
    for (int kind = 0; kind < kKinds; ++kind) {
      for (int i = 0; i < material[static_cast<std::size_t>(kKinds * side + kind)]; ++i) {
        std::vector<Square> squares;
        std::array<std::uint8_t, kSquares> number;
        number.fill(kNowhere);
        for (Square s = 0; s < kSquares; ++s) {
          if (!may_stand(side, static_cast<Kind>(kind), s)) continue;
          number[static_cast<std::size_t>(s)] = static_cast<std::uint8_t>(squares.size());
          squares.push_back(s);
        }
        if (table->size > most_states_ / squares.size()) {
          tables_.erase(material);
          throw EndingError("the ending has more than " + std::to_string(most_states_) + " positions");
        }
        table->men.push_back(man_of(side, kFirstSlot[kind] + i));
        table->size *= squares.size();
        table->squares.push_back(std::move(squares));
        table->number.push_back(number);
      }
    }
  }
  found = std::move(table);
  Table& made = *found;
  states_ += made.size;
  solve(made);
  return made;
}

bool EndingTables::place(const Table& table, std::size_t index, Position& position) {
  const Side turn = index % 2 == 0 ? kRed : kBlack;
  std::size_t rest = index / 2;
  Square before = -1;
  for (std::size_t i = 0; i < table.men.size(); ++i) {
    const Man man = table.men[i];
    const Square s = table.squares[i][rest % table.squares[i].size()];
    rest /= table.squares[i].size();
    const bool twin = i > 0 && side_of(table.men[i - 1]) == side_of(man) && kind_of(table.men[i - 1]) == kind_of(man);
    if (position.occupied(s) || (twin && s < before)) return false;
    before = s;
    position.put(man, s);
  }
  position.set_turn(turn, 0, 1);
  return true;
}

std::size_t EndingTables::index_of(const Table& table, const Position& position) {
  std::array<Square, kMen> stands{};
  std::size_t placed = 0;
  for (const Side side : {kRed, kBlack}) {
    for (int kind = 0; kind < kKinds; ++kind) {
      const std::size_t first = placed;
      for (int i = 0; i < kSlotCount[kind]; ++i) {
        const Man man = man_of(side, kFirstSlot[kind] + i);
        if (position.alive(man)) stands[placed++] = position.square_of(man);
      }
      std::sort(stands.begin() + static_cast<std::ptrdiff_t>(first), stands.begin() + static_cast<std::ptrdiff_t>(placed));
    }
  }
  std::size_t index = 0;
  for (std::size_t i = table.men.size(); i-- > 0;) {
    index = index * table.squares[i].size() + table.number[i][static_cast<std::size_t>(stands[i])];
  }
  return 2 * index + static_cast<std::size_t>(position.side());
}

EndingValue EndingTables::look_up(const Position& position) {
  if (insufficient_material(position)) return {};
  const Table& table = table_of(material_of(position));
  return value_of(table.plies[index_of(table, position)]);
}

EndingValue EndingTables::value(const Position& position) {
  for (Man man = 0; man < kMen; ++man) {
    if (position.alive(man) && !may_stand(side_of(man), kind_of(man), position.square_of(man))) {
      throw EndingError("the man on " + square_name(position.square_of(man)) + " stands where no game brings it");
    }
  }
  return look_up(position);
}

// Counts the moves; captures lead into smaller endings, which are solved already.
void EndingTables::begin(Table& table, std::size_t index) {
  Position position;
  if (!place(table, index, position) || in_check(position, other(position.side()))) {
    table.plies[index] = kUnlawful;
    return;
  }
  const MoveList moves = legal_moves(position);
  int open = 0;
  int win = kMostPlies;
  int loss = 0;
  for (const Move move : moves) {
    if (!position.occupied(move.to())) {
      ++open;
      continue;
    }
    const Undo undo = position.make(move);
    const EndingValue after = look_up(position);
    position.unmake(undo);
    if (after.outcome < 0) win = std::min(win, after.plies + 1);
    if (after.outcome > 0) {
      loss = std::max(loss, after.plies + 1);
    } else {
      ++open;
    }
  }
  table.open[index] = static_cast<std::uint8_t>(open);
  if (win < kMostPlies) {
    table.plies[index] = static_cast<std::uint8_t>(win + 1);
  } else if (open == 0) {
    table.plies[index] = static_cast<std::uint8_t>(loss + 1);
  }
}

// All moves of `before` are known to lose: it is lost against the best of them.
void EndingTables::settle(Table& table, std::size_t index, Position& before, int plies) {
  int longest = plies;
  for (const Move move : legal_moves(before)) {
    const bool capture = before.occupied(move.to());
    const Undo undo = before.make(move);
    const EndingValue after = capture ? look_up(before) : value_of(table.plies[index_of(table, before)]);
    before.unmake(undo);
    longest = std::max(longest, after.plies + 1);
  }
  table.plies[index] = static_cast<std::uint8_t>(longest + 1);
}

// Tells the positions one quiet move before a position that is decided in `plies`.
void EndingTables::spread(Table& table, std::size_t index, int plies) {
  Position position;
  place(table, index, position);
  const Side mover = other(position.side());
  const bool lost = plies % 2 == 0;
  for (std::size_t i = 0; i < table.men.size(); ++i) {
    if (side_of(table.men[i]) != mover) continue;
    const Square to = position.square_of(table.men[i]);
    for (const Square from : table.squares[i]) {
      if (position.occupied(from)) continue;
      if (kind_of(table.men[i]) == kChariot || kind_of(table.men[i]) == kCannon) {
        if (rank_of(from) != rank_of(to) && file_of(from) != file_of(to)) continue;
      } else if (std::abs(rank_of(from) - rank_of(to)) > 2 || std::abs(file_of(from) - file_of(to)) > 2) {
        continue;
      }
      position.make_null();
      const Undo undo = position.make(Move(to, from));
      position.make_null();
      if (pseudo_legal(position, Move(from, to))) {
        const std::size_t before = index_of(table, position);
        std::uint8_t& known = table.plies[before];
        if (known == kUnlawful) {
        } else if (lost) {
          if (known == kUnknown || (known % 2 == 0 && known > plies + 2)) known = static_cast<std::uint8_t>(plies + 2);
        } else if (--table.open[before] == 0 && known == kUnknown) {
          settle(table, before, position, plies + 1);
        }
      }
      position.make_null();
      position.unmake(undo);
      position.make_null();
    }
  }
}

void EndingTables::solve(Table& table) {
  table.plies.assign(table.size, kUnknown);
  table.open.assign(table.size, 0);
  for (std::size_t index = 0; index < table.size; ++index) begin(table, index);
  // Values found at a later ply than the one just told are told when their turn comes; longer wins may
  // still be shortened until then.
  int quiet = 0;
  for (int plies = 0; quiet < 2 * kMostPlies; ++plies) {
    if (plies >= kMostPlies) break;
    const auto wanted = static_cast<std::uint8_t>(plies + 1);
    bool any = false;
    for (std::size_t index = 0; index < table.size; ++index) {
      if (table.plies[index] != wanted) continue;
      any = true;
      spread(table, index, plies);
    }
    quiet = any ? 0 : quiet + 1;
  }
  table.open.clear();
  table.open.shrink_to_fit();
}

}  // namespace qiyou
