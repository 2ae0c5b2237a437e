#include "search.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <utility>

#include "evaluate.h"
#include "exchange.h"
#include "movegen.h"

namespace qiyou {
namespace {

constexpr int kInfinite = 32000;
constexpr int kHistoryLimit = 8192;
constexpr int kPieces = 2 * kKinds;

// log2 in sixteenths, in integers: libm's logarithm differs between machines.
constexpr int log2_16(int n) {
  const int whole = std::bit_width(static_cast<unsigned>(n)) - 1;
  return 16 * whole + (16 * n >> whole) - 16;
}

struct Reductions {
  int by[64][64];
};
constexpr Reductions make_reductions() {
  Reductions r{};
  for (int depth = 1; depth < 64; ++depth) {
    for (int n = 1; n < 64; ++n) r.by[depth][n] = (96 + log2_16(depth) * log2_16(n) * 4 / 15) / 256;
  }
  return r;
}
constexpr Reductions kReductions = make_reductions();

int piece_index(Man man) { return kKinds * side_of(man) + kind_of(man); }

using ToHistory = std::int16_t[kPieces][kSquares];

void nudge(std::int16_t& value, int bonus) {
  // Grows toward the limit, never past it.
  value = static_cast<std::int16_t>(value + bonus - value * std::abs(bonus) / kHistoryLimit);
}

std::uint64_t mixed(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

bool is_mate(int score) { return std::abs(score) > kMateBound; }
bool is_decided(int score) { return std::abs(score) > kRepetitionScore - 2 * kMaxPly; }

// Mates are stored as seen from the node, used as seen from the root.
int to_table(int score, int ply) {
  if (!is_mate(score)) return score;
  return score > 0 ? score + ply : score - ply;
}
int from_table(int score, int ply) {
  if (!is_mate(score)) return score;
  return score > 0 ? score - ply : score + ply;
}

// Whether a stored score answers the question put by the window.
bool settles(Bound bound, int stored, int alpha, int beta) {
  return bound == Bound::kExact || (bound == Bound::kLower && stored >= beta) ||
         (bound == Bound::kUpper && stored <= alpha);
}

struct Frame {
  Move pv[kMaxPly + 2];
  int pv_length = 0;
  Move killers[2];
  Move excluded;
  int eval = 0;
  bool check = false;
  bool null = false;
  int piece = 0;  // of the move made here
  Square to = 0;
};

struct Ranked {
  Move move;
  int rank;
};

}  // namespace

struct Searcher::Memory {
  ToHistory quiet;
  std::int16_t capture[kPieces][kSquares][kKinds];
  ToHistory follow[kPieces][kSquares];  // by the move before
  Move answer[kPieces][kSquares];

  void clear() { *this = Memory{}; }
};

class Searcher::Tree {
 public:
  Tree(Table& table, Memory& memory, Accumulators* accumulators, const Game& game, const Limits& limits, const std::atomic<bool>& stop,
       std::uint64_t seed)
      : table_(table), memory_(memory), accumulators_(accumulators), position_(game.position()), rules_(game.rules()), limits_(limits), stop_(stop),
        path_(game.past()), root_(static_cast<int>(game.past().size())), seed_(seed),
        start_(std::chrono::steady_clock::now()), frames_(kMaxPly + 4) {
    path_.reserve(path_.size() + kMaxPly + 4);
    if (accumulators_ != nullptr) accumulators_->start(position_);
  }

  SearchResult run(const Report& report);

 private:
  using Clock = std::chrono::steady_clock;

