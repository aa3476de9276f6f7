// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
//
// A snapshot file of a folder that may be somebody else's. Oracle: what is taken was signed, and
// signing it again by the key that it names is the only other spelling; a text signed by a key of
// ours, made from the input's own fields, is taken as it is.

#include <lucid/storage/backup/snapshot.hpp>

#include <cstdlib>

using namespace lucid;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    (void)storage::backup::Snapshot::from_text({data, size});
    static const crypto::Ed25519Key key{crypto::Secret::copy_of(ByteArray<32>{7})};
    storage::backup::Snapshot snapshot;
    snapshot.node_key = key.public_key();
    snapshot.files = size;
    for (std::size_t n = 0; n + 1 < size && n < 64; n += 2) {
        Hash32 name{};
        name[0] = static_cast<std::uint8_t>(n);
        name[1] = data[n];
        snapshot.objects.push_back({name, data[n + 1]});
        if (data[n] % 3 == 0) snapshot.index.push_back(name);
    }
    const auto text = snapshot.sign(key);
    const auto read = storage::backup::Snapshot::from_text(as_bytes(text));
    if (!read || read->sign(key) != text) std::abort();
    return 0;
}
