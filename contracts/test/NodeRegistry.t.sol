// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NodeRegistry} from "../src/NodeRegistry.sol";
import {TestBase} from "./TestBase.sol";

contract NodeRegistryTest is TestBase {
    address private constant GOVERNANCE = address(0x60);
    address private constant FIRST = address(0xA11CE);
    address private constant SECOND = address(0xB0B);
    address private constant THIRD = address(0xCA41);
    bytes32 private constant KEY = keccak256("evidence key");
    bytes32 private constant VALIDATOR = keccak256("validator key");

    NodeRegistry private registry;

    function setUp() public {
        vm.warp(1_700_000_000);
        registry = new NodeRegistry(GOVERNANCE, FIRST, KEY, VALIDATOR);
    }

    function announce(address node, bytes32 key, bytes32 validator) private {
        vm.prank(node);
        registry.announce(key, validator, "onion");
    }

    function admit(address node) private {
        vm.prank(GOVERNANCE);
        registry.admit(node);
    }

    function join(address node) private {
        announce(node, keccak256(abi.encode(node, 1)), keccak256(abi.encode(node, 2)));
        admit(node);
    }

    function wrongStatus(address node, NodeRegistry.Status status) private {
        vm.expectRevert(abi.encodeWithSelector(NodeRegistry.WrongStatus.selector, node, status));
    }

    function test_the_first_node_is_active_with_one_vote() public view {
        check(registry.isActive(FIRST), "active");
        equal(registry.evidenceKey(FIRST), KEY);
        equal(registry.activeCount(), 1);
        equal(registry.getVotes(FIRST), 1);
        equal(registry.evidenceKey(SECOND), 0);
    }

    function test_a_candidate_has_no_key_and_no_vote_until_it_is_admitted() public {
        announce(SECOND, "key", "validator");
        check(!registry.isActive(SECOND), "candidate is not active");
        equal(registry.evidenceKey(SECOND), 0);
        equal(registry.getVotes(SECOND), 0);
        admit(SECOND);
        equal(registry.evidenceKey(SECOND), "key");
        equal(registry.getVotes(SECOND), 1);
        equal(registry.nodeOf(SECOND).onionKey, "onion");
        equal(registry.activeCount(), 2);
    }

    function testFuzz_only_governance_admits_and_removes(address sender) public {
        vm.assume(sender != GOVERNANCE);
        announce(SECOND, "key", "validator");
        vm.expectRevert(abi.encodeWithSelector(NodeRegistry.NotGovernance.selector, sender));
        vm.prank(sender);
        registry.admit(SECOND);
        vm.expectRevert(abi.encodeWithSelector(NodeRegistry.NotGovernance.selector, sender));
        vm.prank(sender);
        registry.remove(FIRST, "why");
    }

    function test_a_key_serves_one_node_once() public {
        announce(SECOND, KEY, "validator");
        vm.expectRevert(abi.encodeWithSelector(NodeRegistry.KeyTaken.selector, KEY));
        admit(SECOND);
        announce(SECOND, "key", VALIDATOR);
        vm.expectRevert(abi.encodeWithSelector(NodeRegistry.KeyTaken.selector, VALIDATOR));
        admit(SECOND);
        announce(SECOND, "one", "one");
        vm.expectRevert(abi.encodeWithSelector(NodeRegistry.KeyTaken.selector, bytes32("one")));
        admit(SECOND);
        announce(SECOND, "key", "validator");
        admit(SECOND);
    }

    /// Announcing somebody else's key does not block him.
    function test_announcing_takes_no_key() public {
        announce(THIRD, "key", "validator");
        announce(SECOND, "key", "validator");
        admit(SECOND);
        vm.expectRevert(abi.encodeWithSelector(NodeRegistry.KeyTaken.selector, bytes32("key")));
        admit(THIRD);
    }

    function test_keys_are_needed() public {
        refused(NodeRegistry.KeyMissing.selector);
        announce(SECOND, 0, "validator");
        refused(NodeRegistry.KeyMissing.selector);
        announce(SECOND, "key", 0);
    }

    function test_a_sponsor_admits_one_a_week() public {
        announce(SECOND, "k2", "v2");
        announce(THIRD, "k3", "v3");
        vm.prank(FIRST);
        registry.sponsor(SECOND);
        equal(registry.nodeOf(SECOND).sponsor, FIRST);
        uint64 again = uint64(block.timestamp) + 7 days;
        vm.expectRevert(abi.encodeWithSelector(NodeRegistry.SponsoredRecently.selector, again));
        vm.prank(FIRST);
        registry.sponsor(THIRD);
        vm.warp(again);
        vm.prank(FIRST);
        registry.sponsor(THIRD);
        equal(registry.activeCount(), 3);
    }

    function test_only_active_nodes_sponsor_and_only_candidates_are_admitted() public {
        announce(SECOND, "k2", "v2");
        wrongStatus(THIRD, NodeRegistry.Status.None);
        vm.prank(THIRD);
        registry.sponsor(SECOND);
        wrongStatus(SECOND, NodeRegistry.Status.Candidate);
        vm.prank(SECOND);
        registry.sponsor(SECOND);
        wrongStatus(THIRD, NodeRegistry.Status.None);
        admit(THIRD);
        wrongStatus(FIRST, NodeRegistry.Status.Active);
        admit(FIRST);
    }

    function test_a_removed_node_is_gone_for_good() public {
        join(SECOND);
        vm.prank(GOVERNANCE);
        registry.remove(SECOND, "equivocation");
        check(!registry.isActive(SECOND), "removed");
        equal(registry.evidenceKey(SECOND), 0);
        equal(registry.getVotes(SECOND), 0);
        wrongStatus(SECOND, NodeRegistry.Status.Removed);
        announce(SECOND, "new", "keys");
        wrongStatus(SECOND, NodeRegistry.Status.Removed);
        admit(SECOND);
        wrongStatus(SECOND, NodeRegistry.Status.Removed);
        vm.prank(GOVERNANCE);
        registry.remove(SECOND, "again");
    }

    function test_removing_needs_a_reason_and_leaves_one_node() public {
        refused(NodeRegistry.ReasonMissing.selector);
        vm.prank(GOVERNANCE);
        registry.remove(FIRST, 0);
        refused(NodeRegistry.LastNode.selector);
        vm.prank(GOVERNANCE);
        registry.remove(FIRST, "why");
        refused(NodeRegistry.LastNode.selector);
        vm.prank(FIRST);
        registry.resign();
        join(SECOND);
        vm.prank(FIRST);
        registry.resign();
        equal(registry.activeCount(), 1);
        equal(registry.getVotes(FIRST), 0);
    }

    function test_evidence_keys_rotate_and_are_not_used_again() public {
        vm.prank(FIRST);
        registry.rotateEvidenceKey("second");
        equal(registry.evidenceKey(FIRST), "second");
        vm.expectRevert(abi.encodeWithSelector(NodeRegistry.KeyTaken.selector, KEY));
        vm.prank(FIRST);
        registry.rotateEvidenceKey(KEY);
        refused(NodeRegistry.KeyMissing.selector);
        vm.prank(FIRST);
        registry.rotateEvidenceKey(0);
        wrongStatus(SECOND, NodeRegistry.Status.None);
        vm.prank(SECOND);
        registry.rotateEvidenceKey("x");
    }

    function test_the_onion_key_changes() public {
        vm.prank(FIRST);
        registry.setOnionKey("elsewhere");
        equal(registry.nodeOf(FIRST).onionKey, "elsewhere");
        wrongStatus(SECOND, NodeRegistry.Status.None);
        vm.prank(SECOND);
        registry.setOnionKey("x");
    }

    function test_a_delegated_vote_goes_where_it_was_given_and_away_with_the_node() public {
        join(SECOND);
        vm.prank(SECOND);
        registry.delegate(FIRST);
        equal(registry.getVotes(FIRST), 2);
        equal(registry.getVotes(SECOND), 0);
        vm.prank(GOVERNANCE);
        registry.remove(SECOND, "why");
        equal(registry.getVotes(FIRST), 1);
    }
}

