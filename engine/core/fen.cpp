#include "fen.h"

#include <cctype>
#include <charconv>
#include <vector>

#include "movegen.h"

namespace qiyou {
namespace {

constexpr std::size_t kLongestFen = 160;
constexpr int kHighestClock = 9999;

constexpr const char* kSideName[2] = {"red", "black"};
constexpr const char* kKindName[kKinds] = {"general", "advisor", "elephant", "horse", "chariot", "cannon", "soldier"};
constexpr const char* kHomeName[kKinds] = {
    "a general stays in its palace",
    "an advisor stands on one of the five diagonal points of its palace",
    "an elephant stands on one of the seven elephant points of its own half",
    "",
    "",
    "",
    "a soldier never steps back and starts on its fourth rank",
};

struct Piece {
  Side side;
  Kind kind;
};

std::string name(Piece piece) { return std::string(kSideName[piece.side]) + " " + kKindName[piece.kind]; }

// Quotes one character of untrusted text so that it is safe to print.
std::string quoted(char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (byte >= 32 && byte < 127) return std::string("'") + c + "'";
  return "byte " + std::to_string(byte);
}

bool piece_of(char letter, Piece& piece) {
  const auto byte = static_cast<unsigned char>(letter);
  if (byte >= 128) return false;
  char upper = static_cast<char>(std::toupper(byte));
  if (upper == 'H') upper = 'N';
  if (upper == 'E') upper = 'B';
  const auto at = std::string_view(kLetters[kRed]).find(upper);
  if (at == std::string_view::npos) return false;
  piece = {std::isupper(byte) != 0 ? kRed : kBlack, static_cast<Kind>(at)};
  return true;
}

std::vector<std::string_view> fields_of(std::string_view text) {
  std::vector<std::string_view> fields;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t start = text.find_first_not_of(" \t\r\n", at);
    if (start == std::string_view::npos) break;
    const std::size_t end = std::min(text.find_first_of(" \t\r\n", start), text.size());
    fields.push_back(text.substr(start, end - start));
    at = end;
  }
  return fields;
}

std::string read_placement(std::string_view text) {
  std::string letters(kSquares, '.');
  int rank = kRanks - 1;
  int file = 0;
  const auto end_of_rank = [&] {
    if (file != kFiles) {
      throw FenError("rank " + std::to_string(rank) + " has " + std::to_string(file) + " points; each rank has 9");
    }
  };
  for (const char c : text) {
    Piece piece{};
    if (c == '/') {
      end_of_rank();
      if (--rank < 0) throw FenError("there are more than 10 ranks; a Xiangqi placement has 10");
      file = 0;
    } else if (c >= '1' && c <= '9') {
      file += c - '0';
    } else if (piece_of(c, piece)) {
      if (file < kFiles) letters[static_cast<std::size_t>(square_at(file, rank))] = kLetters[piece.side][piece.kind];
      ++file;
    } else {
      throw FenError(quoted(c) + " on rank " + std::to_string(rank) +
                     " is no piece; the letters are K A B N R C P (red), k a b n r c p (black) and digits 1-9");
    }
    if (file > kFiles) throw FenError("rank " + std::to_string(rank) + " has more than 9 points; each rank has 9");
  }
  end_of_rank();
  if (rank != 0) {
    throw FenError("there are only " + std::to_string(kRanks - rank) + " ranks; a Xiangqi placement has 10");
  }
  return letters;
}

int read_clock(std::string_view text, const char* what, int lowest) {
  int value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < lowest || value > kHighestClock) {
    throw FenError(std::string("the ") + what + " is not a whole number from " + std::to_string(lowest) + " to 9999");
  }
  return value;
}

Side read_side(std::string_view text) {
  if (text == "w" || text == "r") return kRed;
  if (text == "b") return kBlack;
  throw FenError("the side to move is neither w (red) nor b (black)");
}

