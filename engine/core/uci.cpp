#include "uci.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <istream>
#include <memory>
#include <mutex>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "evaluate.h"
#include "fen.h"
#include "judge.h"
#include "levels.h"
#include "movegen.h"
#include "nnue.h"
#include "perft.h"
#include "search.h"
#include "timing.h"

namespace qiyou {
namespace {

constexpr const char* kName = "Qiyou 0.1";
constexpr std::size_t kLongestLine = 1 << 16;
constexpr int kDefaultHash = 32;
constexpr int kMostHash = 4096;
constexpr int kMostLines = 128;
constexpr int kMostPerft = 12;

using Words = std::vector<std::string_view>;

Words words_of(std::string_view line) {
  Words words;
  std::size_t at = 0;
  while ((at = line.find_first_not_of(" \t\r", at)) != std::string_view::npos) {
    const std::size_t end = std::min(line.find_first_of(" \t\r", at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

// The line from its word `first` on, so that a path may have spaces in it.
std::string_view text_from(const Words& words, std::size_t first) {
  if (first >= words.size()) return {};
  return {words[first].data(), static_cast<std::size_t>(words.back().data() + words.back().size() - words[first].data())};
}

// Untrusted text, shortened and made printable.
std::string shown(std::string_view text) {
  std::string safe;
  for (const char c : text.substr(0, 60)) safe += c >= 32 && c < 127 ? c : '?';
  return text.size() > 60 ? safe + "..." : safe;
}

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return lower(x) == lower(y);
  });
}

std::optional<std::int64_t> number_in(std::string_view text, std::int64_t lowest, std::int64_t highest) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < lowest || value > highest) return {};
  return value;
}

std::optional<Move> move_from(std::string_view text) {
  if (text.size() != 4) return {};
  const auto square = [&](std::size_t at) {
    const int file = text[at] - 'a';
    const int rank = text[at + 1] - '0';
    return on_board(file, rank) ? square_at(file, rank) : -1;
  };
  if (square(0) < 0 || square(2) < 0) return {};
  return Move(square(0), square(2));
}

std::string score_text(int score) {
  if (score > kMateBound) return "mate " + std::to_string((kMateScore - score + 1) / 2);
  if (score < -kMateBound) return "mate -" + std::to_string((kMateScore + score) / 2);
  return "cp " + std::to_string(score);
}

class Conversation {
 public:
  Conversation(std::istream& in, std::ostream& out)
      : in_(in), out_(out), searcher_(kDefaultHash), game_(parse_fen(kStartFen)) {
    searcher_.set_net(net_);
  }
  ~Conversation() { finish(); }
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  int run() {
    std::string line;
    while (read(line)) {
      if (!obey(words_of(line))) {
        halt();
        finish();
        return 0;
      }
    }
    // At the end of input a bounded search is still answered.
    if (endless_) halt();
    finish();
    return 0;
  }

 private:
  bool read(std::string& line);
  bool obey(const Words& words);
  void greet();
  void set_option(const Words& words);
  void set_option(std::string_view name, std::string_view value);
  void set_net(std::string_view path);
  void set_level(int level);
  void say_evaluation();
  void set_position(const Words& words);
  void go(const Words& words);
  void go_perft(std::string_view depth);
  void bench();
  void start(const Limits& limits);
  void say(const std::string& text);
  void complain(const std::string& text) { say("info string " + text); }
  void answer(const std::vector<Move>& line);

  bool searching() const { return worker_.joinable() && !done_; }
  void halt() {
    stop_ = true;
    stop_.notify_all();
  }
  void finish() {
    if (worker_.joinable()) worker_.join();
  }

