// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/result/assert.hpp>
#include <lucid/rdp/proto/credssp/spnego.hpp>

/// Oracle: a response encodes to one that says the same; a token inside is no longer than the
/// whole.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace lucid::rdp::proto::credssp;
    const auto init = decode_neg_token_init({data, size});
    if (init) LUCID_ASSERT(!init->mech_token || init->mech_token->size() <= size);
    const auto response = decode_neg_token_resp({data, size});
    if (!response) return 0;
    const auto again = decode_neg_token_resp(encode_neg_token_resp(*response));
    LUCID_ASSERT(again && again->state == response->state &&
                 again->ntlm_chosen == response->ntlm_chosen &&
                 again->response_token == response->response_token &&
                 again->mech_list_mic == response->mech_list_mic);
    return 0;
}
