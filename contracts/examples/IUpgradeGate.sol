// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {ITrustPolicy} from "../ITrustPolicy.sol";
import {NarHash} from "../types/NarHash.sol";

/// @title Upgrades a proxy, only to code that a trusted build produced, and only after a delay
/// @notice The governor announces a build by its store path: the output of a Nix derivation that compiles sources to a file
/// with the creation code. After the delay, the governor has that code deployed and the proxy delegate to it.
/// @dev What this gives, and what it does not: builds are open to all, so the governor can have any bytes built and so can
/// upgrade to anything. But not unseen: the policy accepts only what a machine built, whose source and derivation are on chain as
/// inputs. From the announcement on, everyone has the delay to read the source, to have it built again, and to leave. Under a
/// policy that refuses contradictions, a different rebuild in that time stops the upgrade.
/// The governor is the owner of OpenZeppelin's Ownable2Step: `transferOwnership`, then `acceptOwnership` hand the gate over;
/// `renounceOwnership` ends upgrades for good.
interface IUpgradeGate {
    /// @notice The governor announced a build. It replaces any announcement before.
    /// @param storePath The build's output, a file that holds the creation code.
    /// @param narHash The NAR hash of that output.
    /// @param data The call that the proxy will make to the new implementation as it upgrades; empty for none.
    /// @param readyAt From when on the proxy can be upgraded to it, in seconds since 1970.
    event Announced(string storePath, NarHash narHash, bytes data, uint256 indexed readyAt);
    /// @notice The governor withdrew the announcement.
    event Withdrawn();
    /// @notice The proxy has a new implementation.
    /// @param implementation The new implementation.
    /// @param storePath The build's output.
    /// @param narHash Its NAR hash.
    event Built(address indexed implementation, string storePath, NarHash narHash);

    /// @notice This build with this call is not what was announced last.
    error NotAnnounced(string storePath, NarHash narHash);
    /// @notice The delay has not passed.
    error TooEarly(uint256 readyAt);
    /// @notice The creation code reverted, or created an account without code.
    error NotDeployed(string storePath);

    /// @notice Announces a build that the policy accepts already, so that its source and derivation can be looked up.
    /// @param storePath The build's output, a file that holds the creation code.
    /// @param narHash The NAR hash of that output.
    /// @param data The call that the proxy will make to the new implementation as it upgrades; empty for none.
    function announce(string calldata storePath, NarHash narHash, bytes calldata data) external;

    /// @notice Withdraws the announcement.
    function withdraw() external;

    /// @notice Deploys what was announced, has the proxy delegate to it and make the announced call, all in one transaction.
    /// The policy must accept the build still.
    /// @param storePath The build's output.
    /// @param creationCode The content of that file.
    /// @param data The announced call. The ether that is sent along goes with it.
    /// @return implementation The new implementation.
    function upgrade(string calldata storePath, bytes calldata creationCode, bytes calldata data)
        external
        payable
        returns (address implementation);

    /// @notice What the governor announced last.
    /// @return digest `keccak256(abi.encode(storePath, narHash, data))`; zero if there is no announcement.
    /// @return readyAt From when on the proxy can be upgraded to it, in seconds since 1970.
    function announcement() external view returns (bytes32 digest, uint256 readyAt);

    /// @notice The proxy that the gate upgrades.
    /// @return The proxy.
    function proxy() external view returns (address);

    /// @notice The policy that decides which bytes a build produced.
    /// @return The policy.
    function policy() external view returns (ITrustPolicy);

    /// @notice The time between an announcement and its upgrade.
    /// @return Seconds.
    function delay() external view returns (uint256);
}