  int search(int alpha, int beta, int depth, int ply, bool expect_cut);
  int quiesce(int alpha, int beta, int ply);
  void allow_root_moves();
  void aspirate(std::size_t line, int depth);
  bool recurrence(int ply, int& score);
  int evaluation();
  void rank_moves(const MoveList& list, Ranked* ranked, Move first, int ply) const;
  int follow_score(int ply, int back, int piece, Square to) const;
  void reward(int ply, Move best, const MoveList& quiets, const MoveList& captures, int depth);
  void reward_follow(int ply, int piece, Square to, int bonus);
  void make(Move move);
  void step(Move move, int ply);
  void take_back();
  void keep_line(int ply, Move move);
  bool out_of_time();
  std::int64_t elapsed_ms() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start_).count();
  }
  Frame& frame(int ply) { return frames_[static_cast<std::size_t>(ply + 2)]; }
  const Frame& frame(int ply) const { return frames_[static_cast<std::size_t>(ply + 2)]; }

  Table& table_;
  Memory& memory_;
  Accumulators* accumulators_;  // null when positions are judged by hand-written rules
  Position position_;
  Rules rules_;
  const Limits& limits_;
  const std::atomic<bool>& stop_;
  std::vector<Undo> path_;
  int root_;
  std::uint64_t seed_;
  Clock::time_point start_;
  std::vector<Frame> frames_;  // two empty ones before the root
  std::vector<RootLine> root_moves_;
  std::size_t line_ = 0;  // root moves before this one belong to better lines
  std::uint64_t nodes_ = 0;
  bool halted_ = false;
  // Set by a decision of the repetition rules below the last searched move: such a score belongs
  // to the path, not to the position, and stays out of the table.
  bool tainted_ = false;
};

void Searcher::Tree::make(Move move) {
  path_.push_back(position_.make(move));
  if (accumulators_ != nullptr) accumulators_->push(position_, path_.back());
}

void Searcher::Tree::step(Move move, int ply) {
  Frame& f = frame(ply);
  f.piece = piece_index(position_.man_at(move.from()));
  f.to = move.to();
  f.null = false;
  ++nodes_;
  make(move);
  table_.prefetch(position_.key());
}

void Searcher::Tree::take_back() {
  if (accumulators_ != nullptr) accumulators_->pop();
  position_.unmake(path_.back());
  path_.pop_back();
}

bool Searcher::Tree::out_of_time() {
  if (halted_) return true;
  if (limits_.nodes != 0 && nodes_ >= limits_.nodes) {
    halted_ = true;
  } else if ((nodes_ & 1023U) == 0) {
    halted_ = stop_.load(std::memory_order_relaxed) ||
              (limits_.movetime_ms != 0 && elapsed_ms() >= limits_.movetime_ms);
  }
  return halted_;
}

int Searcher::Tree::evaluation() {
  int value = accumulators_ != nullptr ? accumulators_->evaluate(position_) : evaluate(position_);
  if (limits_.blunder > 0) {
    const auto span = static_cast<std::uint64_t>(2 * limits_.blunder + 1);
    value += static_cast<int>(mixed(position_.key() ^ seed_ * 0x9E3779B97F4A7C15ULL) % span) - limits_.blunder;
  }
  return std::clamp(value, -20000, 20000);
}

// The verdict when the present position stood before: at once when both standings lie inside the
// tree, at the third standing when the earlier ones were played in the game.
bool Searcher::Tree::recurrence(int ply, int& score) {
  const int now = static_cast<int>(path_.size());
  const int oldest = std::max(0, now - position_.halfmove());
  int played = 0;
  for (int i = now - 2; i >= oldest; i -= 2) {
    const Undo& past = path_[static_cast<std::size_t>(i)];
    // Before a null move nothing is comparable.
    if (!path_[static_cast<std::size_t>(i + 1)].move || !past.move) return false;
    if (past.key != position_.key()) continue;
    if (i < root_ && ++played < 2) continue;
    const Cycle cycle = judge_cycle(position_, std::span(path_).subspan(static_cast<std::size_t>(i)), rules_);
    const Side side = position_.side();
    if (cycle.offends[side] == cycle.offends[other(side)]) {
      score = 0;
    } else {
      score = cycle.offends[side] ? -kRepetitionScore + ply : kRepetitionScore - ply;
      tainted_ = true;
    }
    return true;
  }
  return false;
}

