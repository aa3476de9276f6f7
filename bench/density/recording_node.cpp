// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "recording_node.hpp"

#include <lucid/common/bytes/encoding.hpp>
#include <lucid/common/crypto/age.hpp>
#include <lucid/common/crypto/random.hpp>
#include <lucid/common/result/assert.hpp>
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/core/runtime/data_dir.hpp>
#include <lucid/core/runtime/log.hpp>
#include <lucid/rdp/gateway/door.hpp>
#include <lucid/rdp/gateway/relay_process.hpp>
#include <lucid/sessions/recorder/recorder.hpp>
#include <lucid/storage/catalog/catalog.hpp>

#include <string_view>

namespace lucid::bench {

void make_data_dir(const std::string& path) {
    const auto made = core::runtime::DataDir::create(path, {});
    const auto* data = std::get_if<core::runtime::DataDir>(&made);
    LUCID_ASSERT(data != nullptr);
    for (const auto* name : {"evidence.key", "owner.key"})
        LUCID_ASSERT(
            core::runtime::write_file_atomically(data->key(name), crypto::random_array<32>()));
    const auto account = to_hex(crypto::random_array<20>());
    LUCID_ASSERT(
        core::runtime::write_file_atomically(data->key("account.address"), as_bytes(account)));
    auto catalog = storage::catalog::Catalog::open(data->catalog());
    storage::catalog::User user;
    user.name = "owner";
    user.recipient = crypto::age::Identity::generate().recipient().text();
    user.role = "owner";
    LUCID_ASSERT(catalog && catalog->add_user(user));
}

int run_role(int argc, char** argv) {
    const std::string_view role = argv[2];
    core::runtime::log::open("bench", core::runtime::log::Level::error, "");
    core::net::Fd channel(3);
    if (role == "relay") return rdp::gateway::run_relay_process(std::move(channel));
    if (role == "door") return rdp::gateway::run_door_process(std::move(channel));
    const auto data = core::runtime::DataDir::open(argc > 3 ? argv[3] : "");
    const auto* found = std::get_if<core::runtime::DataDir>(&data);
    if (found == nullptr) return 1;
    return sessions::recorder::run_recorder(*found, core::net::FrameChannel(std::move(channel)),
                                            "bench")
               ? 0
               : 1;
}

}  // namespace lucid::bench
