// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {LucidAnchors} from "../src/LucidAnchors.sol";
import {LucidChunkStore} from "../src/LucidChunkStore.sol";
import {RegistryDouble} from "./LucidAnchors.t.sol";
import {TestBase} from "./TestBase.sol";

contract LucidChunkStoreTest is TestBase {
    address private constant NODE = address(0xA11CE);
    address private constant KEEPER = address(0xB0B);
    bytes32 private constant SESSION = keccak256("session");
    uint64 private constant SEGMENTS = 11;

    RegistryDouble private registry;
    LucidAnchors private anchors;
    LucidChunkStore private store;

    function setUp() public {
        registry = new RegistryDouble();
        registry.set(NODE, "key");
        registry.set(KEEPER, "other");
        anchors = new LucidAnchors(registry);
        store = new LucidChunkStore(anchors, registry);
        // Hashing is a call too: it would use the prank up.
        bytes32 root = rootOf(0, SEGMENTS);
        vm.prank(NODE);
        anchors.registerSession(SESSION, "manifest", 1, NODE, root, SEGMENTS, 3);
    }

    function storeChunk(uint32 index, bytes32 hash, uint64 firstSegment) private {
        vm.prank(NODE);
        store.storeChunk(SESSION, index, hash, 1000, firstSegment);
    }

    function test_complete_when_every_chunk_is_listed_and_not_before() public {
        check(!store.isComplete(NODE, SESSION), "nothing listed");
        storeChunk(0, "a", 0);
        storeChunk(1, "b", 4);
        check(!store.isComplete(NODE, SESSION), "two of three");
        storeChunk(2, "c", 8);
        check(store.isComplete(NODE, SESSION), "all");
        (uint32 stored, uint32 total) = store.progress(NODE, SESSION);
        equal(stored, 3);
        equal(total, 3);
        vm.expectRevert(abi.encodeWithSelector(LucidChunkStore.NotTheNextChunk.selector, 3, 3));
        storeChunk(3, "d", 10);
        equal(store.chunkOf(NODE, SESSION, 1).hash, "b");
        equal(store.chunkOf(NODE, SESSION, 1).firstSegment, 4);
    }

    function test_chunks_come_in_order_and_a_hash_once() public {
        vm.expectRevert(abi.encodeWithSelector(LucidChunkStore.NotTheNextChunk.selector, 1, 0));
        storeChunk(1, "b", 4);
        storeChunk(0, "a", 0);
        vm.expectRevert(abi.encodeWithSelector(LucidChunkStore.NotTheNextChunk.selector, 0, 1));
        storeChunk(0, "x", 0);
        vm.expectRevert(abi.encodeWithSelector(LucidChunkStore.ChunkAlreadyStored.selector, bytes32("a")));
        storeChunk(1, "a", 4);
    }

    function test_bad_chunks_are_refused() public {
        refused(LucidChunkStore.BadChunk.selector);
        storeChunk(0, 0, 0);
        refused(LucidChunkStore.BadChunk.selector);
        storeChunk(0, "a", 1);
        refused(LucidChunkStore.BadChunk.selector);
        vm.prank(NODE);
        store.storeChunk(SESSION, 0, "a", 0, 0);
        refused(LucidChunkStore.BadChunk.selector);
        vm.prank(NODE);
        store.storeChunk(SESSION, 0, "a", 8 * 1024 * 1024 + 1, 0);
        vm.prank(NODE);
        store.storeChunk(SESSION, 0, "a", 8 * 1024 * 1024, 0);
        refused(LucidChunkStore.BadChunk.selector);
        storeChunk(1, "b", 0);
        refused(LucidChunkStore.BadChunk.selector);
        storeChunk(1, "b", SEGMENTS);
    }

    function test_only_the_session_s_node_lists_its_chunks() public {
        refused(LucidAnchors.UnknownSession.selector);
        vm.prank(KEEPER);
        store.storeChunk(SESSION, 0, "a", 1000, 0);
        vm.expectRevert(abi.encodeWithSelector(LucidChunkStore.NotANode.selector, address(3)));
        vm.prank(address(3));
        store.storeChunk(SESSION, 0, "a", 1000, 0);
        vm.expectRevert(abi.encodeWithSelector(LucidChunkStore.UnknownChunk.selector, 0));
        store.chunkOf(NODE, SESSION, 0);
    }

    function test_keepers_come_and_go() public {
        vm.expectRevert(abi.encodeWithSelector(LucidChunkStore.UnknownChunk.selector, bytes32("a")));
        vm.prank(KEEPER);
        store.keep("a");
        storeChunk(0, "a", 0);
        vm.prank(KEEPER);
        store.keep("a");
        equal(store.keepersOf("a").length, 2);
        vm.expectRevert(abi.encodeWithSelector(LucidChunkStore.KeeperListed.selector, KEEPER));
        vm.prank(KEEPER);
        store.keep("a");
        vm.prank(NODE);
        store.drop("a");
        equal(store.keepersOf("a").length, 1);
        equal(store.keepersOf("a")[0], KEEPER);
        vm.expectRevert(abi.encodeWithSelector(LucidChunkStore.KeeperNotListed.selector, NODE));
        vm.prank(NODE);
        store.drop("a");
        registry.set(KEEPER, 0);
        vm.prank(KEEPER);
        store.drop("a");
        equal(store.keepersOf("a").length, 0);
    }

    function test_sixteen_keepers_and_no_more() public {
        storeChunk(0, "a", 0);
        for (uint160 i = 1; i < 16; ++i) {
            registry.set(address(i), "k");
            vm.prank(address(i));
            store.keep("a");
        }
        refused(LucidChunkStore.TooManyKeepers.selector);
        vm.prank(KEEPER);
        store.keep("a");
    }

    /// TestBase's leaves are SHA-256(0x00 || "segment " || index): the bytes behind them are known.
    function testFuzz_who_has_the_bytes_can_show_it(uint64 index, uint8 place, uint8 bit) public {
        index = index % SEGMENTS;
        bytes memory segment = abi.encodePacked("segment ", uint256(index));
        bytes32[] memory path = pathOf(index, 0, SEGMENTS);
        vm.prank(KEEPER);
        store.proveStorage(NODE, SESSION, index, segment, path);
        segment[place % segment.length] ^= bytes1(uint8(1) << (bit % 8));
        refused(LucidChunkStore.NotStored.selector);
        vm.prank(KEEPER);
        store.proveStorage(NODE, SESSION, index, segment, path);
    }
}

