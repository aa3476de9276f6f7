// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Time} from "@openzeppelin/contracts/utils/types/Time.sol";
import {Votes} from "@openzeppelin/contracts/governance/utils/Votes.sol";
import {INodeRegistry} from "./INodeRegistry.sol";

/// @title Nodes of the network
/// @notice Who may anchor, vote and earn. A candidate announces its keys and is admitted by governance, or by an active node
/// that stands sponsor, at most once per `SPONSOR_INTERVAL`. One node has one vote; votes can be delegated.
/// @dev Keys are Ed25519, which the EVM cannot check: who announces a key that is not its own only harms itself, since what it
/// signs does not verify. A key serves one node, once; it is taken at admission, so announcing another's key blocks nobody.
contract NodeRegistry is INodeRegistry, Votes {
    enum Status {
        None,
        Candidate,
        Active,
        Removed
    }

    struct Node {
        bytes32 evidenceKey;
        bytes32 validatorKey;
        /// Public key of the node's v3 onion service: its address is derived from it (rend-spec-v3, 6).
        bytes32 onionKey;
        address sponsor;
        uint64 since;
        Status status;
    }

    /// @notice A node may stand sponsor for one candidate in this time.
    uint64 public constant SPONSOR_INTERVAL = 7 days;

    /// @notice The timelock of the governor.
    address public immutable governance;
    /// @notice Active nodes.
    uint256 public activeCount;

    mapping(address account => Node) private nodes;
    mapping(bytes32 key => bool) public keyUsed;
    mapping(address sponsor => uint64 time) public lastSponsored;

    event CandidateAnnounced(address indexed node, bytes32 evidenceKey, bytes32 validatorKey, bytes32 onionKey);
    event NodeAdmitted(address indexed node, address indexed sponsor);
    event NodeRemoved(address indexed node, bytes32 reason);
    event EvidenceKeyRotated(address indexed node, bytes32 previousKey, bytes32 newKey);
    event OnionKeyChanged(address indexed node, bytes32 onionKey);

    error NotGovernance(address sender);
    error WrongStatus(address node, Status status);
    error KeyMissing();
    error KeyTaken(bytes32 key);
    error SponsoredRecently(uint64 again);
    error ReasonMissing();
    error LastNode();

    modifier onlyGovernance() {
        if (msg.sender != governance) revert NotGovernance(msg.sender);
        _;
    }

    /// @param governance_ who admits and removes nodes beside sponsors
    /// @param first the node that makes the chain
    constructor(address governance_, address first, bytes32 evidenceKey_, bytes32 validatorKey_)
        EIP712("LucidNodeRegistry", "1")
    {
        governance = governance_;
        _announce(first, evidenceKey_, validatorKey_, 0);
        _admit(first, address(0));
    }

    /// @notice The caller wants to become a node. A candidate may announce again with other keys.
    function announce(bytes32 evidenceKey_, bytes32 validatorKey_, bytes32 onionKey) external {
        Status status = nodes[msg.sender].status;
        if (status != Status.None && status != Status.Candidate) revert WrongStatus(msg.sender, status);
        _announce(msg.sender, evidenceKey_, validatorKey_, onionKey);
    }

    /// @notice Admits a candidate by vote.
    function admit(address node) external onlyGovernance {
        _admit(node, address(0));
    }

    /// @notice Admits a candidate on the caller's word.
    function sponsor(address node) external {
        if (nodes[msg.sender].status != Status.Active) revert WrongStatus(msg.sender, nodes[msg.sender].status);
        uint64 last = lastSponsored[msg.sender];
        if (last != 0 && block.timestamp < last + SPONSOR_INTERVAL) revert SponsoredRecently(last + SPONSOR_INTERVAL);
        lastSponsored[msg.sender] = uint64(block.timestamp);
        _admit(node, msg.sender);
    }

    /// @notice Ends a node's membership for good; the last node stays, or nobody could anchor again.
    /// @param reason hash or short text of why; not zero
    function remove(address node, bytes32 reason) external onlyGovernance {
        if (reason == 0) revert ReasonMissing();
        _remove(node, reason);
    }

    /// @notice The caller leaves.
    function resign() external {
        _remove(msg.sender, "resigned");
    }

    /// @notice The caller signs with another key from now on; evidence signed before keeps naming the old one.
    function rotateEvidenceKey(bytes32 newKey) external {
        Node storage n = _active(msg.sender);
        _take(newKey);
        emit EvidenceKeyRotated(msg.sender, n.evidenceKey, newKey);
        n.evidenceKey = newKey;
    }

    /// @notice The caller is reached at another onion service; zero: at none.
    function setOnionKey(bytes32 onionKey) external {
        _active(msg.sender).onionKey = onionKey;
        emit OnionKeyChanged(msg.sender, onionKey);
    }

    /// @notice Everything known of an account.
    function nodeOf(address account) external view returns (Node memory) {
        return nodes[account];
    }

    /// @inheritdoc INodeRegistry
    function evidenceKey(address node) external view returns (bytes32) {
        Node storage n = nodes[node];
        return n.status == Status.Active ? n.evidenceKey : bytes32(0);
    }

    /// @inheritdoc INodeRegistry
    function isActive(address node) external view returns (bool) {
        return nodes[node].status == Status.Active;
    }

    /// @notice Votes are counted by time, since heights skip slots in which nothing happens.
    function clock() public view override returns (uint48) {
        return Time.timestamp();
    }

    /// @inheritdoc Votes
    function CLOCK_MODE() public pure override returns (string memory) {
        return "mode=timestamp";
    }

    function _getVotingUnits(address account) internal view override returns (uint256) {
        return nodes[account].status == Status.Active ? 1 : 0;
    }

    function _announce(address node, bytes32 evidenceKey_, bytes32 validatorKey_, bytes32 onionKey) private {
        if (evidenceKey_ == 0 || validatorKey_ == 0) revert KeyMissing();
        nodes[node] = Node(evidenceKey_, validatorKey_, onionKey, address(0), uint64(block.timestamp), Status.Candidate);
        emit CandidateAnnounced(node, evidenceKey_, validatorKey_, onionKey);
    }

    function _admit(address node, address sponsor_) private {
        Node storage n = nodes[node];
        if (n.status != Status.Candidate) revert WrongStatus(node, n.status);
        _take(n.evidenceKey);
        _take(n.validatorKey);
        n.status = Status.Active;
        n.sponsor = sponsor_;
        n.since = uint64(block.timestamp);
        ++activeCount;
        _transferVotingUnits(address(0), node, 1);
        // Who has delegated before keeps that; everybody else votes for himself without a transaction.
        if (delegates(node) == address(0)) _delegate(node, node);
        emit NodeAdmitted(node, sponsor_);
    }

    function _remove(address node, bytes32 reason) private {
        Node storage n = _active(node);
        if (activeCount == 1) revert LastNode();
        n.status = Status.Removed;
        n.since = uint64(block.timestamp);
        --activeCount;
        _transferVotingUnits(node, address(0), 1);
        emit NodeRemoved(node, reason);
    }

    function _active(address node) private view returns (Node storage n) {
        n = nodes[node];
        if (n.status != Status.Active) revert WrongStatus(node, n.status);
    }

    function _take(bytes32 key) private {
        if (key == 0) revert KeyMissing();
        if (keyUsed[key]) revert KeyTaken(key);
        keyUsed[key] = true;
    }
}
