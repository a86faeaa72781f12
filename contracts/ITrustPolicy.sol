// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IBuildRegistry} from "./IBuildRegistry.sol";

/// @title Whom a reader believes: k of n applications
/// @notice A fixed set of applications and a threshold. A hash is accepted when that many of them recorded it. An application
/// that recorded two hashes for one path has no vote about it, and one that stopped meeting the terms has none at all.
interface ITrustPolicy {
    /// @notice Why a hash is, or is not, accepted.
    /// @param Accepted Enough members recorded this hash and not enough any other.
    /// @param NotRecorded No member recorded the path.
    /// @param TooFew Members recorded one hash, but not enough of them.
    /// @param Conflict Members, or one with itself, disagree, and no hash alone has enough votes.
    enum Verdict {
        Accepted,
        NotRecorded,
        TooFew,
        Conflict
    }

    /// @notice An application, and what must hold of it to be believed.
    /// @param application The Cartesi application that records.
    /// @param templateHash The machine's template hash that it must have; zero for any.
    /// @param consensus The consensus that it must have; zero for any.
    struct Member {
        address application;
        bytes32 templateHash;
        address consensus;
    }

    /// @notice A policy's whole content.
    /// @param threshold How many members must have recorded the same hash, 1 to the number of members.
    /// @param ownerRenounced Whether no member may have an owner, who could give it another consensus.
    /// @param members 1 to 8, by ascending application address.
    struct Terms {
        uint8 threshold;
        bool ownerRenounced;
        Member[] members;
    }

    /// @notice What a member is now.
    /// @param application The Cartesi application that records.
    /// @param templateHash The root hash of its machine's template.
    /// @param consensus Who accepts its claims.
    /// @param owner Who may change its consensus; zero for nobody.
    /// @param meetsTerms Whether its votes count.
    struct MemberState {
        address application;
        bytes32 templateHash;
        address consensus;
        address owner;
        bool meetsTerms;
    }

    /// @notice What a member says of a path.
    /// @param application The member.
    /// @param narHash The hash that it recorded first; zero when it recorded none.
    /// @param contested Whether it recorded another one later.
    /// @param counts Whether the policy counts its vote.
    // solhint-disable-next-line gas-struct-packing
    struct Vote {
        address application;
        bytes32 narHash;
        bool contested;
        bool counts;
    }

    /// @notice No members, or more than {MAX_MEMBERS}.
    error WrongNumberOfMembers(uint256 count);
    /// @notice A threshold of zero, or above the number of members.
    error WrongThreshold(uint8 threshold, uint256 members);
    /// @notice The members are not in ascending order, or one is there twice.
    error MembersNotSorted(address application);
    /// @notice The application has another template hash than the terms want.
    error WrongTemplateHash(address application, bytes32 templateHash);
    /// @notice The application has another consensus than the terms want.
    error WrongConsensus(address application, address consensus);
    /// @notice The application has an owner, and the terms want none.
    error OwnerNotRenounced(address application, address owner);

    /// @notice The NAR hash that is accepted for a store path.
    /// @param storePath `/nix/store/<hash>-<name>`.
    /// @return narHash The hash; zero unless the verdict is Accepted.
    /// @return verdict Why.
    function acceptedHash(string calldata storePath) external view returns (bytes32 narHash, Verdict verdict);

    /// @notice {acceptedHash} by path key.
    /// @param pathKey `keccak256(bytes(storePath))`.
    /// @return narHash The hash; zero unless the verdict is Accepted.
    /// @return verdict Why.
    function acceptedHashAt(bytes32 pathKey) external view returns (bytes32 narHash, Verdict verdict);

    /// @notice {acceptedHashAt} for many path keys: a closure in one call.
    /// @param pathKeys `keccak256(bytes(storePath))` each.
    /// @return narHashes In the keys' order; zero where the verdict is not Accepted.
    /// @return verdicts In the keys' order.
    function acceptedHashesAt(bytes32[] calldata pathKeys)
        external
        view
        returns (bytes32[] memory narHashes, Verdict[] memory verdicts);

    /// @notice What each member says of a store path.
    /// @param storePath `/nix/store/<hash>-<name>`.
    /// @return One vote a member, in the members' order.
    function votesOf(string calldata storePath) external view returns (Vote[] memory);

    /// @notice The policy's content.
    /// @return What it was made from; it never changes.
    function terms() external view returns (Terms memory);

    /// @notice The members as they are now.
    /// @return In the terms' order.
    function members() external view returns (MemberState[] memory);

    /// @notice Where the members record.
    /// @return The registry.
    function registry() external view returns (IBuildRegistry);

    /// @notice The most members that a policy may have.
    /// @return A constant.
    function MAX_MEMBERS() external view returns (uint256);
}
