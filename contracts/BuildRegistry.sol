// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBuildRegistry} from "./IBuildRegistry.sol";
import {IERC165} from "./interfaces/IERC165.sol";
import {NixPath} from "./libraries/NixPath.sol";
import {HashCode} from "./libraries/HashCode.sol";

/// @title Registry of Nix build outputs
/// @notice See {IBuildRegistry}. It has no owner and cannot be changed.
/// @dev An output takes two new storage slots: an {Entry} under its path key, and the path key under its derivation key. The NAR
/// hashes of all new outputs of a call are the code of one account, see {HashCode}.
/// The registry calls no foreign code, so nothing can reenter.
contract BuildRegistry is IBuildRegistry, IERC165 {
    using HashCode for HashCode.Draft;

    /// @dev One slot, written once except for `contested`.
    /// @param batch The number of the {record} call that created the entry, from 1: the nonce of the account whose code holds
    /// the hash; zero if there is no record.
    /// @param row The index of the hash in that code, from 0.
    /// @param contested Whether a different hash was recorded later, which saves readers a lookup.
    struct Entry {
        uint40 batch;
        uint8 row;
        bool contested;
        uint40 narSize;
        bytes20 inputsHash;
    }

    /// @dev Everything that one application recorded. Path keys and derivation keys cannot collide: only a derivation key's
    /// preimage contains a `!`.
    /// @param entries By path key.
    /// @param confirmations How often the first hash was recorded again, by path key.
    /// @param pathKeys The first path key, by derivation key.
    /// @param others Values recorded later that differ from the first: NAR hashes by path key, path keys by derivation key.
    /// @param isOther Whether `others` already has a value, by keccak256(key, value).
    struct Shelf {
        mapping(bytes32 pathKey => Entry) entries;
        mapping(bytes32 pathKey => uint256 count) confirmations;
        mapping(bytes32 derivationKey => bytes32 pathKey) pathKeys;
        mapping(bytes32 key => bytes32[] values) others;
        mapping(bytes32 keyAndValue => bool) isOther;
    }

    /// @dev Both keys of an output, computed in the first pass of {record} and used in the second.
    struct Keys {
        bytes32 path;
        bytes32 derivation;
    }

    /// @inheritdoc IBuildRegistry
    uint256 public constant MAX_OUTPUTS = 200;

    mapping(address application => Shelf shelf) private _shelves;
    /// @dev How many accounts {HashCode} created for this contract: its nonce.
    uint40 private _batches;

    /// @inheritdoc IBuildRegistry
    function record(Output[] calldata outputs) external {
        if (outputs.length == 0) revert NoOutputs();
        if (outputs.length > MAX_OUTPUTS) revert TooManyOutputs(outputs.length);
        Shelf storage shelf = _shelves[msg.sender];
        Keys[] memory keys = new Keys[](outputs.length);
        HashCode.Draft memory draft = HashCode.draft(outputs.length);
        for (uint256 i = 0; i < outputs.length; ++i) {
            keys[i] = _validate(outputs[i]);
            if (shelf.entries[keys[i].path].batch == 0) draft.append(outputs[i].narHash);
        }
        uint40 batch = draft.count == 0 ? 0 : _store(draft);
        uint256 row = 0;
        for (uint256 i = 0; i < outputs.length; ++i) {
            if (_keep(shelf, keys[i], outputs[i], batch, row)) ++row;
        }
    }

    /// @inheritdoc IBuildRegistry
    function recordOf(address application, string calldata storePath) external view returns (Record memory) {
        return recordAt(application, pathKeyOf(storePath));
    }

    /// @inheritdoc IBuildRegistry
    function recordOfDerivation(address application, string calldata drvPath, string calldata outputName)
        external
        view
        returns (Record memory found)
    {
        Shelf storage shelf = _shelves[application];
        bytes32 derivationKey = derivationKeyOf(drvPath, outputName);
        found = recordAt(application, shelf.pathKeys[derivationKey]);
        found.conflicts += uint64(shelf.others[derivationKey].length);
    }

    /// @inheritdoc IBuildRegistry
    function recordsOf(address application, string[] calldata storePaths)
        external
        view
        returns (Record[] memory records)
    {
        records = new Record[](storePaths.length);
        for (uint256 i = 0; i < storePaths.length; ++i) {
            records[i] = recordAt(application, pathKeyOf(storePaths[i]));
        }
    }

    /// @inheritdoc IBuildRegistry
    function recordsAt(address application, bytes32[] calldata pathKeys)
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
    function hashesAt(address application, bytes32[] calldata pathKeys)
        external
        view
        returns (bytes32[] memory narHashes, bool[] memory contested)
    {
        narHashes = new bytes32[](pathKeys.length);
        contested = new bool[](pathKeys.length);
        for (uint256 i = 0; i < pathKeys.length; ++i) {
            (narHashes[i], contested[i]) = hashAt(application, pathKeys[i]);
        }
    }

    /// @inheritdoc IBuildRegistry
    function isRecorded(address application, string calldata storePath) external view returns (bool) {
        return _shelves[application].entries[pathKeyOf(storePath)].batch != 0;
    }

    /// @inheritdoc IBuildRegistry
    function isDerivationRecorded(address application, string calldata drvPath, string calldata outputName)
        external
        view
        returns (bool)
    {
        return _shelves[application].pathKeys[derivationKeyOf(drvPath, outputName)] != 0;
    }

    /// @inheritdoc IBuildRegistry
    function conflictsOf(address application, string calldata storePath) external view returns (bytes32[] memory) {
        return _shelves[application].others[pathKeyOf(storePath)];
    }

    /// @inheritdoc IBuildRegistry
    function pathKeysOfDerivation(address application, string calldata drvPath, string calldata outputName)
        external
        view
        returns (bytes32[] memory pathKeys)
    {
        Shelf storage shelf = _shelves[application];
        bytes32 derivationKey = derivationKeyOf(drvPath, outputName);
        bytes32 first = shelf.pathKeys[derivationKey];
        if (first == 0) return pathKeys;
        bytes32[] storage others = shelf.others[derivationKey];
        pathKeys = new bytes32[](1 + others.length);
        pathKeys[0] = first;
        for (uint256 i = 0; i < others.length; ++i) {
            pathKeys[1 + i] = others[i];
        }
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(IBuildRegistry).interfaceId || interfaceId == type(IERC165).interfaceId;
    }

    /// @inheritdoc IBuildRegistry
    function recordAt(address application, bytes32 pathKey) public view returns (Record memory found) {
        Shelf storage shelf = _shelves[application];
        Entry memory entry = shelf.entries[pathKey];
        if (entry.batch == 0) return found;
        found.narHash = HashCode.hashAt(entry.batch, entry.row);
        found.narSize = entry.narSize;
        found.inputsHash = entry.inputsHash;
        found.recordedAt = HashCode.timeOf(entry.batch);
        found.confirmations = uint64(shelf.confirmations[pathKey]);
        found.conflicts = uint64(shelf.others[pathKey].length);
    }

    /// @inheritdoc IBuildRegistry
    function hashAt(address application, bytes32 pathKey) public view returns (bytes32 narHash, bool contested) {
        Entry memory entry = _shelves[application].entries[pathKey];
        if (entry.batch == 0) return (0, false);
        return (HashCode.hashAt(entry.batch, entry.row), entry.contested);
    }

    /// @inheritdoc IBuildRegistry
    function pathKeyOf(string calldata storePath) public pure returns (bytes32) {
        return keccak256(bytes(storePath));
    }

    /// @inheritdoc IBuildRegistry
    function derivationKeyOf(string calldata drvPath, string calldata outputName) public pure returns (bytes32) {
        return keccak256(abi.encodePacked(drvPath, "!", outputName));
    }

    function _store(HashCode.Draft memory draft) private returns (uint40 batch) {
        batch = ++_batches;
        draft.store(batch);
    }

    /// @notice Records one output.
    /// @param shelf The caller's shelf.
    /// @param keys The output's keys.
    /// @param output The output.
    /// @param batch The number of this call; zero if it has no new outputs.
    /// @param row The index of the output's hash in the batch, if the output had no record when the call began.
    /// @return hasRow Whether that row belongs to this output: it is the first of its path, or follows the first in this call.
    function _keep(Shelf storage shelf, Keys memory keys, Output calldata output, uint40 batch, uint256 row)
        private
        returns (bool hasRow)
    {
        Entry storage entry = shelf.entries[keys.path];
        uint40 firstBatch = entry.batch;
        if (firstBatch == 0) {
            _write(entry, output, batch, row);
            emit OutputRecorded(msg.sender, keys.path, keys.derivation, output);
        } else if (HashCode.hashAt(firstBatch, entry.row) == output.narHash) {
            ++shelf.confirmations[keys.path];
            emit OutputConfirmed(msg.sender, keys.path, keys.derivation, output);
        } else {
            if (_keepOther(shelf, keys.path, output.narHash)) entry.contested = true;
            emit OutputConflicted(msg.sender, keys.path, keys.derivation, output);
        }
        _keepDerivation(shelf, keys);
        return firstBatch == 0 || firstBatch == batch;
    }

    /// @dev Writes the whole slot at once; the compiler would write it field by field.
    function _write(Entry storage entry, Output calldata output, uint40 batch, uint256 row) private {
        uint256 packed = batch | (row << 40) | (uint256(output.narSize) << 56) | (uint256(uint160(output.inputsHash)) << 96);
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            sstore(entry.slot, packed)
        }
    }

    /// @dev Maps a derivation key to its first path. A different path later is a conflict, which readers of the derivation see;
    /// the other path keeps its own record, since its hash may still be right.
    function _keepDerivation(Shelf storage shelf, Keys memory keys) private {
        bytes32 firstPathKey = shelf.pathKeys[keys.derivation];
        if (firstPathKey == 0) {
            shelf.pathKeys[keys.derivation] = keys.path;
        } else if (firstPathKey != keys.path && _keepOther(shelf, keys.derivation, keys.path)) {
            emit DerivationConflicted(msg.sender, keys.derivation, keys.path, firstPathKey);
        }
    }

    /// @notice Adds a value that conflicts with the first one.
    /// @param shelf The caller's shelf.
    /// @param key A path key or a derivation key.
    /// @param value A NAR hash or a path key.
    /// @return isNew Whether the value was not yet among the key's other values.
    function _keepOther(Shelf storage shelf, bytes32 key, bytes32 value) private returns (bool isNew) {
        bytes32 keyAndValue = keccak256(abi.encode(key, value));
        if (shelf.isOther[keyAndValue]) return false;
        shelf.isOther[keyAndValue] = true;
        shelf.others[key].push(value);
        return true;
    }

    function _validate(Output calldata output) private pure returns (Keys memory keys) {
        string calldata storePath = output.storePath;
        string calldata drvPath = output.drvPath;
        string calldata outputName = output.outputName;
        if (!NixPath.isStorePath(storePath)) revert InvalidStorePath(storePath);
        if (!NixPath.isDerivationPath(drvPath)) revert InvalidDerivationPath(drvPath);
        if (!NixPath.isName(outputName)) revert InvalidOutputName(outputName);
        if (output.narHash == 0) revert ZeroNarHash(storePath);
        if (output.narSize == 0 || output.narSize > type(uint40).max) {
            revert NarSizeOutOfRange(storePath, output.narSize);
        }
        string[] calldata references = output.references;
        for (uint256 i = 0; i < references.length; ++i) {
            string calldata path = references[i];
            if (!NixPath.isStorePath(path)) revert InvalidStorePath(path);
        }
        keys.path = pathKeyOf(storePath);
        keys.derivation = derivationKeyOf(drvPath, outputName);
    }
}
