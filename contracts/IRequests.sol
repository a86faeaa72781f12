// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// @title Requests
/// @notice The payloads of an application's inputs. No contract implements this interface: the calls are declared in Solidity
/// so that explorers, viem and TypeChain can decode them. The handler in the machine executes them.
interface IRequests {
    /// @notice Uploads one chunk of a blob. The blob is complete once all its chunks have arrived, in any order.
    /// @param sha256Digest The sha256 of the whole blob.
    /// @param index The chunk's index, from 0.
    /// @param count How many chunks the blob has.
    /// @param chunk The chunk's bytes.
    function upload(bytes32 sha256Digest, uint32 index, uint32 count, bytes calldata chunk) external;

    /// @notice Asks the machine to build a derivation.
    /// @param bundle The sha256 of an uploaded blob: the source closure as `nix-store --export` writes it, compressed with
    /// brotli; zero if the machine already has the whole closure.
    /// @param drvPath The derivation's store path, `/nix/store/<hash>-<name>.drv`.
    function build(bytes32 bundle, string calldata drvPath) external;

    /// @notice Asks the machine to repeat a build and to report whether the result is the same.
    /// @param drvPath The derivation's store path, `/nix/store/<hash>-<name>.drv`.
    function rebuild(string calldata drvPath) external;
}