void Searcher::Tree::keep_line(int ply, Move move) {
  Frame& f = frame(ply);
  const Frame& next = frame(ply + 1);
  f.pv[0] = move;
  std::copy(next.pv, next.pv + next.pv_length, f.pv + 1);
  f.pv_length = next.pv_length + 1;
}

int Searcher::Tree::follow_score(int ply, int back, int piece, Square to) const {
  const Frame& before = frame(ply - back);
  if (ply < back || before.null) return 0;
  return memory_.follow[before.piece][before.to][piece][to];
}

void Searcher::Tree::rank_moves(const MoveList& list, Ranked* ranked, Move first, int ply) const {
  const Frame& f = frame(ply);
  Move answer;
  if (ply >= 1 && !frame(ply - 1).null) answer = memory_.answer[frame(ply - 1).piece][frame(ply - 1).to];
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Move move = list[i];
    const Man victim = position_.man_at(move.to());
    const int piece = piece_index(position_.man_at(move.from()));
    int rank = 0;
    if (move == first) {
      rank = 10'000'000;
    } else if (victim != kNobody) {
      const int gain = 16 * kWorth[kind_of(victim)] + memory_.capture[piece][move.to()][kind_of(victim)];
      rank = gain + (exchange_gains(position_, move, 0) ? 1'000'000 : -1'000'000);
    } else if (move == f.killers[0]) {
      rank = 900'000;
    } else if (move == f.killers[1]) {
      rank = 890'000;
    } else if (move == answer) {
      rank = 880'000;
    } else {
      rank = 2 * memory_.quiet[piece][move.to()] + 2 * follow_score(ply, 1, piece, move.to()) +
             follow_score(ply, 2, piece, move.to());
    }
    ranked[i] = {move, rank};
  }
}

namespace {

// Brings the best of the rest to `i`; equal ranks keep the order of generation.
Move next_best(Ranked* ranked, std::size_t i, std::size_t size) {
  std::size_t best = i;
  for (std::size_t j = i + 1; j < size; ++j) {
    if (ranked[j].rank > ranked[best].rank) best = j;
  }
  const Ranked chosen = ranked[best];
  for (std::size_t j = best; j > i; --j) ranked[j] = ranked[j - 1];
  ranked[i] = chosen;
  return chosen.move;
}

}  // namespace

void Searcher::Tree::reward_follow(int ply, int piece, Square to, int bonus) {
  for (const int back : {1, 2}) {
    if (ply < back || frame(ply - back).null) continue;
    nudge(memory_.follow[frame(ply - back).piece][frame(ply - back).to][piece][to], bonus);
  }
}

void Searcher::Tree::reward(int ply, Move best, const MoveList& quiets, const MoveList& captures, int depth) {
  const int bonus = std::min(1600, 16 * depth * depth + 32 * depth);
  const auto quiet = [&](Move move, int change) {
    const int piece = piece_index(position_.man_at(move.from()));
    nudge(memory_.quiet[piece][move.to()], change);
    reward_follow(ply, piece, move.to(), change);
  };
  const auto capture = [&](Move move, int change) {
    nudge(memory_.capture[piece_index(position_.man_at(move.from()))][move.to()]
                         [kind_of(position_.man_at(move.to()))],
          change);
  };
  if (position_.occupied(best.to())) {
    capture(best, bonus);
  } else {
    Frame& f = frame(ply);
    if (best != f.killers[0]) {
      f.killers[1] = f.killers[0];
      f.killers[0] = best;
    }
    if (ply >= 1 && !frame(ply - 1).null) memory_.answer[frame(ply - 1).piece][frame(ply - 1).to] = best;
    quiet(best, bonus);
    for (const Move move : quiets) {
      if (move != best) quiet(move, -bonus);
    }
  }
  for (const Move move : captures) {
    if (move != best) capture(move, -bonus);
  }
}

