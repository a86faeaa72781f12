// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Registry of Nix build outputs
/// @notice Remembers, for each application (`msg.sender` of `record`), the hash of every output that it built.
/// The first hash of an output stays for good; the same again confirms it, a different one is kept beside it as a conflict.
/// Nobody owns the registry. Whom to believe is the reader's decision.
/// @dev Two keys lead to a record: the *path key* `keccak256(bytes(storePath))`, and the *derivation key*
/// `keccak256(bytes(drvPath ++ "!" ++ outputName))`. Several derivation keys can lead to one path. No view function reverts,
/// whatever it is asked for: what was never recorded reads as zero.
interface IBuildRegistry {
    /// @notice One output of one derivation, as the machine that built it reports it.
    /// @param storePath `/nix/store/<hash>-<name>`, the primary key.
    /// @param drvPath `/nix/store/<hash>-<name>.drv`, the derivation that was built.
    /// @param outputName The output's name in the derivation, `out` most of the time.
    /// @param narHash The sha256 of the output's NAR serialisation.
    /// @param narSize The NAR's length in bytes.
    /// @param inputsHash The first 20 bytes of the sha256 over the direct inputs' (path, NAR hash) lines.
    /// @param references The store paths that the output refers to, sorted.
    struct Output {
        string storePath;
        string drvPath;
        string outputName;
        bytes32 narHash;
        uint64 narSize;
        bytes20 inputsHash;
        string[] references;
    }

    /// @notice What the registry keeps of an output. Only the counters ever change.
    /// @param narHash The sha256 of the NAR that was recorded first; zero when there is no record.
    /// @param narSize The NAR's length in bytes.
    /// @param inputsHash See {Output}.
    /// @param recordedAt The first record's block time, in seconds since 1970.
    /// @param confirmations How often the same hash was recorded again.
    /// @param conflicts How many different other hashes were recorded; read through a derivation, plus the number of other
    /// paths that were recorded for it.
    // solhint-disable-next-line gas-struct-packing
    struct Record {
        bytes32 narHash;
        uint64 narSize;
        bytes20 inputsHash;
        uint64 recordedAt;
        uint64 confirmations;
        uint64 conflicts;
    }

    /// @notice An output's first record by this application.
    /// @param application Who recorded it: `msg.sender` of {record}.
    /// @param pathKey The store path's key.
    /// @param derivationKey The key of the derivation's output.
    /// @param output What was recorded.
    event OutputRecorded(
        address indexed application, bytes32 indexed pathKey, bytes32 indexed derivationKey, Output output
    );
    /// @notice The same hash again, by the same application.
    /// @param application Who recorded it: `msg.sender` of {record}.
    /// @param pathKey The store path's key.
    /// @param derivationKey The key of the derivation's output.
    /// @param output What was recorded.
    event OutputConfirmed(
        address indexed application, bytes32 indexed pathKey, bytes32 indexed derivationKey, Output output
    );
    /// @notice A hash other than the first one. The first one stays.
    /// @param application Who recorded it: `msg.sender` of {record}.
    /// @param pathKey The store path's key.
    /// @param derivationKey The key of the derivation's output.
    /// @param output What was recorded.
    event OutputConflicted(
        address indexed application, bytes32 indexed pathKey, bytes32 indexed derivationKey, Output output
    );
    /// @notice A path other than the first one for the same output of the same derivation. The first one stays; `pathKey` has
    /// a record of its own.
    /// @param application Who recorded it: `msg.sender` of {record}.
    /// @param derivationKey The key of the derivation's output.
    /// @param pathKey The other path's key.
    /// @param firstPathKey The first path's key.
    event DerivationConflicted(
        address indexed application, bytes32 indexed derivationKey, bytes32 indexed pathKey, bytes32 firstPathKey
    );

    /// @notice The batch is empty.
    error NoOutputs();
    /// @notice The batch has more outputs than {MAX_OUTPUTS}.
    error TooManyOutputs(uint256 count);
    /// @notice Not `/nix/store/`, 32 characters of Nix's base 32, `-` and a name as {InvalidOutputName} wants it.
    error InvalidStorePath(string storePath);
    /// @notice Not a store path whose name ends in `.drv`.
    error InvalidDerivationPath(string drvPath);
    /// @notice Not 1 to 211 characters of `a-z A-Z 0-9 + - . _ ? =`, or `.`, `..`, or with `.-` or `..-` in front.
    error InvalidOutputName(string outputName);
    /// @notice A NAR hash of zero.
    error ZeroNarHash(string storePath);
    /// @notice A NAR of no bytes, or of 2^40 bytes and more.
    error NarSizeOutOfRange(string storePath, uint64 narSize);

