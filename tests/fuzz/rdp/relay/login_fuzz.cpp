// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/result/assert.hpp>
#include <lucid/rdp/handshake/acceptor.hpp>
#include <lucid/rdp/handshake/connector.hpp>

// Oracle: neither leg's login takes more than it was given, goes on after its end, or logs anybody
// in: the proof never fits.

namespace {

using namespace lucid;
using namespace lucid::rdp::handshake;

constexpr int steps_max = 64;

void hostile_client(ByteView input, bool allow_tls_only) {
    AcceptorInput options;
    options.allow_tls_only = allow_tls_only;
    Acceptor acceptor(options);
    for (int i = 0; i < steps_max; ++i) {
        std::size_t consumed = 0;
        const auto action = acceptor.step(input, consumed);
        LUCID_ASSERT(consumed <= input.size());
        input = input.subspan(consumed);
        if (std::holds_alternative<NeedMore>(action) || std::holds_alternative<Refuse>(action))
            return;
        if (std::holds_alternative<StartTls>(action)) {
            acceptor.on_tls(Bytes(32, 1));
        } else if (std::holds_alternative<VerifyNtlm>(action)) {
            acceptor.on_verified(std::nullopt);
        } else if (!std::holds_alternative<Send>(action)) {
            // A client without NLA is past its login: its ticket comes later.
            LUCID_ASSERT(allow_tls_only);
            return;
        }
    }
}

void hostile_host(ByteView input) {
    ConnectorInput options;
    options.user_name = {'a', 0};
    options.password = crypto::Secret(Bytes{'p', 0});
    options.target_name = "TERMSRV/host";
    Connector connector(std::move(options));
    for (int i = 0; i < steps_max; ++i) {
        std::size_t consumed = 0;
        const auto action = connector.step(input, consumed);
        LUCID_ASSERT(consumed <= input.size());
        input = input.subspan(consumed);
        if (std::holds_alternative<NeedMore>(action) ||
            std::holds_alternative<ConnectFailed>(action))
            return;
        if (std::holds_alternative<StartTls>(action)) {
            connector.on_tls(Bytes(32, 1));
            continue;
        }
        LUCID_ASSERT(std::holds_alternative<Send>(action));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const ByteView input(data + 1, size - 1);
    if (data[0] % 3 == 2)
        hostile_host(input);
    else
        hostile_client(input, data[0] % 3 == 1);
    return 0;
}
