#include "book.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>

#include "fen.h"
#include "movegen.h"

// QIYOU_BOOK_FILE is the path of engine/book.txt, set by CMakeLists.txt.
__asm__(
    ".pushsection .rodata\n"
    ".global qiyou_book_begin\n"
    ".hidden qiyou_book_begin\n"
    "qiyou_book_begin:\n"
    ".incbin \"" QIYOU_BOOK_FILE
    "\"\n"
    ".global qiyou_book_end\n"
    ".hidden qiyou_book_end\n"
    "qiyou_book_end:\n"
    ".popsection\n");

extern "C" {
extern const char qiyou_book_begin[];
extern const char qiyou_book_end[];
}

namespace qiyou {
namespace {

using Book = std::unordered_map<Key, std::vector<BookMove>>;

Square square_of(std::string_view name) {
  const int file = name[0] - 'a';
  const int rank = name[1] - '0';
  return on_board(file, rank) ? square_at(file, rank) : kOff;
}

Square mirrored(Square s) { return square_at(kFiles - 1 - file_of(s), rank_of(s)); }

// The next word of a line, taken off it.
std::string_view take_word(std::string_view& line) {
  const std::size_t begin = std::min(line.find_first_not_of(' '), line.size());
  const std::size_t end = std::min(line.find(' ', begin), line.size());
  const std::string_view word = line.substr(begin, end - begin);
  line.remove_prefix(end);
  return word;
}

// Adds `weight` to every move of a line from the start; false when the line cannot be played.
bool enter(Book& book, std::string_view line, int weight, bool mirror) {
  Position position = parse_fen(kStartFen);
  while (true) {
    const std::string_view word = take_word(line);
    if (word.empty()) return true;
    if (word.size() != 4) return false;
    Square from = square_of(word.substr(0, 2));
    Square to = square_of(word.substr(2, 2));
    if (from == kOff || to == kOff) return false;
    if (mirror) from = mirrored(from), to = mirrored(to);
    const Move move(from, to);
    if (!legal(position, move)) return false;
    std::vector<BookMove>& known = book[position.key()];
    const auto same = std::find_if(known.begin(), known.end(), [&](const BookMove& b) { return b.move == move; });
    if (same == known.end()) {
      known.push_back({move, weight});
    } else {
      same->weight += weight;
    }
    position.make(move);
  }
}

Book read_book(std::string_view text) {
  Book book;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line[0] == '#') continue;
    const std::string_view first = take_word(line);
    int weight = 0;
    const auto [stop, error] = std::from_chars(first.data(), first.data() + first.size(), weight);
    const bool counted = error == std::errc() && stop == first.data() + first.size() && weight > 0 && weight < 1'000'000;
    if (!counted || !enter(book, line, weight, false) || !enter(book, line, weight, true)) {
      throw std::runtime_error("engine/book.txt, line " + std::to_string(number) +
                               ": a weight and legal moves from the start would be right");
    }
  }
  for (auto& [key, moves] : book) {
    std::sort(moves.begin(), moves.end(), [](const BookMove& a, const BookMove& b) {
      return a.weight != b.weight ? a.weight > b.weight : a.move.bits < b.move.bits;
    });
  }
  return book;
}

}  // namespace

const std::vector<BookMove>& book_moves(const Position& position) {
  static const Book book = read_book({qiyou_book_begin, static_cast<std::size_t>(qiyou_book_end - qiyou_book_begin)});
  static const std::vector<BookMove> nothing;
  const auto found = book.find(position.key());
  return found == book.end() ? nothing : found->second;
}

}  // namespace qiyou
