// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice The part of USDT that payouts need.
interface IUsdt {
    function balanceOf(address account) external view returns (uint256);
    function isBlackListed(address account) external view returns (bool);
}

/// @title Paying in TRON's USDT
/// @notice Its `transfer` answers false although it has paid, and may keep a fee: what was paid is what the balances say.
library TronUsdt {
    error TransferFailed();
    error PaidWrongly(uint256 sent, uint256 arrived, uint256 wanted);
    error RecipientBlackListed(address recipient);

    /// @notice Pays `amount` to `recipient` in full, or reverts: a fee, a refusal or a listed recipient holds the payout.
    function pay(address token, address recipient, uint256 amount) internal {
        if (IUsdt(token).isBlackListed(recipient)) revert RecipientBlackListed(recipient);
        uint256 ours = IUsdt(token).balanceOf(address(this));
        uint256 theirs = IUsdt(token).balanceOf(recipient);
        (bool done,) = token.call(abi.encodeWithSignature("transfer(address,uint256)", recipient, amount));
        if (!done) revert TransferFailed();
        uint256 left = IUsdt(token).balanceOf(address(this));
        uint256 arrived = IUsdt(token).balanceOf(recipient);
        if (left > ours || arrived < theirs || ours - left != amount || arrived - theirs != amount) {
            revert PaidWrongly(left > ours ? 0 : ours - left, arrived < theirs ? 0 : arrived - theirs, amount);
        }
    }
}
