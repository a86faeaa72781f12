// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// @title The first value of each key, and the values that contradict it
/// @notice A first value is permanent. Different values that are added later are kept beside it, each once.
/// @dev A key takes one slot, which holds its value, until a second value contradicts the first. Then all its values move to a
/// list, and the slot holds {CONTESTED}. So a reader needs a single slot both to learn the value and to know that nothing
/// contradicts it. Adding and reading the first value cost the same, however many values a key has.
library FirstValues {
    /// @notice What adding a value did.
    /// @param First The key had no value.
    /// @param Same It is the first value again.
    /// @param Contradicts It differs from the first value, and was not known.
    /// @param ContradictsAgain It differs from the first value, and was known.
    enum Outcome {
        First,
        Same,
        Contradicts,
        ContradictsAgain
    }

    /// @notice Keys and their values.
    /// @param slots The only value of each key; {CONTESTED} if it has several.
    /// @param values The values of each contested key, the first one first.
    /// @param isListed Whether a value is among `values`, from the third on: most contested keys have two.
    struct Map {
        mapping(bytes32 key => bytes32 valueOrContested) slots;
        mapping(bytes32 key => bytes32[] values) values;
        mapping(bytes32 key => mapping(bytes32 value => bool)) isListed;
    }

    /// @notice What the slot of a key with several values holds. Neither it nor zero can be a value.
    bytes32 private constant CONTESTED = bytes32(uint256(1));

    /// @notice Adds a value to a key.
    /// @param self The map.
    /// @param key The key.
    /// @param value Neither zero nor {CONTESTED}.
    /// @return What it did.
    function add(Map storage self, bytes32 key, bytes32 value) internal returns (Outcome) {
        bytes32 slot = self.slots[key];
        if (slot == value) return Outcome.Same;
        if (slot == 0) {
            self.slots[key] = value;
            return Outcome.First;
        }
        if (slot != CONTESTED) {
            self.slots[key] = CONTESTED;
            self.values[key].push(slot);
        } else {
            if (self.values[key][0] == value) return Outcome.Same;
            if (_isContradiction(self, key, value)) return Outcome.ContradictsAgain;
            self.isListed[key][value] = true;
        }
        self.values[key].push(value);
        return Outcome.Contradicts;
    }

    /// @notice The first value of a key.
    /// @param self The map.
    /// @param key The key.
    /// @return value The value; zero if there is none.
    /// @return contested Whether other values contradict it.
    function first(Map storage self, bytes32 key) internal view returns (bytes32 value, bool contested) {
        value = self.slots[key];
        if (value == CONTESTED) return (self.values[key][0], true);
    }

    /// @notice Whether a key has a value.
    /// @param self The map.
    /// @param key The key.
    /// @return Whether it has.
    function has(Map storage self, bytes32 key) internal view returns (bool) {
        return self.slots[key] != 0;
    }

    /// @notice How many values contradict the first one.
    /// @param self The map.
    /// @param key The key.
    /// @return The number of values after the first.
    function contradictionsOf(Map storage self, bytes32 key) internal view returns (uint256) {
        uint256 count = self.values[key].length;
        return count == 0 ? 0 : count - 1;
    }

    /// @notice Whether a value was added to a key.
    /// @param self The map.
    /// @param key The key.
    /// @param value The value.
    /// @return Whether it is the first value or one of those that contradict it.
    function contains(Map storage self, bytes32 key, bytes32 value) internal view returns (bool) {
        (bytes32 firstValue, bool contested) = first(self, key);
        return value != 0 && (value == firstValue || (contested && _isContradiction(self, key, value)));
    }

    /// @notice All values of a key.
    /// @param self The map.
    /// @param key The key.
    /// @return values In the order in which they were added.
    function all(Map storage self, bytes32 key) internal view returns (bytes32[] memory values) {
        bytes32 slot = self.slots[key];
        if (slot == CONTESTED) return self.values[key];
        if (slot == 0) return values;
        values = new bytes32[](1);
        values[0] = slot;
    }

    /// @notice Whether a map can hold a value.
    /// @param value The value.
    /// @return Whether it is neither zero nor {CONTESTED}.
    function isValue(bytes32 value) internal pure returns (bool) {
        return value != 0 && value != CONTESTED;
    }

    /// @dev Whether a contested key has this value after its first.
    function _isContradiction(Map storage self, bytes32 key, bytes32 value) private view returns (bool) {
        return self.values[key][1] == value || self.isListed[key][value];
    }
}
