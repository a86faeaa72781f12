// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICartesiApplication} from "../cartesi/ICartesiApplication.sol";
import {
    ICartesiDataAvailability,
    ICartesiInputSource,
    ICartesiOutputsMerkleRootValidator
} from "../cartesi/ICartesiInputs.sol";
import {IERC165} from "../interfaces/IERC165.sol";
import {Bonds} from "./Bonds.sol";
import {DisputeGame} from "./DisputeGame.sol";
import {IDisputeConsensus} from "./IDisputeConsensus.sol";
import {StateList} from "./libraries/StateList.sol";
import {ClaimId, toClaimId} from "./types/ClaimId.sol";
import {EpochId, toEpochId} from "./types/EpochId.sol";

/// @title A consensus that believes nobody
/// @notice See {IDisputeConsensus}.
contract DisputeConsensus is IDisputeConsensus, ICartesiOutputsMerkleRootValidator, IERC165, DisputeGame {
    /// @dev Sealing so many takes a fifth of the gas that a transaction can have.
    uint256 private constant MAX_INPUTS = 1024;

    uint32 private immutable _maxInputs;
    uint32 private immutable _claimWindow;
    uint32 private immutable _challengeWindow;

    mapping(address application => Epoch epoch) private _epochs;
    /// @dev How many living claims an application's epoch has of a state.
    mapping(bytes32 stateKey => uint256 count) private _supporters;

    /// @inheritdoc ICartesiOutputsMerkleRootValidator
    mapping(address application => mapping(bytes32 outputsMerkleRoot => bool isValid)) public isOutputsMerkleRootValid;

    /// @notice Creates a consensus for any number of applications.
    /// @param terms_ The terms of all disputes.
    constructor(Terms memory terms_)
        Bonds(terms_.bond)
        DisputeGame(terms_.inputBox, terms_.stepVerifier, terms_.clock)
    {
        if (terms_.claimWindow == 0 || terms_.challengeWindow == 0 || terms_.clock == 0 || terms_.bond == 0) {
            revert ZeroTerm();
        }
        if (terms_.maxInputs == 0 || terms_.maxInputs > MAX_INPUTS) revert WrongMaxInputs(terms_.maxInputs, MAX_INPUTS);
        _maxInputs = terms_.maxInputs;
        _claimWindow = terms_.claimWindow;
        _challengeWindow = terms_.challengeWindow;
    }

    /// @inheritdoc IDisputeConsensus
    function register(address application, bytes calldata templateProof) external {
        Epoch storage epoch = _epochs[application];
        if (epoch.state != 0) revert AlreadyRegistered(application);
        address consensus = ICartesiApplication(application).getOutputsMerkleRootValidator();
        if (consensus != address(this)) revert NotItsConsensus(application, consensus);
        bytes memory inputs = abi.encodeCall(ICartesiDataAvailability.InputBox, (_inputBox));
        if (keccak256(ICartesiInputSource(application).getDataAvailability()) != keccak256(inputs)) {
            revert OtherInputs(application);
        }
        bytes32 templateHash = ICartesiApplication(application).getTemplateHash();
        _stepVerifier.checkTemplate(templateHash, templateProof);
        epoch.state = templateHash;
        emit ApplicationRegistered(application, templateHash);
    }

    /// @inheritdoc IDisputeConsensus
    function seal(address application) external {
        Epoch storage epoch = _epochs[application];
        if (epoch.state == 0) revert NotRegistered(application);
        if (_isSealed(epoch)) revert AlreadySealed(application, epoch.index);
        (uint256 first, uint256 end) = (epoch.firstInput, _inputBox.getNumberOfInputs(application));
        if (end == first) revert NoInputs(application);
        if (end > first + _maxInputs) end = first + _maxInputs;
        EpochId id = toEpochId(application, epoch.index, epoch.state, _hashInputs(application, first, end));
        epoch.id = id;
        epoch.endInput = uint64(end);
        epoch.sealedAt = uint64(block.number);
        emit EpochSealed(application, epoch.index, id, first, end, epoch.state);
    }

    /// @inheritdoc IDisputeConsensus
    function claim(address application, EpochId epochId, bytes32 state, bytes calldata outputsProof)
        external
        payable
        returns (ClaimId claimId)
    {
        _takeBond();
        Epoch storage epoch = _epochs[application];
        if (!_isSealed(epoch)) revert NotSealed(application, epoch.index);
        if (EpochId.unwrap(epochId) != EpochId.unwrap(epoch.id)) revert NotThisEpoch(application, epochId, epoch.id);
        if (epoch.livingClaims == 0) _openClaims(epoch);
        if (block.number > epoch.claimsUntil) revert TooLateToClaim(epoch.claimsUntil);
        claimId = toClaimId(epochId, epoch.round, msg.sender, state);
        if (_claims[claimId].status != ClaimStatus.None) revert AlreadyClaimed(claimId);
        bytes32 outputsMerkleRoot = _stepVerifier.outputsRoot(state, outputsProof);
        _claims[claimId] = Claim({
            claimer: msg.sender,
            openGames: 0,
            status: ClaimStatus.Living,
            application: application,
            epoch: epoch.index,
            state: state,
            outputsMerkleRoot: outputsMerkleRoot
        });
        ++epoch.livingClaims;
        if (++_supporters[_stateKey(epoch, state)] == 1) ++epoch.livingStates;
        emit StateClaimed(application, epoch.index, claimId, msg.sender, state, outputsMerkleRoot);
        emit ClaimSubmitted(msg.sender, application, epoch.sealedAt, outputsMerkleRoot);
    }

    /// @inheritdoc IDisputeConsensus
    function accept(ClaimId claimId) external {
        Claim storage accepted = _claims[claimId];
        address application = accepted.application;
        Epoch storage epoch = _epochs[application];
        if (accepted.status != ClaimStatus.Living || accepted.epoch != epoch.index) {
            revert NotChallengeable(claimId, accepted.status);
        }
        if (!(block.number > epoch.challengesUntil)) revert TooEarlyToAccept(epoch.challengesUntil);
        if (epoch.openGames != 0 || epoch.livingStates != 1) revert NotDecided(epoch.openGames, epoch.livingStates);
        bytes32 outputsMerkleRoot = accepted.outputsMerkleRoot;
        isOutputsMerkleRootValid[application][outputsMerkleRoot] = true;
        emit EpochAccepted(application, epoch.index, claimId, accepted.state);
        emit ClaimAccepted(application, epoch.sealedAt, outputsMerkleRoot);
        _beginNextEpoch(epoch, accepted.state);
    }

    /// @inheritdoc IDisputeConsensus
    function reopen(address application) external {
        Epoch storage epoch = _epochs[application];
        if (!(block.number > epoch.challengesUntil)) revert TooEarlyToAccept(epoch.challengesUntil);
        if (epoch.openGames != 0 || epoch.livingStates < 2) {
            revert NothingToReopen(epoch.openGames, epoch.livingStates);
        }
        epoch.challengesUntil = uint64(block.number) + _challengeWindow;
        emit ChallengesReopened(application, epoch.index, epoch.challengesUntil);
    }

    /// @inheritdoc IDisputeConsensus
    function releaseClaim(ClaimId claimId) external {
        Claim storage released = _claims[claimId];
        if (released.status != ClaimStatus.Living) revert NotChallengeable(claimId, released.status);
        if (released.epoch == _epochs[released.application].index) revert EpochNotDecided(claimId);
        released.status = ClaimStatus.Released;
        address claimer = released.claimer;
        _returnBond(claimer);
        emit ClaimReleased(claimId, claimer);
    }

    /// @inheritdoc IDisputeConsensus
    function terms() external view returns (Terms memory) {
        return Terms({
            inputBox: _inputBox,
            stepVerifier: _stepVerifier,
            maxInputs: _maxInputs,
            claimWindow: _claimWindow,
            challengeWindow: _challengeWindow,
            clock: _clock,
            bond: _bond
        });
    }

    /// @inheritdoc IDisputeConsensus
    function epochOf(address application) external view returns (Epoch memory) {
        return _epochs[application];
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(ICartesiOutputsMerkleRootValidator).interfaceId
            || interfaceId == type(IERC165).interfaceId;
    }

    function _gameOpened(Claim storage challenged) internal override {
        ++_epochs[challenged.application].openGames;
    }

    function _gameEnded(Claim storage disputed) internal override {
        --_epochs[disputed.application].openGames;
    }

    function _claimDied(Claim storage dead) internal override {
        Epoch storage epoch = _epochs[dead.application];
        epoch.openGames -= dead.openGames;
        --epoch.livingClaims;
        if (--_supporters[_stateKey(epoch, dead.state)] == 0) --epoch.livingStates;
        if (epoch.livingClaims == 0) ++epoch.round;
    }

    function _challengeableInputs(Claim storage challenged) internal view override returns (Inputs memory) {
        Epoch storage epoch = _epochs[challenged.application];
        if (challenged.epoch != epoch.index) revert TooLateToChallenge(0);
        if (block.number > epoch.challengesUntil) revert TooLateToChallenge(epoch.challengesUntil);
        return _inputs(challenged);
    }

    /// @dev While games about a claim are open, its epoch is the current one.
    function _inputs(Claim storage disputed) internal view override returns (Inputs memory) {
        Epoch storage epoch = _epochs[disputed.application];
        return Inputs({state: epoch.state, first: epoch.firstInput, end: epoch.endInput});
    }

    function _openClaims(Epoch storage epoch) private {
        epoch.claimsUntil = uint64(block.number) + _claimWindow;
        epoch.challengesUntil = epoch.claimsUntil + _challengeWindow;
    }

    function _beginNextEpoch(Epoch storage epoch, bytes32 state) private {
        epoch.state = state;
        ++epoch.index;
        epoch.firstInput = epoch.endInput;
        epoch.claimsUntil = 0;
        epoch.challengesUntil = 0;
        epoch.livingClaims = 0;
        epoch.livingStates = 0;
        epoch.round = 0;
    }

    /// @dev Each input's hash in the InputBox covers the input's index, block and sender.
    function _hashInputs(address application, uint256 first, uint256 end) private view returns (bytes32 hash) {
        for (uint256 i = first; i < end; ++i) {
            hash = StateList.parentOf(hash, _inputBox.getInputHash(application, i));
        }
    }

    function _isSealed(Epoch storage epoch) private view returns (bool) {
        return epoch.endInput != epoch.firstInput;
    }

    function _stateKey(Epoch storage epoch, bytes32 state) private view returns (bytes32) {
        return StateList.parentOf(EpochId.unwrap(epoch.id), state);
    }
}
