// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICartesiInputBox} from "../cartesi/ICartesiInputs.sol";
import {Bonds} from "./Bonds.sol";
import {IDisputeGame} from "./IDisputeGame.sol";
import {IStepVerifier} from "./IStepVerifier.sol";
import {StateList} from "./libraries/StateList.sol";
import {Trace} from "./libraries/Trace.sol";
import {ClaimId} from "./types/ClaimId.sol";
import {GameId, toGameId} from "./types/GameId.sol";

/// @title Games about claims
/// @notice See {IDisputeGame}. Which claims can be challenged, and what follows from a game, is the consensus's.
abstract contract DisputeGame is IDisputeGame, Bonds {
    using StateList for StateList.Part;

    /// @dev The inputs of the epoch that a claim is about, and the state before them.
    struct Inputs {
        bytes32 state;
        uint256 first;
        uint256 end;
    }

    ICartesiInputBox internal immutable _inputBox;
    IStepVerifier internal immutable _stepVerifier;
    uint32 internal immutable _clock;

    mapping(ClaimId claimId => Claim claim) internal _claims;
    mapping(GameId gameId => Game game) private _games;

    /// @notice All games have the same terms.
    /// @param inputBox Where inputs are.
    /// @param stepVerifier Computes the machine's transitions.
    /// @param clock How long a side can take for all its moves, in blocks.
    constructor(ICartesiInputBox inputBox, IStepVerifier stepVerifier, uint32 clock) {
        _inputBox = inputBox;
        _stepVerifier = stepVerifier;
        _clock = clock;
    }

    /// @inheritdoc IDisputeGame
    function challenge(ClaimId claimId) external payable returns (GameId gameId) {
        _takeBond();
        Claim storage challenged = _claims[claimId];
        if (challenged.status != ClaimStatus.Living) revert NotChallengeable(claimId, challenged.status);
        Inputs memory inputs = _challengeableInputs(challenged);
        gameId = toGameId(claimId, msg.sender);
        if (_games[gameId].challenger != address(0)) revert AlreadyChallenged(gameId);
        _games[gameId] = Game({
            challenger: msg.sender,
            claimId: claimId,
            position: 0,
            movedAt: uint40(block.number),
            claimerClock: _clock,
            challengerClock: _clock,
            partHeight: Trace.epochHeight(inputs.end - inputs.first),
            listHeight: 0,
            isClaimersTurn: false,
            listRoot: StateList.parentOf(inputs.state, challenged.state)
        });
        ++challenged.openGames;
        _gameOpened(challenged);
        emit ClaimChallenged(claimId, gameId, msg.sender);
    }

    /// @inheritdoc IDisputeGame
    function divide(GameId gameId, StateList.Part calldata part, bytes32[] calldata states) external {
        Game memory game = _beginMove(gameId, part);
        if (game.partHeight == 0 || game.partHeight == Trace.INPUT_HEIGHT) revert WrongMove(game.partHeight);
        bytes32 end = _postList(gameId, game, part, states);
        if (end == part.end) revert SameEnd(end);
    }

    /// @inheritdoc IDisputeGame
    function enterInput(
        GameId gameId,
        StateList.Part calldata part,
        bytes32[] calldata states,
        bytes calldata statusProof
    ) external {
        Game memory game = _beginMove(gameId, part);
        if (game.partHeight != Trace.INPUT_HEIGHT) revert WrongMove(game.partHeight);
        if (_isPadding(game, part.index)) revert WrongMove(game.partHeight);
        bytes32 end = _postList(gameId, game, part, states);
        if (!_stepVerifier.isAccepted(end, statusProof)) end = part.start;
        if (end == part.end) revert SameEnd(end);
    }

    /// @inheritdoc IDisputeGame
    function proveNoInput(GameId gameId, StateList.Part calldata part) external {
        Game memory game = _beginMove(gameId, part);
        if (game.partHeight != Trace.INPUT_HEIGHT) revert WrongMove(game.partHeight);
        if (!_isPadding(game, part.index)) revert WrongMove(game.partHeight);
        if (part.start == part.end) revert SameEnd(part.end);
        _end(gameId, game, game.isClaimersTurn, Ending.Proof);
    }

    /// @inheritdoc IDisputeGame
    function proveTransition(GameId gameId, StateList.Part calldata part, TransitionProof calldata proof) external {
        Game memory game = _beginMove(gameId, part);
        if (game.partHeight != 0) revert WrongMove(game.partHeight);
        bytes32 end = _transition(game, part, proof);
        if (end == part.end) revert SameEnd(end);
        _end(gameId, game, game.isClaimersTurn, Ending.Proof);
    }

    /// @inheritdoc IDisputeGame
    function endByTimeout(GameId gameId) external {
        Game memory game = _openGame(gameId);
        (uint256 clock, uint256 elapsed) = _time(game);
        if (!(elapsed > clock)) revert ClockRuns(gameId, clock - elapsed);
        _end(gameId, game, !game.isClaimersTurn, Ending.Timeout);
    }

    /// @inheritdoc IDisputeGame
    function releaseChallenge(GameId gameId) external {
        Game storage game = _games[gameId];
        if (game.listRoot == 0) revert NotOpen(gameId);
        ClaimId claimId = game.claimId;
        Claim storage dead = _claims[claimId];
        if (dead.status != ClaimStatus.Dead) revert ClaimLives(claimId);
        game.listRoot = 0;
        --dead.openGames;
        _returnBond(game.challenger);
        emit GameEnded(gameId, claimId, false, Ending.ClaimDied, 0, 0);
    }

    /// @inheritdoc IDisputeGame
    function claimOf(ClaimId claimId) external view returns (Claim memory) {
        return _claims[claimId];
    }

    /// @inheritdoc IDisputeGame
    function gameOf(GameId gameId) external view returns (Game memory) {
        return _games[gameId];
    }

    function _gameOpened(Claim storage challenged) internal virtual;

    function _gameEnded(Claim storage disputed) internal virtual;

    /// @dev The games that are still open about it decide nothing any more.
    function _claimDied(Claim storage dead) internal virtual;

    /// @dev The inputs of a living claim, or reverts if it cannot be challenged any more.
    function _challengeableInputs(Claim storage challenged) internal view virtual returns (Inputs memory);

    /// @dev The inputs of a claim with open games.
    function _inputs(Claim storage disputed) internal view virtual returns (Inputs memory);

    function _postList(GameId gameId, Game memory game, StateList.Part calldata part, bytes32[] calldata states)
        private
        returns (bytes32 end)
    {
        uint8 listHeight = Trace.listHeight(game.partHeight);
        if (states.length != uint256(1) << listHeight) {
            revert StateList.WrongListLength(states.length, uint256(1) << listHeight);
        }
        game.position += uint96(part.index << game.partHeight);
        game.partHeight -= listHeight;
        game.listHeight = listHeight;
        game.listRoot = StateList.rootOf(part.start, states);
        emit SegmentDivided(gameId, game.isClaimersTurn, game.position, game.partHeight, part.start, states);
        game.isClaimersTurn = !game.isClaimersTurn;
        game.movedAt = uint40(block.number);
        _store(gameId, game);
        return states[states.length - 1];
    }

    function _store(GameId gameId, Game memory game) private {
        Game storage stored = _games[gameId];
        stored.position = game.position;
        stored.movedAt = game.movedAt;
        stored.claimerClock = game.claimerClock;
        stored.challengerClock = game.challengerClock;
        stored.partHeight = game.partHeight;
        stored.listHeight = game.listHeight;
        stored.isClaimersTurn = game.isClaimersTurn;
        stored.listRoot = game.listRoot;
    }

    function _end(GameId gameId, Game memory game, bool claimerWon, Ending ending) private {
        _games[gameId].listRoot = 0;
        Claim storage disputed = _claims[game.claimId];
        --disputed.openGames;
        _gameEnded(disputed);
        address winner = claimerWon ? disputed.claimer : game.challenger;
        if (!claimerWon) {
            disputed.status = ClaimStatus.Dead;
            _claimDied(disputed);
            _returnBond(winner);
        }
        (uint256 reward, uint256 burnt) = _forfeitBondTo(winner);
        emit GameEnded(gameId, game.claimId, claimerWon, ending, reward, burnt);
    }

    /// @dev Takes the time that the mover took off his clock.
    function _beginMove(GameId gameId, StateList.Part calldata part) private view returns (Game memory game) {
        game = _openGame(gameId);
        address mover = game.isClaimersTurn ? _claims[game.claimId].claimer : game.challenger;
        if (msg.sender != mover) revert NotYourTurn(gameId, mover);
        (uint256 clock, uint256 elapsed) = _time(game);
        if (elapsed > clock) revert ClockRanOut(gameId);
        uint32 left = uint32(clock - elapsed);
        if (game.isClaimersTurn) game.claimerClock = left;
        else game.challengerClock = left;
        part.requirePart(game.listRoot, game.listHeight);
    }

    function _transition(Game memory game, StateList.Part calldata part, TransitionProof calldata proof)
        private
        view
        returns (bytes32 state)
    {
        uint256 position = game.position + part.index;
        state = part.start;
        if (Trace.startsInput(position)) {
            Inputs memory inputs = _inputs(_claims[game.claimId]);
            uint256 index = inputs.first + Trace.inputAt(position);
            if (keccak256(proof.input) != _inputBox.getInputHash(_claims[game.claimId].application, index)) {
                revert WrongInput(index);
            }
            state = _stepVerifier.respond(state, proof.input, proof.response);
        } else if (proof.input.length + proof.response.length != 0) {
            revert SuperfluousProof();
        }
        state = _stepVerifier.step(state, proof.step);
        if (Trace.endsCycle(position)) return _stepVerifier.reset(state, proof.reset);
        if (proof.reset.length != 0) revert SuperfluousProof();
    }

    function _isPadding(Game memory game, uint256 partIndex) private view returns (bool) {
        Inputs memory inputs = _inputs(_claims[game.claimId]);
        return !(Trace.inputAt(game.position) + partIndex < inputs.end - inputs.first);
    }

    function _openGame(GameId gameId) private view returns (Game memory game) {
        game = _games[gameId];
        if (game.listRoot == 0) revert NotOpen(gameId);
        if (_claims[game.claimId].status == ClaimStatus.Dead) revert ClaimIsDead(game.claimId);
    }

    function _time(Game memory game) private view returns (uint256 clock, uint256 elapsed) {
        clock = game.isClaimersTurn ? game.claimerClock : game.challengerClock;
        elapsed = block.number - game.movedAt;
    }
}
