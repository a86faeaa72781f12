// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {DerivationKey} from "./types/DerivationKey.sol";
import {NarHash} from "./types/NarHash.sol";
import {PathKey} from "./types/PathKey.sol";

/// @title Registry of Nix build outputs
/// @notice Keeps, for each application (`msg.sender` of `record`), the hash of every output that it built.
/// The first hash of an output is permanent. Recording it again confirms it; a different hash is kept beside it as a conflict.
/// The registry has no owner. Readers decide which applications to trust.
/// @dev Two keys lead to a record: the {PathKey} of its store path, and the {DerivationKey} of its derivation's output. Several
/// derivation keys can lead to one path. View functions never revert: what was never recorded reads as zero.
/// What only readers off chain need is neither kept nor in the events: the voucher holds it, which the application's
/// `OutputExecuted` event repeats and which the library `OutputVerifier` proves to a contract.
interface IBuildRegistry {
    /// @notice One output of one derivation, as the machine that built it reports it.
    /// @param storePath `/nix/store/<hash>-<name>`, the primary key.
    /// @param drvPath `/nix/store/<hash>-<name>.drv`, the derivation that was built.
    /// @param outputName The output's name in the derivation, usually `out`.
    /// @param narHash The sha256 of the output's NAR serialisation.
    /// @param narSize The NAR's length in bytes.
    /// @param inputsHash The sha256 over the direct inputs' (path, NAR hash) lines.
    /// @param references The store paths that the output refers to, sorted.
    struct Output {
        string storePath;
        string drvPath;
        string outputName;
        NarHash narHash;
        uint64 narSize;
        bytes32 inputsHash;
        string[] references;
    }

    /// @notice What the registry keeps for an output. Only the counters ever change.
    /// @param narHash The NAR hash that was recorded first; zero if there is no record.
    /// @param confirmations How often the same hash was recorded again.
    /// @param conflicts How many different hashes were recorded later. Read through a derivation, it also counts the other paths
    /// that were recorded for it.
    struct Record {
        NarHash narHash;
        uint64 confirmations;
        uint64 conflicts;
    }

    /// @notice The application recorded the output for the first time.
    /// @param application Who recorded it: `msg.sender` of {record}.
    /// @param pathKey The store path's key.
    /// @param derivationKey The key of the derivation's output.
    /// @param inputIndex The index of the application's input that built it, as the application states it.
    /// @param narHash The hash that was recorded.
    event OutputRecorded(
        address indexed application,
        PathKey indexed pathKey,
        DerivationKey indexed derivationKey,
        uint64 inputIndex,
        NarHash narHash
    );
    /// @notice The application recorded the same hash again.
    /// @param application Who recorded it: `msg.sender` of {record}.
    /// @param pathKey The store path's key.
    /// @param derivationKey The key of the derivation's output.
    /// @param inputIndex The index of the application's input that built it, as the application states it.
    /// @param narHash The hash that was recorded.
    event OutputConfirmed(
        address indexed application,
        PathKey indexed pathKey,
        DerivationKey indexed derivationKey,
        uint64 inputIndex,
        NarHash narHash
    );
    /// @notice The application recorded a different hash. The first one stays.
    /// @param application Who recorded it: `msg.sender` of {record}.
    /// @param pathKey The store path's key.
    /// @param derivationKey The key of the derivation's output.
    /// @param inputIndex The index of the application's input that built it, as the application states it.
    /// @param narHash The hash that was recorded.
    event OutputConflicted(
        address indexed application,
        PathKey indexed pathKey,
        DerivationKey indexed derivationKey,
        uint64 inputIndex,
        NarHash narHash
    );
    /// @notice The application recorded a different path for the same output of the same derivation. The first one stays;
    /// `pathKey` has its own record.
    /// @param application Who recorded it: `msg.sender` of {record}.
    /// @param derivationKey The key of the derivation's output.
    /// @param pathKey The other path's key.
    /// @param inputIndex The index of the application's input that built it, as the application states it.
    /// @param firstPathKey The first path's key.
    event DerivationConflicted(
        address indexed application,
        DerivationKey indexed derivationKey,
        PathKey indexed pathKey,
        uint64 inputIndex,
        PathKey firstPathKey
    );

    /// @notice The batch is empty.
    error NoOutputs();
    /// @notice The batch has more outputs than {MAX_OUTPUTS}.
    error TooManyOutputs(uint256 count);
    /// @notice Not `/nix/store/`, 32 characters of Nix's base 32, `-` and a valid name, see {InvalidOutputName}.
    error InvalidStorePath(string storePath);
    /// @notice Not a store path whose name ends in `.drv`.
    error InvalidDerivationPath(string drvPath);
    /// @notice Not 1 to 211 characters of `a-z A-Z 0-9 + - . _ ? =`; or `.` or `..`; or starts with `.-` or `..-`.
    error InvalidOutputName(string outputName);
    /// @notice The NAR hash is zero, which stands for none, or one, which marks contested records.
    error InvalidNarHash(string storePath, NarHash narHash);
    /// @notice The NAR size is zero, but every NAR has bytes.
    error ZeroNarSize(string storePath);

    /// @notice Records outputs for `msg.sender` only. Anyone may call it; applications call it through vouchers.
    /// @dev All or nothing. An output that already has a record confirms it or conflicts with it; neither reverts, so that a
    /// voucher stays executable whatever was recorded before it. Only the NAR hash decides which of the two it is.
    /// Reverts with {NoOutputs}, {TooManyOutputs}, {InvalidStorePath} (for a reference too), {InvalidDerivationPath},
    /// {InvalidOutputName}, {InvalidNarHash} or {ZeroNarSize}, for the first invalid output.
    /// @param inputIndex The index of the application's input that built the outputs. Only the events show it, so that readers
    /// know which request an output answers, and which of several was built first, whatever the order of the vouchers' execution.
    /// @param outputs 1 to {MAX_OUTPUTS} outputs. If a path occurs twice, the second is a confirmation or a conflict.
    function record(uint64 inputIndex, Output[] calldata outputs) external;

