// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// @notice The sha256 of a store path's NAR serialisation. Zero means that there is none.
type NarHash is bytes32;
