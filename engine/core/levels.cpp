#include "levels.h"

#include <algorithm>
#include <array>
#include <utility>

#include "book.h"
#include "level_table.h"
#include "movegen.h"

namespace qiyou {
namespace {

static_assert(std::size(kLevelTable) == kLevels + 1, "engine/levels.toml has another number of levels");
constexpr bool numbered_from_one() {
  for (int number = 1; number <= kLevels; ++number) {
    if (kLevelTable[static_cast<std::size_t>(number)].number != number) return false;
  }
  return true;
}
static_assert(numbered_from_one(), "the levels of engine/levels.toml are not in order");

// Keeps apart what is drawn for different purposes.
enum Purpose : std::uint64_t { kUnseen = 1, kWatch, kPick, kOpen };

// A choice stores about one entry of 16 bytes a node.
std::size_t hash_megabytes(std::uint64_t nodes) { return static_cast<std::size_t>(std::clamp<std::uint64_t>(nodes >> 15, 1, 32)); }

bool allows_mate(Position& position, Move move) {
  const Undo undo = position.make(move);
  const bool mate = mates_at_once(position);
  position.unmake(undo);
  return mate;
}

// Halves with every `temperature`, linearly in between: the same on every machine, as exp() is not.
std::uint64_t weight(int loss, int temperature) {
  const int halvings = loss / temperature;
  if (halvings >= 20) return 0;
  const auto rest = static_cast<std::uint64_t>(loss % temperature);
  const auto span = static_cast<std::uint64_t>(2 * temperature);
  return ((std::uint64_t{1} << 20) >> halvings) * (span - rest) / span;
}

Move pick(const std::vector<RootLine>& lines, const LevelRule& rule, std::uint64_t dice) {
  const RootLine& best = lines.front();
  // Nobody who sees a mate plays something else.
  if (rule.temperature == 0 || best.score > kMateBound) return best.moves.front();
  std::uint64_t total = 0;
  std::vector<std::pair<Move, std::uint64_t>> bowl;
  for (const RootLine& line : lines) {
    const int loss = best.score - line.score;
    if (line.depth == 0 || loss > rule.margin) continue;  // not looked at in time, or too bad
    total += weight(loss, rule.temperature);
    bowl.emplace_back(line.moves.front(), total);
  }
  if (total == 0) return best.moves.front();
  const std::uint64_t drawn = dice % total;
  return std::find_if(bowl.begin(), bowl.end(), [&](const auto& lot) { return drawn < lot.second; })->first;
}

}  // namespace

const LevelRule& level_rule(int number) { return kLevelTable[static_cast<std::size_t>(number)]; }

bool mates_at_once(Position& position) {
  for (const Move move : legal_moves(position)) {
    const Undo undo = position.make(move);
    const bool mates = in_check(position, position.side()) && !has_legal_move(position);
    position.unmake(undo);
    if (mates) return true;
  }
  return false;
}

LevelPlayer::LevelPlayer(const LevelRule& rule, std::shared_ptr<const Net> net)
    : rule_(rule), searcher_(hash_megabytes(rule.nodes)) {
  if (net) searcher_.set_net(std::move(net));
}

// A book move by its weight; a move that the rules of repetition have something to say about is none.
bool LevelPlayer::from_book(const Game& game, std::uint64_t dice, LevelChoice& choice) const {
  if (!book_ || static_cast<int>(game.past().size()) >= rule_.book_plies) return false;
  const std::vector<BookMove>& known = book_moves(game.position());
  std::uint64_t total = 0;
  for (const BookMove& lot : known) total += static_cast<std::uint64_t>(lot.weight);
  if (total == 0) return false;
  std::uint64_t drawn = dice % total;
  for (const BookMove& lot : known) {
    const auto weight = static_cast<std::uint64_t>(lot.weight);
    if (!choice.move && drawn < weight) choice.move = lot.move;
    drawn -= choice.move ? 0 : weight;
    choice.lines.push_back({0, 0, {lot.move}});
  }
  choice.book = true;
  return true;
}

LevelChoice LevelPlayer::choose(const Game& game, std::uint64_t seed, const Limits& bounds, const std::atomic<bool>& stop,
                                const Report& report) {
  Position position = game.position();
  // The ply counts, so that a position that comes back does not bring back the same choice.
  const std::uint64_t root = mixed(mixed(seed) ^ position.key() ^ mixed(game.past().size()));
  const auto draw = [&](Purpose purpose) { return mixed(root + purpose); };

  LevelChoice choice;
  if (bounds.only.empty() && from_book(game, draw(kOpen), choice)) return choice;

  Limits limits = bounds;
  limits.nodes = bounds.nodes == 0 ? rule_.nodes : std::min(bounds.nodes, rule_.nodes);
  limits.depth = rule_.horizon;
  limits.lines = rule_.lines;
  limits.oversight = {rule_.unseen_captures, rule_.unseen_quiet, rule_.unseen_far, rule_.unseen_backward, draw(kUnseen)};

  std::vector<Move> open;
  for (const Move move : legal_moves(position)) {
    if (bounds.only.empty() || std::find(bounds.only.begin(), bounds.only.end(), move) != bounds.only.end()) open.push_back(move);
  }
  if (open.empty()) return {};
  // Sorted, so that the order in which moves are generated decides nothing.
  std::sort(open.begin(), open.end(), [](Move a, Move b) { return std::pair(a.from(), a.to()) < std::pair(b.from(), b.to()); });
  if (draw(kWatch) % 1000 < static_cast<std::uint64_t>(rule_.mate_watch)) {
    std::vector<Move> safe;
    std::copy_if(open.begin(), open.end(), std::back_inserter(safe), [&](Move move) { return !allows_mate(position, move); });
    if (!safe.empty()) open = std::move(safe);
  }
  limits.only.clear();
  std::copy_if(open.begin(), open.end(), std::back_inserter(limits.only),
               [&](Move move) { return !overlooked(position, move, limits.oversight); });
  const auto unseen = static_cast<int>(open.size() - limits.only.size());
  if (limits.only.empty()) limits.only = open;

  searcher_.new_game();
  SearchResult found = searcher_.think(game, limits, stop, report);
  choice.depth = found.depth;
  choice.nodes = found.nodes;
  choice.unseen = unseen;
  if (found.lines.front().score < -kRepetitionScore + 2 * kMaxPly && limits.only.size() < open.size()) {
    // Who sees himself lost looks again at what he had passed over.
    limits.only = open;
    searcher_.new_game();
    found = searcher_.think(game, limits, stop, report);
    choice.depth = found.depth;
    choice.nodes += found.nodes;
    choice.unseen = 0;
  }
  choice.move = pick(found.lines, rule_, draw(kPick));
  choice.lines = std::move(found.lines);
  return choice;
}

}  // namespace qiyou
