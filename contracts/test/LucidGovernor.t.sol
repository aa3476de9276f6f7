// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {LucidGovernor} from "../src/LucidGovernor.sol";
import {NodeRegistry} from "../src/NodeRegistry.sol";
import {ParamRegistry} from "../src/ParamRegistry.sol";
import {TestBase} from "./TestBase.sol";

contract LucidGovernorTest is TestBase {
    bytes32 private constant PARAM = "PEERS_MAX";
    uint256 private constant DELAY = 24 hours;

    address[] private nodes;
    TimelockController private timelock;
    NodeRegistry private registry;
    LucidGovernor private governor;
    ParamRegistry private params;

    function setUp() public {
        vm.warp(1_700_000_000);
        address[] memory nobody = new address[](0);
        address[] memory anybody = new address[](1);
        timelock = new TimelockController(DELAY, nobody, anybody, address(this));
        for (uint160 i = 0; i < 7; ++i) nodes.push(address(0x1000 + i));
        registry = new NodeRegistry(address(timelock), nodes[0], "k", "v");
        governor = new LucidGovernor(registry, timelock);
        params = new ParamRegistry(address(timelock));
        timelock.grantRole(timelock.PROPOSER_ROLE(), address(governor));
        timelock.grantRole(timelock.CANCELLER_ROLE(), address(governor));
        timelock.renounceRole(timelock.DEFAULT_ADMIN_ROLE(), address(this));
        for (uint256 i = 1; i < nodes.length; ++i) {
            vm.prank(nodes[i]);
            registry.announce(bytes32(2 * i), bytes32(2 * i + 1), 0);
            vm.prank(address(timelock));
            registry.admit(nodes[i]);
        }
        vm.warp(block.timestamp + 1);
    }

    struct Proposal {
        address[] targets;
        uint256[] values;
        bytes[] calls;
        string text;
    }

    function raisePeers(string memory text) private view returns (Proposal memory p) {
        p.targets = new address[](1);
        p.values = new uint256[](1);
        p.calls = new bytes[](1);
        p.targets[0] = address(params);
        p.calls[0] = abi.encodeCall(ParamRegistry.setValue, (PARAM, 80, text));
        p.text = text;
    }

    function propose(address by, Proposal memory p) private returns (uint256) {
        vm.prank(by);
        return governor.propose(p.targets, p.values, p.calls, p.text);
    }

    function vote(uint256 id, uint256 against, uint256 inFavour, uint256 abstain) private {
        vm.warp(block.timestamp + 72 hours + 1);
        uint256 n;
        for (uint256 i = 0; i < against; ++i) cast(nodes[n++], id, 0);
        for (uint256 i = 0; i < inFavour; ++i) cast(nodes[n++], id, 1);
        for (uint256 i = 0; i < abstain; ++i) cast(nodes[n++], id, 2);
        vm.warp(block.timestamp + 168 hours);
    }

    function cast(address node, uint256 id, uint8 support) private {
        vm.prank(node);
        governor.castVote(id, support);
    }

    function queue(Proposal memory p) private {
        governor.queue(p.targets, p.values, p.calls, keccak256(bytes(p.text)));
    }

    function execute(Proposal memory p) private {
        governor.execute(p.targets, p.values, p.calls, keccak256(bytes(p.text)));
    }

    function isState(uint256 id, IGovernor.ProposalState wanted) private view {
        equal(uint256(governor.state(id)), uint256(wanted));
    }

    function test_a_vote_changes_a_parameter_after_its_delay_and_not_before() public {
        Proposal memory p = raisePeers("more peers");
        uint256 id = propose(nodes[3], p);
        isState(id, IGovernor.ProposalState.Pending);
        vote(id, 1, 4, 0);
        isState(id, IGovernor.ProposalState.Succeeded);
        queue(p);
        isState(id, IGovernor.ProposalState.Queued);
        vm.warp(block.timestamp + DELAY - 1);
        (bool early,) = address(governor).call(
            abi.encodeCall(IGovernor.execute, (p.targets, p.values, p.calls, keccak256(bytes(p.text))))
        );
        check(!early, "executed before the delay");
        vm.warp(block.timestamp + 1);
        execute(p);
        isState(id, IGovernor.ProposalState.Executed);
        equal(params.valueOf(PARAM), 80);
    }

    function test_a_tie_fails_and_a_defeated_proposal_cannot_be_queued() public {
        Proposal memory p = raisePeers("tie");
        uint256 id = propose(nodes[0], p);
        vote(id, 3, 3, 0);
        isState(id, IGovernor.ProposalState.Defeated);
        (bool done,) = address(governor).call(
            abi.encodeCall(IGovernor.queue, (p.targets, p.values, p.calls, keccak256(bytes(p.text))))
        );
        check(!done, "a defeated proposal was queued");
    }

    function test_a_proposal_is_queued_and_executed_once() public {
        Proposal memory p = raisePeers("once");
        vote(propose(nodes[0], p), 0, 7, 0);
        queue(p);
        (bool again,) = address(governor).call(
            abi.encodeCall(IGovernor.queue, (p.targets, p.values, p.calls, keccak256(bytes(p.text))))
        );
        check(!again, "queued twice");
        vm.warp(block.timestamp + DELAY);
        execute(p);
        (again,) = address(governor).call(
            abi.encodeCall(IGovernor.execute, (p.targets, p.values, p.calls, keccak256(bytes(p.text))))
        );
        check(!again, "executed twice");
    }

    /// A third of seven, rounded down, is two.
    function test_without_a_quorum_nothing_passes() public {
        uint256 id = propose(nodes[0], raisePeers("alone"));
        vote(id, 0, 1, 0);
        isState(id, IGovernor.ProposalState.Defeated);
        id = propose(nodes[0], raisePeers("two"));
        vote(id, 0, 1, 1);
        isState(id, IGovernor.ProposalState.Succeeded);
    }

    function test_only_nodes_propose_and_vote_counts_once() public {
        Proposal memory p = raisePeers("stranger");
        vm.expectRevert(
            abi.encodeWithSelector(IGovernor.GovernorInsufficientProposerVotes.selector, address(0xBAD), 0, 1)
        );
        propose(address(0xBAD), p);
        uint256 id = propose(nodes[0], p);
        vm.warp(block.timestamp + 72 hours + 1);
        cast(nodes[1], id, 1);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorAlreadyCastVote.selector, nodes[1]));
        cast(nodes[1], id, 1);
        cast(address(0xBAD), id, 1);
        (, uint256 inFavour,) = governor.proposalVotes(id);
        equal(inFavour, 1);
    }

    /// Who joins during a vote has no vote in it.
    function test_a_node_that_joins_later_does_not_vote() public {
        uint256 id = propose(nodes[0], raisePeers("before"));
        vm.warp(block.timestamp + 72 hours + 1);
        address late = address(0x2000);
        vm.prank(late);
        registry.announce("late", "later", 0);
        vm.prank(address(timelock));
        registry.admit(late);
        cast(late, id, 1);
        (, uint256 inFavour,) = governor.proposalVotes(id);
        equal(inFavour, 0);
    }

    function test_five_open_proposals_of_one_node_and_no_more() public {
        for (uint256 i = 0; i < 5; ++i) propose(nodes[0], raisePeers(string(abi.encodePacked(bytes32(i + 1)))));
        equal(governor.openProposals(nodes[0]), 5);
        vm.expectRevert(abi.encodeWithSelector(LucidGovernor.TooManyOpenProposals.selector, nodes[0]));
        propose(nodes[0], raisePeers("sixth"));
        propose(nodes[1], raisePeers("of another"));
        vm.warp(block.timestamp + 240 hours + 2);
        equal(governor.openProposals(nodes[0]), 0);
        propose(nodes[0], raisePeers("seventh"));
        equal(governor.openProposals(nodes[0]), 1);
    }

    function test_governance_removes_a_node_and_its_vote_is_gone() public {
        Proposal memory p = raisePeers("remove");
        p.targets[0] = address(registry);
        p.calls[0] = abi.encodeCall(NodeRegistry.remove, (nodes[6], "equivocation"));
        vote(propose(nodes[0], p), 0, 5, 0);
        queue(p);
        vm.warp(block.timestamp + DELAY);
        execute(p);
        check(!registry.isActive(nodes[6]), "removed");
        equal(registry.getVotes(nodes[6]), 0);
    }
}