/// Whoever plays with the registry, in any order.
contract RegistryHandler is TestBase {
    NodeRegistry public immutable registry;
    address[] public accounts;
    uint256 private key = 1;

    constructor() {
        registry = new NodeRegistry(address(this), address(0x1000), "k", "v");
        for (uint160 i = 0; i < 6; ++i) accounts.push(address(0x1000 + i));
    }

    function account(uint256 seed) private view returns (address) {
        return accounts[seed % accounts.length];
    }

    function announce(uint256 seed) external {
        vm.prank(account(seed));
        registry.announce(bytes32(key++), bytes32(key++), 0);
    }

    function admit(uint256 seed) external {
        registry.admit(account(seed));
    }

    function sponsor(uint256 a, uint256 b, uint32 later) external {
        vm.warp(block.timestamp + later);
        vm.prank(account(a));
        registry.sponsor(account(b));
    }

    function remove(uint256 seed) external {
        registry.remove(account(seed), "why");
    }

    function resign(uint256 seed) external {
        vm.prank(account(seed));
        registry.resign();
    }

    function delegate(uint256 a, uint256 b) external {
        vm.prank(account(a));
        registry.delegate(account(b));
    }

    function rotate(uint256 seed) external {
        vm.prank(account(seed));
        registry.rotateEvidenceKey(bytes32(key++));
    }

    function count() external view returns (uint256 active, uint256 votes, uint256 distinctKeys) {
        for (uint256 i = 0; i < accounts.length; ++i) {
            votes += registry.getVotes(accounts[i]);
            bytes32 k = registry.evidenceKey(accounts[i]);
            if (!registry.isActive(accounts[i])) continue;
            ++active;
            bool seen;
            for (uint256 j = 0; j < i; ++j) seen = seen || registry.evidenceKey(accounts[j]) == k;
            if (!seen && k != 0) ++distinctKeys;
        }
    }
}

contract NodeRegistryInvariants is TestBase {
    RegistryHandler private handler;

    function setUp() public {
        handler = new RegistryHandler();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function invariant_one_node_one_vote_one_key_and_never_none() public view {
        (uint256 active, uint256 votes, uint256 distinctKeys) = handler.count();
        equal(active, handler.registry().activeCount());
        equal(votes, active);
        equal(distinctKeys, active);
        check(active > 0, "a node is left");
    }
}
