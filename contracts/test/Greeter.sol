// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title An implementation behind a proxy
/// @notice For tests only.
contract Greeter {
    /// @notice A value in the proxy's own storage.
    uint256 public count;
    /// @notice Whoever initialised the proxy's storage first named it.
    address public host;

    /// @notice An error of the implementation.
    error Unwelcome(address caller);

    /// @notice Accepts ether.
    receive() external payable {}

    /// @notice Names the host, once.
    /// @param host_ The host.
    function initialize(address host_) external payable {
        if (host != address(0)) revert Unwelcome(msg.sender);
        host = host_;
    }

    /// @notice Increases the count.
    /// @param by The increment.
    /// @return The new count.
    function add(uint256 by) external payable returns (uint256) {
        count += by;
        return count;
    }

    /// @notice Reverts.
    function refuse() external view {
        revert Unwelcome(msg.sender);
    }
}
