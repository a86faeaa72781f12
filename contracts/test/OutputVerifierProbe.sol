// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBuildRegistry} from "../IBuildRegistry.sol";
import {ICartesiApplication} from "../cartesi/ICartesiApplication.sol";
import {NarFile} from "../libraries/NarFile.sol";
import {OutputVerifier} from "../libraries/OutputVerifier.sol";
import {NarHash} from "../types/NarHash.sol";

/// @title Exposes OutputVerifier and NarFile
/// @notice For tests only.
contract OutputVerifierProbe {
    /// @notice See {OutputVerifier}.
    /// @param application See {OutputVerifier}.
    /// @param payload See {OutputVerifier}.
    /// @param proof See {OutputVerifier}.
    function requireNotice(
        ICartesiApplication application,
        bytes calldata payload,
        ICartesiApplication.OutputValidityProof calldata proof
    ) external view {
        OutputVerifier.requireNotice(application, payload, proof);
    }

    /// @notice See {OutputVerifier}.
    /// @param application See {OutputVerifier}.
    /// @param statement See {OutputVerifier}.
    /// @param proof See {OutputVerifier}.
    /// @param storePath See {OutputVerifier}.
    /// @param narHash See {OutputVerifier}.
    /// @param position See {OutputVerifier}.
    function requireSubject(
        ICartesiApplication application,
        bytes calldata statement,
        ICartesiApplication.OutputValidityProof calldata proof,
        string calldata storePath,
        bytes32 narHash,
        uint256 position
    ) external view {
        OutputVerifier.requireSubject(application, statement, proof, storePath, narHash, position);
    }

    /// @notice See {OutputVerifier}.
    /// @param application See {OutputVerifier}.
    /// @param registry See {OutputVerifier}.
    /// @param inputIndex See {OutputVerifier}.
    /// @param outputs See {OutputVerifier}.
    /// @param proof See {OutputVerifier}.
    function requireRecorded(
        ICartesiApplication application,
        IBuildRegistry registry,
        uint64 inputIndex,
        IBuildRegistry.Output[] calldata outputs,
        ICartesiApplication.OutputValidityProof calldata proof
    ) external view {
        OutputVerifier.requireRecorded(application, registry, inputIndex, outputs, proof);
    }

    /// @notice See {NarFile}.
    /// @param contents See {NarFile}.
    /// @return See {NarFile}.
    function narHashOf(bytes calldata contents) external pure returns (NarHash) {
        return NarFile.hashOf(contents);
    }
}
