// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// @title Computes the transitions of a Cartesi Machine on chain
/// @notice A state is the root of the machine's hash tree: keccak256 over 2^64 bytes, leaves of 32 bytes. Each function takes
/// one, and what of the machine it needs with proofs against that root, and answers what follows from it. Wrong, incomplete
/// or superfluous proofs revert. Stateless, and made for one version of the emulator: another one has another
/// microarchitecture. `docs/dispute.md` describes the proofs.
interface IStepVerifier {
    /// @notice The proof does not belong to this state, or is not what the function expects.
    error InvalidProof();
    /// @notice The state cannot be the template of an application whose claims are disputed with this verifier.
    error NotATemplate(bytes32 state);
    /// @notice The microarchitecture cannot execute this instruction; no machine that started from a template gets there.
    error IllegalInstruction(uint32 instruction);
    /// @notice The microarchitecture cannot be asked for this, or not with these arguments; no machine that started from a
    /// template does.
    error IllegalEcall(uint64 requested);
    /// @notice The microarchitecture cannot access this address: it is misaligned, one of its own registers, or that of an
    /// instruction outside its RAM. No machine that started from a template does.
    error IllegalAddress(uint64 target);
    /// @notice The machine has not yielded manually, so nothing can be sent to it.
    error NotWaiting();
    /// @notice The input does not fit into the machine's receive buffer.
    error InputTooLong(uint256 length);

    /// @notice The emulator whose machines it computes.
    /// @return Its version, as `0.20`.
    function emulatorVersion() external pure returns (string memory);

    /// @notice The hash of the microarchitecture after each reset.
    /// @return The root of its part of the hash tree.
    function pristineUarch() external pure returns (bytes32);

    /// @notice The longest input that fits into the machine's receive buffer.
    /// @return The length in bytes.
    function maxInputBytes() external pure returns (uint256);

    /// @notice One step of the microarchitecture; none if it is halted or has run through its cycles.
    /// @param state The state before.
    /// @param proof What the step reads and writes.
    /// @return The state after.
    function step(bytes32 state, bytes calldata proof) external pure returns (bytes32);

    /// @notice The reset of the microarchitecture, which ends each cycle of the machine.
    /// @param state The state before.
    /// @param proof The microarchitecture's part of the hash tree.
    /// @return The state after.
    function reset(bytes32 state, bytes calldata proof) external pure returns (bytes32);

    /// @notice The response to a machine that waits for an input.
    /// @param state The state before.
    /// @param input The input, as the InputBox hashes it.
    /// @param proof The receive buffer, and what says that the machine waits.
    /// @return The state after.
    function respond(bytes32 state, bytes calldata input, bytes calldata proof) external pure returns (bytes32);

    /// @notice Whether the machine has accepted its last input, with an outputs root in its transmit buffer, and waits for
    /// the next: it has yielded manually for that reason, with data of 32 bytes, and not halted.
    /// @param state The state.
    /// @param proof Its status.
    /// @return Whether it has.
    function isAccepted(bytes32 state, bytes calldata proof) external pure returns (bool);

    /// @notice The root of the outputs tree that a machine has left in its transmit buffer, if it has accepted its input; of
    /// other machines, whatever is there.
    /// @param state The state.
    /// @param proof The buffer's first leaf.
    /// @return The root.
    function outputsRoot(bytes32 state, bytes calldata proof) external pure returns (bytes32);

    /// @notice Reverts unless this version's machine can go on from the state: it accepts, its microarchitecture is pristine,
    /// and it is made for this version and can be computed here.
    /// @param state The state.
    /// @param proof What shows that.
    function checkTemplate(bytes32 state, bytes calldata proof) external pure;
}
