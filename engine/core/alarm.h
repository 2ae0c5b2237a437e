// Sets a flag after a while, unless told otherwise before.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

namespace qiyou {

class Alarm {
 public:
  Alarm() = default;
  ~Alarm() { cancel(); }
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

  // Calls `ring` from another thread after `ms`. One alarm at a time.
  void set(std::int64_t ms, std::function<void()> ring) {
    cancel();
    cancelled_ = false;
    thread_ = std::thread([this, ms, call = std::move(ring)] {
      std::unique_lock lock(mutex_);
      if (!changed_.wait_for(lock, std::chrono::milliseconds(ms), [this] { return cancelled_; })) call();
    });
  }

  // After this the alarm does not ring any more.
  void cancel() {
    {
      const std::scoped_lock lock(mutex_);
      cancelled_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool cancelled_ = true;
  std::thread thread_;
};

}  // namespace qiyou
