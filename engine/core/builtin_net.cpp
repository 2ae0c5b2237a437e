// The net that is compiled in, so that program and extension find it wherever they are installed.
#include <memory>
#include <span>
#include <string>

#include "nnue.h"

// QIYOU_NET_FILE is the path of engine/nets/qiyou.nnue, set by CMakeLists.txt.
__asm__(
    ".pushsection .rodata\n"
    ".balign 64\n"
    ".global qiyou_net_begin\n"
    ".hidden qiyou_net_begin\n"
    "qiyou_net_begin:\n"
    ".incbin \"" QIYOU_NET_FILE
    "\"\n"
    ".global qiyou_net_end\n"
    ".hidden qiyou_net_end\n"
    "qiyou_net_end:\n"
    ".popsection\n");

extern "C" {
extern const std::uint8_t qiyou_net_begin[];
extern const std::uint8_t qiyou_net_end[];
}

namespace qiyou {

std::shared_ptr<const Net> builtin_net() {
  static const std::shared_ptr<const Net> net = [] {
    try {
      return std::make_shared<const Net>(std::span(qiyou_net_begin, qiyou_net_end));
    } catch (const NetError& error) {
      throw NetError(std::string("the net that was built in (engine/nets/qiyou.nnue) is unusable: ") + error.what());
    }
  }();
  return net;
}

}  // namespace qiyou
