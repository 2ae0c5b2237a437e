// Matches inside the core, for engine/match.py.
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "bindings.h"
#include "fen.h"
#include "match.h"
#include "openings.h"

namespace nb = nanobind;

namespace qiyou {
namespace {

using Settings = std::vector<std::pair<std::string, int>>;
// Points of the first, reason, plies, made moves and microseconds of each.
using Row = std::tuple<int, int, int, std::uint64_t, std::uint64_t, std::int64_t, std::int64_t>;

std::shared_ptr<Contestant> contestant(std::shared_ptr<Net> net, const Settings& settings, std::uint64_t nodes,
                                       std::int64_t movetime_ms, std::size_t hash_megabytes) {
  auto made = std::make_shared<Contestant>();
  made->net = std::move(net);
  for (const auto& [name, value] : settings) set_tuning(made->tuning, name, value);
  made->nodes = nodes;
  made->movetime_ms = movetime_ms;
  made->hash_megabytes = hash_megabytes;
  return made;
}

std::vector<Row> pair_of_games(const Contestant& first, const Contestant& second, const Game& opening) {
  const Game copy = opening;
  const nb::gil_scoped_release release;
  std::vector<Row> rows;
  for (const PlayedGame& g : play_pair(first, second, copy)) {
    rows.emplace_back(g.points, static_cast<int>(g.reason), g.plies, g.nodes[0], g.nodes[1], g.micros[0],
                      g.micros[1]);
  }
  return rows;
}

std::vector<std::pair<std::string, int>> tuning() {
  const Tuning defaults;
  std::vector<std::pair<std::string, int>> values;
  for (const TuningName& name : tuning_names()) values.emplace_back(name.name, defaults.*name.value);
  return values;
}

std::string opening(std::uint64_t seed) {
  const nb::gil_scoped_release release;
  return fen(balanced_opening(seed).position());
}

}  // namespace

void bind_match(nb::module_& m) {
  nb::class_<Contestant>(m, "Contestant");
  m.def("contestant", &contestant, nb::arg().none(), nb::arg(), nb::arg(), nb::arg(), nb::arg());
  m.def("play_pair", &pair_of_games);
  m.def("tuning", &tuning);
  m.def("balanced_opening", &opening);
}

}  // namespace qiyou
