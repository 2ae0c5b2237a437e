#include "match.h"

#include <atomic>
#include <chrono>
#include <cstdlib>

#include "search.h"

namespace qiyou {
namespace {

constexpr int kLongestGame = 400;
constexpr int kClearlyWon = 2500;
constexpr int kWonFor = 5;

Limits limits_of(const Contestant& contestant) {
  Limits limits;
  limits.nodes = contestant.nodes;
  limits.movetime_ms = contestant.movetime_ms;
  return limits;
}

int points_of(State state, Side first) {
  if (state != State::kRedWins && state != State::kBlackWins) return 1;
  return (state == State::kRedWins) == (first == kRed) ? 2 : 0;
}

PlayedGame play(Game game, Searcher* const searchers[2], const Limits limits[2], Side first) {
  using Clock = std::chrono::steady_clock;
  const std::atomic<bool> never{false};
  PlayedGame played;
  int lead_plies = 0;
  bool red_led = false;
  for (; played.plies < kLongestGame; ++played.plies) {
    const Verdict verdict = game.verdict();
    if (verdict.state != State::kOngoing) {
      played.points = points_of(verdict.state, first);
      played.reason = verdict.reason;
      return played;
    }
    const Side side = game.position().side();
    const std::size_t who = side == first ? 0 : 1;
    const auto start = Clock::now();
    const SearchResult result = searchers[who]->think(game, limits[who], never);
    played.micros[who] += std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start).count();
    played.nodes[who] += result.nodes;
    const int score = result.lines.front().score;
    // A decision by the repetition rules may still turn the game, so only leads in men or mates count.
    const bool counts = std::abs(score) > kClearlyWon && (!is_decided(score) || is_mate(score));
    const bool red_leads = (score > 0) == (side == kRed);
    lead_plies = !counts ? 0 : red_leads == red_led ? lead_plies + 1 : 1;
    red_led = red_leads;
    if (lead_plies >= kWonFor) {
      played.points = points_of(red_leads ? State::kRedWins : State::kBlackWins, first);
      return played;
    }
    game.push(result.lines.front().moves.front());
  }
  played.points = 1;
  return played;
}

}  // namespace

std::array<PlayedGame, 2> play_pair(const Contestant& first, const Contestant& second, const Game& opening) {
  Searcher one(first.hash_megabytes);
  Searcher two(second.hash_megabytes);
  one.set_net(first.net);
  two.set_net(second.net);
  one.set_tuning(first.tuning);
  two.set_tuning(second.tuning);
  Searcher* const searchers[] = {&one, &two};
  const Limits limits[] = {limits_of(first), limits_of(second)};
  std::array<PlayedGame, 2> games;
  for (const Side side : {kRed, kBlack}) {
    one.new_game();
    two.new_game();
    games[side] = play(opening, searchers, limits, side);
  }
  return games;
}

}  // namespace qiyou
