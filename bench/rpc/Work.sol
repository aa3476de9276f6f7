// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// What is measured: an anchor (two words of storage and a log) and a read.
contract Work {
    event Anchored(address indexed by, bytes32 indexed id, bytes32 root);

    mapping(bytes32 => bytes32) public roots;
    mapping(address => uint256) public balanceOf;

    function anchor(bytes32 id, bytes32 root) external {
        require(roots[id] == 0, "anchored");
        roots[id] = root;
        balanceOf[msg.sender] += 1;
        emit Anchored(msg.sender, id, root);
    }
}
