// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBuildRegistry} from "./IBuildRegistry.sol";
import {ITrustPolicy} from "./ITrustPolicy.sol";
import {ICartesiApplication} from "./cartesi/ICartesiApplication.sol";
import {IERC165} from "./interfaces/IERC165.sol";
import {NarHash} from "./types/NarHash.sol";
import {PathKey} from "./types/PathKey.sol";

/// @title A trust policy: k of n applications
/// @notice See {ITrustPolicy}. It has no owner and cannot be changed.
/// @dev What every read needs is immutable, to keep reads cheap; the other terms are in storage.
/// Terms are checked when the policy is created. A template hash cannot change, nor can the consensus of an application without
/// an owner: reads check only a required consensus again, and only if the terms allow owners.
contract TrustPolicy is ITrustPolicy, IERC165 {
    /// @inheritdoc ITrustPolicy
    uint256 public constant MAX_MEMBERS = 8;

    /// @inheritdoc ITrustPolicy
    IBuildRegistry public immutable registry;

    uint256 private immutable _count;
    uint256 private immutable _threshold;
    bool private immutable _mustAskConsensus;
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
        _mustAskConsensus = _enrol(terms_) && !terms_.ownerRenounced;
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
    function acceptedHash(string calldata storePath) external view returns (bytes32 narHash, Verdict verdict) {
        return acceptedHashAt(keccak256(bytes(storePath)));
    }

    /// @inheritdoc ITrustPolicy
    function acceptedHashesAt(bytes32[] calldata pathKeys)
        external
        view
        returns (bytes32[] memory narHashes, Verdict[] memory verdicts)
    {
        narHashes = new bytes32[](pathKeys.length);
        verdicts = new Verdict[](pathKeys.length);
        for (uint256 i = 0; i < pathKeys.length; ++i) {
            (narHashes[i], verdicts[i]) = acceptedHashAt(pathKeys[i]);
        }
    }

    /// @inheritdoc ITrustPolicy
    function votesOf(string calldata storePath) external view returns (Vote[] memory votes) {
        bytes32 pathKey = keccak256(bytes(storePath));
        votes = new Vote[](_count);
        for (uint256 i = 0; i < votes.length; ++i) {
            address application = _application(i);
            (bytes32 narHash, bool contested) = _hashAt(application, pathKey);
            bool counts = narHash != 0 && !contested && _hasWantedConsensus(i, application);
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
            states[i] = MemberState({
                application: address(application),
                templateHash: application.getTemplateHash(),
                consensus: application.getOutputsMerkleRootValidator(),
                owner: application.owner(),
                meetsTerms: _hasWantedConsensus(i, address(application))
            });
        }
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(ITrustPolicy).interfaceId || interfaceId == type(IERC165).interfaceId;
    }

    /// @inheritdoc ITrustPolicy
    function acceptedHashAt(bytes32 pathKey) public view returns (bytes32 narHash, Verdict verdict) {
        if (_count == 1) return _judgeOne(pathKey);
        bytes32[] memory votes = new bytes32[](_count);
        (bool isRecorded, bool isContested) = (false, false);
        for (uint256 i = 0; i < votes.length; ++i) {
            address application = _application(i);
            (bytes32 recorded, bool contested) = _hashAt(application, pathKey);
            if (recorded == 0) continue;
            isRecorded = true;
            if (contested) isContested = true;
            else if (_hasWantedConsensus(i, application)) votes[i] = recorded;
        }
        Verdict undecided = isRecorded ? Verdict.TooFew : Verdict.NotRecorded;
        return _elect(votes, isContested ? Verdict.Conflict : undecided);
    }

    /// @notice Stores the terms if the members meet them.
    /// @param terms_ The policy's terms.
    /// @return wantsConsensus Whether the terms require a certain consensus of any member.
    function _enrol(Terms memory terms_) private returns (bool wantsConsensus) {
        (_terms.threshold, _terms.ownerRenounced) = (terms_.threshold, terms_.ownerRenounced);
        address previous = address(0);
        for (uint256 i = 0; i < terms_.members.length; ++i) {
            Member memory member = terms_.members[i];
            if (!(member.application > previous)) revert MembersNotSorted(member.application);
            _requireTerms(member, terms_.ownerRenounced);
            _terms.members.push(member);
            if (member.consensus != address(0)) wantsConsensus = true;
            previous = member.application;
        }
    }

    /// @dev {acceptedHashAt} for the common case of a single member: there are no votes to count.
    function _judgeOne(bytes32 pathKey) private view returns (bytes32, Verdict) {
        (bytes32 recorded, bool contested) = _hashAt(_application0, pathKey);
        if (recorded == 0) return (0, Verdict.NotRecorded);
        if (contested) return (0, Verdict.Conflict);
        if (!_hasWantedConsensus(0, _application0)) return (0, Verdict.TooFew);
        return (recorded, Verdict.Accepted);
    }

    function _hashAt(address application, bytes32 pathKey) private view returns (bytes32, bool) {
        (NarHash narHash, bool contested) = registry.hashAt(application, PathKey.wrap(pathKey));
        return (NarHash.unwrap(narHash), contested);
    }

    /// @dev A genuine Cartesi application never reverts here; choosing the members is up to the policy's creator.
    function _hasWantedConsensus(uint256 i, address application) private view returns (bool) {
        if (!_mustAskConsensus) return true;
        address wanted = _terms.members[i].consensus;
        return wanted == address(0) || ICartesiApplication(application).getOutputsMerkleRootValidator() == wanted;
    }

    /// @notice Finds the one hash with enough votes.
    /// @param votes One per member; zero for none.
    /// @param otherwise The verdict if all votes are equal and too few.
    /// @return The hash; zero unless the verdict is Accepted.
    /// @return The verdict.
    function _elect(bytes32[] memory votes, Verdict otherwise) private view returns (bytes32, Verdict) {
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
