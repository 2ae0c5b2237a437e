// A deterministic fuzzer for the readers of text from outside, meant to run under the sanitizers:
// engine_fuzz [RUNS] [SEED]. It mutates known good input for FEN, UCI and UCCI and demands that every
// input is either read as meant or refused with a sentence, in bounded time and memory.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "fen.h"
#include "movegen.h"
#include "uci.h"
#include "words.h"

namespace {

using namespace qiyou;
using Random = std::mt19937_64;

[[noreturn]] void fail(const std::string& what, const std::string& input) {
  std::printf("engine_fuzz: %s; the input was:\n%s\n", what.c_str(), input.c_str());
  std::exit(1);
}

const std::vector<std::string> kFens = {
    std::string(kStartFen),
    "r1ba1a3/4kn3/2n1b4/pNp1p1p1p/4c4/6P2/P1P2R2P/1CcC5/9/2BAKAB2 w - - 0 1",
    "3ak4/4a4/4b4/5N3/2b6/4R4/9/4B4/4A4/r1BAK4 b - - 119 99",
    "9/4k4/9/9/9/9/9/9/2p6/3K1RBc1 r",
    "rheakaehr/9/1c5c1/p1p1p1p1p/9/9/P1P1P1P1P/1C5C1/9/RHEAKAEHR",
};

const std::vector<std::string> kUci = {
    "uci\nisready\nsetoption name Hash value 1\nucinewgame\nposition startpos moves b2e2 h9g7\ngo nodes 200\n",
    "setoption name MultiPV value 3\nsetoption name UCI_ShowWDL value true\nposition startpos\ngo depth 2 searchmoves a0a1\n",
    "position fen 3k5/9/9/9/4R4/9/9/9/9/4K4 w - - 0 1\ngo mate 2\nstop\nd\neval\n",
    "go ponder wtime 100 btime 100 winc 1 binc 1 movestogo 5\nponderhit\nstop\ngo infinite\nisready\nstop\n",
    "setoption name UCI_LimitStrength value true\nsetoption name UCI_Elo value 900\nsetoption name Level value 2\ngo movetime 1\n",
    "setoption name RuleSet value cxa\nsetoption name Seed value 7\nsetoption name EvalFile value /no/such/file\ngo perft 1\nquit\n",
};

const std::vector<std::string> kUcci = {
    "ucci\nsetoption hashsize 1\nsetoption newgame\nposition startpos moves b2e2\nbanmoves h9g7 b9c7\ngo nodes 200\n",
    "ucci\nsetoption usemillisec false\nposition fen 4k4/9/9/9/4C4/9/9/9/9/4K4 r - - 0 1\ngo time 1 increment 0\n",
    "ucci\nsetoption MultiPV 2\ngo draw depth 2\nponderhit draw\nstop\nquit\n",
};

const std::string kBytes = "rnbakabcpRNBAKCP0123456789/ wb-.\n\t\x01\x7f\xff";
const std::vector<std::string> kPieces = {"go ", "position ", "moves ", "fen ", "value ", "-1", "99999999999999999999", "searchmoves ",
                                          "a0a0", "\n", "ponder ", "infinite ", "name ", "setoption ", "stop\n", "i9i8", "ucci\n"};

// One input changed in a few places, or two of them cut together.
std::string mutated(const std::vector<std::string>& corpus, Random& random) {
  std::string text = corpus[random() % corpus.size()];
  if (random() % 4 == 0) {
    const std::string& tail = corpus[random() % corpus.size()];
    text = text.substr(0, random() % (text.size() + 1)) + tail.substr(random() % tail.size());
  }
  for (std::uint64_t n = random() % 8; n > 0 && !text.empty(); --n) {
    const std::size_t at = random() % text.size();
    switch (random() % 5) {
      case 0: text[at] = kBytes[random() % kBytes.size()]; break;
      case 1: text.insert(at, 1, kBytes[random() % kBytes.size()]); break;
      case 2: text.erase(at, 1 + random() % 4); break;
      case 3: text.insert(at, kPieces[random() % kPieces.size()]); break;
      default: text.insert(at, text.substr(at, random() % 40)); break;
    }
  }
  return text;
}

void read_fen(const std::string& text) {
  try {
    const Position position = parse_fen(text);
    if (fen(parse_fen(fen(position))) != fen(position)) fail("an accepted FEN does not read back", text);
    if (legal_moves(position).size() >= kMaxMoves) fail("there are more moves than there can be", text);
  } catch (const FenError& error) {
    const std::string_view what = error.what();
    if (what.empty() || what.size() > 200) fail("a refusal is not one sentence", text);
  }
}

// What would be obeyed faithfully but for too long or with too much memory.
bool too_much(std::string_view line) {
  const Words words = words_of(line);
  if (words.empty()) return false;
  if (words[0] == "bench") return true;
  if (words[0] == "go" && words.size() > 2 && words[1] == "perft") return number_in(words[2], 3, 12).has_value();
  for (std::size_t i = 1; i + 1 < words.size() && words[0] == "setoption"; ++i) {
    if (same_word(words[i], "Hash") || same_word(words[i], "hashsize")) return number_in(words.back(), 3, 4096).has_value();
  }
  return false;
}

void talk(const std::string& text) {
  std::string said;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (too_much(line)) continue;
    said.append(line).append("\n");
    // Every search is cut short at once.
    if (line.find("go") != std::string::npos) said.append("stop\n");
  }
  std::istringstream in(said);
  std::ostringstream out;
  if (converse(in, out) != 0) fail("the program did not end in peace", said);
  std::istringstream answers(out.str());
  for (std::string line; std::getline(answers, line);) {
    for (const char c : line) {
      if (static_cast<unsigned char>(c) < 32 || c == 127) fail("an answer has a control character: " + line, said);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const auto argument = [&](int at, std::int64_t otherwise) {
    return argc > at ? number_in(argv[at], 0, 1'000'000'000).value_or(otherwise) : otherwise;
  };
  const std::int64_t runs = argument(1, 200);
  Random random(static_cast<std::uint64_t>(argument(2, 1)));
  for (std::int64_t i = 0; i < runs; ++i) {
    for (int n = 0; n < 100; ++n) read_fen(mutated(kFens, random));
    talk(mutated(kUci, random));
    talk(mutated(kUcci, random));
  }
  std::printf("engine_fuzz: %lld FENs, %lld talks in UCI and as many in UCCI held\n", static_cast<long long>(100 * runs),
              static_cast<long long>(runs));
  return 0;
}
