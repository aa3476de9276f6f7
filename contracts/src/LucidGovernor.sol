// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Governor} from "@openzeppelin/contracts/governance/Governor.sol";
import {GovernorCountingSimple} from "@openzeppelin/contracts/governance/extensions/GovernorCountingSimple.sol";
import {GovernorTimelockControl} from "@openzeppelin/contracts/governance/extensions/GovernorTimelockControl.sol";
import {GovernorVotes} from "@openzeppelin/contracts/governance/extensions/GovernorVotes.sol";
import {GovernorVotesQuorumFraction} from
    "@openzeppelin/contracts/governance/extensions/GovernorVotesQuorumFraction.sol";
import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {NodeRegistry} from "./NodeRegistry.sol";

/// @title Votes of the nodes
/// @notice One node, one vote: 72 h of discussion, 168 h of voting, a third of the nodes as quorum, more yes than no, then the
/// timelock's delay. What is decided is carried out by the timelock, which owns nothing else than what the genesis gives it.
/// @dev The state machine is OpenZeppelin's; what is Lucid's own are the periods, who may propose, and how many proposals of
/// one node may be open.
contract LucidGovernor is
    Governor,
    GovernorCountingSimple,
    GovernorVotes,
    GovernorVotesQuorumFraction,
    GovernorTimelockControl
{
    /// @notice Time between a proposal and its vote, in seconds.
    uint48 public constant DISCUSSION = 72 hours;
    /// @notice Time to vote, in seconds.
    uint32 public constant VOTING = 168 hours;
    /// @notice Proposals of one node that may be undecided at a time.
    uint256 public constant OPEN_PROPOSALS_MAX = 5;
    /// @notice Per cent of the nodes that must say yes or abstain.
    uint256 public constant QUORUM_PER_CENT = 33;

    mapping(address proposer => uint256[]) private open;

    error TooManyOpenProposals(address proposer);

    constructor(NodeRegistry registry, TimelockController timelock)
        Governor("LucidGovernor")
        GovernorVotes(IVotes(address(registry)))
        GovernorVotesQuorumFraction(QUORUM_PER_CENT)
        GovernorTimelockControl(timelock)
    {}

    /// @inheritdoc Governor
    function votingDelay() public pure override returns (uint256) {
        return DISCUSSION;
    }

    /// @inheritdoc Governor
    function votingPeriod() public pure override returns (uint256) {
        return VOTING;
    }

    /// @notice Only a node, or who speaks for one, may propose.
    function proposalThreshold() public pure override returns (uint256) {
        return 1;
    }

    /// @inheritdoc Governor
    function state(uint256 id) public view override(Governor, GovernorTimelockControl) returns (ProposalState) {
        return super.state(id);
    }

    /// @inheritdoc Governor
    function proposalNeedsQueuing(uint256 id)
        public
        view
        override(Governor, GovernorTimelockControl)
        returns (bool)
    {
        return super.proposalNeedsQueuing(id);
    }

    /// @notice Undecided proposals of a node.
    function openProposals(address proposer) public view returns (uint256 count) {
        uint256[] storage ids = open[proposer];
        for (uint256 i = 0; i < ids.length; ++i) if (_undecided(ids[i])) ++count;
    }

    function _undecided(uint256 id) private view returns (bool) {
        ProposalState s = state(id);
        return s == ProposalState.Pending || s == ProposalState.Active;
    }

    function _propose(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        string memory description,
        address proposer
    ) internal override returns (uint256 id) {
        // The list holds five at the most: decided ones give their place away.
        uint256[] storage ids = open[proposer];
        for (uint256 i = ids.length; i > 0; --i) {
            if (_undecided(ids[i - 1])) continue;
            ids[i - 1] = ids[ids.length - 1];
            ids.pop();
        }
        if (ids.length >= OPEN_PROPOSALS_MAX) revert TooManyOpenProposals(proposer);
        id = super._propose(targets, values, calldatas, description, proposer);
        ids.push(id);
    }

    function _queueOperations(
        uint256 id,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) returns (uint48) {
        return super._queueOperations(id, targets, values, calldatas, descriptionHash);
    }

    function _executeOperations(
        uint256 id,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) {
        super._executeOperations(id, targets, values, calldatas, descriptionHash);
    }

    function _cancel(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) returns (uint256) {
        return super._cancel(targets, values, calldatas, descriptionHash);
    }

    function _executor() internal view override(Governor, GovernorTimelockControl) returns (address) {
        return super._executor();
    }
}
