// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/chain/evm_stack.hpp>
#include <lucid/blockchain/evm/evm.hpp>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

namespace lucid::blockchain::chain {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define LUCID_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define LUCID_SANITIZED 1
#endif
#endif
#ifdef LUCID_SANITIZED
constexpr std::size_t frames_factor = 8;  // sanitizers make frames several times larger
#else
constexpr std::size_t frames_factor = 1;
#endif

/// Below what a kept thread has in use; deeper pages go back to the system once the work is done.
constexpr std::size_t stack_bytes_kept = 256 * 1024;

/// One thread with a large stack, that works for whoever holds it.
class Worker {
  public:
    static Result<std::unique_ptr<Worker>> start();
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    void run(const std::function<void()>& work);

  private:
    Worker() = default;
    void loop();
    /// WHY: a call that went deep has touched megabytes, and a kept thread would keep them.
    void give_stack_back() const;

    pthread_t thread_{};
    std::byte* stack_end_ = nullptr;  ///< its lowest address
    std::mutex mutex_;
    std::condition_variable changed_;
    const std::function<void()>* work_ = nullptr;
    bool stops_ = false;
};

Result<std::unique_ptr<Worker>> Worker::start() {
    std::unique_ptr<Worker> worker(new Worker);
    pthread_attr_t attributes;
    if (const int code = pthread_attr_init(&attributes); code != 0)
        return fail_errno(code, "thread for the EVM");
    pthread_attr_setstacksize(&attributes, evm::native_stack_bytes * frames_factor);
    const auto enter = [](void* self) -> void* {
        static_cast<Worker*>(self)->loop();
        return nullptr;
    };
    const int code = pthread_create(&worker->thread_, &attributes, enter, worker.get());
    pthread_attr_destroy(&attributes);
    if (code == 0) return worker;
    worker->thread_ = {};
    worker->stops_ = true;
    return fail_errno(code, "thread for the EVM");
}

Worker::~Worker() {
    {
        const std::lock_guard lock(mutex_);
        if (stops_) return;
        stops_ = true;
    }
    changed_.notify_all();
    pthread_join(thread_, nullptr);
}

void Worker::run(const std::function<void()>& work) {
    std::unique_lock lock(mutex_);
    work_ = &work;
    changed_.notify_all();
    changed_.wait(lock, [this] { return work_ == nullptr; });
}

void Worker::loop() {
    pthread_attr_t attributes;
    if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
        void* low = nullptr;
        std::size_t size = 0;
        if (pthread_attr_getstack(&attributes, &low, &size) == 0)
            stack_end_ = static_cast<std::byte*>(low);
        pthread_attr_destroy(&attributes);
    }
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return work_ != nullptr || stops_; });
        if (work_ == nullptr) return;
        const auto* work = work_;
        lock.unlock();
        (*work)();
        give_stack_back();
        lock.lock();
        work_ = nullptr;
        changed_.notify_all();
    }
}

void Worker::give_stack_back() const {
    if (stack_end_ == nullptr) return;
    const auto free_bytes =
        static_cast<std::size_t>(static_cast<std::byte*>(__builtin_frame_address(0)) - stack_end_);
    if (free_bytes <= stack_bytes_kept) return;
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    ::madvise(stack_end_, (free_bytes - stack_bytes_kept) / page * page, MADV_DONTNEED);
}

class Workers {
  public:
    Result<void> run(const std::function<void()>& work) {
        LUCID_TRY(auto worker, take());
        worker->run(work);
        const std::lock_guard lock(mutex_);
        if (idle_.size() < evm_threads_kept) idle_.push_back(std::move(worker));
        return {};
    }

  private:
    Result<std::unique_ptr<Worker>> take() {
        {
            const std::lock_guard lock(mutex_);
            forget_threads_of_parent();
            if (!idle_.empty()) {
                auto worker = std::move(idle_.back());
                idle_.pop_back();
                return worker;
            }
        }
        return Worker::start();
    }

    /// A forked child has none of them: who waited for one would wait for ever.
    void forget_threads_of_parent() {
        if (owner_ == ::getpid()) return;
        for (auto& worker : idle_) (void)worker.release();
        idle_.clear();
        owner_ = ::getpid();
    }

    std::mutex mutex_;
    std::vector<std::unique_ptr<Worker>> idle_;
    pid_t owner_ = ::getpid();
};

}  // namespace

Result<void> run_with_evm_stack(const std::function<void()>& work) {
    static Workers workers;
    return workers.run(work);
}

}  // namespace lucid::blockchain::chain
