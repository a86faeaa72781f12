// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Registry of Nix build outputs
/// @notice Remembers, for each application (`msg.sender` of `record`), the hash of every output that it built.
/// The first hash of an output stays for good; the same again confirms it, a different one is kept beside it as a conflict.
/// Nobody owns the registry. Whom to believe is the reader's decision.
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

    /// @notice What the registry keeps of an output.
    /// @param narHash The sha256 of the NAR that was recorded first; zero when there is no record.
    /// @param narSize The NAR's length in bytes.
    /// @param inputsHash See {Output}.
    /// @param recordedAt The first record's block time, in seconds since 1970.
    /// @param confirmations How often the same hash was recorded again.
    /// @param conflicts How many different other hashes were recorded.
    struct Record {
        bytes32 narHash;
        uint64 narSize;
        bytes20 inputsHash;
        uint64 recordedAt;
        uint32 confirmations;
        uint32 conflicts;
    }

    /// @notice An output's first record by this application.
    event OutputRecorded(
        address indexed application, bytes32 indexed pathKey, bytes32 indexed derivationKey, Output output
    );
    /// @notice The same hash again, by the same application.
    event OutputConfirmed(
        address indexed application, bytes32 indexed pathKey, bytes32 indexed derivationKey, Output output
    );
    /// @notice A hash other than the first one. The first one stays.
    event OutputConflicted(
        address indexed application, bytes32 indexed pathKey, bytes32 indexed derivationKey, Output output
    );

    /// @notice Records outputs for `msg.sender`.
    function record(Output[] calldata outputs) external;

    /// @notice The record of a store path by an application; all zero when there is none.
    function recordOf(address application, string calldata storePath) external view returns (Record memory);

    /// @notice The record of a derivation's output by an application; all zero when there is none.
    function recordOfDerivation(address application, string calldata drvPath, string calldata outputName)
        external
        view
        returns (Record memory);

    /// @notice The hashes other than the first one, in the order in which they came.
    function conflictsOf(address application, string calldata storePath) external view returns (bytes32[] memory);
}
