// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBonds} from "./IBonds.sol";

/// @title Deposits and what is owed from them
/// @notice See {IBonds}.
abstract contract Bonds is IBonds {
    /// @inheritdoc IBonds
    address public constant BURNT = 0x000000000000000000000000000000000000dEaD;

    uint256 internal immutable _bond;

    /// @inheritdoc IBonds
    mapping(address account => uint256 amount) public owed;

    /// @notice All deposits have the same size.
    /// @param bond The size in wei.
    constructor(uint256 bond) {
        _bond = bond;
    }

    /// @inheritdoc IBonds
    function withdraw(address payable account) external {
        uint256 amount = owed[account];
        if (amount == 0) revert NothingOwed(account);
        owed[account] = 0;
        emit Withdrawn(account, amount);
        // Whoever is paid may be a contract that needs more gas than a transfer passes on.
        // solhint-disable-next-line avoid-low-level-calls
        (bool isPaid,) = account.call{value: amount}("");
        if (!isPaid) revert PaymentRefused(account);
    }

    /// @dev A quarter of a lost bond is burnt: who plays against himself pays that.
    function _forfeitBondTo(address winner) internal returns (uint256 reward, uint256 burnt) {
        burnt = _bond / 4;
        reward = _bond - burnt;
        owed[winner] += reward;
        owed[BURNT] += burnt;
    }

    function _returnBond(address depositor) internal {
        owed[depositor] += _bond;
    }

    function _takeBond() internal view {
        if (msg.value != _bond) revert WrongBond(msg.value, _bond);
    }
}
