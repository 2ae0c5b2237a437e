#include "settings.h"

#include <algorithm>
#include <iterator>

#include "strength.h"
#include "words.h"

namespace qiyou {
namespace {

constexpr int kMostHash = 4096;
constexpr int kMostLines = 128;
constexpr int kHighestSeed = 2147483647;
constexpr int kLongestOverhead = 5000;

std::string spin(int start, int lowest, int highest) {
  return "type spin default " + std::to_string(start) + " min " + std::to_string(lowest) + " max " + std::to_string(highest);
}

// Reads a whole number into `target`.
template <typename Number>
std::string whole(std::string_view name, std::string_view value, int lowest, int highest, Number& target) {
  const auto number = number_in(value, lowest, highest);
  if (!number) {
    return "option " + shown(name) + " needs a whole number from " + std::to_string(lowest) + " to " +
           std::to_string(highest) + ", not '" + shown(value) + "'";
  }
  target = static_cast<Number>(*number);
  return {};
}

std::string truth(std::string_view name, std::string_view value, bool& target) {
  if (!same_word(value, "true") && !same_word(value, "false")) {
    return "option " + shown(name) + " is true or false, not '" + shown(value) + "'";
  }
  target = same_word(value, "true");
  return {};
}

// UCCI options that other engines have and GUIs set; nothing follows from them here.
constexpr std::string_view kSilent[] = {"Ponder",    "newgame", "Clear Hash", "batch",      "debug",
                                        "bookfiles", "idle",    "useegtb",    "egtbpaths",  "evalapi",    "pruning",
                                        "knowledge", "style",   "randomness", "promotion", "UCI_Variant"};

}  // namespace

Settings::Settings() : elo(kHighestElo) {}

int Settings::playing_level() const {
  if (level > 0 || !limit_strength) return level;
  return level_of_elo(elo);
}

std::vector<std::string> option_lines(bool ucci) {
  const Settings start;
  const std::string options[][2] = {
      {ucci ? "hashsize" : "Hash", spin(start.hash_megabytes, 1, kMostHash)},
      {ucci ? "threads" : "Threads", spin(start.threads, 1, kMostThreads)},
      {"MultiPV", spin(start.lines, 1, kMostLines)},
      {ucci ? "ponder" : "Ponder", "type check default false"},
      {"Level", spin(start.level, 0, kLevels)},
      {"Seed", spin(0, 0, kHighestSeed)},
      {ucci ? "usebook" : "OwnBook", "type check default true"},
      {"EvalFile", "type string default <built-in>"},
      {"RuleSet", "type combo default wxf var wxf var cxa"},
      {"UCI_LimitStrength", "type check default false"},
      {"UCI_Elo", spin(start.elo, kLowestElo, kHighestElo)},
      {"UCI_ShowWDL", "type check default false"},
      {"Move Overhead", spin(start.overhead_ms, 0, kLongestOverhead)},
      {ucci ? "newgame" : "Clear Hash", "type button"},
      {"usemillisec", "type check default true"},
  };
  std::vector<std::string> lines;
  for (const auto& [name, what] : options) {
    if (!ucci && name == "usemillisec") continue;
    if (ucci && name.find(' ') != std::string::npos) continue;
    lines.push_back((ucci ? "option " : "option name ") + name + " " + what);
  }
  return lines;
}

std::string set_option(Settings& settings, std::string_view name, std::string_view value) {
  const auto is = [name](std::string_view other) { return same_word(name, other); };
  if (is("Hash") || is("hashsize")) {
    // UCCI's 0 leaves the size to the engine.
    if (is("hashsize") && value == "0") return {};
    return whole(name, value, 1, kMostHash, settings.hash_megabytes);
  }
  if (is("Threads")) return whole(name, value, 1, kMostThreads, settings.threads);
  if (is("MultiPV")) return whole(name, value, 1, kMostLines, settings.lines);
  if (is("Level")) return whole(name, value, 0, kLevels, settings.level);
  if (is("Seed")) return whole(name, value, 0, kHighestSeed, settings.seed);
  if (is("OwnBook") || is("usebook")) return truth(name, value, settings.own_book);
  if (is("UCI_LimitStrength")) return truth(name, value, settings.limit_strength);
  if (is("UCI_Elo")) return whole(name, value, kLowestElo, kHighestElo, settings.elo);
  if (is("UCI_ShowWDL")) return truth(name, value, settings.show_chances);
  if (is("usemillisec")) return truth(name, value, settings.milliseconds);
  if (is("Move Overhead")) return whole(name, value, 0, kLongestOverhead, settings.overhead_ms);
  if (is("EvalFile")) {
    settings.net = value == "<built-in>" ? std::string_view() : value;
    return {};
  }
  if (is("RuleSet")) {
    if (value != "wxf" && value != "cxa") return "option RuleSet is wxf or cxa, not '" + shown(value) + "'";
    settings.rules = value == "wxf" ? Rules::kWxf : Rules::kCxa;
    return {};
  }
  if (std::any_of(std::begin(kSilent), std::end(kSilent), is)) return {};
  return "there is no option '" + shown(name) + "'";
}

}  // namespace qiyou