  std::istream& in_;
  std::ostream& out_;
  std::mutex speaking_;
  Searcher searcher_;
  std::shared_ptr<const Net> net_ = builtin_net();  // null for the hand-written evaluation
  std::unique_ptr<LevelPlayer> level_player_;  // null at full strength
  int level_ = 0;
  bool own_book_ = true;  // for levels; at full strength there is no book
  std::uint64_t seed_ = 0;
  Game game_;
  Rules rules_ = Rules::kWxf;
  int lines_ = 1;
  bool ucci_ = false;
  bool endless_ = false;
  std::vector<Move> banned_moves_;
  std::thread worker_;
  std::atomic<bool> stop_ = false;
  std::atomic<bool> done_ = true;
};

// Lines are bounded: a longer one is thrown away and said so.
bool Conversation::read(std::string& line) {
  line.clear();
  bool too_long = false;
  for (char c = 0; in_.get(c);) {
    if (c == '\n') {
      if (too_long) complain("a line was longer than 65536 characters and was not read");
      if (too_long) line.clear();
      return true;
    }
    if (line.size() >= kLongestLine) {
      too_long = true;
    } else {
      line += c;
    }
  }
  return !line.empty() && !too_long;
}

void Conversation::say(const std::string& text) {
  const std::scoped_lock lock(speaking_);
  out_ << text << '\n' << std::flush;
}

void Conversation::greet() {
  const std::string spin_hash = "type spin default " + std::to_string(kDefaultHash) + " min 1 max " + std::to_string(kMostHash);
  const std::string options[][2] = {
      {ucci_ ? "hashsize" : "Hash", spin_hash},
      {"Threads", "type spin default 1 min 1 max 1"},
      {"MultiPV", "type spin default 1 min 1 max " + std::to_string(kMostLines)},
      {"Level", "type spin default 0 min 0 max " + std::to_string(kLevels)},
      {"OwnBook", "type check default true"},
      {"Seed", "type spin default 0 min 0 max 2147483647"},
      {"EvalFile", "type string default <built-in>"},
      {"RuleSet", "type combo default wxf var wxf var cxa"},
  };
  say(std::string("id name ") + kName);
  say("id author the Qiyou developers");
  const std::string before(ucci_ ? "option " : "option name ");
  for (const auto& [name, what] : options) say(std::string(before).append(name).append(" ").append(what));
  if (ucci_) say("option usemillisec type check default true");
  say(ucci_ ? "ucciok" : "uciok");
}

void Conversation::set_option(const Words& words) {
  if (ucci_ || (words.size() > 1 && words[1] != "name")) {
    if (words.size() >= 2) set_option(words[1], text_from(words, 2));
    return;
  }
  if (words.size() < 3) {
    complain("setoption needs a name; one such as 'setoption name Hash value 64' would be right");
    return;
  }
  const auto value = std::find(words.begin() + 3, words.end(), "value");
  set_option(words[2], text_from(words, static_cast<std::size_t>(value - words.begin()) + 1));
}

void Conversation::set_option(std::string_view name, std::string_view value) {
  const auto spin = [&](int lowest, int highest) {
    const auto number = number_in(value, lowest, highest);
    if (!number) {
      complain("option " + shown(name) + " needs a whole number from " + std::to_string(lowest) + " to " +
               std::to_string(highest) + ", not '" + shown(value) + "'");
    }
    return number;
  };
  if (same_word(name, "Hash") || same_word(name, "hashsize")) {
    if (const auto megabytes = spin(1, kMostHash)) searcher_.resize_hash(static_cast<std::size_t>(*megabytes));
  } else if (same_word(name, "Threads")) {
    spin(1, 1);
  } else if (same_word(name, "MultiPV")) {
    if (const auto lines = spin(1, kMostLines)) lines_ = static_cast<int>(*lines);
  } else if (same_word(name, "Level")) {
    if (const auto level = spin(0, kLevels)) set_level(static_cast<int>(*level));
  } else if (same_word(name, "OwnBook")) {
    if (same_word(value, "true") || same_word(value, "false")) {
      own_book_ = same_word(value, "true");
    } else {
      complain("option OwnBook is true or false, not '" + shown(value) + "'");
    }
  } else if (same_word(name, "Seed")) {
    if (const auto seed = spin(0, 2147483647)) seed_ = static_cast<std::uint64_t>(*seed);
  } else if (same_word(name, "RuleSet")) {
    if (value == "wxf" || value == "cxa") {
      rules_ = value == "wxf" ? Rules::kWxf : Rules::kCxa;
    } else {
      complain("option RuleSet is wxf or cxa, not '" + shown(value) + "'");
    }
  } else if (same_word(name, "EvalFile")) {
    set_net(value);
  } else if (same_word(name, "newgame")) {
    searcher_.new_game();
  } else if (!same_word(name, "usemillisec")) {
    complain("there is no option '" + shown(name) + "'");
  }
}

void Conversation::set_net(std::string_view path) {
  try {
    if (path.empty() || path == "<built-in>") {
      net_ = builtin_net();
    } else {
      net_ = path == "<rules>" ? nullptr : read_net(std::string(path));
    }
    searcher_.set_net(net_);
    set_level(level_);
  } catch (const NetError& error) {
    complain(std::string(error.what()) + "; positions are judged as before");
  }
}

void Conversation::set_level(int level) {
  level_ = level;
  level_player_ = level > 0 ? std::make_unique<LevelPlayer>(level_rule(level), net_) : nullptr;
}

void Conversation::say_evaluation() {
  const Position& position = game_.position();
  int score = 0;
  if (net_) {
    Accumulators accumulators(*net_);
    accumulators.start(position);
    score = accumulators.evaluate(position);
  } else {
    score = evaluate(position);
  }
  say("info string " + std::to_string(score) + " for the side to move" + (net_ ? ", by the net " + net_->digest() : ""));
}

void Conversation::set_position(const Words& words) {
  const auto moves_at = std::find(words.begin(), words.end(), "moves");
  std::string text;
  if (words.size() > 1 && words[1] == "startpos") {
    text = kStartFen;
  } else if (words.size() > 1 && words[1] == "fen") {
    for (auto word = words.begin() + 2; word < moves_at; ++word) text.append(*word).append(" ");
  } else {
    complain("position needs 'startpos' or 'fen' and a FEN");
    return;
  }
  try {
    Game game(parse_fen(text), rules_);
    for (auto word = moves_at == words.end() ? moves_at : moves_at + 1; word != words.end(); ++word) {
      const auto move = move_from(*word);
      if (!move || !legal(game.position(), *move)) {
        complain("the position was refused: ply " + std::to_string(game.past().size()) + " '" + shown(*word) +
                 "' is not legal in " + fen(game.position()));
        return;
      }
      game.push(*move);
    }
    game_ = std::move(game);
    banned_moves_.clear();
  } catch (const FenError& error) {
    complain(std::string("the position was refused: ") + error.what());
  }
}

void Conversation::go_perft(std::string_view text) {
  const auto depth = number_in(text, 0, kMostPerft);
  if (!depth) {
    complain("go perft needs a depth from 0 to " + std::to_string(kMostPerft));
    return;
  }
  Position position = game_.position();
  std::uint64_t nodes = 0;
  if (*depth == 0) nodes = 1;
  if (*depth > 0) {
    for (const Move move : legal_moves(position)) {
      const Undo undo = position.make(move);
      const std::uint64_t below = perft(position, static_cast<int>(*depth) - 1);
      position.unmake(undo);
      say(uci(move) + ": " + std::to_string(below));
      nodes += below;
    }
  }
  say("\nNodes searched: " + std::to_string(nodes));
}

// One number that a change of speed alone must leave as it is.
void Conversation::bench() {
  constexpr std::string_view kPositions[] = {
      kStartFen,
      "r1ba1a3/4kn3/2n1b4/pNp1p1p1p/4c4/6P2/P1P2R2P/1CcC5/9/2BAKAB2 w - - 0 1",
      "2bakab2/9/2n1c1n2/p3p1p1p/2p6/6P2/P1P1P3P/2N1C1N2/9/R1BAKAB1r w - - 0 1",
      "3ak4/4a4/4b4/5N3/2b6/4R4/9/4B4/4A4/r1BAK4 b - - 0 1",
      "4k4/9/4P4/9/9/2n6/9/4B4/4A4/3AK1B2 w - - 0 1",
  };
  const Game kept = game_;
  std::uint64_t nodes = 0;
  const auto start = std::chrono::steady_clock::now();
  for (const std::string_view text : kPositions) {
    searcher_.new_game();
    Limits limits;
    limits.depth = 15;
    nodes += searcher_.think(Game(parse_fen(text), rules_), limits, stop_).nodes;
  }
  searcher_.new_game();
  const std::int64_t ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start).count();
  say("info string " + std::to_string(ms) + " ms, " +
      std::to_string(nodes * 1000 / static_cast<std::uint64_t>(std::max<std::int64_t>(1, ms))) + " nodes a second");
  say("Nodes searched: " + std::to_string(nodes));
}