/// Anchors and lists chunks of a few sessions of two nodes, in any order, rightly and wrongly.
contract StoreHandler is TestBase {
    RegistryDouble public immutable registry = new RegistryDouble();
    LucidAnchors public immutable anchors;
    LucidChunkStore public immutable store;
    mapping(address node => mapping(bytes32 session => uint256)) public registered;
    mapping(address node => mapping(bytes32 session => bytes32)) public firstManifest;

    constructor() {
        registry.set(address(1), "one");
        registry.set(address(2), "two");
        anchors = new LucidAnchors(registry);
        store = new LucidChunkStore(anchors, registry);
    }

    function nodeOf(uint256 seed) public pure returns (address) {
        return address(uint160(1 + seed % 2));
    }

    function register(uint256 n, uint256 session, bytes32 manifest, uint32 chunks) external {
        bytes32 id = bytes32(session % 3);
        vm.prank(nodeOf(n));
        anchors.registerSession(id, manifest, 1, address(9), "root", 100, chunks % 4);
        ++registered[nodeOf(n)][id];
        if (registered[nodeOf(n)][id] == 1) firstManifest[nodeOf(n)][id] = manifest;
    }

    function storeChunk(uint256 n, uint256 session, uint32 index, bytes32 hash) external {
        vm.prank(nodeOf(n));
        store.storeChunk(bytes32(session % 3), index % 4, hash, 10, index % 4);
    }

    function keep(uint256 n, bytes32 hash) external {
        vm.prank(nodeOf(n));
        store.keep(hash);
    }
}

contract StoreInvariants is TestBase {
    StoreHandler private handler;

    function setUp() public {
        handler = new StoreHandler();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function invariant_anchored_once_per_node_and_session_and_never_changed() public view {
        for (uint256 n = 0; n < 2; ++n) {
            for (uint256 s = 0; s < 3; ++s) {
                uint256 times = handler.registered(handler.nodeOf(n), bytes32(s));
                check(times <= 1, "anchored twice");
                if (times == 0) continue;
                equal(
                    handler.anchors().getSessionAnchor(handler.nodeOf(n), bytes32(s)).manifestHash,
                    handler.firstManifest(handler.nodeOf(n), bytes32(s))
                );
            }
        }
    }

    function invariant_complete_if_and_only_if_all_chunks_are_stored() public view {
        for (uint256 n = 0; n < 2; ++n) {
            for (uint256 s = 0; s < 3; ++s) {
                (uint32 stored, uint32 total) = handler.store().progress(handler.nodeOf(n), bytes32(s));
                check(stored <= total, "more than there are");
                check(
                    handler.store().isComplete(handler.nodeOf(n), bytes32(s)) == (total != 0 && stored == total),
                    "complete"
                );
            }
        }
    }
}
