// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {INodeRegistry} from "./INodeRegistry.sol";

/// @title Anchors of recorded sessions
/// @notice Registered nodes put a checkpoint per slot and each sealed session on the chain, once. Trees are RFC 6962 over
/// SHA-256: what anybody recomputes with standard tools.
contract LucidAnchors {
    struct Session {
        bytes32 manifestHash;
        bytes32 merkleRoot;
        address owner;
        uint64 startedAt;
        uint64 treeSize;
        uint32 chunkCount;
        uint64 blockNumber;
    }

    /// @notice Who is a node.
    INodeRegistry public immutable registry;

    mapping(address node => mapping(bytes32 sessionId => Session)) private sessions;
    /// @notice Root a node gave for a slot; zero: none.
    mapping(address node => mapping(uint64 slot => bytes32 root)) public checkpointRoot;

    event Checkpoint(address indexed node, uint64 indexed slot, bytes32 root, uint32 count);
    event SessionRegistered(
        address indexed node,
        bytes32 indexed sessionId,
        address indexed owner,
        bytes32 manifestHash,
        uint64 startedAt,
        bytes32 merkleRoot,
        uint64 treeSize,
        uint32 chunkCount
    );

    error NotRegistered(address node);
    error AlreadyAnchored();
    error UnknownSession();
    error EmptyRoot();

    modifier onlyNode() {
        if (!registry.isActive(msg.sender)) revert NotRegistered(msg.sender);
        _;
    }

    constructor(INodeRegistry registry_) {
        registry = registry_;
    }

    /// @notice Ed25519 key with which a node signs manifests and receipts; zero: not registered.
    function evidenceKey(address node) external view returns (bytes32) {
        return registry.evidenceKey(node);
    }

    /// @notice Root over all sessions of the caller that were live in a slot; once per slot.
    function checkpoint(uint64 slot, bytes32 root, uint32 count) external onlyNode {
        if (root == bytes32(0)) revert EmptyRoot();
        if (checkpointRoot[msg.sender][slot] != bytes32(0)) revert AlreadyAnchored();
        checkpointRoot[msg.sender][slot] = root;
        emit Checkpoint(msg.sender, slot, root, count);
    }

    /// @notice A sealed session of the caller; once per session.
    function registerSession(
        bytes32 sessionId,
        bytes32 manifestHash,
        uint64 startedAt,
        address owner,
        bytes32 merkleRoot,
        uint64 treeSize,
        uint32 chunkCount
    ) external onlyNode {
        Session storage s = sessions[msg.sender][sessionId];
        if (s.blockNumber != 0) revert AlreadyAnchored();
        if (manifestHash == bytes32(0)) revert EmptyRoot();
        s.manifestHash = manifestHash;
        s.merkleRoot = merkleRoot;
        s.owner = owner;
        s.startedAt = startedAt;
        s.treeSize = treeSize;
        s.chunkCount = chunkCount;
        s.blockNumber = uint64(block.number);
        emit SessionRegistered(
            msg.sender, sessionId, owner, manifestHash, startedAt, merkleRoot, treeSize, chunkCount
        );
    }

    /// @notice What was registered; reverts for an unknown session.
    function getSessionAnchor(address node, bytes32 sessionId) external view returns (Session memory) {
        Session storage s = sessions[node][sessionId];
        if (s.blockNumber == 0) revert UnknownSession();
        return s;
    }

    /// @notice RFC 9162 2.1.3.2: does `leaf` stand at `index` of the anchored tree?
    /// @param leaf the leaf hash, SHA-256(0x00 || segment)
    function verifySegment(
        address node,
        bytes32 sessionId,
        uint64 index,
        bytes32 leaf,
        bytes32[] calldata proof
    ) external view returns (bool) {
        Session storage s = sessions[node][sessionId];
        if (s.blockNumber == 0) revert UnknownSession();
        if (index >= s.treeSize) return false;
        uint64 fn = index;
        uint64 sn = s.treeSize - 1;
        bytes32 r = leaf;
        for (uint256 i = 0; i < proof.length; ++i) {
            if (sn == 0) return false;
            if (fn & 1 == 1 || fn == sn) {
                r = sha256(abi.encodePacked(bytes1(0x01), proof[i], r));
                while (fn != 0 && fn & 1 == 0) {
                    fn >>= 1;
                    sn >>= 1;
                }
            } else {
                r = sha256(abi.encodePacked(bytes1(0x01), r, proof[i]));
            }
            fn >>= 1;
            sn >>= 1;
        }
        return sn == 0 && r == s.merkleRoot;
    }
}