void Conversation::go(const Words& words) {
  if (words.size() > 1 && words[1] == "perft") {
    go_perft(words.size() > 2 ? words[2] : std::string_view());
    return;
  }
  Limits limits;
  limits.lines = lines_;
  std::int64_t clock[2] = {0, 0};
  std::int64_t increment[2] = {0, 0};
  const Side side = game_.position().side();
  int moves_to_go = 0;
  bool bounded = false;
  endless_ = false;
  constexpr std::int64_t kDay = 86'400'000;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (word == "infinite" || word == "ponder") {
      endless_ = word == "infinite";
      continue;
    }
    if (word == "draw") continue;
    if (word == "searchmoves") {
      for (; i + 1 < words.size(); ++i) {
        const auto move = move_from(words[i + 1]);
        if (!move) break;
        limits.only.push_back(*move);
      }
      continue;
    }
    const std::string_view text = i + 1 < words.size() ? words[i + 1] : std::string_view();
    const auto take = [&](std::int64_t lowest, std::int64_t highest, auto use) {
      const auto value = number_in(text, lowest, highest);
      ++i;
      if (value) {
        use(*value);
      } else {
        complain("go " + shown(word) + " needs a whole number from " + std::to_string(lowest) + " to " +
                 std::to_string(highest) + ", not '" + shown(text) + "'");
      }
    };
    const auto bound = [&](auto& target) {
      return [&target, &bounded](std::int64_t value) {
        using Target = std::remove_reference_t<decltype(target)>;
        target = static_cast<Target>(value);
        bounded = true;
      };
    };
    if (word == "depth") {
      take(1, 100, bound(limits.depth));
    } else if (word == "nodes") {
      take(1, std::int64_t{1} << 62, bound(limits.nodes));
    } else if (word == "movetime") {
      take(1, kDay, [&](std::int64_t ms) {
        limits.movetime_ms = std::max<std::int64_t>(1, ms - std::min(kOverheadMs, ms / 10));
        bounded = true;
      });
    } else if (word == "wtime" || word == "btime" || word == "time") {
      take(-kDay, kDay, [&](std::int64_t ms) {
        clock[word == "time" ? side : word == "wtime" ? kRed : kBlack] = std::max<std::int64_t>(1, ms);
        bounded = true;
      });
    } else if (word == "winc" || word == "binc" || word == "increment") {
      take(0, kDay, [&](std::int64_t ms) { increment[word == "increment" ? side : word == "winc" ? kRed : kBlack] = ms; });
    } else if (word == "movestogo") {
      take(1, 1000, [&](std::int64_t moves) { moves_to_go = static_cast<int>(moves); });
    } else if (word == "opptime" || word == "oppincrement" || word == "oppmovestogo" || word == "mate") {
      ++i;
    } else {
      complain("'" + shown(word) + "' is no limit that go knows");
    }
  }
  if (limits.movetime_ms == 0 && clock[side] > 0) {
    const ClockShare share = share_of_clock(clock[side], increment[side], moves_to_go);
    limits.soft_ms = share.soft_ms;
    limits.movetime_ms = share.hard_ms;
  }
  if (!level_player_ && !bounded) endless_ = true;
  if (!banned_moves_.empty() && limits.only.empty()) {
    for (const Move move : legal_moves(game_.position())) {
      if (std::find(banned_moves_.begin(), banned_moves_.end(), move) == banned_moves_.end()) limits.only.push_back(move);
    }
  }
  start(limits);
}

