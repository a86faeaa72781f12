// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IBuildRegistry} from "./IBuildRegistry.sol";
import {ICartesiApplication} from "./cartesi/ICartesiApplication.sol";

/// @title What a gateway of {IProvenHashReader} is asked
/// @notice No contract implements it: a call of it, ABI-encoded, is the data of an ERC-3668 request, and its results are the
/// answer.
interface IHashGateway {
    /// @notice Finds a voucher that records a store path.
    /// @param application The application whose machine emitted it.
    /// @param storePath `/nix/store/<hash>-<name>`.
    /// @return inputIndex The voucher's input index.
    /// @return outputs All outputs of the voucher, in its order; one is that of the store path.
    /// @return proof The proof of its place in the outputs tree.
    function voucherOf(address application, string calldata storePath)
        external
        view
        returns (
            uint64 inputIndex,
            IBuildRegistry.Output[] memory outputs,
            ICartesiApplication.OutputValidityProof memory proof
        );
}
