// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// What the clients call: storage, an event, every kind of failure, a nested call.
contract Box {
    event Changed(address indexed by, uint256 indexed value, string note);
    error TooLarge(uint256 value, uint256 limit);

    uint256 public value;
    mapping(address => uint256) public last;

    constructor(uint256 first) payable {
        value = first;
    }

    function set(uint256 next) external payable {
        if (next > 1000) revert TooLarge(next, 1000);
        value = next;
        last[msg.sender] = next;
        emit Changed(msg.sender, next, "set");
    }

    function reason() external pure {
        require(false, "no such thing");
    }

    function panic(uint256 by) external pure returns (uint256) {
        return 1 / by;
    }

    function nested(uint256 next) external returns (uint256) {
        this.set(next);
        return Box(address(this)).value();
    }
}
