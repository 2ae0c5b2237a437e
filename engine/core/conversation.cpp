#include "conversation.h"

#include <algorithm>
#include <istream>
#include <ostream>
#include <utility>

#include "bench.h"
#include "evaluate.h"
#include "fen.h"
#include "movegen.h"
#include "nnue.h"
#include "perft.h"

namespace qiyou {
namespace {

constexpr const char* kName = "Qiyou 0.1";
// Room for a game of ten thousand moves in one line.
constexpr std::size_t kLongestLine = 1 << 16;
constexpr int kMostPerft = 12;

}  // namespace

Conversation::Conversation(std::istream& in, std::ostream& out)
    : in_(in), out_(out), searcher_(static_cast<std::size_t>(settings_.hash_megabytes)), game_(parse_fen(kStartFen)) {
  // Reading would flush what is written, and the search writes from a thread of its own: a line that
  // both flush at once is sent twice.
  in_.tie(nullptr);
  searcher_.set_net(net_);
}

Conversation::~Conversation() {
  halt();
  finish();
}

void Conversation::run() {
  std::string line;
  while (read(line)) {
    if (!obey(words_of(line))) return;
  }
  if (held_) halt();
  finish();
}

// Lines are bounded: a longer one is thrown away and said so.
bool Conversation::read(std::string& line) {
  line.clear();
  bool too_long = false;
  for (char c = 0; in_.get(c);) {
    if (c == '\n') {
      if (too_long) complain("a line was longer than " + std::to_string(kLongestLine) + " characters and was not read");
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
  say(std::string("id name ") + kName);
  say("id author the Qiyou developers");
  for (const std::string& line : option_lines(ucci_)) say(line);
  say(ucci_ ? "ucciok" : "uciok");
}

// UCI: setoption name N [value V]; UCCI: setoption N [V].
void Conversation::change_setting(const Words& words) {
  const bool named = words.size() > 1 && words[1] == "name";
  const std::size_t first = named ? 2 : 1;
  if (words.size() <= first || (!named && !ucci_)) {
    complain("setoption needs a name; one such as 'setoption name Hash value 64' would be right");
    return;
  }
  std::size_t name_end = first + 1;
  std::size_t value_begin = first + 1;
  if (named) {
    const auto value = std::find(words.begin() + static_cast<std::ptrdiff_t>(first), words.end(), "value");
    name_end = static_cast<std::size_t>(value - words.begin());
    value_begin = name_end + 1;
  }
  const std::string_view name = text_between(words, first, name_end);
  if (same_word(name, "newgame") || same_word(name, "Clear Hash")) {
    new_game();
    return;
  }
  const Settings before = settings_;
  const std::string complaint = set_option(settings_, name, text_between(words, value_begin, words.size()));
  if (!complaint.empty()) complain(complaint);
  apply(before);
}

void Conversation::apply(const Settings& before) {
  if (settings_.hash_megabytes != before.hash_megabytes) {
    searcher_.resize_hash(static_cast<std::size_t>(settings_.hash_megabytes));
  }
  if (settings_.threads != before.threads) searcher_.set_threads(settings_.threads);
  if (settings_.net != before.net) use_net(before.net);
  if (settings_.playing_level() != before.playing_level()) use_level();
}

void Conversation::use_net(std::string_view before) {
  try {
    if (settings_.net.empty()) {
      net_ = builtin_net();
    } else {
      net_ = settings_.net == "<rules>" ? nullptr : read_net(settings_.net);
    }
    searcher_.set_net(net_);
    use_level();
  } catch (const NetError& error) {
    complain(std::string(error.what()) + "; positions are judged as before");
    settings_.net = before;
  }
}

void Conversation::use_level() {
  const int level = settings_.playing_level();
  level_player_ = level > 0 ? std::make_unique<LevelPlayer>(level_rule(level), net_) : nullptr;
}

void Conversation::new_game() {
  searcher_.new_game();
  banned_.clear();
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
    Game game(parse_fen(text), settings_.rules);
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
    banned_.clear();
  } catch (const FenError& error) {
    complain(std::string("the position was refused: ") + error.what());
  }
}

// UCCI: moves that the next search must not choose.
void Conversation::ban(const Words& words) {
  for (std::size_t i = 1; i < words.size(); ++i) {
    const auto move = move_from(words[i]);
    if (move && legal(game_.position(), *move)) {
      banned_.push_back(*move);
    } else {
      complain("banmoves: '" + shown(words[i]) + "' is not legal in " + fen(game_.position()));
    }
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

void Conversation::say_bench() {
  stop_ = false;
  const auto start = std::chrono::steady_clock::now();
  const std::uint64_t nodes = bench(searcher_, settings_.rules, stop_);
  const std::int64_t ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start).count();
  say("info string " + std::to_string(ms) + " ms, " +
      std::to_string(nodes * 1000 / static_cast<std::uint64_t>(std::max<std::int64_t>(1, ms))) + " nodes a second");
  say("Nodes searched: " + std::to_string(nodes));
}

// What stop, quit and the like do at once; everything else waits for a bounded search.
bool Conversation::obey_while_searching(std::string_view verb) {
  if (verb == "stop") {
    halt();
  } else if (verb == "isready") {
    say("readyok");
  } else if (verb == "ponderhit") {
    ponder_hit();
  } else if (searching() && held_ && !stop_) {
    // An endless search would never end.
    complain(shown(verb).insert(0, 1, '\'').append("' was not obeyed: the search runs until stop"));
  } else {
    return false;
  }
  return true;
}

// Returns false when the conversation is over.
bool Conversation::obey(const Words& words) {
  if (words.empty()) return true;
  const std::string_view verb = words[0];
  if (verb == "quit") {
    halt();
    finish();
    if (ucci_) say("bye");
    return false;
  }
  if (obey_while_searching(verb)) return true;
  finish();
  if (verb == "uci" || verb == "ucci") {
    ucci_ = verb == "ucci";
    greet();
  } else if (verb == "ucinewgame") {
    new_game();
  } else if (verb == "setoption") {
    change_setting(words);
  } else if (verb == "position") {
    set_position(words);
  } else if (verb == "banmoves") {
    ban(words);
  } else if (verb == "go") {
    go(words);
  } else if (verb == "bench") {
    say_bench();
  } else if (verb == "d") {
    say(fen(game_.position()));
  } else if (verb == "eval") {
    say_evaluation();
  } else if (verb != "debug") {
    complain(shown(verb).insert(0, 1, '\'').append(
        "' is no command; uci, ucci, isready, setoption, position, go, stop and quit are"));
  }
  return true;
}

}  // namespace qiyou