    /// @notice Records outputs for `msg.sender`, and for nobody else. Anyone may call it; an application calls it by a voucher.
    /// @dev All or nothing. An output that has a record is confirmed or conflicts; neither reverts, so that a voucher stays
    /// executable whatever was recorded before it. Only the NAR hash decides which of the two it is.
    /// Reverts with {NoOutputs}, {TooManyOutputs}, {InvalidStorePath} (for a reference too), {InvalidDerivationPath},
    /// {InvalidOutputName}, {ZeroNarHash} or {NarSizeOutOfRange}, for the first output that is wrong.
    /// @param outputs 1 to {MAX_OUTPUTS} outputs. A path may occur twice: the second is a confirmation or a conflict.
    function record(Output[] calldata outputs) external;

    /// @notice The record of a store path.
    /// @param application Who recorded it.
    /// @param storePath `/nix/store/<hash>-<name>`.
    /// @return The record; all zero when there is none.
    function recordOf(address application, string calldata storePath) external view returns (Record memory);

    /// @notice The record of a derivation's output.
    /// @param application Who recorded it.
    /// @param drvPath `/nix/store/<hash>-<name>.drv`.
    /// @param outputName The output's name in the derivation.
    /// @return The record of the path that was recorded first for it; all zero when there is none.
    function recordOfDerivation(address application, string calldata drvPath, string calldata outputName)
        external
        view
        returns (Record memory);

    /// @notice The records of many store paths: a closure in one call.
    /// @param application Who recorded them.
    /// @param storePaths The store paths.
    /// @return The records in the paths' order, all zero where there is none.
    function recordsOf(address application, string[] calldata storePaths) external view returns (Record[] memory);

    /// @notice The record at a path key.
    /// @param application Who recorded it.
    /// @param pathKey See {pathKeyOf}.
    /// @return The record; all zero when there is none.
    function recordAt(address application, bytes32 pathKey) external view returns (Record memory);

    /// @notice The records at many path keys.
    /// @param application Who recorded them.
    /// @param pathKeys See {pathKeyOf}.
    /// @return The records in the keys' order, all zero where there is none.
    function recordsAt(address application, bytes32[] calldata pathKeys) external view returns (Record[] memory);

    /// @notice What a contract needs to decide, for the least gas.
    /// @param application Who recorded it.
    /// @param pathKey See {pathKeyOf}.
    /// @return narHash The NAR hash that was recorded first; zero when there is no record.
    /// @return contested Whether a different hash was recorded later.
    function hashAt(address application, bytes32 pathKey) external view returns (bytes32 narHash, bool contested);

    /// @notice {hashAt} for many path keys.
    /// @param application Who recorded them.
    /// @param pathKeys See {pathKeyOf}.
    /// @return narHashes In the keys' order, zero where there is no record.
    /// @return contested In the keys' order.
    function hashesAt(address application, bytes32[] calldata pathKeys)
        external
        view
        returns (bytes32[] memory narHashes, bool[] memory contested);

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
    /// @return Each different hash once, in the order in which they came.
    function conflictsOf(address application, string calldata storePath) external view returns (bytes32[] memory);

    /// @notice The paths that were recorded for a derivation's output.
    /// @param application Who recorded them.
    /// @param drvPath `/nix/store/<hash>-<name>.drv`.
    /// @param outputName The output's name in the derivation.
    /// @return Path keys: the first one, then each that is in conflict with it. More than one means that the application
    /// contradicted itself.
    function pathKeysOfDerivation(address application, string calldata drvPath, string calldata outputName)
        external
        view
        returns (bytes32[] memory);

    /// @notice The most outputs that one call of {record} takes.
    /// @return A constant.
    function MAX_OUTPUTS() external view returns (uint256);

    /// @notice The key of a store path.
    /// @param storePath `/nix/store/<hash>-<name>`.
    /// @return `keccak256(bytes(storePath))`.
    function pathKeyOf(string calldata storePath) external pure returns (bytes32);

    /// @notice The key of a derivation's output.
    /// @param drvPath `/nix/store/<hash>-<name>.drv`.
    /// @param outputName The output's name in the derivation.
    /// @return `keccak256(bytes(drvPath ++ "!" ++ outputName))`.
    function derivationKeyOf(string calldata drvPath, string calldata outputName) external pure returns (bytes32);
}