int Searcher::Tree::quiesce(int alpha, int beta, int ply) {
  Frame& f = frame(ply);
  f.pv_length = 0;
  tainted_ = false;
  int score = 0;
  if (recurrence(ply, score)) return score;
  if (insufficient_material(position_)) return 0;
  const Watch watch = watch_general(position_);
  f.check = watch.check;
  if (position_.halfmove() >= kNaturalLimit) return has_legal_move(position_) ? 0 : -kMateScore + ply;
  if (ply >= kMaxPly) return watch.check ? 0 : evaluation();

  const Entry* known = table_.probe(position_.key());
  Move first;
  if (known != nullptr) {
    first = known->move;
    const int stored = from_table(known->score, ply);
    if (beta - alpha == 1 && settles(known->bound(), stored, alpha, beta)) return stored;
  }
  int best = -kInfinite;
  int eval = 0;
  if (!watch.check) {
    eval = known != nullptr ? known->eval : evaluation();
    best = eval;
    if (best >= beta) return best;
    alpha = std::max(alpha, best);
  }
  const MoveList list = legal_moves(position_, watch, watch.check ? Only::kAll : Only::kCaptures);
  if (list.empty() && watch.check) return -kMateScore + ply;
  Ranked ranked[kMaxMoves];
  rank_moves(list, ranked, first, ply);
  Move best_move;
  bool any_taint = false;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Move move = next_best(ranked, i, list.size());
    if (!watch.check) {
      if (ranked[i].rank < 0) break;  // captures that lose material come last
      const int gain = kWorth[kind_of(position_.man_at(move.to()))];
      if (eval + gain + 150 <= alpha) {
        best = std::max(best, eval + gain + 150);
        continue;
      }
    } else if (best > -kMateBound && i > 2 && !position_.occupied(move.to())) {
      continue;  // one quiet way out of check is looked at, not all
    }
    if (out_of_time()) return best == -kInfinite ? 0 : best;
    step(move, ply);
    score = -quiesce(-beta, -alpha, ply + 1);
    take_back();
    if (halted_) return best == -kInfinite ? 0 : best;
    any_taint = any_taint || tainted_;
    if (score > best) {
      best = score;
      if (score > alpha) {
        best_move = move;
        alpha = score;
        keep_line(ply, move);
        if (score >= beta) break;
      }
    }
  }
  tainted_ = any_taint;
  if (!any_taint) {
    table_.store(position_.key(), best_move, to_table(best, ply), eval, 0, best >= beta ? Bound::kLower : Bound::kUpper);
  }
  return best;
}

