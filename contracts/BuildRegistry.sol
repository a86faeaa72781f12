// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBuildRegistry} from "./IBuildRegistry.sol";
import {IERC165} from "./interfaces/IERC165.sol";
import {FirstValues} from "./libraries/FirstValues.sol";
import {NixPath} from "./libraries/NixPath.sol";
import {DerivationKey, toDerivationKey} from "./types/DerivationKey.sol";
import {NarHash} from "./types/NarHash.sol";
import {PathKey, toPathKey} from "./types/PathKey.sol";

/// @title Registry of Nix build outputs
/// @notice See {IBuildRegistry}. It has no owner and cannot be changed.
/// @dev An output takes two new storage slots: its NAR hash under its path key, and its path key under its derivation key.
/// The registry calls no foreign code, so nothing can reenter.
contract BuildRegistry is IBuildRegistry, IERC165 {
    using FirstValues for FirstValues.Map;

    /// @dev Everything that one application recorded. A derivation key is no path key: each kind has a map of its own.
    /// @param narHashes The NAR hashes of each path key.
    /// @param paths The path keys of each derivation key.
    /// @param confirmations How often the first hash was recorded again, by path key.
    struct Records {
        FirstValues.Map narHashes;
        FirstValues.Map paths;
        mapping(PathKey pathKey => uint64 count) confirmations;
    }

    /// @inheritdoc IBuildRegistry
    uint256 public constant MAX_OUTPUTS = 64;

    mapping(address application => Records records) private _records;

    /// @inheritdoc IBuildRegistry
    function record(uint64 inputIndex, Output[] calldata outputs) external {
        if (outputs.length == 0) revert NoOutputs();
        if (outputs.length > MAX_OUTPUTS) revert TooManyOutputs(outputs.length);
        Records storage records = _records[msg.sender];
        for (uint256 i = 0; i < outputs.length; ++i) {
            _validate(outputs[i]);
            PathKey pathKey = toPathKey(outputs[i].storePath);
            DerivationKey derivationKey = toDerivationKey(outputs[i].drvPath, outputs[i].outputName);
            _recordPath(records, inputIndex, pathKey, derivationKey, outputs[i].narHash);
            _recordDerivation(records, inputIndex, derivationKey, pathKey);
        }
    }

    /// @inheritdoc IBuildRegistry
    function recordOf(address application, string calldata storePath) external view returns (Record memory) {
        return recordAt(application, toPathKey(storePath));
    }

    /// @inheritdoc IBuildRegistry
    function recordOfDerivation(address application, string calldata drvPath, string calldata outputName)
        external
        view
        returns (Record memory found)
    {
        DerivationKey derivationKey = toDerivationKey(drvPath, outputName);
        (PathKey pathKey,) = pathAt(application, derivationKey);
        found = recordAt(application, pathKey);
        found.conflicts += uint64(_records[application].paths.contradictionsOf(DerivationKey.unwrap(derivationKey)));
    }

    /// @inheritdoc IBuildRegistry
    function recordsOf(address application, string[] calldata storePaths)
        external
        view
        returns (Record[] memory records)
    {
        records = new Record[](storePaths.length);
        for (uint256 i = 0; i < storePaths.length; ++i) {
            records[i] = recordAt(application, toPathKey(storePaths[i]));
        }
    }

    /// @inheritdoc IBuildRegistry
    function recordsAt(address application, PathKey[] calldata pathKeys)
        external
        view
        returns (Record[] memory records)
    {
        records = new Record[](pathKeys.length);
        for (uint256 i = 0; i < pathKeys.length; ++i) {
            records[i] = recordAt(application, pathKeys[i]);
        }
    }

    /// @inheritdoc IBuildRegistry
    function hashesAt(address application, PathKey[] calldata pathKeys)
        external
        view
        returns (NarHash[] memory narHashes, bool[] memory contested)
    {
        narHashes = new NarHash[](pathKeys.length);
        contested = new bool[](pathKeys.length);
        for (uint256 i = 0; i < pathKeys.length; ++i) {
            (narHashes[i], contested[i]) = hashAt(application, pathKeys[i]);
        }
    }

    /// @inheritdoc IBuildRegistry
    function hasRecorded(address application, PathKey pathKey, NarHash narHash) external view returns (bool) {
        return _records[application].narHashes.contains(PathKey.unwrap(pathKey), NarHash.unwrap(narHash));
    }

    /// @inheritdoc IBuildRegistry
    function isRecorded(address application, string calldata storePath) external view returns (bool) {
        return _records[application].narHashes.has(PathKey.unwrap(toPathKey(storePath)));
    }

    /// @inheritdoc IBuildRegistry
    function isDerivationRecorded(address application, string calldata drvPath, string calldata outputName)
        external
        view
        returns (bool)
    {
        return _records[application].paths.has(DerivationKey.unwrap(toDerivationKey(drvPath, outputName)));
    }

    /// @inheritdoc IBuildRegistry
    function conflictsOf(address application, string calldata storePath)
        external
        view
        returns (NarHash[] memory conflicts)
    {
        bytes32[] memory all = _records[application].narHashes.all(PathKey.unwrap(toPathKey(storePath)));
        if (all.length == 0) return conflicts;
        conflicts = new NarHash[](all.length - 1);
        for (uint256 i = 0; i < conflicts.length; ++i) {
            conflicts[i] = NarHash.wrap(all[i + 1]);
        }
    }

    /// @inheritdoc IBuildRegistry
    function pathKeysOfDerivation(address application, string calldata drvPath, string calldata outputName)
        external
        view
        returns (PathKey[] memory pathKeys)
    {
        bytes32[] memory all =
            _records[application].paths.all(DerivationKey.unwrap(toDerivationKey(drvPath, outputName)));
        pathKeys = new PathKey[](all.length);
        for (uint256 i = 0; i < all.length; ++i) {
            pathKeys[i] = PathKey.wrap(all[i]);
        }
    }

    /// @inheritdoc IBuildRegistry
    function pathKeyOf(string calldata storePath) external pure returns (PathKey) {
        return toPathKey(storePath);
    }

    /// @inheritdoc IBuildRegistry
    function derivationKeyOf(string calldata drvPath, string calldata outputName) external pure returns (DerivationKey) {
        return toDerivationKey(drvPath, outputName);
    }

    /// @inheritdoc IBuildRegistry
    function version() external pure returns (string memory) {
        return "1.0.0";
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(IBuildRegistry).interfaceId || interfaceId == type(IERC165).interfaceId;
    }

    /// @inheritdoc IBuildRegistry
    function recordAt(address application, PathKey pathKey) public view returns (Record memory found) {
        Records storage records = _records[application];
        (found.narHash,) = hashAt(application, pathKey);
        found.confirmations = records.confirmations[pathKey];
        found.conflicts = uint64(records.narHashes.contradictionsOf(PathKey.unwrap(pathKey)));
    }

    /// @inheritdoc IBuildRegistry
    function hashAt(address application, PathKey pathKey) public view returns (NarHash narHash, bool contested) {
        bytes32 value;
        (value, contested) = _records[application].narHashes.first(PathKey.unwrap(pathKey));
        narHash = NarHash.wrap(value);
    }

    /// @inheritdoc IBuildRegistry
    function pathAt(address application, DerivationKey derivationKey)
        public
        view
        returns (PathKey pathKey, bool contested)
    {
        bytes32 value;
        (value, contested) = _records[application].paths.first(DerivationKey.unwrap(derivationKey));
        pathKey = PathKey.wrap(value);
    }

    /// @dev Adds the hash to the path's.
    function _recordPath(
        Records storage records,
        uint64 inputIndex,
        PathKey pathKey,
        DerivationKey derivationKey,
        NarHash narHash
    ) private {
        FirstValues.Outcome outcome = records.narHashes.add(PathKey.unwrap(pathKey), NarHash.unwrap(narHash));
        if (outcome == FirstValues.Outcome.First) {
            emit OutputRecorded(msg.sender, pathKey, derivationKey, inputIndex, narHash);
        } else if (outcome == FirstValues.Outcome.Same) {
            ++records.confirmations[pathKey];
            emit OutputConfirmed(msg.sender, pathKey, derivationKey, inputIndex, narHash);
        } else {
            emit OutputConflicted(msg.sender, pathKey, derivationKey, inputIndex, narHash);
        }
    }

    /// @dev Adds the path to the derivation's. A different path is a conflict, which readers of the derivation see; the other
    /// path keeps its own record, since its hash may still be right.
    function _recordDerivation(
        Records storage records,
        uint64 inputIndex,
        DerivationKey derivationKey,
        PathKey pathKey
    ) private {
        bytes32 key = DerivationKey.unwrap(derivationKey);
        if (records.paths.add(key, PathKey.unwrap(pathKey)) != FirstValues.Outcome.Contradicts) return;
        (bytes32 firstPathKey,) = records.paths.first(key);
        emit DerivationConflicted(msg.sender, derivationKey, pathKey, inputIndex, PathKey.wrap(firstPathKey));
    }

    function _validate(Output calldata output) private pure {
        string calldata storePath = output.storePath;
        string calldata drvPath = output.drvPath;
        string calldata outputName = output.outputName;
        if (!NixPath.isStorePath(storePath)) revert InvalidStorePath(storePath);
        if (!NixPath.isDerivationPath(drvPath)) revert InvalidDerivationPath(drvPath);
        if (!NixPath.isName(outputName)) revert InvalidOutputName(outputName);
        if (!FirstValues.isValue(NarHash.unwrap(output.narHash))) revert InvalidNarHash(storePath, output.narHash);
        if (output.narSize == 0) revert ZeroNarSize(storePath);
        string[] calldata references = output.references;
        for (uint256 i = 0; i < references.length; ++i) {
            string calldata path = references[i];
            if (!NixPath.isStorePath(path)) revert InvalidStorePath(path);
        }
    }
}
