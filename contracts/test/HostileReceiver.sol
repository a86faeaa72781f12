// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title A contract that plays, and does not take its payment as others do
/// @notice For tests only.
contract HostileReceiver {
    /// @notice What it does when it is paid.
    enum Manner {
        Take,
        Refuse,
        BurnGas,
        Call
    }

    Manner private _manner;
    address private _target;
    bytes private _data;

    /// @notice The call that it made while it was paid failed.
    /// @param reason What it failed with.
    event CallFailed(bytes reason);

    /// @notice It refuses.
    error Refused();

    // solhint-disable no-complex-fallback

    /// @notice Takes a payment in its manner.
    receive() external payable {
        if (_manner == Manner.Refuse) revert Refused();
        // solhint-disable-next-line no-inline-assembly
        if (_manner == Manner.BurnGas) assembly { invalid() }
        if (_manner == Manner.Call) {
            // solhint-disable-next-line avoid-low-level-calls
            (bool isDone, bytes memory reason) = _target.call(_data);
            if (!isDone) emit CallFailed(reason);
        }
    }

    /// @notice What it does from now on when it is paid.
    /// @param manner The manner.
    /// @param target Whom it calls, if it calls.
    /// @param data What it calls him with.
    function setManner(Manner manner, address target, bytes calldata data) external {
        (_manner, _target, _data) = (manner, target, data);
    }

    /// @notice Calls somebody with all the value of the transaction.
    /// @param target Whom.
    /// @param data With what.
    function call(address target, bytes calldata data) external payable {
        // solhint-disable-next-line avoid-low-level-calls
        (bool isDone, bytes memory result) = target.call{value: msg.value}(data);
        if (isDone) return;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            revert(add(result, 32), mload(result))
        }
    }
}