void Conversation::start(const Limits& limits) {
  finish();
  stop_ = false;
  done_ = false;
  worker_ = std::thread([this, limits] {
    const auto report = [this](const RootLine& line, int number, std::uint64_t nodes, std::int64_t ms, int permille) {
      std::string text = "info depth " + std::to_string(line.depth);
      if (!ucci_) text += " multipv " + std::to_string(number);
      text += " score " + (ucci_ ? std::to_string(line.score) : score_text(line.score));
      text += " nodes " + std::to_string(nodes) + " nps " +
              std::to_string(nodes * 1000 / static_cast<std::uint64_t>(std::max<std::int64_t>(1, ms))) + " hashfull " +
              std::to_string(permille) + " time " + std::to_string(ms) + " pv";
      for (const Move move : line.moves) text.append(" ").append(uci(move));
      say(text);
    };
    std::vector<Move> line;
    if (level_player_) {
      level_player_->set_book(own_book_);
      const LevelChoice choice = level_player_->choose(game_, seed_, limits, stop_, report);
      if (choice.move) line = {choice.move};
    } else if (const SearchResult result = searcher_.think(game_, limits, stop_, report); !result.lines.empty()) {
      line = result.lines.front().moves;
    }
    // An endless search answers only when told to.
    if (endless_) stop_.wait(false);
    answer(line);
    done_ = true;
  });
}

