// The levels of play. A level is a bound on the work of one choice and a human way of erring: a near
// horizon, moves that go unseen, and a taste for moves that are almost as good as the best. The
// numbers stand in engine/levels.toml, which is compiled in.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "oversight.h"
#include "search.h"

namespace qiyou {

constexpr int kLevels = 26;

// The same keys in the same order as a [[level]] of levels.toml.
struct LevelRule {
  int number = 0;
  std::uint64_t nodes = 0;   // made moves for one choice
  int horizon = 0;           // plies of the deepest iteration; 0: no bound
  int lines = 1;             // how many best moves are weighed
  int temperature = 0;       // a candidate worse by so many centipawns is taken half as often; 0: never
  int margin = 0;            // a candidate worse by more is never taken, centipawns
  int unseen_captures = 0;   // chances of overlooking, thousandths; see oversight.h
  int unseen_quiet = 0;
  int unseen_far = 0;
  int unseen_backward = 0;
  int mate_watch = 1000;     // chance of seeing that a move lets the enemy mate at once, thousandths
  int book_plies = 0;        // plies from the start of a game for which it knows the opening book
};

// Level 1 to kLevels.
const LevelRule& level_rule(int number);

struct LevelChoice {
  Move move;                    // none when there is no legal move
  std::vector<RootLine> lines;  // the candidates, best first
  int depth = 0;
  std::uint64_t nodes = 0;
  int unseen = 0;               // how many of the own moves were overlooked
  bool book = false;            // taken from the opening book; the candidates are then its moves, unscored
};

// Chooses at one level. Every choice starts from an empty memory, so that it depends on the game and
// the seed alone; the memory's size follows from the rule, so that no setting changes the choice.
class LevelPlayer {
 public:
  LevelPlayer(const LevelRule& rule, std::shared_ptr<const Net> net);
  // Whether the opening book may be used.
  void set_book(bool allowed) { book_ = allowed; }
  // `bounds` may end the choice early (nodes, time) or restrict it to some moves; its other limits
  // are the level's own.
  LevelChoice choose(const Game& game, std::uint64_t seed, const Limits& bounds, const std::atomic<bool>& stop,
                     const Report& report = nullptr);

 private:
  bool from_book(const Game& game, std::uint64_t dice, LevelChoice& choice) const;

  LevelRule rule_;
  Searcher searcher_;
  bool book_ = true;
};

// Whether the side to move can mate at once.
bool mates_at_once(Position& position);

}  // namespace qiyou
