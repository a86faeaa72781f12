// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBuildRegistry} from "./IBuildRegistry.sol";
import {IHashGateway} from "./IHashGateway.sol";
import {IProvenHashReader} from "./IProvenHashReader.sol";
import {ICartesiApplication} from "./cartesi/ICartesiApplication.sol";
import {OutputVerifier} from "./libraries/OutputVerifier.sol";
import {NarHash} from "./types/NarHash.sol";
import {toPathKey} from "./types/PathKey.sol";

/// @title Reads NAR hashes whose vouchers nobody has executed yet
/// @notice See {IProvenHashReader}.
contract ProvenHashReader is IProvenHashReader {
    /// @inheritdoc IProvenHashReader
    uint256 public constant MAX_ANSWER_BYTES = 1 << 20;

    /// @inheritdoc IProvenHashReader
    IBuildRegistry public immutable registry;

    /// @notice Creates a reader of one registry's vouchers.
    /// @param registry_ The registry.
    constructor(IBuildRegistry registry_) {
        registry = registry_;
    }

    /// @inheritdoc IProvenHashReader
    function hashOf(ICartesiApplication application, string calldata storePath, string[] calldata gateways)
        external
        view
        returns (NarHash)
    {
        (NarHash narHash, bool contested) = registry.hashAt(address(application), toPathKey(storePath));
        if (contested) revert Contested(address(application), storePath);
        if (NarHash.unwrap(narHash) != 0) return narHash;
        revert OffchainLookup(
            address(this),
            gateways,
            abi.encodeCall(IHashGateway.voucherOf, (address(application), storePath)),
            this.provenHash.selector,
            abi.encode(application, storePath)
        );
    }

    /// @inheritdoc IProvenHashReader
    /// @dev The answer is encoded anew and must be an output of the machine as it is: another spelling of it proves the same.
    function provenHash(bytes calldata answer, bytes calldata extraData) external view returns (NarHash) {
        if (answer.length > MAX_ANSWER_BYTES) revert AnswerTooLong(answer.length);
        (ICartesiApplication application, string memory storePath) =
            abi.decode(extraData, (ICartesiApplication, string));
        (
            uint64 inputIndex,
            IBuildRegistry.Output[] memory outputs,
            ICartesiApplication.OutputValidityProof memory proof
        ) = abi.decode(answer, (uint64, IBuildRegistry.Output[], ICartesiApplication.OutputValidityProof));
        OutputVerifier.requireRecorded(application, registry, inputIndex, outputs, proof);
        bytes32 wanted = keccak256(bytes(storePath));
        for (uint256 i = 0; i < outputs.length; ++i) {
            if (keccak256(bytes(outputs[i].storePath)) == wanted) return outputs[i].narHash;
        }
        revert NotInVoucher(storePath);
    }
}
