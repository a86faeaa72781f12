// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.22;

import {ERC1967Utils} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Utils.sol";
import {Proxy} from "@openzeppelin/contracts/proxy/Proxy.sol";
import {
    ITransparentUpgradeableProxy
} from "@openzeppelin/contracts/proxy/transparent/TransparentUpgradeableProxy.sol";

/// @title A transparent proxy whose admin is the gate that created it
/// @notice All calls are delegated to the implementation, whatever their selector. Only the gate's own calls are not: it can
/// upgrade, and do nothing else.
/// @dev OpenZeppelin's TransparentUpgradeableProxy creates an admin of its own and needs an implementation from the start; this
/// proxy has the gate as its admin and begins without one. It has no functions, so no selector of it can shadow one of the
/// implementation's.
contract GatedProxy is Proxy {
    address private immutable _gate;

    /// @notice There has been no upgrade yet, or the implementation has destroyed itself.
    error NoImplementation();
    /// @notice The gate can only upgrade.
    error OnlyUpgrades();

    /// @notice Creates a proxy without an implementation; the creator becomes its admin.
    constructor() {
        _gate = msg.sender;
        ERC1967Utils.changeAdmin(msg.sender);
    }

    function _fallback() internal override {
        if (msg.sender != _gate) {
            super._fallback();
        } else {
            if (msg.sig != ITransparentUpgradeableProxy.upgradeToAndCall.selector) revert OnlyUpgrades();
            (address implementation, bytes memory data) = abi.decode(msg.data[4:], (address, bytes));
            ERC1967Utils.upgradeToAndCall(implementation, data);
        }
    }

    /// @dev A delegated call to an account without code would succeed and do nothing.
    function _implementation() internal view override returns (address implementation) {
        implementation = ERC1967Utils.getImplementation();
        if (implementation.code.length == 0) revert NoImplementation();
    }
}
