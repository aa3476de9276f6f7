// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ParamRegistry} from "../src/ParamRegistry.sol";
import {WorkLedger} from "../src/WorkLedger.sol";
import {TestBase} from "./TestBase.sol";

contract WorkLedgerTest is TestBase {
    address private constant GOVERNANCE = address(0x60);
    address private constant SYSTEM = 0xffffFFFfFFffffffffffffffFfFFFfffFFFfFFfE;
    address private constant NODE = address(0xA11CE);
    address private constant OTHER = address(0xB0B);
    uint32 private constant FULL = 65536;

    WorkLedger private ledger;

    function setUp() public {
        ledger = new WorkLedger(new ParamRegistry(GOVERNANCE), GOVERNANCE);
    }

    function record(uint64 epoch, address entity, uint64 relay, uint64 storageCredits, uint32 participation) private {
        address[] memory e = new address[](1);
        uint64[] memory r = new uint64[](1);
        uint64[] memory s = new uint64[](1);
        uint32[] memory p = new uint32[](1);
        (e[0], r[0], s[0], p[0]) = (entity, relay, storageCredits, participation);
        vm.prank(SYSTEM);
        ledger.record(epoch, e, r, s, p);
    }

    function close(uint64 epoch) private {
        vm.prank(SYSTEM);
        ledger.closeEpoch(epoch);
    }

    function test_credits_weigh_two_epochs_later() public {
        record(0, NODE, 50_000_000, 7, FULL);
        close(0);
        equal(ledger.scoreAt(0, NODE), 0);
        equal(ledger.scoreAt(1, NODE), 0);
        equal(ledger.scoreAt(2, NODE), 17);
        vm.expectRevert(abi.encodeWithSelector(WorkLedger.WrongEpoch.selector, 3, 1));
        ledger.scoreAt(3, NODE);
    }

    function test_relayed_bytes_are_rounded_up_once_per_window() public {
        for (uint64 e = 0; e < 7; ++e) {
            record(e, NODE, 1, 0, FULL);
            record(e, OTHER, 5_000_001, 0, FULL);
            close(e);
        }
        equal(ledger.scoreAt(8, NODE), 1);
        equal(ledger.scoreAt(8, OTHER), 8);
    }

    function test_participation_multiplies_and_the_least_excludes() public {
        record(0, NODE, 500_000_000, 0, FULL / 2);
        record(0, OTHER, 500_000_000, 0, 13_107);
        record(0, address(3), 500_000_000, 0, 13_108);
        close(0);
        equal(ledger.scoreAt(2, NODE), 50);
        equal(ledger.scoreAt(2, OTHER), 0);
        equal(ledger.scoreAt(2, address(3)), 20);
    }

    /// Beacons and signatures are free to make: with no work they are worth nothing.
    function testFuzz_no_work_no_score(uint32 participation) public {
        record(0, NODE, 0, 0, participation % (FULL + 1));
        close(0);
        equal(ledger.scoreAt(2, NODE), 0);
    }

    /// Splitting an entity in two gains nothing but the rounding of one credit.
    function testFuzz_splitting_is_neutral(uint64 bytesA, uint64 bytesB, uint16 storageA, uint16 storageB) public {
        record(0, NODE, bytesA >> 1, storageA, FULL);
        record(0, OTHER, bytesB >> 1, storageB, FULL);
        record(0, address(3), (bytesA >> 1) + (bytesB >> 1), uint64(storageA) + storageB, FULL);
        close(0);
        uint256 split = ledger.scoreAt(2, NODE) + ledger.scoreAt(2, OTHER);
        uint256 whole = ledger.scoreAt(2, address(3));
        check(split == whole || split == whole + 1, "split");
    }

    function test_absence_counts_and_old_epochs_leave_the_window() public {
        record(0, NODE, 500_000_000, 0, FULL);
        for (uint64 e = 0; e < 9; ++e) close(e);
        equal(ledger.scoreAt(2, NODE), 100);
        equal(ledger.scoreAt(3, NODE), 50);
        equal(ledger.scoreAt(6, NODE), 20);
        equal(ledger.scoreAt(7, NODE), 0);
        equal(ledger.scoreAt(9, NODE), 0);
    }

    function testFuzz_only_the_system_writes(address sender) public {
        vm.assume(sender != SYSTEM);
        vm.expectRevert(abi.encodeWithSelector(WorkLedger.NotSystem.selector, sender));
        vm.prank(sender);
        ledger.closeEpoch(0);
        vm.expectRevert(abi.encodeWithSelector(WorkLedger.NotSystem.selector, sender));
        vm.prank(sender);
        ledger.record(0, new address[](0), new uint64[](0), new uint64[](0), new uint32[](0));
    }

    function test_an_epoch_is_written_while_it_is_open_and_an_entity_once() public {
        record(0, NODE, 1, 1, 1);
        vm.expectRevert(abi.encodeWithSelector(WorkLedger.RecordedAlready.selector, NODE));
        record(0, NODE, 1, 1, 1);
        vm.expectRevert(abi.encodeWithSelector(WorkLedger.WrongEpoch.selector, 1, 0));
        record(1, NODE, 1, 1, 1);
        close(0);
        vm.expectRevert(abi.encodeWithSelector(WorkLedger.WrongEpoch.selector, 0, 1));
        record(0, OTHER, 1, 1, 1);
        vm.expectRevert(abi.encodeWithSelector(WorkLedger.WrongEpoch.selector, 0, 1));
        close(0);
    }

    function test_limits_of_a_call() public {
        vm.expectRevert(abi.encodeWithSelector(WorkLedger.BadParticipation.selector, FULL + 1));
        record(0, NODE, 1, 1, FULL + 1);
        vm.expectRevert(abi.encodeWithSelector(WorkLedger.TooMany.selector, 513));
        vm.prank(SYSTEM);
        ledger.record(0, new address[](513), new uint64[](513), new uint64[](513), new uint32[](513));
        vm.expectRevert(abi.encodeWithSelector(WorkLedger.TooMany.selector, 2));
        vm.prank(SYSTEM);
        ledger.record(0, new address[](2), new uint64[](2), new uint64[](1), new uint32[](2));
    }

    function test_unmatured_credits_can_be_taken_back_once() public {
        record(0, NODE, 500_000_000, 0, FULL);
        close(0);
        close(1);
        vm.prank(GOVERNANCE);
        ledger.clawBack(0, NODE, "equivocation");
        equal(ledger.scoreAt(2, NODE), 0);
        vm.expectRevert(abi.encodeWithSelector(WorkLedger.NothingRecorded.selector, 0, NODE));
        vm.prank(GOVERNANCE);
        ledger.clawBack(0, NODE, "again");
    }

    function test_matured_credits_stay() public {
        record(0, NODE, 500_000_000, 0, FULL);
        for (uint64 e = 0; e < 3; ++e) close(e);
        vm.expectRevert(abi.encodeWithSelector(WorkLedger.Matured.selector, 0));
        vm.prank(GOVERNANCE);
        ledger.clawBack(0, NODE, "late");
    }

    function test_taking_back_needs_evidence_and_the_right_sender() public {
        record(0, NODE, 1, 1, 1);
        vm.expectRevert(abi.encodeWithSelector(WorkLedger.NotGovernance.selector, NODE));
        vm.prank(NODE);
        ledger.clawBack(0, NODE, "x");
        refused(WorkLedger.EvidenceMissing.selector);
        vm.prank(GOVERNANCE);
        ledger.clawBack(0, NODE, 0);
    }
}
