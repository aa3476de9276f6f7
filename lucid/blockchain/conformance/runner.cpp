// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/conformance/case_values.hpp>
#include <lucid/blockchain/conformance/gaps.hpp>
#include <lucid/blockchain/conformance/runner.hpp>
#include <lucid/blockchain/conformance/test_files.hpp>
#include <lucid/blockchain/evm/evm.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <pthread.h>
#include <thread>

namespace lucid::blockchain::conformance {
namespace {

// Sanitizers make frames several times larger.
#if defined(__SANITIZE_ADDRESS__)
constexpr std::size_t frames_factor = 8;
#elif defined(__has_feature)
constexpr std::size_t frames_factor = __has_feature(address_sanitizer) ? 8 : 1;
#else
constexpr std::size_t frames_factor = 1;
#endif

constexpr std::size_t long_number = 19;  ///< digits that a JSON number may lose

/// Puts quotes around integers that a double could not hold.
std::string quote_long_numbers(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_string && c == '\\' && i + 1 < text.size()) {
            out += c;
            out += text[++i];
            continue;
        }
        if (c == '"') in_string = !in_string;
        if (in_string || c < '0' || c > '9') {
            out += c;
            continue;
        }
        const auto end = std::min(text.find_first_not_of("0123456789", i), text.size());
        const auto digits = text.substr(i, end - i);
        if (digits.size() >= long_number)
            out.append("\"").append(digits).append("\"");
        else
            out.append(digits);
        i = end - 1;
    }
    return out;
}

void run_case(const std::string& name, const Json& test, const CaseContext& context) {
    const auto in = [&](const char* folder) {
        return context.file.find(folder) != std::string::npos;
    };
    if (test.contains("post") && test.contains("transaction"))
        run_state_cases(name, test, context);
    else if (test.contains("blocks"))
        run_block_cases(name, test, context);
    else if (test.contains("txbytes"))
        run_transaction_cases(name, test, context);
    else if (test.contains("exec"))
        run_vm_cases(name, test, context);
    else if (in("RLPTests"))
        run_rlp_case(name, test, context);
    else if (in("TrieTests"))
        run_trie_case(name, test, context);
    else if (in("ABITests"))
        run_abi_case(name, test, context);
    else
        context.report.fail("unknown", name, "no runner for this kind of test");
}

void run_file(const TestFile& file, const CaseContext& context) {
    const auto text = file.read();
    if (!text) return context.report.fail("file", file.name, text.error().message());
    const bool encoding = file.bytes < 200'000 && file.name.find("/stat") == std::string::npos;
    const auto json = Json::parse(encoding ? quote_long_numbers(*text) : *text, nullptr, false);
    if (json.is_discarded()) return context.report.fail("file", file.name, "not JSON");
    const auto is_basic = [&](const char* folder) {
        return file.name.find(folder) != std::string::npos;
    };
    if (is_basic("BasicTests") || is_basic("GenesisTests") || is_basic("KeyStoreTests"))
        return run_basic_file(json, context);
    for (const auto& [name, test] : json.items()) {
        try {
            run_case(name, test, context);
        } catch (const std::exception& error) {
            context.report.fail("file", name, error.what());
        }
    }
}

/// Deep calls need a stack of their own size.
class BigStackThread {
  public:
    explicit BigStackThread(std::function<void()> work) : work_(std::move(work)) {
        pthread_attr_t attributes;
        pthread_attr_init(&attributes);
        pthread_attr_setstacksize(&attributes, evm::native_stack_bytes * frames_factor);
        started_ = pthread_create(&thread_, &attributes, &run, this) == 0;
        pthread_attr_destroy(&attributes);
    }
    BigStackThread(const BigStackThread&) = delete;
    BigStackThread& operator=(const BigStackThread&) = delete;
    ~BigStackThread() {
        if (started_) pthread_join(thread_, nullptr);
    }
    [[nodiscard]] bool started() const { return started_; }

  private:
    static void* run(void* self) {
        static_cast<BigStackThread*>(self)->work_();
        return nullptr;
    }
    std::function<void()> work_;
    pthread_t thread_{};
    bool started_ = false;
};

/// "state-eest/stShift" of "state-eest/stShift/shl01.json".
std::string folder_of(const std::string& name) {
    const auto first = name.find('/');
    if (first == std::string::npos) return ".";
    const auto second = name.find('/', first + 1);
    return name.substr(0, second == std::string::npos ? first : second);
}

void add(Summary& summary, const std::string& file, const FileReport& report) {
    auto& folder = summary.folders[folder_of(file)];
    for (const auto& [group, count] : report.passed()) {
        summary.groups[group].passed += count;
        folder.passed += count;
        summary.total.passed += count;
    }
    for (const auto& failed : report.failed()) {
        const auto* gap = gap_of(file, failed.name);
        const auto count = gap == nullptr ? &Count::failed : &Count::gaps;
        ++(summary.groups[failed.group].*count);
        ++(folder.*count);
        ++(summary.total.*count);
        summary.failures.push_back({file, failed.name, failed.group, failed.trouble,
                                    gap == nullptr ? "" : std::string(gap->reason)});
    }
}

}  // namespace

Result<Summary> run_conformance(const Options& options) {
    const auto started = std::chrono::steady_clock::now();
    LUCID_TRY(const auto sets, find_test_files(options.path));
    std::vector<const TestFile*> files;
    for (const auto& set : sets)
        for (const auto& file : set.files)
            if (file.name.find(options.filter) != std::string::npos) files.push_back(&file);
    if (options.every > 1) {
        std::vector<const TestFile*> sample;
        for (std::size_t i = 0; i < files.size(); i += options.every) sample.push_back(files[i]);
        files = std::move(sample);
    }
    Summary summary;
    summary.files = files.size();
    // Long files first would need their times; by size is near enough.
    std::sort(files.begin(), files.end(),
              [](const auto* a, const auto* b) { return a->bytes > b->bytes; });
    std::atomic<std::size_t> next = 0;
    std::mutex mutex;
    const auto work = [&] {
        evm::Workspace workspace;
        for (std::size_t i = next++; i < files.size(); i = next++) {
            FileReport report;
            run_file(*files[i], {files[i]->name, options.fork, report, workspace});
            const std::lock_guard lock(mutex);
            add(summary, files[i]->name, report);
        }
    };
    const auto count =
        options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
    {
        std::vector<std::unique_ptr<BigStackThread>> threads;
        for (unsigned i = 0; i < count; ++i) {
            threads.push_back(std::make_unique<BigStackThread>(work));
            if (!threads.back()->started()) return fail(Errc::io_failed, "thread with a big stack");
        }
    }
    std::sort(summary.failures.begin(), summary.failures.end(), [](const auto& a, const auto& b) {
        return std::tie(a.file, a.name) < std::tie(b.file, b.name);
    });
    summary.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    return summary;
}

}  // namespace lucid::blockchain::conformance
