// The engine as a program: UCI and UCCI, told apart by the first greeting.
#pragma once

#include <iosfwd>

namespace qiyou {

// Serves one conversation until `quit` or the end of input. Returns the exit code.
int converse(std::istream& in, std::ostream& out);

}  // namespace qiyou
