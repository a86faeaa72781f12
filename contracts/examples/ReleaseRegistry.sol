// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ITrustPolicy} from "../ITrustPolicy.sol";
import {Trust} from "../libraries/Trust.sol";

/// @title Releases of projects, each an output that a policy accepts
/// @notice Whoever publishes a project first maintains it. A published version never changes: it keeps its store path and the
/// hash that the policy accepted at the time, whatever the policy answers later.
contract ReleaseRegistry {
    using Trust for ITrustPolicy;

    /// @notice A published version.
    /// @param storePath The output.
    /// @param narHash The sha256 of its NAR.
    /// @param publishedAt The block time, in seconds since 1970.
    struct Release {
        string storePath;
        bytes32 narHash;
        uint64 publishedAt;
    }

    /// @notice The policy that decides which outputs can be published.
    ITrustPolicy public immutable policy;

    mapping(bytes32 project => address maintainer) private _maintainers;
    mapping(bytes32 projectAndVersion => Release release) private _releases;

    /// @notice A project has a new maintainer.
    /// @param projectKey `keccak256(bytes(project))`.
    /// @param maintainer Who may publish now.
    /// @param project The project's name.
    event Maintained(bytes32 indexed projectKey, address indexed maintainer, string project);
    /// @notice A version was published.
    /// @param projectKey `keccak256(bytes(project))`.
    /// @param project The project's name.
    /// @param version The version's name.
    /// @param storePath The output.
    /// @param narHash The sha256 of its NAR.
    event Published(bytes32 indexed projectKey, string project, string version, string storePath, bytes32 narHash);

    /// @notice The caller does not maintain the project.
    error NotMaintainer(string project, address caller);
    /// @notice The version has already been published.
    error AlreadyPublished(string project, string version);
    /// @notice The version has not been published.
    error NotPublished(string project, string version);

    /// @notice Creates an empty registry.
    /// @param policy_ The policy that decides which outputs can be published.
    constructor(ITrustPolicy policy_) {
        policy = policy_;
    }

    /// @notice Publishes a version. Whoever publishes a project first maintains it.
    /// @param project The project's name.
    /// @param version The version's name.
    /// @param storePath An output that the policy accepts now.
    function publish(string calldata project, string calldata version, string calldata storePath) external {
        bytes32 projectKey = _maintain(project);
        Release storage release = _releases[_releaseKey(project, version)];
        if (release.narHash != 0) revert AlreadyPublished(project, version);
        bytes32 narHash = policy.requireAccepted(storePath);
        // The time is informational; nothing here depends on it.
        // solhint-disable-next-line not-rely-on-time
        (release.storePath, release.narHash, release.publishedAt) = (storePath, narHash, uint64(block.timestamp));
        emit Published(projectKey, project, version, storePath, narHash);
    }

    /// @notice Hands a project over to another maintainer.
    /// @param project The project's name.
    /// @param maintainer Who may publish from now on.
    function handOver(string calldata project, address maintainer) external {
        bytes32 projectKey = _maintain(project);
        _maintainers[projectKey] = maintainer;
        emit Maintained(projectKey, maintainer, project);
    }

    /// @notice Finds a version.
    /// @param project The project's name.
    /// @param version The version's name.
    /// @return The release.
    function releaseOf(string calldata project, string calldata version) external view returns (Release memory) {
        Release memory release = _releases[_releaseKey(project, version)];
        if (release.narHash == 0) revert NotPublished(project, version);
        return release;
    }

    /// @notice Who may publish versions of a project.
    /// @param project The project's name.
    /// @return The maintainer; zero if no version has been published.
    function maintainerOf(string calldata project) external view returns (address) {
        return _maintainers[keccak256(bytes(project))];
    }

    /// @dev Requires that the caller maintains the project; a project without a maintainer becomes the caller's.
    function _maintain(string calldata project) private returns (bytes32 projectKey) {
        projectKey = keccak256(bytes(project));
        address maintainer = _maintainers[projectKey];
        if (maintainer == msg.sender) return projectKey;
        if (maintainer != address(0)) revert NotMaintainer(project, msg.sender);
        _maintainers[projectKey] = msg.sender;
        emit Maintained(projectKey, msg.sender, project);
    }

    function _releaseKey(string calldata project, string calldata version) private pure returns (bytes32) {
        return keccak256(abi.encode(project, version));
    }
}
