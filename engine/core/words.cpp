#include "words.h"

#include <algorithm>
#include <charconv>

namespace qiyou {

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

std::string_view text_between(const Words& words, std::size_t first, std::size_t last) {
  last = std::min(last, words.size());
  if (first >= last) return {};
  const char* const begin = words[first].data();
  return {begin, static_cast<std::size_t>(words[last - 1].data() + words[last - 1].size() - begin)};
}

std::string shown(std::string_view text) {
  std::string safe;
  for (const char c : text.substr(0, 60)) safe += c >= 32 && c < 127 ? c : '?';
  return text.size() > 60 ? safe + "..." : safe;
}

std::string on_one_line(std::string_view text) {
  std::string safe(text);
  std::replace_if(safe.begin(), safe.end(), [](char c) { return static_cast<unsigned char>(c) < 32 || c == 127; }, '?');
  return safe;
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

}  // namespace qiyou
