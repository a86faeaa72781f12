// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Requests
/// @notice What an input's payload may hold. No contract implements it: the calls are declared in Solidity so that
/// explorers, viem and TypeChain decode them. The machine's handler answers them.
interface IRequests {
    /// @notice Hands the machine one chunk of a blob. The blob is there once all its chunks came, in any order.
    /// @param sha256Digest The sha256 of the whole blob.
    /// @param index The chunk's place, from 0.
    /// @param count How many chunks the blob has.
    /// @param chunk The chunk's bytes.
    function upload(bytes32 sha256Digest, uint32 index, uint32 count, bytes calldata chunk) external;

    /// @notice Asks the machine to build a derivation.
    /// @param bundle The sha256 of an uploaded blob: the source closure as `nix-store --export` writes it, brotli-compressed;
    /// zero when the machine has the whole closure already.
    /// @param drvPath The derivation's store path, `/nix/store/<hash>-<name>.drv`.
    function build(bytes32 bundle, string calldata drvPath) external;

    /// @notice Asks the machine to build once more what it built already, and to say whether the same came of it.
    /// @param drvPath The derivation's store path, `/nix/store/<hash>-<name>.drv`.
    function rebuild(string calldata drvPath) external;
}
