// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.22;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {
    ITransparentUpgradeableProxy
} from "@openzeppelin/contracts/proxy/transparent/TransparentUpgradeableProxy.sol";
import {ITrustPolicy} from "../ITrustPolicy.sol";
import {NarFile} from "../libraries/NarFile.sol";
import {Trust} from "../libraries/Trust.sol";
import {NarHash} from "../types/NarHash.sol";
import {GatedProxy} from "./GatedProxy.sol";
import {IUpgradeGate} from "./IUpgradeGate.sol";

/// @title Upgrades a proxy, only to code that a trusted build produced, and only after a delay
/// @notice See {IUpgradeGate}.
contract UpgradeGate is IUpgradeGate, Ownable2Step {
    using Trust for ITrustPolicy;

    /// @dev What was announced last.
    /// @param digest See {IUpgradeGate-announcement}.
    /// @param readyAt From when on the proxy can be upgraded, in seconds since 1970.
    struct Announcement {
        bytes32 digest;
        uint256 readyAt;
    }

    /// @inheritdoc IUpgradeGate
    ITrustPolicy public immutable policy;
    /// @inheritdoc IUpgradeGate
    uint256 public immutable delay;
    /// @inheritdoc IUpgradeGate
    address public immutable proxy;

    /// @inheritdoc IUpgradeGate
    Announcement public announcement;

    /// @notice Creates the gate and its proxy, which has no implementation before the first upgrade.
    /// @param policy_ The policy that decides which bytes a build produced.
    /// @param governor The owner, who chooses the builds.
    /// @param delay_ The time between an announcement and its upgrade, in seconds. It never changes.
    constructor(ITrustPolicy policy_, address governor, uint32 delay_) Ownable(governor) {
        policy = policy_;
        delay = delay_;
        proxy = address(new GatedProxy());
    }

    /// @inheritdoc IUpgradeGate
    function announce(string calldata storePath, NarHash narHash, bytes calldata data) external onlyOwner {
        policy.requireTrusted(storePath, narHash);
        // A delay in real time is what the gate is for.
        // solhint-disable-next-line not-rely-on-time
        uint256 readyAt = block.timestamp + delay;
        announcement = Announcement({digest: keccak256(abi.encode(storePath, narHash, data)), readyAt: readyAt});
        emit Announced(storePath, narHash, data, readyAt);
    }

    /// @inheritdoc IUpgradeGate
    function withdraw() external onlyOwner {
        delete announcement;
        emit Withdrawn();
    }

    /// @inheritdoc IUpgradeGate
    function upgrade(string calldata storePath, bytes calldata creationCode, bytes calldata data)
        external
        payable
        onlyOwner
        returns (address implementation)
    {
        bytes memory code = creationCode;
        NarHash narHash = NarFile.hashOf(code);
        _takeAnnouncement(storePath, narHash, data);
        policy.requireTrusted(storePath, narHash);
        implementation = _create(code);
        if (implementation.code.length == 0) revert NotDeployed(storePath);
        emit Built(implementation, storePath, narHash);
        ITransparentUpgradeableProxy(proxy).upgradeToAndCall{value: msg.value}(implementation, data);
    }

    /// @dev An announcement serves one upgrade. It is gone before any foreign code runs.
    function _takeAnnouncement(string calldata storePath, NarHash narHash, bytes calldata data) private {
        Announcement memory announced = announcement;
        if (announced.digest != keccak256(abi.encode(storePath, narHash, data))) {
            revert NotAnnounced(storePath, narHash);
        }
        // solhint-disable-next-line not-rely-on-time
        if (block.timestamp < announced.readyAt) revert TooEarly(announced.readyAt);
        delete announcement;
    }

    /// @dev Solidity has no syntax for deploying given code.
    function _create(bytes memory code) private returns (address created) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            created := create(0, add(code, 32), mload(code))
        }
    }
}
