// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PayoutRouterV0} from "../src/PayoutRouterV0.sol";
import {TestBase} from "./TestBase.sol";
import {TetherClone} from "./TetherClone.sol";

/// A service that asks, pays and gives up in any order, with a token that misbehaves now and then.
contract PayoutHandler is TestBase {
    TetherClone public immutable usdt = new TetherClone();
    PayoutRouterV0 public immutable router;
    address private constant RECIPIENT = address(0xA11CE);
    uint256 public constant FUNDS = 50_000e6;
    mapping(bytes32 id => uint256) public timesPaid;
    mapping(bytes32 id => bool) public failed;
    uint256 public paid;

    constructor() {
        router = new PayoutRouterV0(address(usdt), address(this), address(this));
        usdt.mint(address(router), FUNDS);
        vm.warp(1_700_000_000);
    }

    function request(uint256 id, uint128 amount) external {
        router.requestPayout(bytes32(id % 8), RECIPIENT, amount % 12_000e6, 0);
    }

    function pay(uint256 id) external {
        bytes32 key = bytes32(id % 8);
        router.pay(key);
        ++timesPaid[key];
        paid += router.payoutOf(key).amount;
    }

    function fail(uint256 id) external {
        router.fail(bytes32(id % 8), "why");
        failed[bytes32(id % 8)] = true;
    }

    function misbehave(uint8 how) external {
        usdt.misbehave(how % 4 == 1 ? 10 : 0, how % 4 == 2, how % 4 == 3);
    }

    function sleep(uint32 time) external {
        vm.warp(block.timestamp + time);
    }
}

contract PayoutInvariants is TestBase {
    PayoutHandler private handler;

    function setUp() public {
        handler = new PayoutHandler();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function invariant_paid_at_most_once_and_never_after_failing() public view {
        for (uint256 i = 0; i < 8; ++i) {
            check(handler.timesPaid(bytes32(i)) <= 1, "paid twice");
            check(!(handler.failed(bytes32(i)) && handler.timesPaid(bytes32(i)) != 0), "paid and failed");
        }
    }

    function invariant_no_usdt_comes_or_goes_but_by_payouts() public view {
        equal(handler.usdt().balanceOf(address(0xA11CE)), handler.paid());
        equal(handler.usdt().balanceOf(address(handler.router())), handler.FUNDS() - handler.paid());
    }
}
