// SHA-256 (FIPS 180-4), to refuse a net that is not the one it claims to be.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace qiyou {

using Digest = std::array<std::uint8_t, 32>;

Digest sha256(std::span<const std::uint8_t> data);

}  // namespace qiyou
