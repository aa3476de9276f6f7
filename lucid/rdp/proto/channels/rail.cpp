// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/rdp/proto/channels/rail.hpp>

namespace lucid::rdp::proto::channels {
namespace {

/// Orders run from EXEC to the last that 2.2.2.1 names, and EXEC_RESULT stands apart.
constexpr std::uint16_t order_last = 0x001c;

}  // namespace

Result<RailPdu> decode_rail_pdu(ByteView message) {
    Reader r(message);
    RailPdu pdu;
    LUCID_TRY(pdu.type, r.u16_le("orderType"));
    LUCID_TRY(const auto length, r.u16_le("orderLength"));
    if (length != message.size()) return fail(Errc::bad_length, "orderLength", length);
    const bool known = (pdu.type >= rail_order_exec && pdu.type <= order_last) ||
                       pdu.type == rail_order_exec_result;
    if (!known) return fail(Errc::bad_value, "orderType", pdu.type);
    pdu.body = r.rest();
    return pdu;
}

Result<RailExec> decode_rail_exec(const RailPdu& pdu) {
    Reader r(pdu.body);
    LUCID_CHECK(r.skip(2, "Flags"));
    LUCID_TRY(const auto program, r.u16_le("ExeOrFileLength"));
    LUCID_TRY(const auto folder, r.u16_le("WorkingDirLength"));
    LUCID_TRY(const auto arguments, r.u16_le("ArgumentsLen"));
    RailExec exec;
    LUCID_TRY(exec.program, r.take(program, "ExeOrFile"));
    LUCID_TRY(exec.folder, r.take(folder, "WorkingDir"));
    LUCID_TRY(exec.arguments, r.take(arguments, "Arguments"));
    LUCID_CHECK(r.finish("Client Execute"));
    return exec;
}

Result<RailExecResult> decode_rail_exec_result(const RailPdu& pdu) {
    Reader r(pdu.body);
    RailExecResult result;
    LUCID_CHECK(r.skip(2, "Flags"));
    LUCID_TRY(result.result, r.u16_le("ExecResult"));
    LUCID_CHECK(r.skip(4 + 2, "RawResult, Padding"));
    LUCID_TRY(const auto program, r.u16_le("ExeOrFileLength"));
    LUCID_TRY(result.program, r.take(program, "ExeOrFile"));
    return result;
}

}  // namespace lucid::rdp::proto::channels
