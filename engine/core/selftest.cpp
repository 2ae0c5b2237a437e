// A self-test without Python, meant to run under the sanitizers: perft, random games with the
// judge, small searches, random nets and self-play.
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "chase.h"
#include "exchange.h"
#include "fen.h"
#include "judge.h"
#include "match.h"
#include "movegen.h"
#include "nnue.h"
#include "openings.h"
#include "perft.h"
#include "search.h"
#include "selfplay.h"
#include "sha256.h"

namespace {

using namespace qiyou;

int failures = 0;

void expect(bool holds, const char* what) {
  if (holds) return;
  std::printf("FAILED: %s\n", what);
  ++failures;
}

void count_leaves() {
  struct Case {
    const char* fen;
    std::uint64_t nodes;
  };
  // Counts on which several independent programs agree.
  constexpr Case kCases[] = {
      {"rnbakabnr/9/1c5c1/p1p1p1p1p/9/9/P1P1P1P1P/1C5C1/9/RNBAKABNR w - - 0 1", 79666},
      {"r1ba1a3/4kn3/2n1b4/pNp1p1p1p/4c4/6P2/P1P2R2P/1CcC5/9/2BAKAB2 w - - 0 1", 43929},
      {"1cbak4/9/n2a5/2p1p3p/5cp2/2n2N3/6PCP/3AB4/2C6/3A1K1N1 w - - 0 1", 8620},
      {"5a3/3k5/3aR4/9/5r3/5n3/9/3A1A3/5K3/2BC2B2 w - - 0 1", 9850},
      {"CRN1k1b2/3ca4/4ba3/9/2nr5/9/9/4B4/4A4/4KA3 w - - 0 1", 14808},
  };
  for (const Case& one : kCases) {
    Position position = parse_fen(one.fen);
    expect(perft(position, 3) == one.nodes, one.fen);
    expect(fen(position) == one.fen, "FEN returns as it came");
  }
}

// The quick legality rules against making every move and looking at the general.
void compare_with_trying(const Position& position) {
  const MoveList list = legal_moves(position);
  expect(static_cast<std::size_t>(count_legal_moves(position)) == list.size(), "counting agrees with listing");
  const Checks checks = checks_of(position);
  std::size_t legal_pairs = 0;
  for (Square from = 0; from < kSquares; ++from) {
    for (Square to = 0; to < kSquares; ++to) {
      if (from == to || !pseudo_legal(position, Move(from, to))) continue;
      Position next = position;
      next.make(Move(from, to));
      const bool safe = !in_check(next, position.side());
      expect(safe == list.contains(Move(from, to)), "a move is listed if and only if it leaves the general safe");
      expect(gives_check(position, Move(from, to)) == in_check(next, next.side()), "a check is told before the move is made");
      if (safe) {
        expect(gives_check(position, checks, Move(from, to)) == in_check(next, next.side()), "a node's checks answer for every move");
      }
      legal_pairs += safe ? 1 : 0;
    }
  }
  expect(legal_pairs == list.size(), "no move is listed twice");
}

void play_random_games(std::mt19937& random) {
  for (int round = 0; round < 60; ++round) {
    Game game(parse_fen(kStartFen), round % 2 == 0 ? Rules::kWxf : Rules::kCxa);
    for (int ply = 0; ply < 300 && game.verdict().state == State::kOngoing; ++ply) {
      const MoveList list = legal_moves(game.position());
      const MoveList captures = legal_moves(game.position(), Only::kCaptures);
      for (const Move capture : captures) expect(list.contains(capture), "captures are moves");
      const MoveList& from = captures.empty() || random() % 3 != 0 ? list : captures;
      const Move move = from[random() % from.size()];
      if (ply % 10 == 0) compare_with_trying(game.position());
      exchange_gains(game.position(), move, 0);
      game.push(move);
      Position copy = game.position();
      chased_by(copy, game.past().back());
      expect(copy.same_board(game.position()), "looking at threats changes nothing");
    }
    const std::string end = fen(game.position());
    expect(fen(parse_fen(end)) == end, "the end of a game reads back");
    const Position last = game.position();
    while (!game.past().empty()) game.pop();
    expect(fen(game.position()) == kStartFen, "taking all moves back leads to the start");
    expect(last.key() == parse_fen(end).key(), "the key depends on the position alone");
  }
}

void search_a_little(std::shared_ptr<const Net> net) {
  Searcher searcher(1);
  searcher.set_net(std::move(net));
  std::atomic<bool> stop = false;
  Game game(parse_fen(kStartFen));
  for (int ply = 0; ply < 40 && game.verdict().state == State::kOngoing; ++ply) {
    Limits limits;
    limits.nodes = 1500;
    limits.lines = 1 + ply % 3;
    limits.oversight = {ply % 2 * 100, 100, 100, 100, static_cast<std::uint64_t>(ply)};
    const SearchResult result = searcher.think(game, limits, stop);
    expect(!result.lines.empty() && legal(game.position(), result.lines[0].moves[0]), "the search plays a legal move");
    expect(result.nodes <= limits.nodes, "the search keeps to its nodes");
    game.push(result.lines[0].moves[0]);
  }
}

// A net of random weights, in the layout of tools/train_net/export.py.
std::vector<std::uint8_t> random_net(std::mt19937& random) {
  std::vector<std::uint8_t> file;
  for (const char c : std::string("QIYOUNN2")) file.push_back(static_cast<std::uint8_t>(c));
  const auto put = [&file](std::uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) file.push_back(static_cast<std::uint8_t>(value >> 8 * i & 0xFFU));
  };
  const auto weights = [&](int count, int bound) {
    for (int i = 0; i < count; ++i) put(random() % static_cast<unsigned>(2 * bound + 1) - static_cast<unsigned>(bound), 2);
  };
  for (const int number : {kNetWidth, kNetInputs, kNetTactics, kNetOutputs, 400}) put(static_cast<std::uint32_t>(number), 4);
  weights(kNetWidth * (1 + kNetInputs + kNetTactics), 60);
  weights(kNetWidth * 2 * kNetOutputs, 127);
  for (int i = 0; i < kNetOutputs; ++i) put(random() % 100000, 4);
  const Digest digest = sha256(file);
  file.insert(file.end(), digest.begin(), digest.end());
  return file;
}

