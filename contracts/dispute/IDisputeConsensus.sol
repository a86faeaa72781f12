// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {ICartesiInputBox} from "../cartesi/ICartesiInputs.sol";
import {IStepVerifier} from "./IStepVerifier.sol";
import {IDisputeGame} from "./IDisputeGame.sol";
import {ClaimId} from "./types/ClaimId.sol";
import {EpochId} from "./types/EpochId.sol";

// Nobody looks for a block, and two of the events are Cartesi's.
// solhint-disable gas-indexed-events

/// @title A consensus that believes nobody
/// @notice Decides which claims about an application's outputs are accepted: anybody may claim what the machine's state is
/// after an epoch, and anybody may challenge a claim. A challenged claim lives on only if a game ({IDisputeGame}) shows that it
/// is right, down to one step computed on chain. So one honest person with a computer and a bond suffices, whoever else claims.
/// It has no owner. Times are in blocks, amounts in wei.
interface IDisputeConsensus is IDisputeGame {
    /// @notice The terms of all disputes; they never change.
    /// @param inputBox Where inputs are.
    /// @param stepVerifier Computes the machine's transitions.
    /// @param maxInputs How many inputs an epoch has at most. An honest side must be able to compute so many within the
    /// windows, even if each takes as long as an input may.
    /// @param claimWindow How long after the first living claim of an epoch others can claim something else, in blocks.
    /// @param challengeWindow How long after that claims can be challenged, in blocks.
    /// @param clock How long a side can take for all its moves in a game, in blocks.
    /// @param bond What a claimer, and a challenger, must deposit, in wei.
    // solhint-disable-next-line gas-struct-packing
    struct Terms {
        ICartesiInputBox inputBox;
        IStepVerifier stepVerifier;
        uint32 maxInputs;
        uint32 claimWindow;
        uint32 challengeWindow;
        uint32 clock;
        uint256 bond;
    }

    /// @notice The epoch of an application that is open for claims, or will be.
    /// @param state The machine's state before it: the accepted one after the epoch before, at first the template hash; zero if
    /// the application is not registered.
    /// @param id Its id; that of the epoch before until it is sealed.
    /// @param index The epoch's index, from 0.
    /// @param firstInput The index of its first input.
    /// @param endInput The index after its last input; that of the first one until the epoch is sealed.
    /// @param sealedAt The block in which it was sealed.
    /// @param claimsUntil The last block in which others can claim; zero before the first claim.
    /// @param challengesUntil The last block in which claims can be challenged.
    /// @param livingClaims How many claims have not lost a game.
    /// @param livingStates How many different states they claim.
    /// @param openGames How many games about them have not ended.
    /// @param round How often all claims have died.
    struct Epoch {
        bytes32 state;
        EpochId id;
        uint64 index;
        uint64 firstInput;
        uint64 endInput;
        uint64 sealedAt;
        uint64 claimsUntil;
        uint64 challengesUntil;
        uint32 livingClaims;
        uint32 livingStates;
        uint32 openGames;
        uint32 round;
    }

    /// @notice An application takes part from now on.
    /// @param application The application.
    /// @param templateHash The state before its first epoch.
    event ApplicationRegistered(address indexed application, bytes32 templateHash);
    /// @notice An epoch has its inputs, and can be claimed.
    /// @param application The application.
    /// @param epoch The epoch's index.
    /// @param epochId The epoch's id.
    /// @param firstInput The index of its first input.
    /// @param endInput The index after its last input.
    /// @param state The state before it.
    event EpochSealed(
        address indexed application,
        uint256 indexed epoch,
        EpochId indexed epochId,
        uint256 firstInput,
        uint256 endInput,
        bytes32 state
    );
    /// @notice Somebody claimed the state after an epoch.
    /// @param application The application.
    /// @param epoch The epoch's index.
    /// @param claimId The claim.
    /// @param claimer Who claims.
    /// @param state The claimed state.
    /// @param outputsMerkleRoot The root of the outputs tree in that state.
    event StateClaimed(
        address indexed application,
        uint256 indexed epoch,
        ClaimId indexed claimId,
        address claimer,
        bytes32 state,
        bytes32 outputsMerkleRoot
    );
    /// @notice Different states outlived the challenges: they can be challenged again.
    /// @param application The application.
    /// @param epoch The epoch's index.
    /// @param challengesUntil The last block in which they can.
    event ChallengesReopened(address indexed application, uint256 indexed epoch, uint256 challengesUntil);
    /// @notice A claim was accepted.
    /// @param application The application.
    /// @param epoch The epoch's index.
    /// @param claimId The claim.
    /// @param state The claimed state.
    event EpochAccepted(address indexed application, uint256 indexed epoch, ClaimId indexed claimId, bytes32 state);
    /// @notice The bond of a claim was returned.
    /// @param claimId The claim.
    /// @param claimer Who is owed it.
    event ClaimReleased(ClaimId indexed claimId, address indexed claimer);
    /// @notice A claim, as Cartesi's own consensus reports it.
    /// @param submitter Who claims.
    /// @param appContract The application.
    /// @param lastProcessedBlockNumber The block in which the epoch was sealed. Its inputs are in blocks up to that one; which
    /// ones they are, {EpochSealed} tells.
    /// @param outputsMerkleRoot The root of the outputs tree.
    event ClaimSubmitted(
        address indexed submitter,
        address indexed appContract,
        uint256 lastProcessedBlockNumber,
        bytes32 outputsMerkleRoot
    );
    /// @notice An accepted claim, as Cartesi's own consensus reports it.
    /// @param appContract The application.
    /// @param lastProcessedBlockNumber The block in which the epoch was sealed.
    /// @param outputsMerkleRoot The root of the outputs tree.
    event ClaimAccepted(address indexed appContract, uint256 lastProcessedBlockNumber, bytes32 outputsMerkleRoot);

