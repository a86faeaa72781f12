// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NixPath} from "../libraries/NixPath.sol";

/// @title Exposes NixPath
/// @notice For tests only.
contract NixPathProbe {
    /// @notice See {NixPath}.
    /// @param path A text.
    /// @return See {NixPath}.
    function isStorePath(string calldata path) external pure returns (bool) {
        return NixPath.isStorePath(path);
    }

    /// @notice See {NixPath}.
    /// @param path A text.
    /// @return See {NixPath}.
    function isDerivationPath(string calldata path) external pure returns (bool) {
        return NixPath.isDerivationPath(path);
    }

    /// @notice See {NixPath}.
    /// @param name A text.
    /// @return See {NixPath}.
    function isName(string calldata name) external pure returns (bool) {
        return NixPath.isName(name);
    }
}
