#include "nnue_arithmetic.h"

#include <algorithm>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

namespace qiyou {
namespace {

void add_subtract_scalar(Half& to, const Half& from, const Half* const* plus, int pluses, const Half* const* minus,
                         int minuses) {
  for (std::size_t i = 0; i < kNetWidth; ++i) {
    int sum = from.sum[i];
    for (int k = 0; k < pluses; ++k) sum += plus[k]->sum[i];
    for (int k = 0; k < minuses; ++k) sum -= minus[k]->sum[i];
    to.sum[i] = static_cast<std::int16_t>(sum);
  }
}

void add_rows_scalar(Half& own, Half& other, const TacticalRow* const* plus, int pluses, const TacticalRow* const* minus,
                     int minuses) {
  for (std::size_t i = 0; i < kNetWidth; ++i) {
    int first = own.sum[i];
    int second = other.sum[i];
    for (int k = 0; k < pluses; ++k) first += plus[k]->own.sum[i], second += plus[k]->other.sum[i];
    for (int k = 0; k < minuses; ++k) first -= minus[k]->own.sum[i], second -= minus[k]->other.sum[i];
    own.sum[i] = static_cast<std::int16_t>(first);
    other.sum[i] = static_cast<std::int16_t>(second);
  }
}

using Halves = std::array<const Half*, 2>;

std::int32_t output_scalar(const Halves& own, const Halves& other, const std::array<Half, 2>& weights) {
  const auto clamped = [](const Halves& halves, std::size_t i) {
    return std::clamp<std::int32_t>(static_cast<std::int16_t>(halves[0]->sum[i] + halves[1]->sum[i]), 0, 255);
  };
  std::int32_t sum = 0;
  for (std::size_t i = 0; i < kNetWidth; ++i) {
    const std::int32_t a = clamped(own, i);
    const std::int32_t b = clamped(other, i);
    sum += a * a * weights[0].sum[i] + b * b * weights[1].sum[i];
  }
  return sum;
}

#if defined(__x86_64__)

// The steps of two loops below, 16 lanes at a time; the wrapper decides at run time.
constexpr std::size_t kRegisters = 8;  // sums held at once, so that a column's address is read once for all of them
static_assert(kNetWidth % (16 * kRegisters) == 0);

__attribute__((target("avx2"))) void add_subtract_avx2(Half& to, const Half& from, const Half* const* plus, int pluses,
                                                       const Half* const* minus, int minuses) {
  const auto at = [](const Half& half, std::size_t i) { return reinterpret_cast<const __m256i*>(&half.sum[i]); };
  for (std::size_t i = 0; i < kNetWidth; i += 16 * kRegisters) {
    __m256i sums[kRegisters];
    for (std::size_t r = 0; r < kRegisters; ++r) sums[r] = _mm256_load_si256(at(from, i + 16 * r));
    for (int k = 0; k < pluses; ++k) {
      for (std::size_t r = 0; r < kRegisters; ++r) sums[r] = _mm256_add_epi16(sums[r], _mm256_load_si256(at(*plus[k], i + 16 * r)));
    }
    for (int k = 0; k < minuses; ++k) {
      for (std::size_t r = 0; r < kRegisters; ++r) sums[r] = _mm256_sub_epi16(sums[r], _mm256_load_si256(at(*minus[k], i + 16 * r)));
    }
    for (std::size_t r = 0; r < kRegisters; ++r) _mm256_store_si256(reinterpret_cast<__m256i*>(&to.sum[i + 16 * r]), sums[r]);
  }
}

__attribute__((target("avx2"))) void add_rows_avx2(Half& own, Half& other, const TacticalRow* const* plus, int pluses,
                                                   const TacticalRow* const* minus, int minuses) {
  const auto at = [](const Half& half, std::size_t i) { return reinterpret_cast<const __m256i*>(&half.sum[i]); };
  const auto into = [](Half& half, std::size_t i) { return reinterpret_cast<__m256i*>(&half.sum[i]); };
  for (std::size_t i = 0; i < kNetWidth; i += 16 * kRegisters / 2) {
    __m256i first[kRegisters / 2];
    __m256i second[kRegisters / 2];
    for (std::size_t r = 0; r < kRegisters / 2; ++r) {
      first[r] = _mm256_load_si256(at(own, i + 16 * r));
      second[r] = _mm256_load_si256(at(other, i + 16 * r));
    }
    for (int k = 0; k < pluses; ++k) {
      for (std::size_t r = 0; r < kRegisters / 2; ++r) {
        first[r] = _mm256_add_epi16(first[r], _mm256_load_si256(at(plus[k]->own, i + 16 * r)));
        second[r] = _mm256_add_epi16(second[r], _mm256_load_si256(at(plus[k]->other, i + 16 * r)));
      }
    }
    for (int k = 0; k < minuses; ++k) {
      for (std::size_t r = 0; r < kRegisters / 2; ++r) {
        first[r] = _mm256_sub_epi16(first[r], _mm256_load_si256(at(minus[k]->own, i + 16 * r)));
        second[r] = _mm256_sub_epi16(second[r], _mm256_load_si256(at(minus[k]->other, i + 16 * r)));
      }
    }
    for (std::size_t r = 0; r < kRegisters / 2; ++r) {
      _mm256_store_si256(into(own, i + 16 * r), first[r]);
      _mm256_store_si256(into(other, i + 16 * r), second[r]);
    }
  }
}

__attribute__((target("avx2"))) std::int32_t output_avx2(const Halves& own, const Halves& other,
                                                         const std::array<Half, 2>& weights) {
  const __m256i zero = _mm256_setzero_si256();
  const __m256i top = _mm256_set1_epi16(255);
  __m256i sum = zero;
  const Halves sides[] = {own, other};
  for (std::size_t half = 0; half < 2; ++half) {
    for (std::size_t i = 0; i < kNetWidth; i += 16) {
      __m256i x = _mm256_add_epi16(_mm256_load_si256(reinterpret_cast<const __m256i*>(&sides[half][0]->sum[i])),
                                   _mm256_load_si256(reinterpret_cast<const __m256i*>(&sides[half][1]->sum[i])));
      x = _mm256_min_epi16(_mm256_max_epi16(x, zero), top);
      const __m256i w = _mm256_load_si256(reinterpret_cast<const __m256i*>(&weights[half].sum[i]));
      sum = _mm256_add_epi32(sum, _mm256_madd_epi16(x, _mm256_mullo_epi16(x, w)));
    }
  }
  __m128i four = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
  four = _mm_add_epi32(four, _mm_shuffle_epi32(four, _MM_SHUFFLE(1, 0, 3, 2)));
  four = _mm_add_epi32(four, _mm_shuffle_epi32(four, _MM_SHUFFLE(2, 3, 0, 1)));
  return _mm_cvtsi128_si32(four);
}

#elif defined(__aarch64__)

void add_subtract_neon(Half& to, const Half& from, const Half* const* plus, int pluses, const Half* const* minus,
                       int minuses) {
  for (std::size_t i = 0; i < kNetWidth; i += 8) {
    int16x8_t sum = vld1q_s16(&from.sum[i]);
    for (int k = 0; k < pluses; ++k) sum = vaddq_s16(sum, vld1q_s16(&plus[k]->sum[i]));
    for (int k = 0; k < minuses; ++k) sum = vsubq_s16(sum, vld1q_s16(&minus[k]->sum[i]));
    vst1q_s16(&to.sum[i], sum);
  }
}

void add_rows_neon(Half& own, Half& other, const TacticalRow* const* plus, int pluses, const TacticalRow* const* minus,
                   int minuses) {
  for (std::size_t i = 0; i < kNetWidth; i += 8) {
    int16x8_t first = vld1q_s16(&own.sum[i]);
    int16x8_t second = vld1q_s16(&other.sum[i]);
    for (int k = 0; k < pluses; ++k) {
      first = vaddq_s16(first, vld1q_s16(&plus[k]->own.sum[i]));
      second = vaddq_s16(second, vld1q_s16(&plus[k]->other.sum[i]));
    }
    for (int k = 0; k < minuses; ++k) {
      first = vsubq_s16(first, vld1q_s16(&minus[k]->own.sum[i]));
      second = vsubq_s16(second, vld1q_s16(&minus[k]->other.sum[i]));
    }
    vst1q_s16(&own.sum[i], first);
    vst1q_s16(&other.sum[i], second);
  }
}

std::int32_t output_neon(const Halves& own, const Halves& other, const std::array<Half, 2>& weights) {
  const int16x8_t zero = vdupq_n_s16(0);
  const int16x8_t top = vdupq_n_s16(255);
  int32x4_t sum = vdupq_n_s32(0);
  const Halves sides[] = {own, other};
  for (std::size_t half = 0; half < 2; ++half) {
    for (std::size_t i = 0; i < kNetWidth; i += 8) {
      const int16x8_t x = vminq_s16(vmaxq_s16(vaddq_s16(vld1q_s16(&sides[half][0]->sum[i]), vld1q_s16(&sides[half][1]->sum[i])), zero), top);
      const int16x8_t xw = vmulq_s16(x, vld1q_s16(&weights[half].sum[i]));
      sum = vmlal_s16(sum, vget_low_s16(x), vget_low_s16(xw));
      sum = vmlal_high_s16(sum, x, xw);
    }
  }
  return vaddvq_s32(sum);
}

#endif

}  // namespace

Loops choose_loops(Arithmetic arithmetic) {
  const Loops scalar{add_subtract_scalar, add_rows_scalar, output_scalar};
  if (arithmetic == Arithmetic::kScalar) return scalar;
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") ? Loops{add_subtract_avx2, add_rows_avx2, output_avx2} : scalar;
#elif defined(__aarch64__)
  return {add_subtract_neon, add_rows_neon, output_neon};
#else
  return scalar;
#endif
}

}  // namespace qiyou
