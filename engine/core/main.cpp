#include <iostream>

#include "uci.h"

int main() {
  std::ios::sync_with_stdio(false);
  return qiyou::converse(std::cin, std::cout);
}
