// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What other contracts ask of the registry
interface INodeRegistry {
    /// @notice Ed25519 key with which an active node signs manifests and receipts; zero for everybody else.
    function evidenceKey(address node) external view returns (bytes32);
    /// @notice Is the account a node in good standing?
    function isActive(address node) external view returns (bool);
}
