// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/tlog/tile_path.hpp>
#include <lucid/blockchain/tlog/witness.hpp>
#include <lucid/common/result/assert.hpp>

// What is read is written back letter by letter; a witness never cosigns without a head to keep.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace lucid;
    using namespace lucid::blockchain::tlog;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto path = TilePath::from_text(text)) LUCID_ASSERT(path->to_text() == text);
    if (const auto key = VerifierKey::from_text(text)) LUCID_ASSERT(key->to_text() == text);
    if (const auto note = Note::from_text(text)) {
        LUCID_ASSERT(note->to_text() == text);
        if (const auto checkpoint = Checkpoint::from_text(note->text))
            LUCID_ASSERT(checkpoint->to_text() == note->text);
    }
    if (const auto request = AddCheckpoint::from_text(text))
        LUCID_ASSERT(request->to_text() == text);
    static const crypto::Ed25519Key key(crypto::Secret(Bytes(32, 1)));
    const Witness witness(
        "w", key, {{"log.example", {{"log.example", KeyType::ed25519, key.public_key()}, {}}}});
    const auto answer = witness.add_checkpoint(text, 1);
    LUCID_ASSERT((answer.status == 200) == answer.head.has_value());
    return 0;
}
