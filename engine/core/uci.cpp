#include "uci.h"

#include "conversation.h"

namespace qiyou {

int converse(std::istream& in, std::ostream& out) {
  Conversation(in, out).run();
  return 0;
}

}  // namespace qiyou
