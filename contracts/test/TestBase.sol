// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// The cheat codes of Foundry's test runner that these tests use.
interface Vm {
    function prank(address sender) external;
    function roll(uint256 blockNumber) external;
    function warp(uint256 timestamp) external;
    function sign(uint256 key, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
    function addr(uint256 key) external pure returns (address);
    function assume(bool condition) external pure;
    function expectRevert(bytes calldata data) external;
    function expectEmit(bool topic1, bool topic2, bool topic3, bool data, address emitter) external;
}

/// Assertions and a reference Merkle tree (RFC 6962, 2.1), written recursively as the RFC defines it.
abstract contract TestBase {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    error Unequal(bytes32 got, bytes32 wanted);
    error NotSo(string claim);

    function check(bool condition, string memory claim) internal pure {
        if (!condition) revert NotSo(claim);
    }

    function equal(bytes32 got, bytes32 wanted) internal pure {
        if (got != wanted) revert Unequal(got, wanted);
    }

    function equal(uint256 got, uint256 wanted) internal pure {
        equal(bytes32(got), bytes32(wanted));
    }

    function equal(address got, address wanted) internal pure {
        equal(uint160(got), uint160(wanted));
    }

    /// The next call reverts with exactly this error.
    function refused(bytes4 selector) internal {
        vm.expectRevert(abi.encodePacked(selector));
    }

    function leafOf(uint256 index) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(bytes1(0x00), "segment ", index));
    }

    /// Largest power of two below n, for n > 1.
    function split(uint256 n) private pure returns (uint256 k) {
        k = 1;
        while (k * 2 < n) k *= 2;
    }

    /// MTH of the leaves [first, first + n).
    function rootOf(uint256 first, uint256 n) internal pure returns (bytes32) {
        if (n == 1) return leafOf(first);
        uint256 k = split(n);
        return sha256(abi.encodePacked(bytes1(0x01), rootOf(first, k), rootOf(first + k, n - k)));
    }

    /// PATH of leaf `index` among [first, first + n), from the leaf up.
    function pathOf(uint256 index, uint256 first, uint256 n) internal pure returns (bytes32[] memory path) {
        if (n == 1) return new bytes32[](0);
        uint256 k = split(n);
        bool left = index < k;
        bytes32[] memory below = left ? pathOf(index, first, k) : pathOf(index - k, first + k, n - k);
        path = new bytes32[](below.length + 1);
        for (uint256 i = 0; i < below.length; ++i) path[i] = below[i];
        path[below.length] = left ? rootOf(first + k, n - k) : rootOf(first, k);
    }
}
