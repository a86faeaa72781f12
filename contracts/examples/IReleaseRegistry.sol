// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {ITrustPolicy} from "../ITrustPolicy.sol";
import {NarHash} from "../types/NarHash.sol";

/// @title Releases of projects, each an output that a policy accepts
/// @notice Whoever publishes a project first maintains it; readers must know whom they expect. A published version never
/// changes: it keeps its store path and hash, whatever the policy answers later. It can only be yanked, with a reason.
interface IReleaseRegistry {
    /// @notice A version to publish, and the struct that a maintainer signs by EIP-712 to have others publish it.
    /// @param project The project's name.
    /// @param version The version's name.
    /// @param storePath The output.
    /// @param narHash The NAR hash of the output that the maintainer means.
    struct Publication {
        string project;
        string version;
        string storePath;
        NarHash narHash;
    }

    /// @notice A published version.
    /// @param version The version's name.
    /// @param storePath The output.
    /// @param narHash The sha256 of its NAR.
    /// @param publishedAt The block time, in seconds since 1970.
    /// @param yankReason Why nobody should use it any more; empty unless it was yanked.
    struct Release {
        string version;
        string storePath;
        NarHash narHash;
        uint64 publishedAt;
        string yankReason;
    }

    /// @notice A project has a new maintainer.
    /// @param projectKey `keccak256(bytes(project))`.
    /// @param maintainer Who may publish now.
    /// @param project The project's name.
    event Maintained(bytes32 indexed projectKey, address indexed maintainer, string project);
    /// @notice The maintainer offered a project to another account, which has to accept it.
    /// @param projectKey `keccak256(bytes(project))`.
    /// @param to Who may accept it now.
    /// @param project The project's name.
    event Offered(bytes32 indexed projectKey, address indexed to, string project);
    /// @notice A version was published.
    /// @param projectKey `keccak256(bytes(project))`.
    /// @param project The project's name.
    /// @param version The version's name.
    /// @param storePath The output.
    /// @param narHash The sha256 of its NAR.
    event Published(bytes32 indexed projectKey, string project, string version, string storePath, NarHash narHash);
    /// @notice A version was yanked.
    /// @param projectKey `keccak256(bytes(project))`.
    /// @param project The project's name.
    /// @param version The version's name.
    /// @param reason Why nobody should use it any more.
    event Yanked(bytes32 indexed projectKey, string project, string version, string reason);

    /// @notice This account does not maintain the project.
    error NotMaintainer(string project, address account);
    /// @notice The project was not offered to this account.
    error NotOffered(string project, address account);
    /// @notice A project cannot be offered to the zero address.
    error OfferedToZero(string project);
    /// @notice The version has already been published.
    error AlreadyPublished(string project, string version);
    /// @notice The version has not been published.
    error NotPublished(string project, string version);
    /// @notice The project has no version that was not yanked.
    error NoRelease(string project);
    /// @notice The version has already been yanked.
    error AlreadyYanked(string project, string version);
    /// @notice A version cannot be yanked without a reason.
    error NoReason(string project, string version);
    /// @notice The signature's deadline has passed.
    error Expired(uint256 deadline);
    /// @notice The maintainer did not sign this publication with the current nonce, for this contract on this chain.
    error WrongSignature(address maintainer);

    /// @notice Publishes a version. Whoever publishes a project first maintains it.
    /// @param publication A version whose hash the policy accepts now.
    function publish(Publication calldata publication) external;

    /// @notice Publishes a version that a maintainer signed; anyone may call it. The signature is EIP-712 over `Publish(string
    /// project,string version,string storePath,bytes32 narHash,uint256 nonce,uint256 deadline)`, or what the maintainer's
    /// contract accepts by ERC-1271.
    /// @param publication A version whose hash the policy accepts now.
    /// @param maintainer Who signed. Whoever publishes a project first maintains it.
    /// @param deadline The last second at which the signature holds, since 1970.
    /// @param signature Made with the current `nonces(maintainer)`, which then goes up by one.
    function publishSigned(
        Publication calldata publication,
        address maintainer,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @notice Voids what the caller signed with the current nonce.
    function voidSignature() external;

    /// @notice Marks a version as one that nobody should use any more, for good.
    /// @param project The project's name.
    /// @param version The version's name.
    /// @param reason Why; not empty.
    function yank(string calldata project, string calldata version, string calldata reason) external;

    /// @notice Offers a project to another account. It replaces any offer before; an offer to oneself changes nothing else.
    /// @param project The project's name.
    /// @param to Who may accept it.
    function offer(string calldata project, address to) external;

    /// @notice Accepts a project that was offered to the caller, who maintains it from now on.
    /// @param project The project's name.
    function accept(string calldata project) external;

    /// @notice The version that was published last and not yanked.
    /// @dev Versions are ordered by their publication, not by their names.
    /// @param project The project's name.
    /// @return The release. Reverts with {NoRelease} if there is none.
    function latest(string calldata project) external view returns (Release memory);

    /// @notice Finds a version, yanked or not.
    /// @param project The project's name.
    /// @param version The version's name.
    /// @return The release. Reverts with {NotPublished} if there is none.
    function releaseOf(string calldata project, string calldata version) external view returns (Release memory);

    /// @notice The versions of a project, yanked or not, in the order of their publication.
    /// @param project The project's name.
    /// @param from The number of the first, from 0.
    /// @param count The most to return.
    /// @return releases Fewer than `count` at the end of the list.
    function releasesOf(string calldata project, uint256 from, uint256 count)
        external
        view
        returns (Release[] memory releases);

    /// @notice How many versions of a project were published, yanked ones included.
    /// @param project The project's name.
    /// @return The count.
    function releaseCount(string calldata project) external view returns (uint256);

    /// @notice Who may publish versions of a project.
    /// @param project The project's name.
    /// @return The maintainer; zero if no version has been published.
    function maintainerOf(string calldata project) external view returns (address);

    /// @notice To whom a project is offered.
    /// @param project The project's name.
    /// @return Who may accept it; zero for nobody.
    function offeredTo(string calldata project) external view returns (address);

    /// @notice The policy that decides which outputs can be published.
    /// @return The policy.
    function policy() external view returns (ITrustPolicy);
}