    /// @notice The record of a store path.
    /// @param application Who recorded it.
    /// @param storePath `/nix/store/<hash>-<name>`.
    /// @return The record; all zeros if there is none.
    function recordOf(address application, string calldata storePath) external view returns (Record memory);

    /// @notice The record of a derivation's output.
    /// @param application Who recorded it.
    /// @param drvPath `/nix/store/<hash>-<name>.drv`.
    /// @param outputName The output's name in the derivation.
    /// @return The record of the first path recorded for it; all zeros if there is none.
    function recordOfDerivation(address application, string calldata drvPath, string calldata outputName)
        external
        view
        returns (Record memory);

    /// @notice The records of many store paths: a closure in one call.
    /// @param application Who recorded them.
    /// @param storePaths The store paths.
    /// @return The records in the paths' order, all zeros where there is none.
    function recordsOf(address application, string[] calldata storePaths) external view returns (Record[] memory);

    /// @notice The record at a path key.
    /// @param application Who recorded it.
    /// @param pathKey See {pathKeyOf}.
    /// @return The record; all zeros if there is none.
    function recordAt(address application, PathKey pathKey) external view returns (Record memory);

    /// @notice The records at many path keys.
    /// @param application Who recorded them.
    /// @param pathKeys See {pathKeyOf}.
    /// @return The records in the keys' order, all zeros where there is none.
    function recordsAt(address application, PathKey[] calldata pathKeys) external view returns (Record[] memory);

    /// @notice The cheapest lookup: just what a contract needs in order to decide.
    /// @param application Who recorded it.
    /// @param pathKey See {pathKeyOf}.
    /// @return narHash The NAR hash that was recorded first; zero if there is no record.
    /// @return contested Whether a different hash was recorded later.
    function hashAt(address application, PathKey pathKey) external view returns (NarHash narHash, bool contested);

    /// @notice Whether an application ever recorded this hash for this path, first or in conflict with the first.
    /// @param application Who would have recorded it.
    /// @param pathKey See {pathKeyOf}.
    /// @param narHash The NAR hash.
    /// @return Whether it did.
    function hasRecorded(address application, PathKey pathKey, NarHash narHash) external view returns (bool);

    /// @notice {hashAt} for many path keys.
    /// @param application Who recorded them.
    /// @param pathKeys See {pathKeyOf}.
    /// @return narHashes In the keys' order, zero where there is no record.
    /// @return contested In the keys' order.
    function hashesAt(address application, PathKey[] calldata pathKeys)
        external
        view
        returns (NarHash[] memory narHashes, bool[] memory contested);

    /// @notice The path that a derivation's output was first recorded with.
    /// @param application Who recorded it.
    /// @param derivationKey See {derivationKeyOf}.
    /// @return pathKey The path's key; zero if there is no record.
    /// @return contested Whether a different path was recorded later.
    function pathAt(address application, DerivationKey derivationKey)
        external
        view
        returns (PathKey pathKey, bool contested);

    /// @notice Whether a store path was recorded.
    /// @param application Who would have recorded it.
    /// @param storePath `/nix/store/<hash>-<name>`.
    /// @return Whether there is a record.
    function isRecorded(address application, string calldata storePath) external view returns (bool);

    /// @notice Whether a derivation's output was recorded.
    /// @param application Who would have recorded it.
    /// @param drvPath `/nix/store/<hash>-<name>.drv`.
    /// @param outputName The output's name in the derivation.
    /// @return Whether there is a record.
    function isDerivationRecorded(address application, string calldata drvPath, string calldata outputName)
        external
        view
        returns (bool);

    /// @notice The NAR hashes in conflict with the first one.
    /// @param application Who recorded them.
    /// @param storePath `/nix/store/<hash>-<name>`.
    /// @return Each different hash once, in the order in which they were recorded.
    function conflictsOf(address application, string calldata storePath) external view returns (NarHash[] memory);

    /// @notice The paths that were recorded for a derivation's output.
    /// @param application Who recorded them.
    /// @param drvPath `/nix/store/<hash>-<name>.drv`.
    /// @param outputName The output's name in the derivation.
    /// @return Path keys: the first one, then each that conflicts with it. More than one means that the application contradicted
    /// itself.
    function pathKeysOfDerivation(address application, string calldata drvPath, string calldata outputName)
        external
        view
        returns (PathKey[] memory);

    /// @notice The most outputs that one call of {record} accepts.
    /// @return A constant. Even if all of them conflict, recording them fits a transaction: see EIP-7825.
    function MAX_OUTPUTS() external view returns (uint256);

    /// @notice The version of this contract and interface.
    /// @return `major.minor.patch`.
    function version() external pure returns (string memory);

    /// @notice The key of a store path.
    /// @param storePath `/nix/store/<hash>-<name>`.
    /// @return `keccak256(bytes(storePath))`.
    function pathKeyOf(string calldata storePath) external pure returns (PathKey);

    /// @notice The key of a derivation's output.
    /// @param drvPath `/nix/store/<hash>-<name>.drv`.
    /// @param outputName The output's name in the derivation.
    /// @return `keccak256(bytes(drvPath ++ "!" ++ outputName))`.
    function derivationKeyOf(string calldata drvPath, string calldata outputName)
        external
        pure
        returns (DerivationKey);
}
