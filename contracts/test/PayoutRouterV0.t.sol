// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PayoutRouterV0} from "../src/PayoutRouterV0.sol";
import {TronUsdt} from "../src/TronUsdt.sol";
import {TestBase} from "./TestBase.sol";
import {TetherClone} from "./TetherClone.sol";

contract PayoutRouterV0Test is TestBase {
    address private constant ADMIN = address(0xAD);
    address private constant SERVICE = address(0x5E);
    address private constant STRANGER = address(0xB0B);
    address private constant NODE = address(0xA11CE);
    bytes32 private constant ID = keccak256("payout");

    TetherClone private usdt;
    PayoutRouterV0 private router;

    function setUp() public {
        usdt = new TetherClone();
        router = new PayoutRouterV0(address(usdt), ADMIN, SERVICE);
        usdt.mint(address(router), 1_000_000e6);
        vm.warp(1_700_000_000);
    }

    function request(bytes32 id, address recipient, uint128 amount) private {
        vm.prank(SERVICE);
        router.requestPayout(id, recipient, amount, "session");
    }

    function pay(bytes32 id) private {
        vm.prank(SERVICE);
        router.pay(id);
    }

    function test_pays_although_the_token_answers_false() public {
        request(ID, NODE, 25e6);
        pay(ID);
        equal(usdt.balanceOf(NODE), 25e6);
        equal(uint256(router.payoutOf(ID).status), uint256(PayoutRouterV0.Status.Paid));
        equal(router.paidOn(block.timestamp / 1 days), 25e6);
    }

    function test_pays_once() public {
        request(ID, NODE, 25e6);
        pay(ID);
        vm.expectRevert(abi.encodeWithSelector(PayoutRouterV0.WrongStatus.selector, ID, PayoutRouterV0.Status.Paid));
        pay(ID);
        vm.expectRevert(abi.encodeWithSelector(PayoutRouterV0.Exists.selector, ID));
        request(ID, NODE, 25e6);
        equal(usdt.balanceOf(NODE), 25e6);
    }

    /// The service's own key calls back from within the transfer: the request is paid already.
    function test_a_token_that_calls_back_gets_nothing_twice() public {
        router = new PayoutRouterV0(address(usdt), ADMIN, address(usdt));
        usdt.mint(address(router), 1000e6);
        vm.prank(address(usdt));
        router.requestPayout(ID, NODE, 25e6, "session");
        usdt.callBack(address(router), abi.encodeCall(router.pay, (ID)));
        vm.prank(address(usdt));
        router.pay(ID);
        equal(usdt.balanceOf(NODE), 25e6);
    }

    function test_a_failed_request_is_never_paid() public {
        request(ID, NODE, 25e6);
        vm.prank(SERVICE);
        router.fail(ID, "wrong address");
        vm.expectRevert(abi.encodeWithSelector(PayoutRouterV0.WrongStatus.selector, ID, PayoutRouterV0.Status.Failed));
        pay(ID);
        equal(usdt.balanceOf(NODE), 0);
    }

    function test_failing_needs_a_reason() public {
        request(ID, NODE, 25e6);
        refused(PayoutRouterV0.ReasonMissing.selector);
        vm.prank(SERVICE);
        router.fail(ID, 0);
    }

    function test_unknown_request_is_not_paid() public {
        vm.expectRevert(abi.encodeWithSelector(PayoutRouterV0.WrongStatus.selector, ID, PayoutRouterV0.Status.None));
        pay(ID);
    }

    // --- the token misbehaves: nothing counts as paid

    function test_a_fee_holds_the_payout() public {
        request(ID, NODE, 100e6);
        usdt.misbehave(10, false, false);
        vm.expectRevert(abi.encodeWithSelector(TronUsdt.PaidWrongly.selector, 100e6, 99_900_000, 100e6));
        pay(ID);
        equal(uint256(router.payoutOf(ID).status), uint256(PayoutRouterV0.Status.Requested));
        usdt.misbehave(0, false, false);
        pay(ID);
        equal(usdt.balanceOf(NODE), 100e6);
    }

    function test_a_token_that_takes_more_is_refused() public {
        request(ID, NODE, 100e6);
        usdt.misbehave(0, false, true);
        vm.expectRevert(abi.encodeWithSelector(TronUsdt.PaidWrongly.selector, 100e6 + 1, 100e6, 100e6));
        pay(ID);
        equal(router.paidOn(block.timestamp / 1 days), 0);
    }

    function test_a_transfer_that_reverts_leaves_the_request() public {
        request(ID, NODE, 100e6);
        usdt.misbehave(0, true, false);
        refused(TronUsdt.TransferFailed.selector);
        pay(ID);
        equal(uint256(router.payoutOf(ID).status), uint256(PayoutRouterV0.Status.Requested));
    }

    function test_a_listed_recipient_is_held() public {
        request(ID, NODE, 100e6);
        usdt.blacklist(NODE, true);
        vm.expectRevert(abi.encodeWithSelector(TronUsdt.RecipientBlackListed.selector, NODE));
        pay(ID);
        usdt.blacklist(NODE, false);
        usdt.blacklist(address(router), true);
        refused(TronUsdt.TransferFailed.selector);
        pay(ID);
    }

    // --- who may do what

    function testFuzz_only_the_service_asks_and_pays(address sender) public {
        vm.assume(sender != SERVICE);
        request(ID, NODE, 25e6);
        vm.expectRevert(abi.encodeWithSelector(PayoutRouterV0.NotService.selector, sender));
        vm.prank(sender);
        router.requestPayout("x", NODE, 25e6, 0);
        vm.expectRevert(abi.encodeWithSelector(PayoutRouterV0.NotService.selector, sender));
        vm.prank(sender);
        router.pay(ID);
        vm.expectRevert(abi.encodeWithSelector(PayoutRouterV0.NotService.selector, sender));
        vm.prank(sender);
        router.fail(ID, "x");
    }

    function testFuzz_only_the_administrator_administers(address sender) public {
        vm.assume(sender != ADMIN);
        bytes memory wanted = abi.encodeWithSelector(PayoutRouterV0.NotAdmin.selector, sender);
        vm.expectRevert(wanted);
        vm.prank(sender);
        router.setLimits(20e6, 30e6);
        vm.expectRevert(wanted);
        vm.prank(sender);
        router.setService(sender);
        vm.expectRevert(wanted);
        vm.prank(sender);
        router.setPaused(true);
        vm.expectRevert(wanted);
        vm.prank(sender);
        router.withdraw(sender, 1);
    }

    function test_the_pause_stops_everything_and_allows_withdrawing() public {
        request(ID, NODE, 25e6);
        refused(PayoutRouterV0.NotPaused.selector);
        vm.prank(ADMIN);
        router.withdraw(ADMIN, 1e6);
        vm.prank(ADMIN);
        router.setPaused(true);
        refused(PayoutRouterV0.IsPaused.selector);
        request("other", NODE, 25e6);
        refused(PayoutRouterV0.IsPaused.selector);
        pay(ID);
        refused(PayoutRouterV0.IsPaused.selector);
        vm.prank(SERVICE);
        router.fail(ID, "x");
        vm.prank(ADMIN);
        router.withdraw(ADMIN, 1e6);
        equal(usdt.balanceOf(ADMIN), 1e6);
        vm.prank(ADMIN);
        router.setPaused(false);
        pay(ID);
        equal(usdt.balanceOf(NODE), 25e6);
    }

    function test_another_service_takes_over() public {
        vm.prank(ADMIN);
        router.setService(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(PayoutRouterV0.NotService.selector, SERVICE));
        request(ID, NODE, 25e6);
        vm.prank(STRANGER);
        router.requestPayout(ID, NODE, 25e6, 0);
    }

    // --- limits

    function testFuzz_amounts_within_the_limits_only(uint128 amount) public {
        if (amount < 10e6 || amount > 10_000e6) {
            vm.expectRevert(abi.encodeWithSelector(PayoutRouterV0.BadAmount.selector, amount));
        }
        request(ID, NODE, amount);
    }

    function test_limits_at_and_past_their_ends() public {
        request("least", NODE, 10e6);
        request("most", NODE, 10_000e6);
        vm.expectRevert(abi.encodeWithSelector(PayoutRouterV0.BadAmount.selector, 10e6 - 1));
        request(ID, NODE, 10e6 - 1);
        vm.expectRevert(abi.encodeWithSelector(PayoutRouterV0.BadAmount.selector, 10_000e6 + 1));
        request(ID, NODE, 10_000e6 + 1);
        uint128[2][4] memory bad =
            [[uint128(10e6 - 1), 20e6], [uint128(10e6), 10_000e6 + 1], [uint128(20e6), 20e6], [uint128(30e6), 20e6]];
        for (uint256 i = 0; i < bad.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(PayoutRouterV0.BadLimits.selector, bad[i][0], bad[i][1]));
            vm.prank(ADMIN);
            router.setLimits(bad[i][0], bad[i][1]);
        }
        vm.prank(ADMIN);
        router.setLimits(20e6, 30e6);
        vm.expectRevert(abi.encodeWithSelector(PayoutRouterV0.BadAmount.selector, 19e6));
        request(ID, NODE, 19e6);
    }

    function test_nobody_pays_the_router_the_token_or_nobody() public {
        address[3] memory bad = [address(0), address(router), address(usdt)];
        for (uint256 i = 0; i < bad.length; ++i) {
            refused(PayoutRouterV0.BadRecipient.selector);
            request(ID, bad[i], 25e6);
        }
    }

    function test_a_day_pays_no_more_than_its_limit() public {
        for (uint256 i = 0; i < 10; ++i) {
            request(bytes32(i), NODE, 10_000e6);
            pay(bytes32(i));
        }
        request(ID, NODE, 10e6);
        vm.expectRevert(abi.encodeWithSelector(PayoutRouterV0.DailyLimit.selector, 0));
        pay(ID);
        vm.warp(block.timestamp + 1 days);
        pay(ID);
        equal(usdt.balanceOf(NODE), 100_010e6);
    }
}
