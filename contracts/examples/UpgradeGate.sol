// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ITrustPolicy} from "../ITrustPolicy.sol";
import {NarFile} from "../libraries/NarFile.sol";
import {Trust} from "../libraries/Trust.sol";

// Deploying given code and delegating to it have no words in the language.
// solhint-disable no-inline-assembly, no-complex-fallback

/// @title A proxy that runs only what a trusted build produced
/// @notice The governor chooses which build is next, by its store path: a Nix derivation that compiles the sources to a file with
/// the creation code. The policy decides what that build's bytes are. Not even the governor can bring in other code.
contract UpgradeGate {
    using Trust for ITrustPolicy;

    /// @dev ERC-1967: keccak256("eip1967.proxy.implementation") - 1.
    bytes32 private constant IMPLEMENTATION_SLOT = 0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc;

    /// @notice Whom the gate believes.
    ITrustPolicy public immutable policy;
    /// @notice Who chooses the next build.
    address public immutable governor;

    /// @notice ERC-1967: the proxy has another implementation.
    /// @param implementation The new one.
    event Upgraded(address indexed implementation);
    /// @notice Where the implementation comes from.
    /// @param implementation The new one.
    /// @param storePath The build's output, a file that holds the creation code.
    /// @param narHash The hash that the policy accepted for it.
    event Built(address indexed implementation, string storePath, bytes32 narHash);

    /// @notice Only the governor chooses.
    error NotGovernor(address caller);
    /// @notice The creation code made no contract.
    error NotDeployed(string storePath);
    /// @notice There has been no upgrade yet.
    error NoImplementation();

    /// @notice Makes a proxy without an implementation.
    /// @param policy_ Whom it believes.
    /// @param governor_ Who chooses the next build.
    constructor(ITrustPolicy policy_, address governor_) {
        policy = policy_;
        governor = governor_;
    }

    /// @notice Delegates everything else to the implementation.
    receive() external payable {
        _delegate();
    }

    /// @notice Delegates everything else to the implementation.
    fallback() external payable {
        _delegate();
    }

    /// @notice Puts the code of a build into place.
    /// @param storePath The build's output, a file that holds the creation code.
    /// @param creationCode What is in it.
    /// @return created The new implementation.
    function upgradeToBuild(string calldata storePath, bytes calldata creationCode) external returns (address created) {
        if (msg.sender != governor) revert NotGovernor(msg.sender);
        bytes memory code = creationCode;
        bytes32 narHash = NarFile.hashOf(code);
        policy.requireTrusted(storePath, narHash);
        assembly ("memory-safe") {
            created := create(0, add(code, 32), mload(code))
        }
        if (created.code.length == 0) revert NotDeployed(storePath);
        assembly ("memory-safe") {
            sstore(IMPLEMENTATION_SLOT, created)
        }
        emit Upgraded(created);
        emit Built(created, storePath, narHash);
    }

    /// @notice What the proxy delegates to.
    /// @return current The implementation; zero before the first upgrade.
    function implementation() public view returns (address current) {
        assembly ("memory-safe") {
            current := sload(IMPLEMENTATION_SLOT)
        }
    }

    function _delegate() private {
        address target = implementation();
        if (target == address(0)) revert NoImplementation();
        assembly ("memory-safe") {
            let start := mload(0x40)
            calldatacopy(start, 0, calldatasize())
            let success := delegatecall(gas(), target, start, calldatasize(), 0, 0)
            returndatacopy(start, 0, returndatasize())
            if success { return(start, returndatasize()) }
            revert(start, returndatasize())
        }
    }
}
