// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBuildRegistry} from "./interfaces/IBuildRegistry.sol";
import {IERC165} from "./interfaces/IERC165.sol";
import {NixPath} from "./libraries/NixPath.sol";
import {RowCode} from "./libraries/RowCode.sol";

/// @title Registry of Nix build outputs
/// @dev Two fresh storage slots an output, an {Entry} under its path key and the path key under its derivation key; what
/// never changes of all new outputs of one call lies in the code of one account, see {RowCode}.
/// It makes no call to anyone else's code, so there is nothing to reenter.
contract BuildRegistry is IBuildRegistry, IERC165 {
    using RowCode for RowCode.Draft;

    /// @dev One slot. No counter can overflow: 2^40 confirmations at the gas limit of a block take longer than a chain lives.
    /// @param rows The account whose code holds the output's row; zero when there is no record.
    /// @param row The row's place in it, from 0.
    struct Entry {
        address rows;
        uint16 row;
        uint40 confirmations;
        uint40 conflicts;
    }

    /// @dev All that one application recorded. Path keys and derivation keys never meet: only the latter's text has a `!`.
    /// @param entries By path key.
    /// @param pathKeys The first path key of a derivation key.
    /// @param others What came later and was different: NAR hashes by path key, path keys by derivation key.
    /// @param isOther Whether a value is in `others` already, by keccak256(key, value).
    struct Shelf {
        mapping(bytes32 pathKey => Entry) entries;
        mapping(bytes32 derivationKey => bytes32 pathKey) pathKeys;
        mapping(bytes32 key => bytes32[] values) others;
        mapping(bytes32 keyAndValue => bool) isOther;
    }

    /// @inheritdoc IBuildRegistry
    uint256 public constant MAX_OUTPUTS = 200;

    mapping(address application => Shelf) private _shelves;

    /// @inheritdoc IBuildRegistry
    function record(Output[] calldata outputs) external {
        if (outputs.length == 0) revert NoOutputs();
        if (outputs.length > MAX_OUTPUTS) revert TooManyOutputs(outputs.length);
        Shelf storage shelf = _shelves[msg.sender];
        RowCode.Draft memory draft = RowCode.draft(outputs.length);
        for (uint256 i = 0; i < outputs.length; ++i) {
            Output calldata output = outputs[i];
            _requireValid(output);
            if (shelf.entries[pathKeyOf(output.storePath)].rows == address(0)) {
                draft.append(output.narHash, output.inputsHash, uint48(output.narSize));
            }
        }
        address rows = draft.count == 0 ? address(0) : draft.store();
        uint16 row = 0;
        for (uint256 i = 0; i < outputs.length; ++i) {
            if (_keep(shelf, outputs[i], rows, row)) ++row;
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
        returns (bytes32[] memory narHashes, uint256[] memory conflicts)
    {
        narHashes = new bytes32[](pathKeys.length);
        conflicts = new uint256[](pathKeys.length);
        for (uint256 i = 0; i < pathKeys.length; ++i) {
            (narHashes[i], conflicts[i]) = hashAt(application, pathKeys[i]);
        }
    }

    /// @inheritdoc IBuildRegistry
    function isRecorded(address application, string calldata storePath) external view returns (bool) {
        return _shelves[application].entries[pathKeyOf(storePath)].rows != address(0);
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
        Entry memory entry = _shelves[application].entries[pathKey];
        if (entry.rows == address(0)) return found;
        (found.narHash, found.inputsHash, found.narSize, found.recordedAt) = RowCode.rowAt(entry.rows, entry.row);
        found.confirmations = entry.confirmations;
        found.conflicts = entry.conflicts;
    }

    /// @inheritdoc IBuildRegistry
    function hashAt(address application, bytes32 pathKey) public view returns (bytes32 narHash, uint256 conflicts) {
        Entry memory entry = _shelves[application].entries[pathKey];
        if (entry.rows == address(0)) return (0, 0);
        return (RowCode.narHashAt(entry.rows, entry.row), entry.conflicts);
    }

    /// @inheritdoc IBuildRegistry
    function pathKeyOf(string calldata storePath) public pure returns (bytes32) {
        return keccak256(bytes(storePath));
    }

    /// @inheritdoc IBuildRegistry
    function derivationKeyOf(string calldata drvPath, string calldata outputName) public pure returns (bytes32) {
        return keccak256(abi.encodePacked(drvPath, "!", outputName));
    }

    /// @dev Keeps one output, whose row is `row` of `rows` if it had no record when the call began.
    /// @return hasRow Whether the row is this output's: it is the first of its path, or follows the first within this call.
    function _keep(Shelf storage shelf, Output calldata output, address rows, uint16 row)
        private
        returns (bool hasRow)
    {
        bytes32 pathKey = pathKeyOf(output.storePath);
        bytes32 derivationKey = derivationKeyOf(output.drvPath, output.outputName);
        Entry storage entry = shelf.entries[pathKey];
        address firstRows = entry.rows;
        if (firstRows == address(0)) {
            shelf.entries[pathKey] = Entry({rows: rows, row: row, confirmations: 0, conflicts: 0});
            emit OutputRecorded(msg.sender, pathKey, derivationKey, output);
        } else if (RowCode.narHashAt(firstRows, entry.row) == output.narHash) {
            ++entry.confirmations;
            emit OutputConfirmed(msg.sender, pathKey, derivationKey, output);
        } else {
            if (_keepOther(shelf, pathKey, output.narHash)) ++entry.conflicts;
            emit OutputConflicted(msg.sender, pathKey, derivationKey, output);
        }
        _keepDerivation(shelf, derivationKey, pathKey);
        return firstRows == address(0) || firstRows == rows;
    }

    /// @dev Leads a derivation key to its first path. Another path later is a contradiction that readers of the derivation see;
    /// the path itself keeps a record of its own, since its hash may be right all the same.
    function _keepDerivation(Shelf storage shelf, bytes32 derivationKey, bytes32 pathKey) private {
        bytes32 firstPathKey = shelf.pathKeys[derivationKey];
        if (firstPathKey == 0) {
            shelf.pathKeys[derivationKey] = pathKey;
        } else if (firstPathKey != pathKey && _keepOther(shelf, derivationKey, pathKey)) {
            emit DerivationConflicted(msg.sender, derivationKey, pathKey, firstPathKey);
        }
    }

    /// @return isNew Whether the value was not among the key's others before.
    function _keepOther(Shelf storage shelf, bytes32 key, bytes32 value) private returns (bool isNew) {
        bytes32 keyAndValue = keccak256(abi.encode(key, value));
        if (shelf.isOther[keyAndValue]) return false;
        shelf.isOther[keyAndValue] = true;
        shelf.others[key].push(value);
        return true;
    }

    function _requireValid(Output calldata output) private pure {
        if (!NixPath.isStorePath(output.storePath)) revert InvalidStorePath(output.storePath);
        if (!NixPath.isDerivationPath(output.drvPath)) revert InvalidDerivationPath(output.drvPath);
        if (!NixPath.isName(output.outputName)) revert InvalidOutputName(output.outputName);
        if (output.narHash == 0) revert ZeroNarHash(output.storePath);
        if (output.narSize == 0 || output.narSize > type(uint48).max) {
            revert NarSizeOutOfRange(output.storePath, output.narSize);
        }
        for (uint256 i = 0; i < output.references.length; ++i) {
            if (!NixPath.isStorePath(output.references[i])) revert InvalidStorePath(output.references[i]);
        }
    }
}
