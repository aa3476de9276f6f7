// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/client/event.hpp>

namespace lucid::rdp::client {

const char* host_error_text(std::uint32_t code) {
    // MS-RDPBCGR 2.2.5.1.1, Set Error Info PDU Data: those that a session can meet.
    switch (code) {
        case 0x00000001:
            return "an administrator disconnected the session";
        case 0x00000002:
            return "an administrator logged the session off";
        case 0x00000003:
            return "the host's idle limit ended the session";
        case 0x00000004:
            return "the host's time limit for logins ended the session";
        case 0x00000005:
            return "another connection took the session over";
        case 0x00000006:
            return "the host is out of memory";
        case 0x00000007:
            return "the host denied the connection";
        case 0x00000009:
            return "the user may not log in to this host";
        case 0x0000000a:
            return "the host wants fresh credentials";
        case 0x0000000b:
            return "the user disconnected the session on the host";
        case 0x0000000c:
            return "the user logged off on the host";
        case 0x00000100:
        case 0x00000101:
            return "the host has no license server";
        case 0x00000102:
            return "the host has no license for this client";
        case 0x00000103:
            return "the host did not understand a licensing message";
        default:
            return "";
    }
}

}  // namespace lucid::rdp::client
