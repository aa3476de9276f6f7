// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/conformance/test_files.hpp>
#include <lucid/blockchain/import/io_suite.hpp>

#include <algorithm>
#include <sstream>

namespace lucid::blockchain::import {
namespace {

namespace fs = std::filesystem;
using conformance::TestFiles;
using Json = nlohmann::json;

/// "METHOD/NAME.io" of a path that ends so.
std::string short_name(const std::string& path) {
    const auto name = fs::path(path);
    return (name.parent_path().filename() / name.filename()).string();
}

TestFiles folder_files(const fs::path& folder) {
    TestFiles out;
    std::error_code error;
    for (const auto& entry : fs::recursive_directory_iterator(folder, error))
        if (entry.is_regular_file(error))
            out.files.push_back({fs::relative(entry.path(), folder.parent_path()).string(),
                                 static_cast<std::size_t>(entry.file_size(error)),
                                 {},
                                 entry.path()});
    return out;
}

/// By its name: other archives are large, and looking into them takes long.
bool is_archive(const fs::path& path) {
    const auto name = path.filename().string();
    return name.starts_with("execution-apis") && name.ends_with(".tar.zst");
}

/// The archive in a folder of archives; empty: none.
fs::path archive_in(const fs::path& folder) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error))
        if (is_archive(entry.path())) return entry.path();
    return {};
}

Result<Json> read_openrpc(const fs::path& folder) {
    std::error_code error;
    const auto path = folder / "openrpc.json.zst";
    if (!fs::is_regular_file(path, error)) return Json();
    LUCID_TRY(const auto text, conformance::read_zstd(path));
    auto json = Json::parse(text, nullptr, false);
    if (!json.is_object() || !json.contains("methods"))
        return fail(Errc::bad_value, "openrpc.json.zst");
    return json;
}

}  // namespace

Result<IoFile> parse_io_file(std::string name, std::string_view text) {
    IoFile file;
    file.name = std::move(name);
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("// speconly:")) file.spec_only = true;
        if (line.starts_with(">> "))
            file.exchanges.push_back({Json::parse(line.substr(3), nullptr, false), Json()});
        if (line.starts_with("<< ") && !file.exchanges.empty())
            file.exchanges.back().answer = Json::parse(line.substr(3), nullptr, false);
    }
    const auto is_whole = [](const IoExchange& exchange) {
        return exchange.request.is_object() && exchange.answer.is_object();
    };
    if (file.exchanges.empty() ||
        !std::all_of(file.exchanges.begin(), file.exchanges.end(), is_whole))
        return fail(Errc::bad_value, "request and answer in an .io file");
    return file;
}

Result<IoSuite> open_io_suite(const fs::path& path) {
    std::error_code error;
    const bool is_folder = fs::is_directory(path, error);
    const auto archive = is_folder ? archive_in(path) : path;
    TestFiles all;
    if (is_archive(archive)) {
        LUCID_TRY(all, conformance::open_archive(archive, ""));
    } else if (is_folder && fs::is_regular_file(path / "chain.rlp", error)) {
        all = folder_files(path);
    }
    IoSuite suite;
    for (const auto& file : all.files) {
        const auto name = fs::path(file.name).filename();
        if (name == "genesis.json") {
            LUCID_TRY(suite.genesis, file.read());
        } else if (name == "chain.rlp") {
            LUCID_TRY(suite.blocks, file.read());
        } else if (name.extension() == ".io") {
            LUCID_TRY(const auto text, file.read());
            LUCID_TRY(auto parsed, parse_io_file(short_name(file.name), text));
            suite.files.push_back(std::move(parsed));
        }
    }
    if (suite.genesis.empty() || suite.blocks.empty() || suite.files.empty())
        return fail(Errc::not_found, "genesis.json, chain.rlp and .io files");
    std::sort(suite.files.begin(), suite.files.end(),
              [](const IoFile& a, const IoFile& b) { return a.name < b.name; });
    LUCID_TRY(suite.openrpc, read_openrpc(is_folder ? path : path.parent_path()));
    return suite;
}

}  // namespace lucid::blockchain::import
