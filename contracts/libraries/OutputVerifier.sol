// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IBuildRegistry} from "../IBuildRegistry.sol";
import {ICartesiApplication} from "../cartesi/ICartesiApplication.sol";
import {ICartesiOutputs} from "../cartesi/ICartesiOutputs.sol";
import {NixPath} from "./NixPath.sol";

/// @title Verifies a machine's outputs against its application, before any voucher is executed
/// @notice For a consumer that has an output and its proof: it checks the application's accepted claims directly, whether or not
/// the registry has a record. All functions revert unless an accepted claim contains the output.
/// The consumer decides which applications to trust.
library OutputVerifier {
    bytes16 private constant HEX_DIGITS = "0123456789abcdef";

    /// @notice The statement is proven, but this output with this hash is not the subject at this position.
    error NotASubject(string storePath, bytes32 narHash, uint256 position);

    /// @notice Requires that the machine emitted this notice.
    /// @param application The application whose machine emitted it.
    /// @param payload The notice's payload.
    /// @param proof The proof of its place in the outputs tree.
    function requireNotice(
        ICartesiApplication application,
        bytes calldata payload,
        ICartesiApplication.OutputValidityProof calldata proof
    ) internal view {
        application.validateOutput(abi.encodeCall(ICartesiOutputs.Notice, (payload)), proof);
    }

    /// @notice Requires that the machine emitted this statement, with the store path and this NAR hash as a subject.
    /// @dev The statement is canonical JSON: keys sorted, no white space, quotes within strings escaped. So the end of a subject,
    /// from the end of its annotations on, can be spelled in one way only, and that spelling occurs nowhere else.
    /// @param application The application whose machine emitted it.
    /// @param statement The notice's payload: an in-toto statement.
    /// @param proof The proof of its place in the outputs tree.
    /// @param storePath The subject's name.
    /// @param narHash The sha256 of its NAR.
    /// @param position The byte offset in the statement at which `]},"digest":{"sha256":"` of that subject begins.
    function requireSubject(
        ICartesiApplication application,
        bytes calldata statement,
        ICartesiApplication.OutputValidityProof calldata proof,
        string calldata storePath,
        bytes32 narHash,
        uint256 position
    ) internal view {
        requireNotice(application, statement, proof);
        if (!NixPath.isStorePath(storePath)) revert NotASubject(storePath, narHash, position);
        bytes memory subject = abi.encodePacked(
            "]},\"digest\":{\"sha256\":\"",
            _hex(narHash),
            "\"},\"mediaType\":\"application/x-nix-nar\",\"name\":\"",
            storePath,
            "\"}"
        );
        if (statement.length < subject.length || position > statement.length - subject.length) {
            revert NotASubject(storePath, narHash, position);
        }
        if (keccak256(statement[position:position + subject.length]) != keccak256(subject)) {
            revert NotASubject(storePath, narHash, position);
        }
    }

    /// @notice Requires that the machine emitted the voucher that records these outputs.
    /// @param application The application whose machine emitted it.
    /// @param registry The registry that the voucher calls.
    /// @param inputIndex The input index that the voucher states.
    /// @param outputs All outputs of the voucher, in the voucher's order.
    /// @param proof The proof of its place in the outputs tree.
    function requireRecorded(
        ICartesiApplication application,
        IBuildRegistry registry,
        uint64 inputIndex,
        IBuildRegistry.Output[] memory outputs,
        ICartesiApplication.OutputValidityProof memory proof
    ) internal view {
        bytes memory call = abi.encodeCall(IBuildRegistry.record, (inputIndex, outputs));
        application.validateOutput(abi.encodeCall(ICartesiOutputs.Voucher, (address(registry), 0, call)), proof);
    }

    function _hex(bytes32 word) private pure returns (bytes memory text) {
        text = new bytes(64);
        for (uint256 i = 0; i < 32; ++i) {
            text[2 * i] = HEX_DIGITS[uint8(word[i]) >> 4];
            text[2 * i + 1] = HEX_DIGITS[uint8(word[i]) & 0x0f];
        }
    }
}
