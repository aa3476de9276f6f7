// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/import/build_block.hpp>
#include <lucid/blockchain/import/io_files.hpp>
#include <lucid/blockchain/import/json_schema.hpp>

#include <array>
#include <chrono>
#include <cstdlib>

namespace lucid::blockchain::import {
namespace {

namespace fs = std::filesystem;
using conformance::Summary;
using Json = nlohmann::json;

constexpr std::size_t shown_bytes_max = 400;  ///< of a difference

/// Numbers by value, error messages not at all.
Json comparable(Json answer) {
    if (answer.contains("error") && answer["error"].is_object()) answer["error"].erase("message");
    answer.erase("id");
    answer.erase("jsonrpc");
    return answer;
}

const Json* schema_of(const Json& openrpc, const std::string& method) {
    if (!openrpc.is_object()) return nullptr;
    for (const auto& item : openrpc.at("methods"))
        if (item.value("name", "") == method) return &item.at("result").at("schema");
    return nullptr;
}

/// Empty, or why the answer is not the one that was wanted.
std::string problem_of(const IoExchange& exchange, const Json& got, bool spec_only,
                       const Json& openrpc) {
    if (!got.is_object()) return "no answer";
    if (!spec_only) {
        const auto wanted = comparable(exchange.answer);
        const auto have = comparable(got);
        if (have == wanted) return "";
        return "differs: " + Json::diff(wanted, have).dump().substr(0, shown_bytes_max);
    }
    // Any answer of the right form will do.
    if (exchange.answer.contains("error") != got.contains("error"))
        return "got " + got.dump().substr(0, shown_bytes_max);
    if (got.contains("error")) return got["error"].contains("code") ? "" : "error without code";
    if (const auto* schema = schema_of(openrpc, exchange.request.value("method", "")))
        return schema_problem(*schema, got.at("result"));
    return shape_problem(exchange.answer.at("result"), got.at("result"));
}

std::string run_file(const rpc::Rpc& rpc, const IoFile& file, const Json& openrpc) {
    for (const auto& exchange : file.exchanges) {
        const auto got = Json::parse(rpc.handle(exchange.request.dump(), false), nullptr, false);
        auto problem = problem_of(exchange, got, file.spec_only, openrpc);
        if (!problem.empty()) return problem;
    }
    return "";
}

class ScratchFolder {
  public:
    ScratchFolder() {
        auto name = (fs::temp_directory_path() / "lucid-import.XXXXXX").string();
        if (::mkdtemp(name.data()) != nullptr) path_ = name;
    }
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    ~ScratchFolder() {
        std::error_code error;
        if (!path_.empty()) fs::remove_all(path_, error);
    }
    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    std::string path_;
};

}  // namespace

Summary run_io_files(const rpc::Rpc& rpc, const IoSuite& suite, const std::string& filter) {
    const auto started = std::chrono::steady_clock::now();
    Summary summary;
    for (const auto& file : suite.files) {
        if (file.name.find(filter) == std::string::npos) continue;
        ++summary.files;
        const std::string group = file.spec_only ? "form of the answer" : "same answer";
        const auto problem = run_file(rpc, file, suite.openrpc);
        const auto count =
            problem.empty() ? &conformance::Count::passed : &conformance::Count::failed;
        ++(summary.folders[file.name.substr(0, file.name.find('/'))].*count);
        ++(summary.groups[group].*count);
        ++(summary.total.*count);
        if (!problem.empty())
            summary.failures.push_back({file.name, file.name, group, problem, ""});
    }
    summary.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    return summary;
}

Result<Summary> run_io_suite(const IoSuite& suite, const std::string& filter) {
    const ScratchFolder scratch;
    if (scratch.path().empty()) return fail(Errc::io_failed, "temporary folder");
    LUCID_TRY(const auto chain, ImportedChain::create(scratch.path(), suite.genesis));
    LUCID_CHECK(chain->import_all(as_bytes(suite.blocks)));
    rpc::RpcOptions options;
    options.more["testing_buildBlockV1"] = [&chain](const Json& params) {
        return build_block(*chain, params);
    };
    const rpc::Rpc rpc(*chain, options);
    return run_io_files(rpc, suite, filter);
}

}  // namespace lucid::blockchain::import
