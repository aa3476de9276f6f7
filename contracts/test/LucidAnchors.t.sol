// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {INodeRegistry} from "../src/INodeRegistry.sol";
import {LucidAnchors} from "../src/LucidAnchors.sol";
import {TestBase} from "./TestBase.sol";

/// A registry of whoever it is told.
contract RegistryDouble is INodeRegistry {
    mapping(address node => bytes32) public evidenceKey;

    function set(address node, bytes32 key) external {
        evidenceKey[node] = key;
    }

    function isActive(address node) external view returns (bool) {
        return evidenceKey[node] != 0;
    }
}

contract LucidAnchorsTest is TestBase {
    address private constant NODE = address(0xA11CE);
    address private constant STRANGER = address(0xB0B);
    address private constant OWNER = address(0x0113);
    bytes32 private constant KEY = keccak256("evidence key");
    bytes32 private constant ROOT = keccak256("root");
    bytes32 private constant SESSION = keccak256("session");
    bytes32 private constant MANIFEST = keccak256("manifest");

    RegistryDouble private registry;
    LucidAnchors private anchors;

    function setUp() public {
        registry = new RegistryDouble();
        registry.set(NODE, KEY);
        anchors = new LucidAnchors(registry);
    }

    function register(bytes32 session, bytes32 root, uint64 treeSize) private {
        vm.prank(NODE);
        anchors.registerSession(session, MANIFEST, 1_700_000_000, OWNER, root, treeSize, 3);
    }

    function test_keys_are_the_registrys() public {
        equal(anchors.evidenceKey(NODE), KEY);
        equal(anchors.evidenceKey(STRANGER), 0);
        registry.set(NODE, ROOT);
        equal(anchors.evidenceKey(NODE), ROOT);
    }

    /// What a node anchored while it was one stays; it anchors nothing new.
    function test_a_node_that_was_removed_anchors_no_more() public {
        register(SESSION, ROOT, 5);
        registry.set(NODE, 0);
        vm.expectRevert(abi.encodeWithSelector(LucidAnchors.NotRegistered.selector, NODE));
        vm.prank(NODE);
        anchors.checkpoint(8, ROOT, 1);
        equal(anchors.getSessionAnchor(NODE, SESSION).merkleRoot, ROOT);
    }

    // --- checkpoints

    function test_checkpoint_is_kept_and_told() public {
        vm.expectEmit(true, true, false, true, address(anchors));
        emit LucidAnchors.Checkpoint(NODE, 7, ROOT, 2);
        vm.prank(NODE);
        anchors.checkpoint(7, ROOT, 2);
        equal(anchors.checkpointRoot(NODE, 7), ROOT);
        equal(anchors.checkpointRoot(STRANGER, 7), 0);
        equal(anchors.checkpointRoot(NODE, 8), 0);
    }

    function test_checkpoint_once_per_slot_even_with_the_same_root() public {
        vm.prank(NODE);
        anchors.checkpoint(7, ROOT, 2);
        vm.expectRevert(abi.encodeWithSelector(LucidAnchors.AlreadyAnchored.selector));
        vm.prank(NODE);
        anchors.checkpoint(7, ROOT, 2);
        vm.expectRevert(abi.encodeWithSelector(LucidAnchors.AlreadyAnchored.selector));
        vm.prank(NODE);
        anchors.checkpoint(7, KEY, 9);
        equal(anchors.checkpointRoot(NODE, 7), ROOT);
    }

    /// A checkpoint that was delayed may come after later ones: slots are independent.
    function test_checkpoints_may_come_in_any_order_of_slots() public {
        uint64[4] memory slots = [uint64(9), 3, 0, type(uint64).max];
        for (uint256 i = 0; i < slots.length; ++i) {
            bytes32 root = leafOf(i);
            vm.prank(NODE);
            anchors.checkpoint(slots[i], root, 1);
        }
        for (uint256 i = 0; i < slots.length; ++i) equal(anchors.checkpointRoot(NODE, slots[i]), leafOf(i));
    }

    function test_checkpoint_needs_a_root() public {
        vm.expectRevert(abi.encodeWithSelector(LucidAnchors.EmptyRoot.selector));
        vm.prank(NODE);
        anchors.checkpoint(7, 0, 2);
    }

    function testFuzz_only_registered_nodes_anchor(address sender) public {
        vm.assume(sender != NODE);
        vm.expectRevert(abi.encodeWithSelector(LucidAnchors.NotRegistered.selector, sender));
        vm.prank(sender);
        anchors.checkpoint(7, ROOT, 2);
        vm.expectRevert(abi.encodeWithSelector(LucidAnchors.NotRegistered.selector, sender));
        vm.prank(sender);
        anchors.registerSession(SESSION, MANIFEST, 1, OWNER, ROOT, 1, 1);
    }

    // --- sessions

    function test_session_is_kept_and_told() public {
        vm.roll(41);
        vm.expectEmit(true, true, true, true, address(anchors));
        emit LucidAnchors.SessionRegistered(NODE, SESSION, OWNER, MANIFEST, 1_700_000_000, ROOT, 5, 3);
        register(SESSION, ROOT, 5);
        LucidAnchors.Session memory s = anchors.getSessionAnchor(NODE, SESSION);
        equal(s.manifestHash, MANIFEST);
        equal(s.merkleRoot, ROOT);
        equal(uint160(s.owner), uint160(OWNER));
        equal(s.startedAt, 1_700_000_000);
        equal(s.treeSize, 5);
        equal(s.chunkCount, 3);
        equal(s.blockNumber, 41);
    }

    function test_session_fields_keep_their_largest_values() public {
        vm.prank(NODE);
        anchors.registerSession(
            SESSION, MANIFEST, type(uint64).max, address(type(uint160).max), ROOT, type(uint64).max, type(uint32).max
        );
        LucidAnchors.Session memory s = anchors.getSessionAnchor(NODE, SESSION);
        equal(s.startedAt, type(uint64).max);
        equal(uint160(s.owner), type(uint160).max);
        equal(s.treeSize, type(uint64).max);
        equal(s.chunkCount, type(uint32).max);
        equal(s.blockNumber, block.number);
    }

    function test_session_once() public {
        register(SESSION, ROOT, 5);
        vm.expectRevert(abi.encodeWithSelector(LucidAnchors.AlreadyAnchored.selector));
        register(SESSION, KEY, 6);
        equal(anchors.getSessionAnchor(NODE, SESSION).merkleRoot, ROOT);
    }

    function test_session_needs_a_manifest() public {
        vm.expectRevert(abi.encodeWithSelector(LucidAnchors.EmptyRoot.selector));
        vm.prank(NODE);
        anchors.registerSession(SESSION, 0, 1, OWNER, ROOT, 1, 1);
    }

    function test_unknown_session_is_an_error_not_an_empty_answer() public {
        register(SESSION, ROOT, 5);
        vm.expectRevert(abi.encodeWithSelector(LucidAnchors.UnknownSession.selector));
        anchors.getSessionAnchor(STRANGER, SESSION);
        vm.expectRevert(abi.encodeWithSelector(LucidAnchors.UnknownSession.selector));
        anchors.getSessionAnchor(NODE, KEY);
        vm.expectRevert(abi.encodeWithSelector(LucidAnchors.UnknownSession.selector));
        anchors.verifySegment(NODE, KEY, 0, ROOT, new bytes32[](0));
    }

    // --- proofs

    function test_every_segment_of_small_trees_verifies_and_nothing_else() public {
        for (uint64 size = 1; size <= 17; ++size) {
            bytes32 session = bytes32(uint256(size));
            register(session, rootOf(0, size), size);
            for (uint64 index = 0; index < size; ++index) {
                bytes32[] memory path = pathOf(index, 0, size);
                check(anchors.verifySegment(NODE, session, index, leafOf(index), path), "own place");
                check(!anchors.verifySegment(NODE, session, index, leafOf(index + 1), path), "other leaf");
                check(!anchors.verifySegment(NODE, session, index + 1, leafOf(index), path), "other index");
                check(!anchors.verifySegment(NODE, session, size, leafOf(index), path), "index past the end");
            }
        }
    }

    function test_proof_of_another_length_is_refused() public {
        register(SESSION, rootOf(0, 11), 11);
        for (uint64 index = 0; index < 11; ++index) {
            bytes32[] memory path = pathOf(index, 0, 11);
            bytes32[] memory shorter = new bytes32[](path.length - 1);
            bytes32[] memory longer = new bytes32[](path.length + 1);
            for (uint256 i = 0; i < path.length; ++i) {
                if (i < shorter.length) shorter[i] = path[i];
                longer[i] = path[i];
            }
            check(!anchors.verifySegment(NODE, SESSION, index, leafOf(index), shorter), "shorter");
            check(!anchors.verifySegment(NODE, SESSION, index, leafOf(index), longer), "longer");
        }
    }

    /// An inner node handed in as leaf, with the shorter path above it.
    function test_inner_node_is_no_leaf() public {
        register(SESSION, rootOf(0, 8), 8);
        bytes32[] memory above = pathOf(0, 0, 4);
        above[1] = rootOf(4, 4);
        above[0] = rootOf(2, 2);
        check(!anchors.verifySegment(NODE, SESSION, 0, rootOf(0, 2), above), "inner node");
    }

    function test_empty_tree_holds_no_segment() public {
        register(SESSION, ROOT, 0);
        check(!anchors.verifySegment(NODE, SESSION, 0, ROOT, new bytes32[](0)), "empty tree");
    }

    function testFuzz_one_damaged_bit_is_refused(uint64 size, uint64 index, uint8 place, uint8 bit) public {
        size = size % 200 + 2;
        index = index % size;
        register(SESSION, rootOf(0, size), size);
        bytes32[] memory path = pathOf(index, 0, size);
        check(anchors.verifySegment(NODE, SESSION, index, leafOf(index), path), "undamaged");
        path[place % path.length] ^= bytes32(uint256(1) << bit);
        check(!anchors.verifySegment(NODE, SESSION, index, leafOf(index), path), "damaged");
    }
}
