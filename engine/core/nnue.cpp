#include "nnue.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "nnue_arithmetic.h"
#include "sha256.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace qiyou {
namespace {

constexpr char kMagic[] = "QIYOUNN2";
constexpr std::size_t kHeader = 28;
constexpr std::size_t kDigestBytes = 32;
constexpr std::size_t kHalf = kNetWidth * sizeof(std::int16_t);
constexpr std::size_t kSize =
    kHeader + kHalf * (1 + kNetInputs + kNetTactics + 2 * kNetOutputs) + kNetOutputs * sizeof(std::int32_t) + kDigestBytes;
constexpr int kInputScale = 255;
constexpr int kOutputScale = 64;
constexpr std::size_t kJudgedKept = 1U << 14;  // small enough for the second cache
constexpr int kMostOutputWeight = 127;  // what the inner loop's integers can hold

class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  std::uint32_t word() { return number(4); }
  void read(Half& half) {
    for (std::int16_t& value : half.sum) value = static_cast<std::int16_t>(static_cast<std::uint16_t>(number(2)));
  }

 private:
  std::uint32_t number(unsigned bytes) {
    std::uint32_t value = 0;
    for (unsigned i = 0; i < bytes; ++i) value |= static_cast<std::uint32_t>(bytes_[at_++]) << 8 * i;
    return value;
  }
  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
};

std::string hex(const Digest& digest) {
  std::string text;
  for (const std::uint8_t b : digest) {
    text += "0123456789abcdef"[b >> 4];
    text += "0123456789abcdef"[b & 15];
  }
  return text;
}

// Of 64 features from `first` on, those of which a side has another number than before: a bit each.
std::uint64_t differing(const TacticalCounts& before, const TacticalCounts& now, std::size_t first) {
  std::uint64_t set = 0;
#if defined(__SSE2__)
  for (unsigned i = 0; i < 64; i += 16) {
    const __m128i a = _mm_load_si128(reinterpret_cast<const __m128i*>(&before.of[first + i]));
    const __m128i b = _mm_load_si128(reinterpret_cast<const __m128i*>(&now.of[first + i]));
    set |= static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(a, b)))) << i;
  }
  return ~set;
#else
  for (unsigned i = 0; i < 64; ++i) set |= static_cast<std::uint64_t>(before.of[first + i] != now.of[first + i]) << i;
  return set;
#endif
}

constexpr std::size_t kAtOnce = 4;

// Lists the features of which a side has another number than before; `out` has room for kAtOnce more.
std::size_t list_differences(const TacticalCounts& before, const TacticalCounts& now, std::uint8_t* out) {
  std::size_t size = 0;
  for (std::size_t first = 0; first < TacticalCounts::kPlaces; first += 64) {
    std::uint64_t set = differing(before, now, first);
    const auto found = static_cast<std::size_t>(std::popcount(set));
    // Some are written whether they are there or not: how many there are cannot be guessed.
    for (std::size_t i = 0; i < std::max(found, kAtOnce); ++i, set &= set - 1) {
      const int next = std::countr_zero(set | 1ULL << 63);  // never of nought, which would be a branch
      out[size + i] = static_cast<std::uint8_t>(first + static_cast<std::size_t>(next));
    }
    size += found;
  }
  return size;
}

int output_bucket(const Position& position) {
  // Slots 5-15 are horses, chariots, cannons and soldiers.
  const int left = std::popcount(position.men(kRed) & 0xFFE0U) + std::popcount(position.men(kBlack) & 0xFFE0U);
  return std::min(left * kNetOutputs / 23, kNetOutputs - 1);
}

}  // namespace

Net::Net(std::span<const std::uint8_t> file) : bias_{}, outputs_{}, output_bias_{}, scale_(0) {
  if (file.size() != kSize || std::memcmp(file.data(), kMagic, 8) != 0) {
    throw NetError("the evaluation net has " + std::to_string(file.size()) + " bytes and should have " +
                   std::to_string(kSize) + "; install it again");
  }
  const Digest digest = sha256(file.first(kSize - kDigestBytes));
  if (!std::equal(digest.begin(), digest.end(), file.end() - kDigestBytes)) {
    throw NetError("the evaluation net was altered (its SHA-256 does not fit); install it again");
  }
  digest_ = hex(digest);
  Reader reader(file.subspan(8));
  if (reader.word() != kNetWidth || reader.word() != kNetInputs || reader.word() != kNetTactics ||
      reader.word() != kNetOutputs) {
    throw NetError("the evaluation net has another shape than this engine; install the one that belongs to it");
  }
  scale_ = static_cast<int>(reader.word());
  if (scale_ < 1 || scale_ > 10000) throw NetError("the evaluation net names no sensible scale; install it again");
  reader.read(bias_);
  inputs_.resize(kNetInputs);
  for (Half& column : inputs_) reader.read(column);
  tactics_.resize(kTacticalKinds);
  for (TacticalRow& row : tactics_) reader.read(row.own);
  for (TacticalRow& row : tactics_) reader.read(row.other);
  for (auto& output : outputs_) {
    for (Half& half : output) {
      reader.read(half);
      for (const std::int16_t weight : half.sum) {
        if (std::abs(weight) > kMostOutputWeight) {
          throw NetError("the evaluation net has an output weight beyond 127; train it again with its weights clipped");
        }
      }
    }
  }
  for (std::int32_t& value : output_bias_) value = static_cast<std::int32_t>(reader.word());
}