int evaluated_afresh(const Net& net, const Position& position, Arithmetic arithmetic) {
  Accumulators accumulators(net, arithmetic);
  accumulators.start(position);
  return accumulators.evaluate(position);
}

void compare_nets(std::mt19937& random) {
  const std::vector<std::uint8_t> file = random_net(random);
  const Net net(file);
  for (int round = 0; round < 10; ++round) {
    Position position = parse_fen(kStartFen);
    Accumulators quick(net);
    quick.start(position);
    for (int ply = 0; ply < 150; ++ply) {
      const MoveList list = legal_moves(position);
      if (list.empty()) break;
      // A glance at another move first: what was pushed is popped.
      const Undo glance = position.make(list[random() % list.size()]);
      quick.push(position, glance);
      if (random() % 2 == 0) quick.evaluate(position);
      position.unmake(glance);
      quick.pop();
      const Undo undo = position.make(list[random() % list.size()]);
      quick.push(position, undo);
      if (random() % 3 == 0) continue;
      const int score = quick.evaluate(position);
      expect(score == evaluated_afresh(net, position, Arithmetic::kBest), "updating a net equals computing it afresh");
      expect(score == evaluated_afresh(net, position, Arithmetic::kScalar), "vector and scalar arithmetic agree");
    }
  }
  for (int i = 0; i < 40; ++i) {
    std::vector<std::uint8_t> altered = file;
    if (i % 4 == 0) {
      altered.resize(random() % altered.size());
    } else {
      altered[random() % altered.size()] ^= static_cast<std::uint8_t>(1U << random() % 8);
    }
    bool refused = false;
    try {
      const Net accepted(altered);
    } catch (const NetError&) {
      refused = true;
    }
    expect(refused, "an altered or truncated net is refused");
  }
}

void search_with_several_threads() {
  Searcher searcher(1);
  searcher.set_net(builtin_net());
  searcher.set_threads(3);
  const std::atomic<bool> never{false};
  Limits limits;
  limits.nodes = 20000;
  for (int i = 0; i < 3; ++i) {
    const SearchResult result = searcher.think(Game(parse_fen(kStartFen)), limits, never);
    expect(!result.lines.empty(), "several threads find a move");
  }
}

void play_a_match() {
  Contestant first;
  Contestant second;
  first.net = builtin_net();
  first.nodes = second.nodes = 100;
  for (const PlayedGame& game : play_pair(first, second, balanced_opening(1))) {
    expect(game.plies > 0 && game.points >= 0 && game.points <= 2, "a match ends");
  }
}

void play_against_itself() {
  SelfplayOptions options;
  options.games = 2;
  options.nodes = 100;
  const std::vector<std::uint8_t> records = selfplay(options);
  expect(!records.empty() && records.size() % kRecordBytes == 0, "self-play gives whole records");
  expect(records == selfplay(options), "the same seed gives the same games");
}

}  // namespace

int main() {
  std::mt19937 random(20260101);
  count_leaves();
  play_random_games(random);
  search_a_little(nullptr);
  search_a_little(std::make_shared<const Net>(random_net(random)));
  compare_nets(random);
  search_with_several_threads();
  play_a_match();
  play_against_itself();
  std::printf(failures == 0 ? "engine_selftest: all held\n" : "engine_selftest: %d failed\n", failures);
  return failures == 0 ? 0 : 1;
}
