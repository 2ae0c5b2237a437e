// One talk in UCI or UCCI: what was set, the game, and the search that runs beside the reading.
#pragma once

#include <atomic>
#include <iosfwd>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "alarm.h"
#include "go_command.h"
#include "levels.h"
#include "settings.h"
#include "words.h"

namespace qiyou {

class Conversation {
 public:
  Conversation(std::istream& in, std::ostream& out);
  ~Conversation();
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  // Until quit or the end of input, at which a bounded search is still answered.
  void run();

 private:
  bool read(std::string& line);
  bool obey(const Words& words);
  bool obey_while_searching(std::string_view verb);
  void greet();
  void change_setting(const Words& words);
  void apply(const Settings& before);
  void use_net(std::string_view before);
  void use_level();
  void new_game();
  void say_evaluation();
  void set_position(const Words& words);
  void ban(const Words& words);
  void go(const Words& words);
  void go_perft(std::string_view depth);
  void say_bench();

  bool choose_root_moves(const std::vector<Move>& asked, Limits& limits);
  void start(const GoCommand& command);
  std::vector<Move> search(const Limits& limits, int mate);
  void report(const RootLine& line, int number, std::uint64_t nodes, std::int64_t ms, int permille);
  void answer(const std::vector<Move>& line);
  void ponder_hit();
  bool searching() const { return worker_.joinable() && !done_; }
  void release();  // a held answer may be given
  void halt();
  void finish();

  void say(const std::string& text);
  void complain(std::string_view text) { say("info string " + on_one_line(text)); }

  std::istream& in_;
  std::ostream& out_;
  std::mutex speaking_;
  Settings settings_;
  bool ucci_ = false;
  Searcher searcher_;
  std::shared_ptr<const Net> net_ = builtin_net();  // null for the hand-written evaluation
  std::unique_ptr<LevelPlayer> level_player_;  // null at full strength
  Game game_;
  std::vector<Move> banned_;
  std::thread worker_;
  Alarm alarm_;
  bool endless_ = false;             // the search ends by stop alone
  std::int64_t ponder_ms_ = 0;       // what the search may take after ponderhit; 0: no limit of time
  std::atomic<bool> held_ = false;   // the answer waits for stop or ponderhit
  std::atomic<bool> stop_ = false;
  std::atomic<bool> done_ = true;
};

}  // namespace qiyou