void Conversation::answer(const std::vector<Move>& line) {
  if (line.empty()) {
    say(ucci_ ? "nobestmove" : "bestmove (none)");
    return;
  }
  say("bestmove " + uci(line[0]) + (line.size() > 1 ? " ponder " + uci(line[1]) : ""));
}

// Returns false when the conversation is over.
bool Conversation::obey(const Words& words) {
  if (words.empty()) return true;
  const std::string_view verb = words[0];
  if (verb == "quit") {
    // A running search is not waited for.
    halt();
    finish();
    if (ucci_) say("bye");
    return false;
  }
  if (verb == "stop") {
    halt();
    return true;
  }
  if (verb == "isready") {
    say("readyok");
    return true;
  }
  // A bounded search is awaited, an endless one would never end.
  if (searching() && endless_ && !stop_) {
    complain("'" + shown(verb) + "' was not obeyed: the search runs until stop");
    return true;
  }
  finish();
  if (verb == "uci" || verb == "ucci") {
    ucci_ = verb == "ucci";
    greet();
  } else if (verb == "ucinewgame") {
    searcher_.new_game();
  } else if (verb == "setoption") {
    set_option(words);
  } else if (verb == "position") {
    set_position(words);
  } else if (verb == "banmoves") {
    for (std::size_t i = 1; i < words.size(); ++i) {
      if (const auto move = move_from(words[i])) banned_moves_.push_back(*move);
    }
  } else if (verb == "go") {
    go(words);
  } else if (verb == "bench") {
    bench();
  } else if (verb == "d") {
    say(fen(game_.position()));
  } else if (verb == "eval") {
    say_evaluation();
  } else if (verb != "debug" && verb != "ponderhit") {
    complain("'" + shown(verb) + "' is no command; uci, ucci, isready, setoption, position, go, stop and quit are");
  }
  return true;
}

}  // namespace

int converse(std::istream& in, std::ostream& out) { return Conversation(in, out).run(); }

}  // namespace qiyou
