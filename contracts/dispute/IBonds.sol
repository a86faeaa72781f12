// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

// Nobody looks for an amount.
// solhint-disable gas-indexed-events

/// @title Deposits and what is owed from them
/// @notice Nobody is paid within a game: what somebody is owed waits until it is withdrawn. Amounts are in wei.
interface IBonds {
    /// @notice Somebody was paid what he was owed.
    /// @param account Who.
    /// @param amount How much.
    event Withdrawn(address indexed account, uint256 amount);

    /// @notice The value is not the bond.
    error WrongBond(uint256 value, uint256 bond);
    /// @notice Nothing is owed to the account.
    error NothingOwed(address account);
    /// @notice The account did not take the payment.
    error PaymentRefused(address account);

    /// @notice Pays an account what it is owed. Anybody may.
    /// @param account The account.
    function withdraw(address payable account) external;

    /// @notice What an account is owed.
    /// @param account The account.
    /// @return The amount.
    function owed(address account) external view returns (uint256);

    /// @notice Whom the burnt part of lost bonds is owed: an account without a key.
    /// @return The account.
    function BURNT() external view returns (address);
}
