// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {ITrustPolicy} from "../ITrustPolicy.sol";
import {Trust} from "../libraries/Trust.sol";
import {IReleaseRegistry} from "./IReleaseRegistry.sol";

/// @title Releases of projects, each an output that a policy accepts
/// @notice See {IReleaseRegistry}.
contract ReleaseRegistry is IReleaseRegistry, EIP712, Nonces {
    using Trust for ITrustPolicy;

    /// @dev A project, from its first release on.
    /// @param maintainer Who may publish.
    /// @param offeredTo Who may become the maintainer.
    /// @param releases In the order of their publication.
    /// @param places The place of each version in `releases`, from 1, by `keccak256(bytes(version))`.
    struct Project {
        address maintainer;
        address offeredTo;
        Release[] releases;
        mapping(bytes32 versionKey => uint256 place) places;
    }

    bytes32 private constant PUBLISH_TYPEHASH = keccak256(
        "Publish(string project,string version,string storePath,bytes32 narHash,uint256 nonce,uint256 deadline)"
    );

    /// @inheritdoc IReleaseRegistry
    ITrustPolicy public immutable policy;

    mapping(bytes32 projectKey => Project project) private _projects;

    /// @notice Creates an empty registry.
    /// @param policy_ The policy that decides which outputs can be published.
    constructor(ITrustPolicy policy_) EIP712("Cartenix releases", "1") {
        policy = policy_;
    }

    /// @inheritdoc IReleaseRegistry
    function publish(Publication calldata publication) external {
        _publish(publication, msg.sender);
    }

    /// @inheritdoc IReleaseRegistry
    function publishSigned(
        Publication calldata publication,
        address maintainer,
        uint256 deadline,
        bytes calldata signature
    ) external {
        // A deadline is a time; a proposer's few seconds do not matter.
        // solhint-disable-next-line not-rely-on-time
        if (block.timestamp > deadline) revert Expired(deadline);
        bytes32 digest = _hashTypedDataV4(
            keccak256(
                abi.encode(
                    PUBLISH_TYPEHASH,
                    keccak256(bytes(publication.project)),
                    keccak256(bytes(publication.version)),
                    keccak256(bytes(publication.storePath)),
                    publication.narHash,
                    _useNonce(maintainer),
                    deadline
                )
            )
        );
        if (!SignatureChecker.isValidSignatureNowCalldata(maintainer, digest, signature)) {
            revert WrongSignature(maintainer);
        }
        _publish(publication, maintainer);
    }

    /// @inheritdoc IReleaseRegistry
    function voidSignature() external {
        _useNonce(msg.sender);
    }

    /// @inheritdoc IReleaseRegistry
    function yank(string calldata project, string calldata version, string calldata reason) external {
        (bytes32 projectKey, Project storage found) = _maintained(project);
        Release storage release = _release(found, project, version);
        if (bytes(reason).length == 0) revert NoReason(project, version);
        if (bytes(release.yankReason).length != 0) revert AlreadyYanked(project, version);
        release.yankReason = reason;
        emit Yanked(projectKey, project, version, reason);
    }

    /// @inheritdoc IReleaseRegistry
    function offer(string calldata project, address to) external {
        (bytes32 projectKey, Project storage found) = _maintained(project);
        if (to == address(0)) revert OfferedToZero(project);
        found.offeredTo = to;
        emit Offered(projectKey, to, project);
    }

    /// @inheritdoc IReleaseRegistry
    function accept(string calldata project) external {
        (bytes32 projectKey, Project storage found) = _project(project);
        if (found.offeredTo != msg.sender) revert NotOffered(project, msg.sender);
        found.offeredTo = address(0);
        found.maintainer = msg.sender;
        emit Maintained(projectKey, msg.sender, project);
    }

    /// @inheritdoc IReleaseRegistry
    function latest(string calldata project) external view returns (Release memory) {
        (, Project storage found) = _project(project);
        for (uint256 place = found.releases.length; place > 0; --place) {
            Release storage release = found.releases[place - 1];
            if (bytes(release.yankReason).length == 0) return release;
        }
        revert NoRelease(project);
    }

    /// @inheritdoc IReleaseRegistry
    function releaseOf(string calldata project, string calldata version) external view returns (Release memory) {
        (, Project storage found) = _project(project);
        return _release(found, project, version);
    }

    /// @inheritdoc IReleaseRegistry
    function releasesOf(string calldata project, uint256 from, uint256 count)
        external
        view
        returns (Release[] memory releases)
    {
        (, Project storage found) = _project(project);
        uint256 total = found.releases.length;
        if (!(from < total)) return releases;
        releases = new Release[](count < total - from ? count : total - from);
        for (uint256 i = 0; i < releases.length; ++i) {
            releases[i] = found.releases[from + i];
        }
    }

    /// @inheritdoc IReleaseRegistry
    function releaseCount(string calldata project) external view returns (uint256) {
        (, Project storage found) = _project(project);
        return found.releases.length;
    }

    /// @inheritdoc IReleaseRegistry
    function maintainerOf(string calldata project) external view returns (address) {
        (, Project storage found) = _project(project);
        return found.maintainer;
    }

    /// @inheritdoc IReleaseRegistry
    function offeredTo(string calldata project) external view returns (address) {
        (, Project storage found) = _project(project);
        return found.offeredTo;
    }

    function _publish(Publication calldata publication, address maintainer) private {
        (bytes32 projectKey, Project storage project) = _project(publication.project);
        if (project.maintainer == address(0)) {
            project.maintainer = maintainer;
            emit Maintained(projectKey, maintainer, publication.project);
        } else if (project.maintainer != maintainer) {
            revert NotMaintainer(publication.project, maintainer);
        }
        bytes32 versionKey = keccak256(bytes(publication.version));
        if (project.places[versionKey] != 0) revert AlreadyPublished(publication.project, publication.version);
        policy.requireTrusted(publication.storePath, publication.narHash);
        project.releases.push(
            Release({
                version: publication.version,
                storePath: publication.storePath,
                narHash: publication.narHash,
                // The time is informational; nothing here depends on it.
                // solhint-disable-next-line not-rely-on-time
                publishedAt: uint64(block.timestamp),
                yankReason: ""
            })
        );
        project.places[versionKey] = project.releases.length;
        emit Published(
            projectKey, publication.project, publication.version, publication.storePath, publication.narHash
        );
    }

    /// @dev Requires that the caller maintains the project.
    function _maintained(string calldata project) private view returns (bytes32 projectKey, Project storage found) {
        (projectKey, found) = _project(project);
        if (found.maintainer != msg.sender) revert NotMaintainer(project, msg.sender);
    }

    function _project(string calldata project) private view returns (bytes32 projectKey, Project storage found) {
        projectKey = keccak256(bytes(project));
        found = _projects[projectKey];
    }

    function _release(Project storage found, string calldata project, string calldata version)
        private
        view
        returns (Release storage)
    {
        uint256 place = found.places[keccak256(bytes(version))];
        if (place == 0) revert NotPublished(project, version);
        return found.releases[place - 1];
    }
}
