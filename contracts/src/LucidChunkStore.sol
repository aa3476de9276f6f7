// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {INodeRegistry} from "./INodeRegistry.sol";
import {LucidAnchors} from "./LucidAnchors.sol";

/// @title Where the chunks of anchored recordings are kept
/// @notice The recording node lists the chunks of a session it has anchored; nodes that keep a copy say so, and can show at any
/// time that they have the bytes: a segment of the recording and its path to the anchored root.
/// @dev Names and sizes only. Keys and contents never come to the chain.
contract LucidChunkStore {
    struct Chunk {
        bytes32 hash;
        uint32 size;
        uint64 firstSegment;
    }

    struct Listing {
        uint32 total;
        uint32 stored;
        uint64 nextSegment;
    }

    /// @notice Largest chunk, in bytes (evidence format, version 1).
    uint32 public constant CHUNK_BYTES_MAX = 8 * 1024 * 1024;
    /// @notice Nodes that can be listed as keepers of one chunk.
    uint256 public constant KEEPERS_MAX = 16;

    LucidAnchors public immutable anchors;
    INodeRegistry public immutable registry;

    mapping(address node => mapping(bytes32 sessionId => Listing)) private listings;
    mapping(address node => mapping(bytes32 sessionId => mapping(uint32 index => Chunk))) private chunks;
    mapping(bytes32 chunkHash => address[]) private keepers;
    /// @notice Is this chunk listed by any session? A hash is listed once.
    mapping(bytes32 chunkHash => bool) public listed;

    event ChunkStored(address indexed node, bytes32 indexed sessionId, bytes32 indexed chunkHash, uint32 index, uint32 size);
    event SessionCompleted(address indexed node, bytes32 indexed sessionId, uint32 total);
    event KeeperAdded(bytes32 indexed chunkHash, address indexed keeper);
    event KeeperRemoved(bytes32 indexed chunkHash, address indexed keeper);
    event StorageProven(address indexed keeper, address indexed node, bytes32 indexed sessionId, uint64 segment);

    error NotANode(address sender);
    error ChunkAlreadyStored(bytes32 chunkHash);
    error NotTheNextChunk(uint32 index, uint32 wanted);
    error BadChunk();
    error UnknownChunk(bytes32 chunkHash);
    error KeeperListed(address keeper);
    error KeeperNotListed(address keeper);
    error TooManyKeepers();
    error NotStored();

    modifier onlyNode() {
        if (!registry.isActive(msg.sender)) revert NotANode(msg.sender);
        _;
    }

    constructor(LucidAnchors anchors_, INodeRegistry registry_) {
        anchors = anchors_;
        registry = registry_;
    }

    /// @notice Lists the next chunk of a session that the caller anchored. How many there are was said with the anchor.
    /// @param firstSegment index of the chunk's first segment: 0 for the first chunk, rising from chunk to chunk
    function storeChunk(bytes32 sessionId, uint32 index, bytes32 chunkHash, uint32 size, uint64 firstSegment)
        external
        onlyNode
    {
        LucidAnchors.Session memory session = anchors.getSessionAnchor(msg.sender, sessionId);
        Listing storage l = listings[msg.sender][sessionId];
        if (index != l.stored || index >= session.chunkCount) revert NotTheNextChunk(index, l.stored);
        if (chunkHash == 0 || size == 0 || size > CHUNK_BYTES_MAX) revert BadChunk();
        if (firstSegment != 0 && firstSegment >= session.treeSize) revert BadChunk();
        if (index == 0 ? firstSegment != 0 : firstSegment < l.nextSegment) revert BadChunk();
        if (listed[chunkHash]) revert ChunkAlreadyStored(chunkHash);
        listed[chunkHash] = true;
        chunks[msg.sender][sessionId][index] = Chunk(chunkHash, size, firstSegment);
        l.total = session.chunkCount;
        l.stored = index + 1;
        l.nextSegment = firstSegment + 1;
        emit ChunkStored(msg.sender, sessionId, chunkHash, index, size);
        _addKeeper(chunkHash, msg.sender);
        if (l.stored == l.total) emit SessionCompleted(msg.sender, sessionId, l.total);
    }

    /// @notice The caller keeps a copy of a chunk from now on.
    function keep(bytes32 chunkHash) external onlyNode {
        if (!listed[chunkHash]) revert UnknownChunk(chunkHash);
        _addKeeper(chunkHash, msg.sender);
    }

    /// @notice The caller keeps its copy no longer. Former nodes may say so too.
    function drop(bytes32 chunkHash) external {
        address[] storage list = keepers[chunkHash];
        for (uint256 i = 0; i < list.length; ++i) {
            if (list[i] != msg.sender) continue;
            list[i] = list[list.length - 1];
            list.pop();
            emit KeeperRemoved(chunkHash, msg.sender);
            return;
        }
        revert KeeperNotListed(msg.sender);
    }

    /// @notice Shows that the caller has a segment's bytes: they hash to a leaf of the anchored tree.
    /// @param segment the sealed bytes, header and body
    /// @param proof RFC 6962 path from the leaf up
    function proveStorage(
        address node,
        bytes32 sessionId,
        uint64 index,
        bytes calldata segment,
        bytes32[] calldata proof
    ) external onlyNode {
        bytes32 leaf = sha256(abi.encodePacked(bytes1(0x00), segment));
        if (!anchors.verifySegment(node, sessionId, index, leaf, proof)) revert NotStored();
        emit StorageProven(msg.sender, node, sessionId, index);
    }

    /// @notice How many chunks of a session are listed, of how many; complete when they are the same and not zero.
    function progress(address node, bytes32 sessionId) external view returns (uint32 stored, uint32 total) {
        Listing storage l = listings[node][sessionId];
        return (l.stored, l.total);
    }

    /// @notice Are all chunks of a session listed?
    function isComplete(address node, bytes32 sessionId) external view returns (bool) {
        Listing storage l = listings[node][sessionId];
        return l.total != 0 && l.stored == l.total;
    }

    /// @notice A chunk of a session; reverts if it is not listed.
    function chunkOf(address node, bytes32 sessionId, uint32 index) external view returns (Chunk memory c) {
        c = chunks[node][sessionId][index];
        if (c.size == 0) revert UnknownChunk(0);
    }

    /// @notice Nodes that say they keep a chunk.
    function keepersOf(bytes32 chunkHash) external view returns (address[] memory) {
        return keepers[chunkHash];
    }

    function _addKeeper(bytes32 chunkHash, address keeper) private {
        address[] storage list = keepers[chunkHash];
        if (list.length >= KEEPERS_MAX) revert TooManyKeepers();
        for (uint256 i = 0; i < list.length; ++i) if (list[i] == keeper) revert KeeperListed(keeper);
        list.push(keeper);
        emit KeeperAdded(chunkHash, keeper);
    }
}
