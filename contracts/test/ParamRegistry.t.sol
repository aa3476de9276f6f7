// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ParamRegistry} from "../src/ParamRegistry.sol";
import {TestBase} from "./TestBase.sol";

contract ParamRegistryTest is TestBase {
    address private constant GOVERNANCE = address(0x60);
    bytes32 private constant NAME = "PEERS_MAX";
    ParamRegistry private params;

    function setUp() public {
        params = new ParamRegistry(GOVERNANCE);
    }

    function setValue(bytes32 name, uint128 value, string memory reason) private {
        vm.prank(GOVERNANCE);
        params.setValue(name, value, reason);
    }

    function setBounds(bytes32 name, uint128 min, uint128 max) private {
        vm.prank(GOVERNANCE);
        params.setBounds(name, min, max, "why");
    }

    function test_every_parameter_lies_within_its_bounds_and_is_listed_once() public view {
        bytes32[] memory names = params.allNames();
        equal(names.length, 12);
        for (uint256 i = 0; i < names.length; ++i) {
            (uint128 value, uint128 min, uint128 max) = params.parameter(names[i]);
            check(min <= value && value <= max, "bounds");
            for (uint256 j = 0; j < i; ++j) check(names[i] != names[j], "listed twice");
        }
    }

    /// 120 s is compiled into every node; there is no name by which a vote could reach it.
    function test_the_slot_length_cannot_be_set() public {
        bytes32[4] memory guesses =
            [bytes32("SLOT_DURATION_SEC"), "SLOT_DURATION_S", "SLOT_SECONDS", "SLOT_LENGTH"];
        for (uint256 i = 0; i < guesses.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ParamRegistry.UnknownParameter.selector, guesses[i]));
            setValue(guesses[i], 60, "faster");
        }
        bytes32[] memory names = params.allNames();
        for (uint256 i = 0; i < names.length; ++i) {
            (uint128 value,,) = params.parameter(names[i]);
            check(value != 120, "a parameter that could be the slot length");
        }
    }

    function testFuzz_unknown_names_are_refused(bytes32 name) public {
        bytes32[] memory names = params.allNames();
        for (uint256 i = 0; i < names.length; ++i) vm.assume(name != names[i]);
        vm.expectRevert(abi.encodeWithSelector(ParamRegistry.UnknownParameter.selector, name));
        setValue(name, 1, "why");
        vm.expectRevert(abi.encodeWithSelector(ParamRegistry.UnknownParameter.selector, name));
        params.valueOf(name);
        vm.expectRevert(abi.encodeWithSelector(ParamRegistry.UnknownParameter.selector, name));
        setBounds(name, 0, 1);
    }

    function testFuzz_values_stay_within_the_bounds(uint128 value) public {
        (, uint128 min, uint128 max) = params.parameter(NAME);
        if (value < min || value > max) {
            vm.expectRevert(abi.encodeWithSelector(ParamRegistry.OutOfBounds.selector, NAME, value, min, max));
            setValue(NAME, value, "why");
            equal(params.valueOf(NAME), 50);
        } else {
            setValue(NAME, value, "why");
            equal(params.valueOf(NAME), value);
        }
    }

    function test_bounds_hold_the_value_of_today() public {
        vm.expectRevert(abi.encodeWithSelector(ParamRegistry.OutOfBounds.selector, NAME, 50, 51, 60));
        setBounds(NAME, 51, 60);
        vm.expectRevert(abi.encodeWithSelector(ParamRegistry.OutOfBounds.selector, NAME, 50, 10, 49));
        setBounds(NAME, 10, 49);
        vm.expectRevert(abi.encodeWithSelector(ParamRegistry.OutOfBounds.selector, NAME, 50, 60, 40));
        setBounds(NAME, 60, 40);
        setBounds(NAME, 50, 50);
        vm.expectRevert(abi.encodeWithSelector(ParamRegistry.OutOfBounds.selector, NAME, 51, 50, 50));
        setValue(NAME, 51, "why");
    }

    function testFuzz_only_governance_changes_anything(address sender) public {
        vm.assume(sender != GOVERNANCE);
        vm.expectRevert(abi.encodeWithSelector(ParamRegistry.NotGovernance.selector, sender));
        vm.prank(sender);
        params.setValue(NAME, 60, "why");
        vm.expectRevert(abi.encodeWithSelector(ParamRegistry.NotGovernance.selector, sender));
        vm.prank(sender);
        params.setBounds(NAME, 0, 100, "why");
    }

    function test_a_reason_is_needed_and_short() public {
        vm.expectRevert(abi.encodeWithSelector(ParamRegistry.ReasonLength.selector, 0));
        setValue(NAME, 60, "");
        setValue(NAME, 60, string(new bytes(256)));
        vm.expectRevert(abi.encodeWithSelector(ParamRegistry.ReasonLength.selector, 257));
        setValue(NAME, 61, string(new bytes(257)));
    }
}
