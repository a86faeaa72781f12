// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IBuildRegistry} from "./IBuildRegistry.sol";
import {NarHash} from "./types/NarHash.sol";
import {PathKey} from "./types/PathKey.sol";

/// @title A trust policy: k of n applications
/// @notice A fixed set of applications and a threshold. A hash is accepted if that many of them recorded it. An application that
/// no longer meets the terms has no vote. The terms say what it means that an application contradicted itself.
interface ITrustPolicy {
    /// @notice Why a hash is or is not accepted.
    /// @param Accepted Enough members recorded this hash, and not enough recorded any other.
    /// @param NotRecorded No member recorded the path.
    /// @param TooFew Too few members recorded a hash, but all of them the same.
    /// @param Conflict Members contradict each other or themselves, and no single hash has enough votes.
    enum Verdict {
        Accepted,
        NotRecorded,
        TooFew,
        Conflict
    }

    /// @notice What it means that an application recorded different hashes for one path.
    /// @param Refuse It has no vote on that path. Choose it where only reproducible packages matter, or where a wrong machine is
    /// the greater worry: any difference stops everything. Builds are open to all, so anyone can have a package that is not
    /// reproducible built again, and so withdraw its acceptance for good.
    /// @param Any Each of these hashes is as true as the first, since this machine built them all from the same derivation.
    /// Choose it where packages are not always reproducible and the machine is trusted: no rebuild withdraws what was accepted.
    enum Contradictions {
        Refuse,
        Any
    }

    /// @notice An application and the conditions for trusting it.
    /// @param application The Cartesi application that records.
    /// @param templateHash The template hash that its machine must have; zero for any.
    /// @param consensus The consensus that it must have; zero for any that one of Cartesi's factories created.
    /// @param claimer Who must own that consensus, as the claimer of an Authority does. Zero for nobody if owners must have
    /// renounced, otherwise for anybody.
    struct Member {
        address application;
        bytes32 templateHash;
        address consensus;
        address claimer;
    }

    /// @notice The complete terms of a policy.
    /// @param threshold How many members must have recorded the same hash, from 1 to the number of members.
    /// @param contradictions What it means that a member recorded different hashes for one path.
    /// @param ownerRenounced Whether members must have no owner, who could change their consensus, and their consensus no owner
    /// but the claimer that the terms name.
    /// @param members 1 to 8 members, in ascending order of application address.
    // solhint-disable-next-line gas-struct-packing
    struct Terms {
        uint8 threshold;
        Contradictions contradictions;
        bool ownerRenounced;
        Member[] members;
    }

    /// @notice The current state of a member.
    /// @param application The Cartesi application that records.
    /// @param templateHash The root hash of its machine's template.
    /// @param consensus The contract that accepts its claims.
    /// @param claimer Who owns that consensus; zero for nobody, and for a Quorum.
    /// @param owner Who may change its consensus; zero for nobody.
    /// @param meetsTerms Whether its votes count.
    struct MemberState {
        address application;
        bytes32 templateHash;
        address consensus;
        address claimer;
        address owner;
        bool meetsTerms;
    }

    /// @notice A member's vote on a path.
    /// @param application The member.
    /// @param narHash The hash that it recorded first; zero if it recorded none.
    /// @param contested Whether it recorded a different one later.
    /// @param counts Whether the policy counts its vote.
    // solhint-disable-next-line gas-struct-packing
    struct Vote {
        address application;
        NarHash narHash;
        bool contested;
        bool counts;
    }

    /// @notice There are no members, or more than {MAX_MEMBERS}.
    error WrongNumberOfMembers(uint256 count);
    /// @notice The threshold is zero, or above the number of members.
    error WrongThreshold(uint8 threshold, uint256 members);
    /// @notice The members are unsorted or duplicate.
    error MembersNotSorted(address application);
    /// @notice The application's template hash is not the one that the terms require.
    error WrongTemplateHash(address application, bytes32 templateHash);
    /// @notice The application's consensus is not the one that the terms require.
    error WrongConsensus(address application, address consensus);
    /// @notice The owner of the application's consensus is not the claimer that the terms name.
    error WrongClaimer(address application, address claimer);
    /// @notice The application has an owner, which the terms forbid.
    error OwnerNotRenounced(address application, address owner);

    /// @notice The accepted NAR hash of a store path.
    /// @param storePath `/nix/store/<hash>-<name>`.
    /// @return narHash The hash; zero unless the verdict is Accepted. If contradictions are {Contradictions.Any} there can be
    /// several: this is one that a member recorded first, see {isAccepted}.
    /// @return verdict Why it is or is not accepted.
    function acceptedHash(string calldata storePath) external view returns (NarHash narHash, Verdict verdict);

    /// @notice {acceptedHash} by path key.
    /// @param pathKey `keccak256(bytes(storePath))`.
    /// @return narHash The hash; zero unless the verdict is Accepted.
    /// @return verdict Why it is or is not accepted.
    function acceptedHashAt(PathKey pathKey) external view returns (NarHash narHash, Verdict verdict);

    /// @notice {acceptedHashAt} for many path keys: a closure in one call.
    /// @param pathKeys `keccak256(bytes(storePath))` for each path.
    /// @return narHashes In the keys' order; zero where the verdict is not Accepted.
    /// @return verdicts In the keys' order.
    function acceptedHashesAt(PathKey[] calldata pathKeys)
        external
        view
        returns (NarHash[] memory narHashes, Verdict[] memory verdicts);

    /// @notice The accepted path of a derivation's output and its accepted NAR hash.
    /// @dev Enough members must have recorded the path for the derivation, and enough the hash for the path. If contradictions
    /// are {Contradictions.Any}, the path that a member recorded first is its vote.
    /// @param drvPath `/nix/store/<hash>-<name>.drv`.
    /// @param outputName The output's name in the derivation.
    /// @return pathKey The key of its path; zero if none is accepted.
    /// @return narHash The hash; zero unless the verdict is Accepted.
    /// @return verdict Why it is or is not accepted.
    function acceptedHashOfDerivation(string calldata drvPath, string calldata outputName)
        external
        view
        returns (PathKey pathKey, NarHash narHash, Verdict verdict);

    /// @notice Whether a hash is accepted for a store path.
    /// @param storePath `/nix/store/<hash>-<name>`.
    /// @param narHash The sha256 of the NAR in question.
    /// @return Whether it is {acceptedHash}; or, if contradictions are {Contradictions.Any}, whether enough members ever recorded
    /// it.
    function isAccepted(string calldata storePath, NarHash narHash) external view returns (bool);

    /// @notice {isAccepted} by path key.
    /// @param pathKey `keccak256(bytes(storePath))`.
    /// @param narHash The sha256 of the NAR in question.
    /// @return Whether it is accepted.
    function isAcceptedAt(PathKey pathKey, NarHash narHash) external view returns (bool);

    /// @notice The members' votes on a store path.
    /// @param storePath `/nix/store/<hash>-<name>`.
    /// @return One vote per member, in the order of the terms.
    function votesOf(string calldata storePath) external view returns (Vote[] memory);

    /// @notice The policy's terms.
    /// @return The terms that it was created with; they never change.
    function terms() external view returns (Terms memory);

    /// @notice The current state of the members.
    /// @return One state per member, in the order of the terms.
    function members() external view returns (MemberState[] memory);

    /// @notice The registry in which the members record.
    /// @return The registry.
    function registry() external view returns (IBuildRegistry);

    /// @notice The maximum number of members.
    /// @return A constant.
    function MAX_MEMBERS() external view returns (uint256);
}
