// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IBuildRegistry} from "./IBuildRegistry.sol";
import {ICartesiApplication} from "./cartesi/ICartesiApplication.sol";
import {NarHash} from "./types/NarHash.sol";

/// @title Reads NAR hashes whose vouchers nobody has executed yet
/// @notice An ERC-3668 reader: clients that know the standard, such as viem's `readContract` and ethers, ask a gateway for the
/// voucher and its proof by themselves, and see only the result. The gateway need not be trusted: a hash is returned only if an
/// accepted claim of the application contains the voucher.
interface IProvenHashReader {
    /// @notice ERC-3668: ask one of these URLs, and call back with the answer.
    error OffchainLookup(address sender, string[] urls, bytes callData, bytes4 callbackFunction, bytes extraData);
    /// @notice The application recorded different hashes for the path.
    error Contested(address application, string storePath);
    /// @notice The voucher is proven, but it does not record the path.
    error NotInVoucher(string storePath);
    /// @notice The answer is longer than {MAX_ANSWER_BYTES}.
    error AnswerTooLong(uint256 length);

    /// @notice The NAR hash of a store path, recorded or proven.
    /// @dev Reverts with {OffchainLookup} if the path is unrecorded, which clients resolve; with {Contested} if it is contested.
    /// If several vouchers that nobody has executed record different hashes, the gateway chooses among them.
    /// @param application The application to ask about: the caller decides which to trust.
    /// @param storePath `/nix/store/<hash>-<name>`.
    /// @param gateways The URLs of nodes that may know the voucher, as ERC-3668 has them.
    /// @return The hash.
    function hashOf(ICartesiApplication application, string calldata storePath, string[] calldata gateways)
        external
        view
        returns (NarHash);

    /// @notice Checks a gateway's answer: the callback of {hashOf}.
    /// @dev Reverts if the answer is malformed, and with the application's errors if no accepted claim contains the voucher.
    /// @param answer The results of {IHashGateway-voucherOf}.
    /// @param extraData What {hashOf} put into {OffchainLookup}: application and store path.
    /// @return The hash.
    function provenHash(bytes calldata answer, bytes calldata extraData) external view returns (NarHash);

    /// @notice The registry that vouchers must call, and in which recorded hashes are looked up.
    /// @return The registry.
    function registry() external view returns (IBuildRegistry);

    /// @notice The longest answer that is looked at, in bytes.
    /// @return A constant.
    function MAX_ANSWER_BYTES() external view returns (uint256);
}