void refuse_impossible(const Position& p) {
  if (file_of(p.general(kRed)) == file_of(p.general(kBlack)) &&
      (p.col(file_of(p.general(kRed))) &
       attacks.between[static_cast<std::size_t>(rank_of(p.general(kRed)))]
                      [static_cast<std::size_t>(rank_of(p.general(kBlack)))]) == 0) {
    throw FenError("the generals on " + square_name(p.general(kRed)) + " and " + square_name(p.general(kBlack)) +
                   " face each other on an open file; a man must stand between them");
  }
  const Side waiting = other(p.side());
  if (in_check(p, waiting)) {
    throw FenError(std::string("the ") + kSideName[waiting] + " general on " + square_name(p.general(waiting)) +
                   " stands in check while " + kSideName[p.side()] + " is to move; " + kSideName[waiting] +
                   " would have had to answer it");
  }
}

}  // namespace

Position place(std::string_view letters, Side side, int halfmove, int fullmove) {
  if (letters.size() != kSquares) {
    throw FenError("the board has " + std::to_string(letters.size()) + " points; it must have 90");
  }
  Position position;
  int used[2][kKinds] = {};
  for (Square s = 0; s < kSquares; ++s) {
    const char letter = letters[static_cast<std::size_t>(s)];
    if (letter == '.') continue;
    Piece piece{};
    if (!piece_of(letter, piece)) {
      throw FenError(quoted(letter) + " on " + square_name(s) + " is no piece; K A B N R C P, k a b n r c p or . would be");
    }
    if ((home[piece.side][piece.kind] & bit(s)) == 0) {
      throw FenError("the " + name(piece) + " on " + square_name(s) + " cannot stand there; " + kHomeName[piece.kind]);
    }
    int& number = used[piece.side][piece.kind];
    if (number == kSlotCount[piece.kind]) {
      throw FenError("the " + name(piece) + " on " + square_name(s) + " is one too many; a side has at most " +
                     std::to_string(kSlotCount[piece.kind]));
    }
    position.put(man_of(piece.side, kFirstSlot[piece.kind] + number++), s);
  }
  for (const Side general : {kRed, kBlack}) {
    if (used[general][kGeneral] == 0) {
      throw FenError(std::string("there is no ") + kSideName[general] + " general; each side has exactly one");
    }
  }
  position.set_turn(side, halfmove, fullmove);
  refuse_impossible(position);
  return position;
}

Position parse_fen(std::string_view text) {
  if (text.size() > kLongestFen) {
    throw FenError("the text has " + std::to_string(text.size()) + " characters; a FEN has at most " +
                   std::to_string(kLongestFen));
  }
  const auto fields = fields_of(text);
  if (fields.empty()) throw FenError("the text is empty; a FEN begins with 10 ranks such as " + std::string(kStartFen));
  if (fields.size() > 6) throw FenError("there are more than 6 fields; a FEN is placement, side, -, -, clock, move number");
  const std::string letters = read_placement(fields[0]);
  const Side side = fields.size() > 1 ? read_side(fields[1]) : kRed;
  const int halfmove = fields.size() > 4 ? read_clock(fields[4], "clock of plies without capture", 0) : 0;
  const int fullmove = fields.size() > 5 ? read_clock(fields[5], "move number", 1) : 1;
  return place(letters, side, halfmove, fullmove);
}

std::string placement(const Position& position) {
  std::string text;
  for (int rank = kRanks - 1; rank >= 0; --rank) {
    int empty = 0;
    for (int file = 0; file < kFiles; ++file) {
      const char letter = position.letter_at(square_at(file, rank));
      if (letter == '.') {
        ++empty;
        continue;
      }
      if (empty > 0) text += std::to_string(empty);
      empty = 0;
      text += letter;
    }
    if (empty > 0) text += std::to_string(empty);
    if (rank > 0) text += '/';
  }
  return text;
}

std::string fen(const Position& position) {
  return placement(position) + (position.side() == kRed ? " w - - " : " b - - ") + std::to_string(position.halfmove()) +
         " " + std::to_string(position.fullmove());
}

}  // namespace qiyou
