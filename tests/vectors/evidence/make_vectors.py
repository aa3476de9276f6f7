#!/usr/bin/env python3
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
"""Golden vectors of the recording format, made from the evidence specification alone: no Lucid code.

Needs libsodium and libzstd. usage: make_vectors.py > segment.json
"""
import ctypes
import ctypes.util
import hashlib
import hmac
import json
import struct

sodium = ctypes.CDLL(ctypes.util.find_library("sodium"))
zstd = ctypes.CDLL(ctypes.util.find_library("zstd"))
zstd.ZSTD_compressBound.restype = ctypes.c_size_t
zstd.ZSTD_compress.restype = ctypes.c_size_t


def hkdf(key: bytes, salt: bytes, info: bytes) -> bytes:
    prk = hmac.new(salt, key, hashlib.sha256).digest()
    return hmac.new(prk, info + b"\x01", hashlib.sha256).digest()


def compress(data: bytes) -> bytes:
    room = zstd.ZSTD_compressBound(ctypes.c_size_t(len(data)))
    out = ctypes.create_string_buffer(room)
    size = zstd.ZSTD_compress(out, ctypes.c_size_t(room), data, ctypes.c_size_t(len(data)), 3)
    return out.raw[:size]


def aead(key: bytes, aad: bytes, plaintext: bytes) -> bytes:
    out = ctypes.create_string_buffer(len(plaintext) + 16)
    length = ctypes.c_ulonglong()
    sodium.crypto_aead_chacha20poly1305_ietf_encrypt(
        out, ctypes.byref(length), plaintext, ctypes.c_ulonglong(len(plaintext)), aad,
        ctypes.c_ulonglong(len(aad)), None, bytes(12), key)
    return out.raw[:length.value]


def varint(value: int) -> bytes:
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


session_id = bytes(range(32))
session_key = bytes(range(100, 132))
events = b"".join(bytes([kind]) + varint(delta) + varint(len(payload)) + payload
                  for kind, delta, payload in [(1, 0, b"picture"), (1, 300, b"x" * 200), (2, 128, b"")])
class_key = hkdf(session_key, session_id, b"lucid/class/1" + bytes([0]))
previous = bytes(32)
segments = []
for index in range(3):
    key = hkdf(class_key, session_id, b"lucid/seg/1" + struct.pack("<Q", index))
    body = compress(events)
    header = (b"LSEG" + bytes([1, 0]) + struct.pack("<HQQQI", 0, index, 1000 * index, 1000 * index + 428,
                                                   len(body) + 16) + sha(b"lucid/sk/1" + key))
    segment = header + aead(key, session_id + header + previous, body)
    previous = sha(b"\x00" + segment)
    segments.append(segment)
leaves = [sha(b"\x00" + segment) for segment in segments]
root = sha(b"\x01" + sha(b"\x01" + leaves[0] + leaves[1]) + leaves[2])
chunk = b"LCHK\x01" + session_id + struct.pack("<IQ", 0, 0)
trailer = b""
for index, segment in enumerate(segments):
    trailer += struct.pack("<IQB", len(chunk), 1000 * index, 0)
    chunk += segment
chunk += trailer + struct.pack("<I", len(trailer))
leaf = sha(b"\x00" + session_id + struct.pack("<Q", 3) + root)
print(json.dumps({
    "session_id": session_id.hex(), "session_key": session_key.hex(), "events": events.hex(),
    "class_key_0": class_key.hex(), "key_commitment": sha(b"lucid/kc/1" + session_id + session_key).hex(),
    "segments": [segment.hex() for segment in segments], "leaves": [leaf.hex() for leaf in leaves],
    "root": root.hex(), "chunk": chunk.hex(), "checkpoint_root_of_one": leaf.hex()}, indent=1))
