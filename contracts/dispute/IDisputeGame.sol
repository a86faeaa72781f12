// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IBonds} from "./IBonds.sol";
import {StateList} from "./libraries/StateList.sol";
import {ClaimId} from "./types/ClaimId.sol";
import {GameId} from "./types/GameId.sol";

/// @title A game about one claim between its claimer and one challenger
/// @notice The sides take turns, the challenger first. Whoever moves picks a part of the other side's list of states of which
/// he believes the state before and not the one after, and divides it by a list of his own with another end; until a part is
/// one transition: then he proves on chain that it ends otherwise, and wins. Whoever tells the truth can always move, and wins
/// whatever the other side does. Each side has one clock for all its moves. `docs/dispute.md` describes it for whoever writes
/// another player.
interface IDisputeGame is IBonds {
    /// @notice What has become of a claim.
    /// @param None There is no such claim.
    /// @param Living It has not lost a game.
    /// @param Dead It has lost a game, and its bond.
    /// @param Released It was accepted, or agreed with the accepted one, and its bond was returned.
    enum ClaimStatus {
        None,
        Living,
        Dead,
        Released
    }

    /// @notice Why a game ended.
    /// @param Proof A transition computed on chain contradicts the loser.
    /// @param Timeout The loser's clock ran out.
    /// @param ClaimDied The claim lost another game: nobody wins this one.
    enum Ending {
        Proof,
        Timeout,
        ClaimDied
    }

    /// @notice A claim.
    /// @param claimer Who claims.
    /// @param openGames How many games about it have not ended.
    /// @param status What has become of it.
    /// @param application The application.
    /// @param epoch The epoch's index.
    /// @param state The claimed state after the epoch.
    /// @param outputsMerkleRoot The root of the outputs tree in that state.
    struct Claim {
        address claimer;
        uint32 openGames;
        ClaimStatus status;
        address application;
        uint64 epoch;
        bytes32 state;
        bytes32 outputsMerkleRoot;
    }

    /// @notice A game.
    /// @param challenger Who challenges the claim.
    /// @param claimId The claim.
    /// @param position Where the last list starts, in transitions since the epoch's start.
    /// @param movedAt The block of the last move.
    /// @param claimerClock How many blocks the claimer has left, from his turn on.
    /// @param challengerClock How many blocks the challenger has left, from his turn on.
    /// @param partHeight The height of the last list's parts: the binary logarithm of their number of transitions.
    /// @param listHeight The binary logarithm of the number of parts.
    /// @param isClaimersTurn Whether the claimer must move.
    /// @param listRoot The root of the last list; zero after the end.
    struct Game {
        address challenger;
        ClaimId claimId;
        uint96 position;
        uint40 movedAt;
        uint32 claimerClock;
        uint32 challengerClock;
        uint8 partHeight;
        uint8 listHeight;
        bool isClaimersTurn;
        bytes32 listRoot;
    }

    /// @notice The proofs of one transition. What it does not do has no proof.
    /// @param input The input, as the InputBox hashes it, if the transition gives the machine one.
    /// @param response What {IStepVerifier.respond} asks for.
    /// @param step What {IStepVerifier.step} asks for.
    /// @param reset What {IStepVerifier.reset} asks for, if the transition ends a cycle.
    struct TransitionProof {
        bytes input;
        bytes response;
        bytes step;
        bytes reset;
    }

    /// @notice A claim was challenged: its challenger must move.
    /// @param claimId The claim.
    /// @param gameId The game.
    /// @param challenger Who challenges it.
    event ClaimChallenged(ClaimId indexed claimId, GameId indexed gameId, address indexed challenger);
    /// @notice A side moved.
    /// @param gameId The game.
    /// @param byClaimer Whether the claimer did.
    /// @param position Where the divided part starts, in transitions since the epoch's start.
    /// @param partHeight The height of the new list's parts.
    /// @param start The state before the list.
    /// @param states The state after each part of it.
    event SegmentDivided(
        GameId indexed gameId, bool byClaimer, uint256 position, uint256 partHeight, bytes32 start, bytes32[] states
    );
    /// @notice A game ended.
    /// @param gameId The game.
    /// @param claimId The claim that it was about.
    /// @param claimerWon Whether the claimer won.
    /// @param ending Why it ended.
    /// @param reward What the winner is owed beside his own bond, in wei.
    /// @param burnt What is burnt of the loser's bond, in wei.
    event GameEnded(
        GameId indexed gameId, ClaimId indexed claimId, bool claimerWon, Ending ending, uint256 reward, uint256 burnt
    );

