#include "selfplay.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <optional>
#include <stdexcept>

#include "judge.h"
#include "movegen.h"
#include "openings.h"
#include "search.h"

namespace qiyou {
namespace {

constexpr std::size_t kHashMegabytes = 4;
constexpr int kLongestGame = 400;      // plies; such games count as drawn
constexpr int kLopsidedOpening = 900;  // openings worse than this teach little
constexpr int kClearlyWon = 2500;      // positions beyond this are left out ...
constexpr int kWonFor = 5;             // ... and so many in a row end the game
constexpr int kDecidedScore = 20000;   // mates and decisions by the rules lie beyond

struct Sample {
  std::uint8_t squares[kMen];
  int score;
  Side side;
};

Sample sample_of(const Position& position, int score) {
  Sample sample{};
  for (Man man = 0; man < kMen; ++man) sample.squares[man] = static_cast<std::uint8_t>(position.square_of(man));
  sample.score = score;
  sample.side = position.side();
  return sample;
}

void append(std::vector<std::uint8_t>& out, const Sample& sample, int red_result, std::uint32_t game) {
  out.insert(out.end(), sample.squares, sample.squares + kMen);
  const auto score = static_cast<std::uint16_t>(static_cast<std::int16_t>(sample.score));
  out.push_back(static_cast<std::uint8_t>(score & 0xFFU));
  out.push_back(static_cast<std::uint8_t>(score >> 8));
  out.push_back(static_cast<std::uint8_t>(static_cast<std::int8_t>(sample.side == kRed ? red_result : -red_result)));
  out.push_back(static_cast<std::uint8_t>(sample.side));
  for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<std::uint8_t>(game >> shift & 0xFFU));
}

int red_points(State state) {
  if (state == State::kRedWins) return 1;
  return state == State::kBlackWins ? -1 : 0;
}

// Plays `game` to its end; returns the result for red. Quiet positions are added to `samples`;
// false in `useful` when the opening was already decided.
int play(Game& game, Searcher& searcher, const SelfplayOptions& options, int lopsided, std::vector<Sample>& samples,
         bool& useful) {
  const std::atomic<bool> never{false};
  Limits limits;
  limits.nodes = options.nodes;
  int ahead_for = 0;
  useful = true;
  for (int ply = 0; ply < kLongestGame; ++ply) {
    const Verdict verdict = game.verdict();
    if (verdict.state != State::kOngoing) return red_points(verdict.state);
    const SearchResult result = searcher.think(game, limits, never);
    const RootLine& line = result.lines.front();
    if (ply == 0 && std::abs(line.score) > lopsided) {
      useful = false;
      return 0;
    }
    const Position& position = game.position();
    const bool quiet = !in_check(position, position.side()) && !position.occupied(line.moves.front().to());
    if (quiet && std::abs(line.score) <= kClearlyWon) samples.push_back(sample_of(position, line.score));
    ahead_for = std::abs(line.score) > kClearlyWon ? ahead_for + 1 : 0;
    // A verdict by the rules may still turn such a game, so only material leads end it early.
    if (ahead_for >= kWonFor && std::abs(line.score) < kDecidedScore) {
      return (line.score > 0) == (position.side() == kRed) ? 1 : -1;
    }
    game.push(line.moves.front());
  }
  return 0;
}

}  // namespace

Position position_of_record(const std::uint8_t* record) {
  Position position;
  for (Man man = 0; man < kMen; ++man) {
    const Square s = record[man];
    if (s == kOff) continue;
    if (s >= kSquares || position.occupied(s)) throw std::invalid_argument("a record holds no position");
    position.put(man, s);
  }
  if (!position.alive(man_of(kRed, 0)) || !position.alive(man_of(kBlack, 0)) || record[kMen + 3] > 1) {
    throw std::invalid_argument("a record holds no position");
  }
  position.set_turn(record[kMen + 3] == 0 ? kRed : kBlack, 0, 1);
  return position;
}

std::vector<std::uint8_t> selfplay(const SelfplayOptions& options) {
  Random random(options.seed);
  Searcher searcher(kHashMegabytes);
  searcher.set_net(options.net);
  std::vector<std::uint8_t> out;
  for (int game_number = 0; game_number < options.games;) {
    const int span = options.longest_opening - options.shortest_opening + 1;
    // No draw when there is nothing to decide, so that games from openings stay what they were.
    const bool ending = options.endings > 0 && random.below(1000) < options.endings;
    std::optional<Game> game =
        ending ? random_ending(random) : random_opening(random, options.shortest_opening + random.below(span));
    if (!game) continue;
    searcher.new_game();
    std::vector<Sample> samples;
    bool useful = false;
    const int red_result = play(*game, searcher, options, ending ? kClearlyWon : kLopsidedOpening, samples, useful);
    if (!useful) continue;
    for (const Sample& sample : samples) append(out, sample, red_result, static_cast<std::uint32_t>(game_number));
    ++game_number;
  }
  return out;
}

}  // namespace qiyou
