// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// A token that behaves as USDT does on TRON where it matters: `transfer` pays and answers false, may keep a fee, knows a black
/// list (a listed sender reverts, a listed recipient is paid and cannot spend) and can be told to misbehave.
contract TetherClone {
    mapping(address => uint256) public balanceOf;
    mapping(address => bool) public isBlackListed;
    uint256 public feeBasisPoints;
    bool public reverts;
    bool public steals;
    address public calledBack;
    bytes public callback;

    event Transfer(address indexed from, address indexed to, uint256 value);

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function blacklist(address account, bool listed) external {
        isBlackListed[account] = listed;
    }

    function misbehave(uint256 fee, bool reverts_, bool steals_) external {
        feeBasisPoints = fee;
        reverts = reverts_;
        steals = steals_;
    }

    /// Calls `target` with `data` from within a transfer.
    function callBack(address target, bytes calldata data) external {
        calledBack = target;
        callback = data;
    }

    function transfer(address to, uint256 value) external returns (bool) {
        require(!reverts && !isBlackListed[msg.sender]);
        uint256 fee = value * feeBasisPoints / 10_000;
        balanceOf[msg.sender] -= value + (steals ? 1 : 0);
        balanceOf[to] += value - fee;
        emit Transfer(msg.sender, to, value - fee);
        if (calledBack != address(0)) {
            (bool done,) = calledBack.call(callback);
            done;
        }
        return false;
    }
}
