// The core as the Python extension engine._core; engine/*.py is its typed face.
#include <nanobind/nanobind.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <utility>

#include "bindings.h"
#include "exchange.h"
#include "fen.h"
#include "judge.h"
#include "levels.h"
#include "movegen.h"
#include "nnue.h"
#include "perft.h"
#include "retrograde.h"
#include "search.h"
#include "selfplay.h"

namespace nb = nanobind;

namespace {

using qiyou::Move;
using qiyou::Position;

// Moves cross the boundary as from * 90 + to.
int number(Move move) { return move.from() * qiyou::kSquares + move.to(); }
Move move_of(int number) {
  if (number < 0 || number >= qiyou::kSquares * qiyou::kSquares) throw nb::value_error("a move lies outside the board");
  return {number / qiyou::kSquares, number % qiyou::kSquares};
}

std::vector<int> sorted_moves(const Position& position) {
  std::vector<int> numbers;
  for (const Move move : qiyou::legal_moves(position)) numbers.push_back(number(move));
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

Position after(const Position& position, int move) {
  if (!qiyou::legal(position, move_of(move))) throw nb::value_error("the move is not legal");
  Position next = position;
  next.make(move_of(move));
  return next;
}

std::string board(const Position& position) {
  std::string letters;
  for (qiyou::Square s = 0; s < qiyou::kSquares; ++s) letters += position.letter_at(s);
  return letters;
}

// (ply, act, threatened moves) of each offending ply.
using Offence = std::tuple<int, int, std::vector<int>>;

struct Verdict {
  int state;
  int reason;
  bool red_offends;
  bool black_offends;
  std::vector<Offence> offences;
};

Verdict verdict(const qiyou::Game& game) {
  const qiyou::Verdict v = game.verdict();
  std::vector<Offence> offences;
  for (const qiyou::Offence& offence : v.offences) {
    std::vector<int> threats;
    for (const Move move : offence.threats) threats.push_back(number(move));
    offences.emplace_back(offence.ply, static_cast<int>(offence.act), threats);
  }
  return {static_cast<int>(v.state), static_cast<int>(v.reason), v.offends[qiyou::kRed], v.offends[qiyou::kBlack],
          std::move(offences)};
}

qiyou::Arithmetic arithmetic(bool scalar) {
  return scalar ? qiyou::Arithmetic::kScalar : qiyou::Arithmetic::kBest;
}

int evaluate(const qiyou::Net& net, const Position& position, bool scalar) {
  qiyou::Accumulators accumulators(net, arithmetic(scalar));
  accumulators.start(position);
  return accumulators.evaluate(position);
}

// Scores after each of the moves, with the wide layer updated from move to move.
std::vector<int> evaluate_line(const qiyou::Net& net, const Position& start, const std::vector<int>& moves, bool scalar) {
  qiyou::Accumulators accumulators(net, arithmetic(scalar));
  Position position = start;
  accumulators.start(position);
  std::vector<int> scores;
  for (const int move : moves) {
    if (scores.size() == qiyou::kMostPushes) throw nb::value_error("the line has more than 500 moves");
    if (!qiyou::legal(position, move_of(move))) throw nb::value_error("a move of the line is not legal");
    const qiyou::Undo undo = position.make(move_of(move));
    accumulators.push(position, undo);
    scores.push_back(accumulators.evaluate(position));
  }
  return scores;
}

nb::bytes selfplay(std::uint64_t seed, int games, std::uint64_t nodes, int endings, std::shared_ptr<qiyou::Net> net) {
  qiyou::SelfplayOptions options;
  options.seed = seed;
  options.games = games;
  options.nodes = nodes;
  options.endings = endings;
  options.net = std::move(net);
  std::vector<std::uint8_t> records;
  {
    const nb::gil_scoped_release release;
    records = qiyou::selfplay(options);
  }
  return nb::bytes(records.data(), records.size());
}

// What tactics.h lists for each record of self-play: the side to move first, filled up with 255.
nb::bytes tactics(const nb::bytes& records) {
  const auto* at = static_cast<const std::uint8_t*>(records.data());
  if (records.size() % qiyou::kRecordBytes != 0) throw nb::value_error("records are cut short");
  const std::size_t count = records.size() / qiyou::kRecordBytes;
  std::vector<std::uint8_t> lists(count * 2 * qiyou::kMostTactics, 255);
  {
    const nb::gil_scoped_release release;
    for (std::size_t i = 0; i < count; ++i) {
      const Position position = qiyou::position_of_record(at + i * qiyou::kRecordBytes);
      const auto both = qiyou::tactics_of(position);
      std::uint8_t* out = lists.data() + i * 2 * qiyou::kMostTactics;
      for (const qiyou::Side side : {position.side(), qiyou::other(position.side())}) {
        std::copy_n(both[side].of.begin(), both[side].size, out);
        out += qiyou::kMostTactics;
      }
    }
  }
  return nb::bytes(lists.data(), lists.size());
}

// The points where a game can bring a man of that side and kind.
std::vector<int> reach_of(int side, int kind) {
  if (side < 0 || side > 1 || kind < 0 || kind >= qiyou::kKinds) throw std::invalid_argument("no such man");
  std::vector<int> squares;
  qiyou::Bits left = qiyou::reach[static_cast<std::size_t>(side)][static_cast<std::size_t>(kind)];
  while (left != 0) squares.push_back(qiyou::pop(left));
  return squares;
}

// Theory of an ending: (outcome, plies, states) for the side to move.
std::tuple<int, int, std::size_t> ending_value(qiyou::EndingTables& tables, const Position& position) {
  const nb::gil_scoped_release release;
  const qiyou::EndingValue value = tables.value(position);
  return {value.outcome, value.plies, tables.states()};
}

// (move, score, line) for each candidate, then depth and nodes.
using Line = std::tuple<int, std::vector<int>>;
using Found = std::tuple<std::vector<Line>, int, std::uint64_t>;

std::vector<Line> numbered(const std::vector<qiyou::RootLine>& lines) {
  std::vector<Line> found;
  for (const qiyou::RootLine& line : lines) {
    std::vector<int> moves;
    for (const Move move : line.moves) moves.push_back(number(move));
    found.emplace_back(line.score, moves);
  }
  return found;
}

class Engine {
 public:
  explicit Engine(std::size_t hash_megabytes) : searcher_(hash_megabytes) {}

  Found search(const qiyou::Game& game, std::uint64_t nodes, int depth, std::int64_t movetime_ms, int lines, const std::vector<int>& only) {
    qiyou::Limits limits;
    limits.nodes = nodes;
    limits.depth = depth;
    limits.movetime_ms = movetime_ms;
    limits.lines = lines;
    for (const int move : only) limits.only.push_back(move_of(move));
    const qiyou::Game copy = game;
    const nb::gil_scoped_release release;
    const std::scoped_lock lock(busy_);
    stop_ = false;
    const qiyou::SearchResult result = searcher_.think(copy, limits, stop_);
    return {numbered(result.lines), result.depth, result.nodes};
  }

  void stop() { stop_ = true; }

  void set_net(std::shared_ptr<qiyou::Net> net) {
    const nb::gil_scoped_release release;
    const std::scoped_lock lock(busy_);
    searcher_.set_net(std::move(net));
  }

  void set_threads(int threads) {
    const nb::gil_scoped_release release;
    const std::scoped_lock lock(busy_);
    searcher_.set_threads(threads);
  }

  void set_tuning(const std::vector<std::pair<std::string, int>>& settings) {
    const nb::gil_scoped_release release;
    const std::scoped_lock lock(busy_);
    qiyou::Tuning tuning;
    for (const auto& [name, value] : settings) qiyou::set_tuning(tuning, name, value);
    searcher_.set_tuning(tuning);
  }

  void new_game() {
    const nb::gil_scoped_release release;
    const std::scoped_lock lock(busy_);
    searcher_.new_game();
  }

 private:
  qiyou::Searcher searcher_;
  std::atomic<bool> stop_ = false;
  std::mutex busy_;  // one search at a time
};

// A level's player; the rule's numbers come in the order of LevelRule.
using RuleNumbers = std::tuple<int, std::uint64_t, int, int, int, int, int, int, int, int, int, int>;

class LevelPlayer {
 public:
  LevelPlayer(const RuleNumbers& rule, std::shared_ptr<qiyou::Net> net)
      : player_(std::make_from_tuple<Rule>(rule), std::move(net)) {}

  // The move (-1: there is none), the candidates, depth, nodes, how many own moves went unseen, and
  // whether the move is the book's.
  std::tuple<int, std::vector<Line>, int, std::uint64_t, int, bool> choose(const qiyou::Game& game, std::uint64_t seed,
                                                                           bool book) {
    const qiyou::Game copy = game;
    const nb::gil_scoped_release release;
    const std::scoped_lock lock(busy_);
    const std::atomic<bool> never = false;
    player_.set_book(book);
    const qiyou::LevelChoice choice = player_.choose(copy, seed, {}, never);
    return {choice.move ? number(choice.move) : -1, numbered(choice.lines), choice.depth, choice.nodes, choice.unseen,
            choice.book};
  }

 private:
  struct Rule : qiyou::LevelRule {
    Rule(int number, std::uint64_t nodes, int horizon, int lines, int temperature, int margin, int unseen_captures,
         int unseen_quiet, int unseen_far, int unseen_backward, int mate_watch, int book_plies)
        : qiyou::LevelRule{number,       nodes,      horizon,         lines,     temperature, margin, unseen_captures,
                           unseen_quiet, unseen_far, unseen_backward, mate_watch, book_plies} {}
  };

  qiyou::LevelPlayer player_;
  std::mutex busy_;  // one choice at a time
};

RuleNumbers level_rule(int level) {
  if (level < 1 || level > qiyou::kLevels) throw nb::value_error("there is no such level");
  const qiyou::LevelRule& r = qiyou::level_rule(level);
  return {r.number,          r.nodes,        r.horizon,    r.lines,           r.temperature, r.margin,
          r.unseen_captures, r.unseen_quiet, r.unseen_far, r.unseen_backward, r.mate_watch,  r.book_plies};
}

}  // namespace

NB_MODULE(_core, m) {
  m.doc() = "Xiangqi core";
  m.attr("MATE_SCORE") = qiyou::kMateScore;
  m.attr("MATE_BOUND") = qiyou::kMateBound;
  m.attr("MOST_THREADS") = qiyou::kMostThreads;
  m.attr("LEVELS") = qiyou::kLevels;

  nb::class_<Position>(m, "Position")
      .def("fen", &qiyou::fen)
      .def("placement", &qiyou::placement)
      .def("board", &board)
      .def("black_to_move", [](const Position& p) { return p.side() == qiyou::kBlack; })
      .def("halfmove", &Position::halfmove)
      .def("fullmove", &Position::fullmove)
      .def("key", &Position::key)
      .def("legal_moves", &sorted_moves)
      .def("is_legal", [](const Position& p, int move) { return qiyou::legal(p, move_of(move)); })
      .def("after", &after)
      .def("mates_at_once", [](const Position& p) {
        Position copy = p;
        return qiyou::mates_at_once(copy);
      })
      .def("passed", [](const Position& p) {
        Position next = p;
        next.make_null();
        return next;
      })
      .def("best_exchange", &qiyou::best_exchange)
      .def("exchange_gains", [](const Position& p, int move, int threshold) {
        if (!qiyou::pseudo_legal(p, move_of(move))) throw nb::value_error("no man can make that move");
        return qiyou::exchange_gains(p, move_of(move), threshold);
      })
      .def("is_check", [](const Position& p) { return qiyou::in_check(p, p.side()); })
      .def("perft", [](const Position& p, int depth) {
        Position copy = p;
        const nb::gil_scoped_release release;
        return qiyou::perft(copy, depth);
      });
  m.def("parse_fen", &qiyou::parse_fen);
  m.def("place", [](std::string_view letters, bool black) {
    return qiyou::place(letters, black ? qiyou::kBlack : qiyou::kRed, 0, 1);
  });

  nb::class_<Verdict>(m, "Verdict")
      .def_ro("state", &Verdict::state)
      .def_ro("reason", &Verdict::reason)
      .def_ro("red_offends", &Verdict::red_offends)
      .def_ro("black_offends", &Verdict::black_offends)
      .def_ro("offences", &Verdict::offences);

  nb::class_<qiyou::Game>(m, "Game")
      .def("__init__", [](qiyou::Game* game, const Position& start, bool cxa) {
        new (game) qiyou::Game(start, cxa ? qiyou::Rules::kCxa : qiyou::Rules::kWxf);
      })
      .def("push", [](qiyou::Game& game, int move) {
        if (!qiyou::legal(game.position(), move_of(move))) throw nb::value_error("the move is not legal");
        game.push(move_of(move));
      })
      .def("pop", [](qiyou::Game& game) {
        if (game.past().empty()) throw nb::value_error("there is no move to take back");
        game.pop();
      })
      .def("position", [](const qiyou::Game& game) { return game.position(); })
      .def("verdict", &verdict);

  m.def("reach", &reach_of);
  nb::class_<qiyou::EndingTables>(m, "EndingTables").def(nb::init<std::size_t>()).def("value", &ending_value);

  m.attr("tactical_kinds") = qiyou::kTacticalKinds;
  m.attr("most_tactics") = qiyou::kMostTactics;
  m.def("tactics", &tactics);
  nb::class_<qiyou::Net>(m, "Net")
      .def("__init__", [](qiyou::Net* net, const nb::bytes& file) {
        new (net) qiyou::Net({static_cast<const std::uint8_t*>(file.data()), file.size()});
      })
      .def_static("builtin", [] { return std::const_pointer_cast<qiyou::Net>(qiyou::builtin_net()); })
      .def("digest", &qiyou::Net::digest)
      .def("evaluate", &evaluate)
      .def("evaluate_line", &evaluate_line);
  m.def("selfplay", &selfplay, nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg().none());

  m.def("level_rule", &level_rule);
  nb::class_<LevelPlayer>(m, "LevelPlayer")
      .def(nb::init<const RuleNumbers&, std::shared_ptr<qiyou::Net>>(), nb::arg(), nb::arg().none())
      .def("choose", &LevelPlayer::choose);

  nb::class_<Engine>(m, "Engine")
      .def(nb::init<std::size_t>())
      .def("search", &Engine::search)
      .def("stop", &Engine::stop)
      .def("set_net", &Engine::set_net, nb::arg().none())
      .def("set_threads", &Engine::set_threads)
      .def("set_tuning", &Engine::set_tuning)
      .def("new_game", &Engine::new_game);

  qiyou::bind_match(m);
}
