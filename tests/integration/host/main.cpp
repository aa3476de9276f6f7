// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0

/// A scripted RDP host on FreeRDP's server library, for what xrdp and freerdp-shadow lack:
///   lucid_test_host DIR address=127.0.0.1 security=tls|nla user=U password=P script=FILE
/// DIR has host.crt and host.key. Prints "listening ADDRESS:PORT", then what happens (report.hpp).
/// Ends on SIGTERM.

#include <arpa/inet.h>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <map>
#include <netinet/in.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include "channels.hpp"
#include "connection.hpp"

namespace {

using namespace lucid::test_host;

/// -1 when the address cannot be had.
int listen_on(const std::string& address, unsigned& port) {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in name{};
    name.sin_family = AF_INET;
    if (::inet_pton(AF_INET, address.c_str(), &name.sin_addr) != 1) return -1;
    socklen_t size = sizeof name;
    if (::bind(listener, reinterpret_cast<sockaddr*>(&name), size) != 0 ||
        ::listen(listener, 16) != 0 ||
        ::getsockname(listener, reinterpret_cast<sockaddr*>(&name), &size) != 0)
        return -1;
    port = ntohs(name.sin_port);
    return listener;
}

void serve(const HostOptions& options, int number, int socket) {
    auto* peer = freerdp_peer_new(socket);
    if (peer == nullptr) {
        ::close(socket);
        return;
    }
    Connection(options, number, peer).run();
}

}  // namespace

int main(int argc, char** argv) {
    std::map<std::string, std::string> arguments;
    for (int i = 2; i < argc; ++i) {
        const std::string text = argv[i];
        const auto equals = text.find('=');
        if (equals != std::string::npos)
            arguments[text.substr(0, equals)] = text.substr(equals + 1);
    }
    if (argc < 2 || arguments["address"].empty()) {
        std::cerr << "usage: lucid_test_host DIR address=A security=tls|nla user=U password=P "
                     "script=FILE\n";
        return 2;
    }
    std::signal(SIGPIPE, SIG_IGN);
    HostOptions options;
    const std::string directory = argv[1];
    options.certificate_file = directory + "/host.crt";
    options.key_file = directory + "/host.key";
    options.nla = arguments["security"] == "nla";
    options.user = arguments["user"];
    options.password = arguments["password"];
    options.script_file = arguments["script"];
    winpr_InitializeSSL(WINPR_SSL_INIT_DEFAULT);
    WTSRegisterWtsApiFunctionTable(Touch::table_with_sessions(FreeRDP_InitWtsApi()));
    unsigned port = 0;
    const int listener = listen_on(arguments["address"], port);
    if (listener < 0) {
        std::cerr << "lucid_test_host: cannot listen on " << arguments["address"] << "\n";
        return 1;
    }
    std::printf("listening %s:%u\n", arguments["address"].c_str(), port);
    std::fflush(stdout);
    for (int number = 1;; ++number) {
        const int socket = ::accept(listener, nullptr, nullptr);
        if (socket < 0) continue;
        std::thread(serve, options, number, socket).detach();
    }
}