std::shared_ptr<const Net> read_net(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw NetError(path + " cannot be opened; the path of an evaluation net is right");
  std::vector<char> content(kSize + 1);  // one more shows that a file is too long
  file.read(content.data(), static_cast<std::streamsize>(content.size()));
  const auto size = static_cast<std::size_t>(file.gcount());
  try {
    return std::make_shared<const Net>(std::span(reinterpret_cast<const std::uint8_t*>(content.data()), size));
  } catch (const NetError& error) {
    throw NetError(path + ": " + error.what());
  }
}

Accumulators::Accumulators(const Net& net, Arithmetic arithmetic)
    : net_(net), loops_(choose_loops(arithmetic)), plies_(kMostPushes + 1), judged_(kJudgedKept) {}

void Accumulators::start(const Position& position) {
  top_ = 0;
  refresh(position, kRed);
  refresh(position, kBlack);
}

void Accumulators::push(const Position& after, const Undo& undo) {
  Ply& ply = plies_[++top_];
  ply.known = {false, false};
  ply.move = undo.move;
  ply.man = after.man_at(undo.move.to());
  ply.captured = undo.captured;
}

const Half& Accumulators::column(Side view, Square general, Man man, Square s) const {
  int rank = rank_of(s);
  int file = file_of(s);
  int general_rank = rank_of(general);
  int general_file = file_of(general);
  if (view == kBlack) {
    rank = 9 - rank;
    general_rank = 9 - general_rank;
  }
  if (general_file > 4) {
    file = 8 - file;
    general_file = 8 - general_file;
  }
  const int bucket = general_rank * 2 + (general_file == 4 ? 1 : 0);
  const int input = bucket * kPlainInputs + (side_of(man) == view ? 0 : kPlainInputs / 2) + kind_of(man) * kSquares +
                    square_at(file, rank);
  return net_.inputs_[static_cast<std::size_t>(input)];
}

void Accumulators::refresh(const Position& position, Side view) {
  std::array<const Half*, kMen> plus{};
  int pluses = 0;
  const Square general = position.general(view);
  for (Man man = 0; man < kMen; ++man) {
    if (position.alive(man)) plus[static_cast<std::size_t>(pluses++)] = &column(view, general, man, position.square_of(man));
  }
  Ply& ply = plies_[top_];
  loops_.add_subtract(ply.half[view], net_.bias_, plus.data(), pluses, nullptr, 0);
  ply.known[view] = true;
}

void Accumulators::bring_up_to_date(const Position& position, Side view) {
  if (plies_[top_].known[view]) return;
  // Back to the last ply that is known; a step of the own general changes every input.
  const Man general = man_of(view, 0);
  std::size_t from = top_;
  while (!plies_[from].known[view]) {
    if (plies_[from].man == general || top_ - from > 6) return refresh(position, view);
    --from;
  }
  const Square stand = position.general(view);
  for (std::size_t at = from + 1; at <= top_; ++at) {
    Ply& ply = plies_[at];
    const Half* plus[] = {&column(view, stand, ply.man, ply.move.to())};
    const Half* minus[] = {&column(view, stand, ply.man, ply.move.from()), nullptr};
    if (ply.captured != kNobody) minus[1] = &column(view, stand, ply.captured, ply.move.to());
    loops_.add_subtract(ply.half[view], plies_[at - 1].half[view], plus, 1, minus, ply.captured != kNobody ? 2 : 1);
    ply.known[view] = true;
  }
}

// Only what is not as it was in the position judged before is added or taken off.
void Accumulators::follow_tactics(const Position& position) {
  const auto& before = tactical_.counts[tactical_.last];
  auto& now = tactical_.counts[1 - tactical_.last];
  tactical_.last = 1 - tactical_.last;
  count_tactics(position, now);
  for (const Side side : {kRed, kBlack}) {
    std::array<std::uint8_t, TacticalCounts::kPlaces + kAtOnce> changed;
    const std::size_t changes = list_differences(before[side], now[side], changed.data());
    std::array<const TacticalRow*, kMostTactics> plus;
    std::array<const TacticalRow*, kMostTactics> minus;
    std::size_t pluses = 0;
    std::size_t minuses = 0;
    for (std::size_t i = 0; i < changes; ++i) {
      const std::uint8_t feature = changed[i];
      const TacticalRow* const row = &net_.tactics_[feature];
      int change = now[side].of[feature] - before[side].of[feature];
      // Both are written and one of them counts: a branch would be guessed wrong too often.
      plus[pluses] = minus[minuses] = row;
      pluses += change > 0 ? 1 : 0;
      minuses += change < 0 ? 1 : 0;
      for (; change > 1; --change) plus[pluses++] = row;
      for (; change < -1; ++change) minus[minuses++] = row;
    }
    loops_.add_rows(tactical_.half[side], tactical_.half[other(side)], plus.data(), static_cast<int>(pluses), minus.data(),
                    static_cast<int>(minuses));
  }
}

int Accumulators::evaluate(const Position& position) {
  Judged& judged = judged_[position.key() % kJudgedKept];
  if (judged.key != position.key()) judged = {position.key(), judge(position)};
  return judged.score;
}

int Accumulators::judge(const Position& position) {
  bring_up_to_date(position, kRed);
  bring_up_to_date(position, kBlack);
  const Side side = position.side();
  follow_tactics(position);
  const auto halves = [&](Side view) { return std::array<const Half*, 2>{&plies_[top_].half[view], &tactical_.half[view]}; };
  const auto bucket = static_cast<std::size_t>(output_bucket(position));
  // Sums of squared activations times weights, then the bias at the same scale.
  const std::int64_t sum =
      static_cast<std::int64_t>(loops_.output(halves(side), halves(other(side)), net_.outputs_[bucket])) +
      net_.output_bias_[bucket];
  return static_cast<int>(sum * net_.scale_ / (kInputScale * kInputScale * kOutputScale));
}

}  // namespace qiyou
