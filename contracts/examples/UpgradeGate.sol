// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ITrustPolicy} from "../ITrustPolicy.sol";
import {NarFile} from "../libraries/NarFile.sol";
import {Trust} from "../libraries/Trust.sol";

// Solidity has no syntax for deploying given code and delegating to it.
// solhint-disable no-inline-assembly, no-complex-fallback

/// @title A proxy that runs only code that a trusted build produced
/// @notice The governor chooses the next build by its store path: the output of a Nix derivation that compiles the sources to a
/// file with the creation code. The policy decides which bytes that build produced; not even the governor can deploy others.
contract UpgradeGate {
    using Trust for ITrustPolicy;

    /// @dev ERC-1967: keccak256("eip1967.proxy.implementation") - 1.
    bytes32 private constant IMPLEMENTATION_SLOT = 0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc;

    /// @notice The policy that decides which bytes a build produced.
    ITrustPolicy public immutable policy;
    /// @notice The account that chooses the next build.
    address public immutable governor;

    /// @notice ERC-1967: the proxy has a new implementation.
    /// @param implementation The new implementation.
    event Upgraded(address indexed implementation);
    /// @notice The origin of the new implementation.
    /// @param implementation The new implementation.
    /// @param storePath The build's output, a file that holds the creation code.
    /// @param narHash The hash that the policy accepted for it.
    event Built(address indexed implementation, string storePath, bytes32 narHash);

    /// @notice The caller is not the governor.
    error NotGovernor(address caller);
    /// @notice The creation code did not create a contract.
    error NotDeployed(string storePath);
    /// @notice There has been no upgrade yet.
    error NoImplementation();

    /// @notice Creates a proxy without an implementation.
    /// @param policy_ The policy that decides which bytes a build produced.
    /// @param governor_ The account that chooses the next build.
    constructor(ITrustPolicy policy_, address governor_) {
        policy = policy_;
        governor = governor_;
    }

    /// @notice Delegates all other calls to the implementation.
    receive() external payable {
        _delegate();
    }

    /// @notice Delegates all other calls to the implementation.
    fallback() external payable {
        _delegate();
    }

    /// @notice Deploys the code that a build produced and delegates to it from now on.
    /// @param storePath The build's output, a file that holds the creation code.
    /// @param creationCode The content of that file.
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

    /// @notice The contract that the proxy delegates to.
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