int Searcher::Tree::search(int alpha, int beta, int depth, int ply, bool expect_cut) {
  if (depth <= 0) return quiesce(alpha, beta, ply);
  Frame& f = frame(ply);
  const bool pv = beta - alpha > 1;
  f.pv_length = 0;
  tainted_ = false;
  int score = 0;
  if (ply > 0) {
    if (recurrence(ply, score)) return score;
    if (insufficient_material(position_)) return 0;
    // A mate in hand further up cannot be bettered here.
    alpha = std::max(alpha, -kMateScore + ply);
    beta = std::min(beta, kMateScore - ply - 1);
    if (alpha >= beta) return alpha;
  }
  const Watch watch = watch_general(position_);
  f.check = watch.check;
  if (ply > 0 && position_.halfmove() >= kNaturalLimit) return has_legal_move(position_) ? 0 : -kMateScore + ply;
  if (ply >= kMaxPly) return watch.check ? 0 : evaluation();

  const bool singular = static_cast<bool>(f.excluded);
  const Entry* known = singular ? nullptr : table_.probe(position_.key());
  Entry entry;
  if (known != nullptr) entry = *known;
  const Move first = ply == 0 ? root_moves_[line_].moves[0] : entry.move;
  const int stored = from_table(entry.score, ply);
  // Near the natural limit what was found with more plies left no longer holds.
  if (known != nullptr && !pv && ply > 0 && entry.depth >= depth && position_.halfmove() < kNaturalLimit - 20 &&
      settles(entry.bound(), stored, alpha, beta)) {
    return stored;
  }

  int eval = 0;
  bool improving = false;
  if (!watch.check) {
    f.eval = eval = singular ? f.eval : (known != nullptr ? entry.eval : evaluation());
    improving = ply >= 2 && !frame(ply - 2).check && eval > frame(ply - 2).eval;
    if (known != nullptr && !is_decided(stored) &&
        (entry.bound() == Bound::kExact || (entry.bound() == Bound::kLower && stored > eval) ||
         (entry.bound() == Bound::kUpper && stored < eval))) {
      eval = stored;
    }
  } else {
    f.eval = 0;
  }
  frame(ply + 1).excluded = Move();
  if (ply + 2 <= kMaxPly) frame(ply + 2).killers[0] = frame(ply + 2).killers[1] = Move();

  if (!pv && !watch.check && !singular && !is_decided(beta)) {
    // So far ahead that a quiet move will hold the lead.
    if (depth <= 7 && eval - 70 * (depth - (improving ? 1 : 0)) >= beta) return eval;
    // So far behind that only captures can help.
    if (depth <= 3 && eval + 200 + 150 * depth <= alpha) {
      score = quiesce(alpha, beta, ply);
      if (score <= alpha || halted_) return score;
    }
    // Passing: if even that is good enough, so is a move. Not without men that can lose a tempo.
    const bool has_force = (position_.men(position_.side()) & 0x7E0U) != 0;
    if (depth >= 3 && eval >= beta && f.eval >= beta - 20 * depth + 120 && has_force && ply > 0 &&
        !frame(ply - 1).null) {
      if (out_of_time()) return 0;
      const int reduced = depth - (4 + depth / 4 + std::min(3, (eval - beta) / 200));
      f.null = true;
      ++nodes_;
      path_.push_back({position_.key(), Move(), kNobody, position_.halfmove()});
      position_.make_null();
      score = -search(-beta, -beta + 1, reduced, ply + 1, !expect_cut);
      position_.make_null();
      path_.pop_back();
      f.null = false;
      if (halted_) return 0;
      if (score >= beta && !tainted_) return is_decided(score) ? beta : score;
    }
  }
  if (depth >= 4 && known == nullptr && !singular && (pv || expect_cut)) --depth;

  const MoveList list = legal_moves(position_, watch, Only::kAll);
  if (list.empty()) return singular ? alpha : -kMateScore + ply;
  Ranked ranked[kMaxMoves];
  rank_moves(list, ranked, first, ply);

  const int alpha_before = alpha;
  int best = -kInfinite;
  Move best_move;
  MoveList quiets;
  MoveList captures;
  int tried = 0;
  bool any_taint = false;
  bool best_taint = false;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Move move = next_best(ranked, i, list.size());
    if (move == f.excluded) continue;
    if (ply == 0) {
      const auto allowed = [&](const RootLine& line) { return line.moves[0] == move; };
      if (std::none_of(root_moves_.begin() + static_cast<std::ptrdiff_t>(line_), root_moves_.end(), allowed)) continue;
    }
    ++tried;
    const bool is_capture = position_.occupied(move.to());
    const int history = is_capture ? 0 : ranked[i].rank;
    const int plain_reduction = kReductions.by[std::min(depth, 63)][std::min(tried, 63)];
    if (ply > 0 && best > -kRepetitionScore + 2 * kMaxPly) {
      const int left = std::max(0, depth - plain_reduction);
      if (!is_capture) {
        if (!watch.check && tried > (4 + depth * depth) / (improving ? 1 : 2) && depth <= 8) continue;
        if (!watch.check && left <= 6 && f.eval + 110 + 90 * left <= alpha && history < 800'000) continue;
        if (depth <= 4 && history < -3000 * depth) continue;
        if (left <= 7 && !exchange_gains(position_, move, -50 * left)) continue;
      } else if (depth <= 6 && ranked[i].rank < 0 && !exchange_gains(position_, move, -120 * depth)) {
        continue;
      }
    }
    if (out_of_time()) return best == -kInfinite ? 0 : best;

    int extension = 0;
    // A move without equal deserves a deeper look.
    if (ply > 0 && depth >= 7 && move == first && !singular && known != nullptr && entry.depth >= depth - 3 &&
        (entry.bound() == Bound::kLower || entry.bound() == Bound::kExact) && !is_decided(stored)) {
      const int bar = stored - 2 * depth;
      f.excluded = move;
      const int rival = search(bar - 1, bar, (depth - 1) / 2, ply, expect_cut);
      f.excluded = Move();
      f.check = watch.check;
      if (out_of_time()) return best == -kInfinite ? 0 : best;
      if (rival < bar) {
        extension = 1;
      } else if (bar >= beta && !tainted_) {
        return bar;
      } else if (stored >= beta) {
        extension = -1;
      }
    }
    // Checks that lose the checking man are not worth a ply more.
    const bool sound = exchange_gains(position_, move, 0);
    step(move, ply);
    const bool checks = in_check(position_, position_.side());
    if (checks && extension == 0 && sound && ply < 2 * 32) extension = 1;
    const int deeper = depth - 1 + extension;
    if (tried > 1 && depth >= 3 && (!is_capture || ranked[i].rank < 0)) {
      int reduction = plain_reduction;
      if (!pv) ++reduction;
      if (!improving) ++reduction;
      if (expect_cut) ++reduction;
      if (checks || watch.check) --reduction;
      if (history >= 800'000) reduction -= 1;
      if (!is_capture && history < 800'000) reduction -= std::clamp(history / 8000, -2, 2);
      const int reduced = std::clamp(deeper - reduction, 1, std::max(deeper, 1));
      score = -search(-alpha - 1, -alpha, reduced, ply + 1, true);
      if (score > alpha && reduced < deeper && !halted_) score = -search(-alpha - 1, -alpha, deeper, ply + 1, !expect_cut);
    } else if (tried > 1 || !pv) {
      score = -search(-alpha - 1, -alpha, deeper, ply + 1, !expect_cut);
    }
    if (pv && (tried == 1 || (score > alpha && !halted_))) score = -search(-beta, -alpha, deeper, ply + 1, false);
    take_back();
    if (halted_) return best == -kInfinite ? 0 : best;
    any_taint = any_taint || tainted_;
    if (ply == 0 && (tried == 1 || score > alpha)) {
      keep_line(0, move);
      auto line = std::find_if(root_moves_.begin(), root_moves_.end(), [&](const RootLine& l) { return l.moves[0] == move; });
      line->score = score;
      line->moves.assign(f.pv, f.pv + f.pv_length);
      std::rotate(root_moves_.begin() + static_cast<std::ptrdiff_t>(line_), line, line + 1);
    }
    if (score > best) {
      best = score;
      best_taint = tainted_;
      if (score > alpha) {
        best_move = move;
        if (pv && ply > 0) keep_line(ply, move);
        if (score >= beta) break;
        alpha = score;
      }
    }
    if (is_capture) {
      captures.add(move);
    } else {
      quiets.add(move);
    }
  }
  if (tried == 0) return alpha;
  if (best >= beta) reward(ply, best_move, quiets, captures, depth);
  // A bound from above rests on every move, a cut only on the one that made it.
  tainted_ = best >= beta ? best_taint : any_taint;
  if (!tainted_ && !singular && (ply > 0 || line_ == 0)) {
    const Bound bound = best >= beta ? Bound::kLower : best > alpha_before ? Bound::kExact : Bound::kUpper;
    table_.store(position_.key(), best_move, to_table(best, ply), f.eval, depth, bound);
  }
  return best;
}

// All legal moves but those that lose at once by the repetition rules, unless there are no others.
void Searcher::Tree::allow_root_moves() {
  std::vector<RootLine> losing;
  for (const Move move : legal_moves(position_)) {
    if (!limits_.only.empty() && std::find(limits_.only.begin(), limits_.only.end(), move) == limits_.only.end()) continue;
    make(move);
    int score = 0;
    const bool loses = recurrence(1, score) && score > 0;
    take_back();
    (loses ? losing : root_moves_).push_back({loses ? -kRepetitionScore : 0, 0, {move}});
  }
  if (root_moves_.empty()) root_moves_ = std::move(losing);
}

void Searcher::Tree::aspirate(std::size_t line, int depth) {
  line_ = line;
  const int guess = root_moves_[line].score;
  int margin = depth < 5 || is_decided(guess) ? 2 * kInfinite : 18;
  int alpha = std::max(guess - margin, -kInfinite);
  int beta = std::min(guess + margin, kInfinite);
  while (true) {
    const int score = search(alpha, beta, depth, 0, false);
    if (halted_) return;
    if (score <= alpha) {
      beta = (alpha + beta) / 2;
      alpha = std::max(score - margin, -kInfinite);
    } else if (score >= beta) {
      beta = std::min(score + margin, kInfinite);
    } else {
      return;
    }
    margin = margin > 400 ? 2 * kInfinite : margin * 2;
  }
}

SearchResult Searcher::Tree::run(const Report& report) {
  SearchResult result;
  allow_root_moves();
  if (root_moves_.empty()) return result;
  const std::size_t lines = std::min(root_moves_.size(), static_cast<std::size_t>(std::max(1, limits_.lines)));
  // Whatever the limits, there is a move to play.
  result.lines.assign(root_moves_.begin(), root_moves_.begin() + static_cast<std::ptrdiff_t>(lines));
  const int deepest = limits_.depth > 0 ? std::min(limits_.depth, kMaxPly - 20) : kMaxPly - 20;
  for (int depth = 1; depth <= deepest && !halted_; ++depth) {
    for (std::size_t line = 0; line < lines && !halted_; ++line) {
      aspirate(line, depth);
      if (halted_ && line > 0) break;
      root_moves_[line].depth = depth;
      if (report && !halted_) {
        report(root_moves_[line], static_cast<int>(line) + 1, nodes_, elapsed_ms(), table_.permille_used());
      }
    }
    const auto end = root_moves_.begin() + static_cast<std::ptrdiff_t>(lines);
    std::stable_sort(root_moves_.begin(), end, [](const RootLine& a, const RootLine& b) { return a.score > b.score; });
    if (!halted_) result.depth = depth;
    // A broken iteration still counts: the best line is either confirmed or replaced by a better.
    result.lines.assign(root_moves_.begin(), end);
    if (limits_.soft_ms != 0 && elapsed_ms() >= limits_.soft_ms) break;
    if (stop_.load(std::memory_order_relaxed)) break;
    const int score = root_moves_[0].score;
    if (is_mate(score) && kMateScore - std::abs(score) <= depth && lines == 1) break;
  }
  result.nodes = nodes_;
  return result;
}

Searcher::Searcher(std::size_t hash_megabytes) : table_(hash_megabytes), memory_(std::make_unique<Memory>()) {
  memory_->clear();
}
Searcher::~Searcher() = default;

void Searcher::resize_hash(std::size_t megabytes) { table_.resize(megabytes); }

void Searcher::new_game() {
  table_.clear();
  memory_->clear();
}

void Searcher::set_net(std::shared_ptr<const Net> net) {
  net_ = std::move(net);
  accumulators_ = net_ ? std::make_unique<Accumulators>(*net_) : nullptr;
  new_game();
}

SearchResult Searcher::think(const Game& game, const Limits& limits, const std::atomic<bool>& stop, const Report& report) {
  table_.new_search();
  Tree tree(table_, *memory_, accumulators_.get(), game, limits, stop, seed_);
  return tree.run(report);
}

}  // namespace qiyou
