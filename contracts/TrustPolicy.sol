// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBuildRegistry} from "./IBuildRegistry.sol";
import {ITrustPolicy} from "./ITrustPolicy.sol";
import {ICartesiApplication} from "./cartesi/ICartesiApplication.sol";
import {IERC165} from "./interfaces/IERC165.sol";
import {ConsensusOwner} from "./libraries/ConsensusOwner.sol";
import {DerivationKey, toDerivationKey} from "./types/DerivationKey.sol";
import {NarHash} from "./types/NarHash.sol";
import {PathKey, toPathKey} from "./types/PathKey.sol";

/// @title A trust policy: k of n applications
/// @notice See {ITrustPolicy}. It has no owner and cannot be changed. That its members are Cartesi applications is checked by the
/// factory that creates it, see {ITrustPolicyFactory}.
/// @dev What every read needs is immutable, to keep reads cheap; the other terms are in storage.
/// Terms are checked when the policy is created. A template hash cannot change, nor can the consensus of an application without
/// an owner, nor can a consensus without an owner get one: reads check only what can, and only for members of which the terms
/// want it.
contract TrustPolicy is ITrustPolicy, IERC165 {
    /// @inheritdoc ITrustPolicy
    uint256 public constant MAX_MEMBERS = 8;

    /// @inheritdoc ITrustPolicy
    IBuildRegistry public immutable registry;

    uint256 private immutable _count;
    uint256 private immutable _threshold;
    bool private immutable _acceptsAny;
    bool private immutable _ownerRenounced;
    /// @dev Bit i: reads check the terms of member i.
    uint256 private immutable _checked;
    address private immutable _application0;
    address private immutable _application1;
    address private immutable _application2;
    address private immutable _application3;
    address private immutable _application4;
    address private immutable _application5;
    address private immutable _application6;
    address private immutable _application7;

    Terms private _terms;

    /// @notice Creates a policy if all its members meet its terms now.
    /// @param registry_ The registry in which the members record.
    /// @param terms_ See {ITrustPolicy}.
    constructor(IBuildRegistry registry_, Terms memory terms_) {
        uint256 count = terms_.members.length;
        if (count == 0 || count > MAX_MEMBERS) revert WrongNumberOfMembers(count);
        if (terms_.threshold == 0 || terms_.threshold > count) revert WrongThreshold(terms_.threshold, count);
        registry = registry_;
        _count = count;
        _threshold = terms_.threshold;
        _acceptsAny = terms_.contradictions == Contradictions.Any;
        _ownerRenounced = terms_.ownerRenounced;
        _checked = _enrol(terms_);
        _application0 = _applicationAt(terms_, 0);
        _application1 = _applicationAt(terms_, 1);
        _application2 = _applicationAt(terms_, 2);
        _application3 = _applicationAt(terms_, 3);
        _application4 = _applicationAt(terms_, 4);
        _application5 = _applicationAt(terms_, 5);
        _application6 = _applicationAt(terms_, 6);
        _application7 = _applicationAt(terms_, 7);
    }

    /// @inheritdoc ITrustPolicy
    function acceptedHash(string calldata storePath) external view returns (NarHash narHash, Verdict verdict) {
        return acceptedHashAt(toPathKey(storePath));
    }

    /// @inheritdoc ITrustPolicy
    function acceptedHashesAt(PathKey[] calldata pathKeys)
        external
        view
        returns (NarHash[] memory narHashes, Verdict[] memory verdicts)
    {
        narHashes = new NarHash[](pathKeys.length);
        verdicts = new Verdict[](pathKeys.length);
        for (uint256 i = 0; i < pathKeys.length; ++i) {
            (narHashes[i], verdicts[i]) = acceptedHashAt(pathKeys[i]);
        }
    }

    /// @inheritdoc ITrustPolicy
    function acceptedHashOfDerivation(string calldata drvPath, string calldata outputName)
        external
        view
        returns (PathKey pathKey, NarHash narHash, Verdict verdict)
    {
        bytes32 key = DerivationKey.unwrap(toDerivationKey(drvPath, outputName));
        bytes32 elected;
        (elected, verdict) = _elect(key, _pathAt);
        if (verdict != Verdict.Accepted) return (pathKey, narHash, verdict);
        pathKey = PathKey.wrap(elected);
        (narHash, verdict) = acceptedHashAt(pathKey);
    }

    /// @inheritdoc ITrustPolicy
    function isAccepted(string calldata storePath, NarHash narHash) external view returns (bool) {
        return isAcceptedAt(toPathKey(storePath), narHash);
    }

    /// @inheritdoc ITrustPolicy
    function votesOf(string calldata storePath) external view returns (Vote[] memory votes) {
        PathKey pathKey = toPathKey(storePath);
        votes = new Vote[](_count);
        for (uint256 i = 0; i < votes.length; ++i) {
            address application = _application(i);
            (NarHash narHash, bool contested) = registry.hashAt(application, pathKey);
            bool counts = NarHash.unwrap(narHash) != 0 && (_acceptsAny || !contested) && _meetsTerms(i);
            votes[i] = Vote({application: application, narHash: narHash, contested: contested, counts: counts});
        }
    }

    /// @inheritdoc ITrustPolicy
    function terms() external view returns (Terms memory) {
        return _terms;
    }

    /// @inheritdoc ITrustPolicy
    function members() external view returns (MemberState[] memory states) {
        states = new MemberState[](_count);
        for (uint256 i = 0; i < states.length; ++i) {
            ICartesiApplication application = ICartesiApplication(_application(i));
            address consensus = application.getOutputsMerkleRootValidator();
            states[i] = MemberState({
                application: address(application),
                templateHash: application.getTemplateHash(),
                consensus: consensus,
                claimer: ConsensusOwner.ownerOf(consensus),
                owner: application.owner(),
                meetsTerms: _meetsTerms(i)
            });
        }
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(ITrustPolicy).interfaceId || interfaceId == type(IERC165).interfaceId;
    }

    /// @inheritdoc ITrustPolicy
    function acceptedHashAt(PathKey pathKey) public view returns (NarHash narHash, Verdict verdict) {
        if (_count == 1) return _judgeOne(pathKey);
        if (_acceptsAny) return _findAny(pathKey);
        bytes32 elected;
        (elected, verdict) = _elect(PathKey.unwrap(pathKey), _hashAt);
        narHash = NarHash.wrap(elected);
    }

    /// @inheritdoc ITrustPolicy
    function isAcceptedAt(PathKey pathKey, NarHash narHash) public view returns (bool) {
        if (_acceptsAny) return _hasVotes(pathKey, narHash);
        (NarHash accepted, Verdict verdict) = acceptedHashAt(pathKey);
        return verdict == Verdict.Accepted && NarHash.unwrap(accepted) == NarHash.unwrap(narHash);
    }

    /// @notice Stores the terms if the members meet them.
    /// @param terms_ The policy's terms.
    /// @return checked Bit i: the terms want something of member i that can change.
    function _enrol(Terms memory terms_) private returns (uint256 checked) {
        _terms.threshold = terms_.threshold;
        _terms.contradictions = terms_.contradictions;
        _terms.ownerRenounced = terms_.ownerRenounced;
        address previous = address(0);
        for (uint256 i = 0; i < terms_.members.length; ++i) {
            Member memory member = terms_.members[i];
            if (!(member.application > previous)) revert MembersNotSorted(member.application);
            _requireTerms(member, terms_.ownerRenounced);
            _terms.members.push(member);
            bool canMigrate = member.consensus != address(0) && !terms_.ownerRenounced;
            if (canMigrate || member.claimer != address(0)) checked |= 1 << i;
            previous = member.application;
        }
    }

    /// @dev {acceptedHashAt} for the common case of a single member: there are no votes to count.
    function _judgeOne(PathKey pathKey) private view returns (NarHash, Verdict) {
        (NarHash recorded, bool contested) = registry.hashAt(_application0, pathKey);
        if (NarHash.unwrap(recorded) == 0) return (recorded, Verdict.NotRecorded);
        if (contested && !_acceptsAny) return (NarHash.wrap(0), Verdict.Conflict);
        if (!_meetsTerms(0)) return (NarHash.wrap(0), Verdict.TooFew);
        return (recorded, Verdict.Accepted);
    }

    /// @dev {acceptedHashAt} if every recorded hash is as true as the first.
    function _findAny(PathKey pathKey) private view returns (NarHash, Verdict) {
        bytes32 seen = 0;
        Verdict otherwise = Verdict.NotRecorded;
        for (uint256 i = 0; i < _count; ++i) {
            (NarHash recorded,) = registry.hashAt(_application(i), pathKey);
            bytes32 first = NarHash.unwrap(recorded);
            if (first == 0) continue;
            if (_hasVotes(pathKey, recorded)) return (recorded, Verdict.Accepted);
            if (otherwise != Verdict.Conflict) {
                otherwise = seen == 0 || seen == first ? Verdict.TooFew : Verdict.Conflict;
            }
            seen = first;
        }
        return (NarHash.wrap(0), otherwise);
    }

    /// @dev Whether enough members ever recorded this hash.
    function _hasVotes(PathKey pathKey, NarHash narHash) private view returns (bool) {
        uint256 votes = 0;
        for (uint256 i = 0; i < _count; ++i) {
            if (!registry.hasRecorded(_application(i), pathKey, narHash) || !_meetsTerms(i)) continue;
            if (++votes == _threshold) return true;
        }
        return false;
    }

    /// @notice Whether a member meets those terms that can cease to hold.
    /// @dev A genuine Cartesi application never reverts here.
    /// @param i The member's place.
    /// @return Whether its votes count.
    function _meetsTerms(uint256 i) private view returns (bool) {
        if ((_checked >> i) & 1 == 0) return true;
        (address wanted, address claimer) = (_terms.members[i].consensus, _terms.members[i].claimer);
        address consensus = wanted;
        if (!_ownerRenounced || wanted == address(0)) {
            consensus = ICartesiApplication(_application(i)).getOutputsMerkleRootValidator();
            if (wanted != address(0) && consensus != wanted) return false;
        }
        return claimer == address(0) || ConsensusOwner.ownerOf(consensus) == claimer;
    }

    /// @notice Finds the one value that enough members recorded for a key, if no member may contradict itself.
    /// @param key A path key or a derivation key.
    /// @param valueAt Reads the first value that a member recorded for it, and whether it recorded others.
    /// @return The value; zero unless the verdict is Accepted.
    /// @return The verdict.
    function _elect(bytes32 key, function(address, bytes32) view returns (bytes32, bool) valueAt)
        private
        view
        returns (bytes32, Verdict)
    {
        bytes32[] memory votes = new bytes32[](_count);
        (bool isRecorded, bool isContested) = (false, false);
        for (uint256 i = 0; i < votes.length; ++i) {
            (bytes32 recorded, bool contested) = valueAt(_application(i), key);
            if (recorded == 0) continue;
            isRecorded = true;
            if (contested && !_acceptsAny) isContested = true;
            else if (_meetsTerms(i)) votes[i] = recorded;
        }
        Verdict undecided = isRecorded ? Verdict.TooFew : Verdict.NotRecorded;
        return _tally(votes, isContested ? Verdict.Conflict : undecided);
    }

    /// @notice Finds the one value with enough votes.
    /// @param votes One per member; zero for none.
    /// @param otherwise The verdict if all votes are equal and too few.
    /// @return The value; zero unless the verdict is Accepted.
    /// @return The verdict.
    function _tally(bytes32[] memory votes, Verdict otherwise) private view returns (bytes32, Verdict) {
        bytes32 elected = 0;
        bytes32 any = 0;
        for (uint256 i = 0; i < votes.length; ++i) {
            bytes32 vote = votes[i];
            if (vote == 0 || vote == elected) continue;
            if (any != 0 && any != vote) otherwise = Verdict.Conflict;
            any = vote;
            if (_votesFrom(votes, i) < _threshold) continue;
            if (elected != 0) return (0, Verdict.Conflict);
            elected = vote;
        }
        return elected == 0 ? (bytes32(0), otherwise) : (elected, Verdict.Accepted);
    }

    /// @dev Passed to {_elect}, which solhint does not see.
    // solhint-disable-next-line no-unused-private-funcs
    function _hashAt(address application, bytes32 pathKey) private view returns (bytes32, bool) {
        (NarHash narHash, bool contested) = registry.hashAt(application, PathKey.wrap(pathKey));
        return (NarHash.unwrap(narHash), contested);
    }

    /// @dev Passed to {_elect}, which solhint does not see.
    // solhint-disable-next-line no-unused-private-funcs
    function _pathAt(address application, bytes32 derivationKey) private view returns (bytes32, bool) {
        (PathKey pathKey, bool contested) = registry.pathAt(application, DerivationKey.wrap(derivationKey));
        return (PathKey.unwrap(pathKey), contested);
    }

    function _application(uint256 i) private view returns (address) {
        if (i == 0) return _application0;
        if (i == 1) return _application1;
        if (i == 2) return _application2;
        if (i == 3) return _application3;
        if (i == 4) return _application4;
        if (i == 5) return _application5;
        if (i == 6) return _application6;
        return _application7;
    }

    function _requireTerms(Member memory member, bool ownerRenounced) private view {
        ICartesiApplication application = ICartesiApplication(member.application);
        bytes32 templateHash = application.getTemplateHash();
        if (member.templateHash != 0 && templateHash != member.templateHash) {
            revert WrongTemplateHash(member.application, templateHash);
        }
        address consensus = application.getOutputsMerkleRootValidator();
        if (member.consensus != address(0) && consensus != member.consensus) {
            revert WrongConsensus(member.application, consensus);
        }
        address claimer = ConsensusOwner.ownerOf(consensus);
        if ((ownerRenounced || member.claimer != address(0)) && claimer != member.claimer) {
            revert WrongClaimer(member.application, claimer);
        }
        address owner = application.owner();
        if (ownerRenounced && owner != address(0)) revert OwnerNotRenounced(member.application, owner);
    }

    /// @dev How often a vote occurs from its own place on.
    function _votesFrom(bytes32[] memory votes, uint256 place) private pure returns (uint256 count) {
        for (uint256 i = place; i < votes.length; ++i) {
            count += votes[i] == votes[place] ? 1 : 0;
        }
    }

    function _applicationAt(Terms memory terms_, uint256 i) private pure returns (address) {
        return i < terms_.members.length ? terms_.members[i].application : address(0);
    }
}