    /// @notice A window, the clock or the bond is zero.
    error ZeroTerm();
    /// @notice An epoch could have no inputs, or more than one transaction can seal.
    error WrongMaxInputs(uint256 maxInputs, uint256 limit);
    /// @notice The application is registered already.
    error AlreadyRegistered(address application);
    /// @notice The application is not registered.
    error NotRegistered(address application);
    /// @notice The application's consensus is another one.
    error NotItsConsensus(address application, address consensus);
    /// @notice The application's inputs are elsewhere, or not only in the InputBox of the terms.
    error OtherInputs(address application);
    /// @notice The epoch is sealed already, and must be decided first.
    error AlreadySealed(address application, uint256 epoch);
    /// @notice There are no inputs since the last epoch.
    error NoInputs(address application);
    /// @notice The epoch is not sealed.
    error NotSealed(address application, uint256 epoch);
    /// @notice The application is at another epoch, or the epoch has other inputs since a reorganisation.
    error NotThisEpoch(address application, EpochId epochId, EpochId current);
    /// @notice The time for claims is over.
    error TooLateToClaim(uint256 claimsUntil);
    /// @notice The claimer has claimed this already.
    error AlreadyClaimed(ClaimId claimId);
    /// @notice The claim can still be challenged.
    error TooEarlyToAccept(uint256 challengesUntil);
    /// @notice Games about the epoch's claims are open, or different states are claimed.
    error NotDecided(uint256 openGames, uint256 livingStates);
    /// @notice Nothing is gained by more time for challenges: at most one state is claimed, or games decide between them.
    error NothingToReopen(uint256 openGames, uint256 livingStates);
    /// @notice The epoch of the claim has not been decided.
    error EpochNotDecided(ClaimId claimId);

    /// @notice Registers an application whose consensus this is. Anybody may.
    /// @param application The application.
    /// @param templateProof What {IStepVerifier.checkTemplate} asks for.
    function register(address application, bytes calldata templateProof) external;

    /// @notice Gives the next epoch all inputs so far, or the first {Terms.maxInputs} of them. Anybody may.
    /// @param application The application.
    function seal(address application) external;

    /// @notice Claims the state after the sealed epoch. The value must be the bond.
    /// @param application The application.
    /// @param epochId The epoch's id, with which a claim holds for the inputs alone that its claimer knows.
    /// @param state The machine's state after the epoch's last input.
    /// @param outputsProof What {IStepVerifier.outputsRoot} asks for.
    /// @return The claim's id.
    function claim(address application, EpochId epochId, bytes32 state, bytes calldata outputsProof)
        external
        payable
        returns (ClaimId);

    /// @notice Accepts a claim if the time for challenges is over, no game is open, and all living claims have the same state.
    /// Anybody may.
    /// @param claimId One of the living claims.
    function accept(ClaimId claimId) external;

    /// @notice Gives time for challenges again if it is over, no game is open, and there are different states. Anybody may.
    /// @param application The application.
    function reopen(address application) external;

    /// @notice Returns the bond of a claim that never lost a game, after its epoch. Anybody may; the claimer is owed it.
    /// @param claimId The claim.
    function releaseClaim(ClaimId claimId) external;

    /// @notice The terms.
    /// @return All of them.
    function terms() external view returns (Terms memory);

    /// @notice An application's current epoch.
    /// @param application The application.
    /// @return Its epoch; zeros if it is not registered.
    function epochOf(address application) external view returns (Epoch memory);
}
