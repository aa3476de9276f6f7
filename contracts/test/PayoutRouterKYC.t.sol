// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PayoutRouterKYC} from "../src/PayoutRouterKYC.sol";
import {TestBase} from "./TestBase.sol";
import {TetherClone} from "./TetherClone.sol";

contract PayoutRouterKYCTest is TestBase {
    uint256 private constant COMPLIANCE_KEY = 0xC0FFEE;
    address private constant ADMIN = address(0xAD);
    address private constant SERVICE = address(0x5E);
    address private constant NODE = address(0xA11CE);
    address private constant OTHER = address(0xB0B);
    bytes32 private constant KYC = keccak256("identity");
    bytes32 private constant ID = keccak256("payout");

    address private compliance;
    TetherClone private usdt;
    PayoutRouterKYC private router;

    function setUp() public {
        compliance = vm.addr(COMPLIANCE_KEY);
        usdt = new TetherClone();
        router = new PayoutRouterKYC(address(usdt), ADMIN, SERVICE, compliance);
        usdt.mint(address(router), 1_000_000e6);
        vm.warp(1_700_000_000);
        verify(NODE, KYC, 3);
    }

    function verify(address user, bytes32 kycId, uint8 level) private {
        vm.prank(compliance);
        router.verifyIdentity(user, kycId, level);
    }

    function signed(uint256 key, bytes32 id, address recipient, uint128 amount, bytes32 kycId, uint64 at)
        private
        view
        returns (bytes memory)
    {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, router.digest(id, recipient, amount, kycId, at));
        return abi.encodePacked(r, s, v);
    }

    function request(bytes32 id, address recipient, uint128 amount, bytes32 kycId) private {
        uint64 at = uint64(block.timestamp);
        bytes memory signature = signed(COMPLIANCE_KEY, id, recipient, amount, kycId, at);
        vm.prank(SERVICE);
        router.requestPayout(id, recipient, amount, kycId, at, signature);
    }

    function refusedRequest(bytes memory wanted, bytes32 id, address recipient, uint128 amount, bytes32 kycId) private {
        uint64 at = uint64(block.timestamp);
        bytes memory signature = signed(COMPLIANCE_KEY, id, recipient, amount, kycId, at);
        vm.expectRevert(wanted);
        vm.prank(SERVICE);
        router.requestPayout(id, recipient, amount, kycId, at, signature);
    }

    function pay(bytes32 id) private {
        vm.prank(SERVICE);
        router.pay(id);
    }

    function test_pays_the_holder_once() public {
        request(ID, NODE, 100e6, KYC);
        pay(ID);
        equal(usdt.balanceOf(NODE), 100e6);
        vm.expectRevert(abi.encodeWithSelector(PayoutRouterKYC.WrongStatus.selector, ID, PayoutRouterKYC.Status.Paid));
        pay(ID);
        refusedRequest(abi.encodeWithSelector(PayoutRouterKYC.Exists.selector, ID), ID, NODE, 100e6, KYC);
    }

    function test_pays_nobody_but_the_holder_of_the_identity() public {
        bytes memory wanted = abi.encodeWithSelector(PayoutRouterKYC.NotEligible.selector, OTHER);
        refusedRequest(wanted, ID, OTHER, 100e6, KYC);
        verify(OTHER, "other", 3);
        refusedRequest(wanted, ID, OTHER, 100e6, KYC);
        refusedRequest(wanted, ID, OTHER, 100e6, 0);
        request(ID, OTHER, 100e6, "other");
    }

    function test_an_identity_is_bound_to_one_address_and_back() public {
        vm.expectRevert(abi.encodeWithSelector(PayoutRouterKYC.IdentityBound.selector, KYC, NODE));
        verify(OTHER, KYC, 3);
        vm.expectRevert(abi.encodeWithSelector(PayoutRouterKYC.IdentityBound.selector, KYC, NODE));
        verify(NODE, "second", 3);
        vm.prank(compliance);
        router.deactivateIdentity(NODE);
        vm.expectRevert(abi.encodeWithSelector(PayoutRouterKYC.IdentityBound.selector, KYC, NODE));
        verify(OTHER, KYC, 3);
        verify(NODE, KYC, 2);
        check(router.isEligible(NODE), "renewed");
    }

    function test_level_activity_and_age_decide() public {
        verify(OTHER, "low", 1);
        check(!router.isEligible(OTHER), "level below the least");
        vm.prank(ADMIN);
        router.setLimits(1, 5_000e6, 50_000e6);
        check(router.isEligible(OTHER), "level at the least");
        vm.warp(block.timestamp + 365 days - 1);
        check(router.isEligible(OTHER), "last second");
        vm.warp(block.timestamp + 1);
        check(!router.isEligible(OTHER), "expired");
    }

    function test_an_identity_that_ended_stops_open_requests() public {
        request(ID, NODE, 100e6, KYC);
        vm.prank(compliance);
        router.deactivateIdentity(NODE);
        vm.expectRevert(abi.encodeWithSelector(PayoutRouterKYC.NotEligible.selector, NODE));
        pay(ID);
        equal(usdt.balanceOf(NODE), 0);
    }

    function test_bad_identities_are_refused() public {
        refused(PayoutRouterKYC.BadIdentity.selector);
        verify(address(0), "x", 1);
        refused(PayoutRouterKYC.BadIdentity.selector);
        verify(OTHER, 0, 1);
        refused(PayoutRouterKYC.BadIdentity.selector);
        verify(OTHER, "x", 0);
        refused(PayoutRouterKYC.BadIdentity.selector);
        verify(OTHER, "x", 6);
    }

    // --- the authority's signature

    function test_a_signature_over_anything_else_is_refused() public {
        uint64 at = uint64(block.timestamp);
        bytes[6] memory bad = [
            signed(COMPLIANCE_KEY, "other", NODE, 100e6, KYC, at),
            signed(COMPLIANCE_KEY, ID, OTHER, 100e6, KYC, at),
            signed(COMPLIANCE_KEY, ID, NODE, 101e6, KYC, at),
            signed(COMPLIANCE_KEY, ID, NODE, 100e6, "other", at),
            signed(COMPLIANCE_KEY, ID, NODE, 100e6, KYC, at - 1),
            signed(0xBAD, ID, NODE, 100e6, KYC, at)
        ];
        for (uint256 i = 0; i < bad.length; ++i) {
            refused(PayoutRouterKYC.BadSignature.selector);
            vm.prank(SERVICE);
            router.requestPayout(ID, NODE, 100e6, KYC, at, bad[i]);
        }
    }

    function test_signatures_of_another_form_are_refused() public {
        uint64 at = uint64(block.timestamp);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(COMPLIANCE_KEY, router.digest(ID, NODE, 100e6, KYC, at));
        bytes32 high = bytes32(0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141 - uint256(s));
        bytes[5] memory bad = [
            abi.encodePacked(r, high, v == 27 ? uint8(28) : uint8(27)),
            abi.encodePacked(r, s),
            abi.encodePacked(r, s, v, v),
            abi.encodePacked(r, s, v - 27),
            abi.encodePacked(bytes32(0), bytes32(0), v)
        ];
        for (uint256 i = 0; i < bad.length; ++i) {
            refused(PayoutRouterKYC.BadSignature.selector);
            vm.prank(SERVICE);
            router.requestPayout(ID, NODE, 100e6, KYC, at, bad[i]);
        }
    }

    function test_a_signature_holds_a_day() public {
        uint64 at = uint64(block.timestamp);
        bytes memory signature = signed(COMPLIANCE_KEY, ID, NODE, 100e6, KYC, at);
        vm.warp(at + 24 hours + 1);
        refused(PayoutRouterKYC.BadSignature.selector);
        vm.prank(SERVICE);
        router.requestPayout(ID, NODE, 100e6, KYC, at, signature);
        vm.warp(at - 1);
        refused(PayoutRouterKYC.BadSignature.selector);
        vm.prank(SERVICE);
        router.requestPayout(ID, NODE, 100e6, KYC, at, signature);
        vm.warp(at + 24 hours);
        vm.prank(SERVICE);
        router.requestPayout(ID, NODE, 100e6, KYC, at, signature);
    }

    /// The signature names chain and contract: another router takes none of it.
    function test_a_signature_for_another_router_is_refused() public {
        uint64 at = uint64(block.timestamp);
        bytes memory signature = signed(COMPLIANCE_KEY, ID, NODE, 100e6, KYC, at);
        PayoutRouterKYC second = new PayoutRouterKYC(address(usdt), ADMIN, SERVICE, compliance);
        vm.prank(compliance);
        second.verifyIdentity(NODE, KYC, 3);
        refused(PayoutRouterKYC.BadSignature.selector);
        vm.prank(SERVICE);
        second.requestPayout(ID, NODE, 100e6, KYC, at, signature);
    }

    // --- quota

    function test_the_quota_of_a_day_and_its_return() public {
        for (uint256 i = 0; i < 10; ++i) request(bytes32(i + 1), NODE, 5_000e6, KYC);
        refusedRequest(abi.encodeWithSelector(PayoutRouterKYC.DailyLimit.selector, 0), ID, NODE, 1e6, KYC);
        vm.prank(SERVICE);
        router.reject(bytes32(uint256(1)), "duplicate");
        request(ID, NODE, 5_000e6, KYC);
        refusedRequest(abi.encodeWithSelector(PayoutRouterKYC.DailyLimit.selector, 0), "next", NODE, 1e6, KYC);
    }

    /// A request of an earlier day gives its amount back to that day, and today's quota is what it was.
    function test_rejecting_an_earlier_days_request_leaves_today_alone() public {
        uint32 day = uint32(block.timestamp / 1 days);
        request(ID, NODE, 5_000e6, KYC);
        vm.warp(block.timestamp + 2 days);
        request("today", NODE, 1_000e6, KYC);
        vm.prank(SERVICE);
        router.reject(ID, "late");
        equal(router.promisedOn(NODE, day), 0);
        equal(router.promisedOn(NODE, day + 2), 1_000e6);
        vm.expectRevert(
            abi.encodeWithSelector(PayoutRouterKYC.WrongStatus.selector, ID, PayoutRouterKYC.Status.Rejected)
        );
        vm.prank(SERVICE);
        router.reject(ID, "again");
    }

    function testFuzz_amounts_within_the_limits_only(uint128 amount) public {
        if (amount < 1e6 || amount > 5_000e6) {
            refusedRequest(abi.encodeWithSelector(PayoutRouterKYC.BadAmount.selector, amount), ID, NODE, amount, KYC);
        } else {
            request(ID, NODE, amount, KYC);
        }
    }

    // --- who may do what

    function testFuzz_everybody_keeps_to_his_duties(address sender) public {
        vm.assume(sender != ADMIN && sender != SERVICE && sender != compliance);
        bytes memory notAdmin = abi.encodeWithSelector(PayoutRouterKYC.NotAdmin.selector, sender);
        vm.expectRevert(notAdmin);
        vm.prank(sender);
        router.setLimits(2, 2e6, 3e6);
        vm.expectRevert(notAdmin);
        vm.prank(sender);
        router.setRoles(sender, compliance);
        vm.expectRevert(notAdmin);
        vm.prank(sender);
        router.setPaused(true);
        vm.expectRevert(notAdmin);
        vm.prank(sender);
        router.withdraw(sender, 1);
        vm.expectRevert(abi.encodeWithSelector(PayoutRouterKYC.NotService.selector, sender));
        vm.prank(sender);
        router.pay(ID);
        vm.expectRevert(abi.encodeWithSelector(PayoutRouterKYC.NotCompliance.selector, sender));
        vm.prank(sender);
        router.verifyIdentity(sender, "x", 5);
        vm.expectRevert(abi.encodeWithSelector(PayoutRouterKYC.NotCompliance.selector, sender));
        vm.prank(sender);
        router.deactivateIdentity(NODE);
    }

    function test_service_and_compliance_are_two_keys() public {
        refused(PayoutRouterKYC.BadLimits.selector);
        vm.prank(ADMIN);
        router.setRoles(OTHER, OTHER);
        vm.prank(ADMIN);
        router.setRoles(OTHER, compliance);
        equal(router.service(), OTHER);
    }

    function test_bad_limits_are_refused() public {
        uint128[3][6] memory bad = [
            [uint128(0), 5_000e6, 50_000e6],
            [uint128(6), 5_000e6, 50_000e6],
            [uint128(2), 1e6 - 1, 50_000e6],
            [uint128(2), 10_000e6 + 1, 50_000e6],
            [uint128(2), 5_000e6, 5_000e6 - 1],
            [uint128(2), 5_000e6, 100_000e6 + 1]
        ];
        for (uint256 i = 0; i < bad.length; ++i) {
            refused(PayoutRouterKYC.BadLimits.selector);
            vm.prank(ADMIN);
            router.setLimits(uint8(bad[i][0]), bad[i][1], bad[i][2]);
        }
    }

    function test_the_pause_stops_requests_and_payments() public {
        request(ID, NODE, 100e6, KYC);
        vm.prank(ADMIN);
        router.setPaused(true);
        refused(PayoutRouterKYC.IsPaused.selector);
        pay(ID);
        vm.prank(ADMIN);
        router.withdraw(ADMIN, 5e6);
        equal(usdt.balanceOf(ADMIN), 5e6);
        vm.prank(ADMIN);
        router.setPaused(false);
        pay(ID);
        refused(PayoutRouterKYC.NotPaused.selector);
        vm.prank(ADMIN);
        router.withdraw(ADMIN, 5e6);
    }
}