    /// @notice There is no such claim, or it is not open to challenges any more.
    error NotChallengeable(ClaimId claimId, ClaimStatus status);
    /// @notice The time for challenges is over; zero if it ended with the epoch.
    error TooLateToChallenge(uint256 challengesUntil);
    /// @notice The challenger has challenged this claim already.
    error AlreadyChallenged(GameId gameId);
    /// @notice The game has ended, or there is none.
    error NotOpen(GameId gameId);
    /// @notice The game's claim lost another game.
    error ClaimIsDead(ClaimId claimId);
    /// @notice The game's claim lives: the game must be played.
    error ClaimLives(ClaimId claimId);
    /// @notice It is the other side's turn.
    error NotYourTurn(GameId gameId, address mover);
    /// @notice The mover's clock has run out.
    error ClockRanOut(GameId gameId);
    /// @notice The mover still has time.
    error ClockRuns(GameId gameId, uint256 blocksLeft);
    /// @notice Parts of this height are not for this move.
    error WrongMove(uint8 partHeight);
    /// @notice The move ends in the state that the other side named: there is nothing to dispute.
    error SameEnd(bytes32 state);
    /// @notice The proof has a part for something that the transition does not do.
    error SuperfluousProof();
    /// @notice The InputBox has another input there.
    error WrongInput(uint256 index);

    /// @notice Challenges a claim. The value must be the bond. The challenger moves first, with {divide} or {enterInput}.
    /// @param claimId The claim.
    /// @return The game's id.
    function challenge(ClaimId claimId) external payable returns (GameId);

    /// @notice Divides a part of the other side's list, of more than one input or of less than one.
    /// @param gameId The game.
    /// @param part The part.
    /// @param states The state after each part of the new list; the last one must not be the part's end.
    function divide(GameId gameId, StateList.Part calldata part, bytes32[] calldata states) external;

    /// @notice Divides a part that is one input. The last state is the one in which the machine ends; if it does not accept
    /// there, the state after the input is the one before it.
    /// @param gameId The game.
    /// @param part The part.
    /// @param states The state after each part of the new list.
    /// @param statusProof What {IStepVerifier.isAccepted} asks for, of the last state.
    function enterInput(
        GameId gameId,
        StateList.Part calldata part,
        bytes32[] calldata states,
        bytes calldata statusProof
    ) external;

    /// @notice Wins with a part that fills the epoch up to a power of two inputs, and so must end as it starts.
    /// @param gameId The game.
    /// @param part The part.
    function proveNoInput(GameId gameId, StateList.Part calldata part) external;

    /// @notice Wins with a part that is one transition and does not end in the state that the other side named.
    /// @param gameId The game.
    /// @param part The part.
    /// @param proof The transition's proofs.
    function proveTransition(GameId gameId, StateList.Part calldata part, TransitionProof calldata proof) external;

    /// @notice Ends a game whose mover's clock has run out. Anybody may.
    /// @param gameId The game.
    function endByTimeout(GameId gameId) external;

    /// @notice Ends a game whose claim lost another game, and returns the challenger's bond. Anybody may.
    /// @param gameId The game.
    function releaseChallenge(GameId gameId) external;

    /// @notice A claim.
    /// @param claimId The claim's id.
    /// @return The claim; zeros if there is none.
    function claimOf(ClaimId claimId) external view returns (Claim memory);

    /// @notice A game.
    /// @param gameId The game's id.
    /// @return The game; zeros if there is none.
    function gameOf(GameId gameId) external view returns (Game memory);
}
