// The part of a conversation that runs the search: what go asks for, reports, the answer.
#include <algorithm>
#include <ostream>

#include "conversation.h"
#include "fen.h"
#include "movegen.h"
#include "score.h"
#include "strength.h"

namespace qiyou {
namespace {

std::string score_text(int score) {
  if (score > kMateBound) return "mate " + std::to_string((kMateScore - score + 1) / 2);
  if (score < -kMateBound) return "mate -" + std::to_string((kMateScore + score) / 2);
  return "cp " + std::to_string(score);
}

std::string chances_text(int score) {
  const Chances c = chances(score);
  return " wdl " + std::to_string(c.win) + " " + std::to_string(c.draw) + " " + std::to_string(c.loss);
}

}  // namespace

// Restricts the root to legal moves that were asked for and not banned. False when none is left.
bool Conversation::choose_root_moves(const std::vector<Move>& asked, Limits& limits) {
  const auto in = [](const std::vector<Move>& moves, Move move) {
    return std::find(moves.begin(), moves.end(), move) != moves.end();
  };
  for (const Move move : asked) {
    if (!legal(game_.position(), move)) complain("go searchmoves: '" + uci(move) + "' is not legal in " + fen(game_.position()));
  }
  if (asked.empty() && banned_.empty()) return true;
  for (const Move move : legal_moves(game_.position())) {
    if ((asked.empty() || in(asked, move)) && !in(banned_, move)) limits.only.push_back(move);
  }
  return !limits.only.empty();
}

void Conversation::go(const Words& words) {
  if (words.size() > 1 && words[1] == "perft") {
    go_perft(words.size() > 2 ? words[2] : std::string_view());
    return;
  }
  GoCommand command = parse_go(words, game_.position().side(), settings_.overhead_ms, settings_.milliseconds);
  for (const std::string& complaint : command.complaints) complain(complaint);
  if (!choose_root_moves(command.only, command.limits)) {
    answer({});
    return;
  }
  command.limits.lines = settings_.lines;
  if (!level_player_ && !command.bounded) command.infinite = true;
  start(command);
}

void Conversation::start(const GoCommand& command) {
  finish();
  stop_ = false;
  done_ = false;
  endless_ = command.infinite;
  held_ = command.infinite || command.ponder;
  Limits limits = command.limits;
  ponder_ms_ = 0;
  if (command.ponder) {
    // The clock begins to run at ponderhit.
    ponder_ms_ = limits.soft_ms != 0 ? limits.soft_ms : limits.movetime_ms;
    limits.soft_ms = limits.movetime_ms = 0;
  }
  worker_ = std::thread([this, limits, mate = command.mate] {
    const std::vector<Move> line = search(limits, mate);
    held_.wait(true);
    answer(line);
    done_ = true;
  });
}

std::vector<Move> Conversation::search(const Limits& limits, int mate) {
  std::atomic<bool> found = false;
  const auto watch = [&](const RootLine& line, int number, std::uint64_t nodes, std::int64_t ms, int permille) {
    report(line, number, nodes, ms, permille);
    if (mate > 0 && number == 1 && line.score > kMateBound && (kMateScore - line.score + 1) / 2 <= mate) found = stop_ = true;
  };
  std::vector<Move> line;
  if (level_player_) {
    level_player_->set_book(settings_.own_book);
    const LevelChoice choice = level_player_->choose(game_, settings_.seed, limits, stop_, watch);
    if (choice.move) line = {choice.move};
  } else if (const SearchResult result = searcher_.think(game_, limits, stop_, watch); !result.lines.empty()) {
    line = result.lines.front().moves;
  }
  if (mate > 0 && !found) complain("no mate in " + std::to_string(mate) + " was found");
  return line;
}

void Conversation::report(const RootLine& line, int number, std::uint64_t nodes, std::int64_t ms, int permille) {
  std::string text = "info depth " + std::to_string(line.depth);
  if (!ucci_) text += " multipv " + std::to_string(number);
  text += " score " + (ucci_ ? std::to_string(line.score) : score_text(line.score));
  if (settings_.show_chances && !ucci_) text += chances_text(line.score);
  text += " nodes " + std::to_string(nodes) + " nps " +
          std::to_string(nodes * 1000 / static_cast<std::uint64_t>(std::max<std::int64_t>(1, ms))) + " hashfull " +
          std::to_string(permille) + " time " + std::to_string(ms) + " pv";
  for (const Move move : line.moves) text.append(" ").append(uci(move));
  say(text);
}

void Conversation::answer(const std::vector<Move>& line) {
  if (line.empty()) {
    say(ucci_ ? "nobestmove" : "bestmove (none)");
    return;
  }
  say("bestmove " + uci(line[0]) + (line.size() > 1 ? " ponder " + uci(line[1]) : ""));
}

void Conversation::ponder_hit() {
  if (!searching() || !held_ || endless_) return;
  if (ponder_ms_ > 0) alarm_.set(ponder_ms_, [this] { stop_ = true; });
  release();
}

void Conversation::release() {
  held_ = false;
  held_.notify_all();
}

void Conversation::halt() {
  stop_ = true;
  release();
}

void Conversation::finish() {
  if (worker_.joinable()) worker_.join();
  alarm_.cancel();
}

}  // namespace qiyou
