// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Parameters of the network
/// @notice Numbers that governance may change within bounds. A slot lasts 120 s: that is compiled into every node and stands
/// nowhere here, so no vote can change it.
/// @dev Which parameters there are is fixed when the contract is made; values and bounds change by governance only. The history
/// of a parameter is its events.
contract ParamRegistry {
    struct Parameter {
        uint128 value;
        uint128 min;
        uint128 max;
        bool known;
    }

    /// @notice The timelock of the governor.
    address public immutable governance;
    bytes32[] private names;
    mapping(bytes32 name => Parameter) private parameters;

    event ParameterUpdated(bytes32 indexed name, uint128 previousValue, uint128 value, string reason);
    event BoundsUpdated(bytes32 indexed name, uint128 min, uint128 max, string reason);

    error NotGovernance(address sender);
    error UnknownParameter(bytes32 name);
    error OutOfBounds(bytes32 name, uint128 value, uint128 min, uint128 max);
    error ReasonLength(uint256 length);

    /// @notice Longest reason, in bytes.
    uint256 public constant REASON_BYTES_MAX = 256;

    modifier onlyGovernance(string calldata reason) {
        if (msg.sender != governance) revert NotGovernance(msg.sender);
        uint256 length = bytes(reason).length;
        if (length == 0 || length > REASON_BYTES_MAX) revert ReasonLength(length);
        _;
    }

    constructor(address governance_) {
        governance = governance_;
        _define("SLOT_TIMEOUT_MS", 5000, 1000, 10_000);
        _define("COOLDOWN_SLOTS_MAX", 16, 8, 32);
        _define("LEADER_WINDOW_DAYS", 7, 1, 30);
        _define("PARTICIPATION_MIN_PER_MILLE", 200, 100, 500);
        _define("RELAY_BYTES_PER_CREDIT", 5_000_000, 1_000_000, 20_000_000);
        _define("WEIGHT_CAP_PER_MILLE", 100, 50, 333);
        _define("CHUNK_COPIES", 3, 1, 10);
        _define("PEERS_MAX", 50, 10, 200);
        _define("HEARTBEAT_S", 30, 10, 120);
        // USDT has six decimals.
        _define("PAYOUT_MAX_USDT_E6", 1000e6, 1e6, 10_000e6);
        _define("PAYOUT_DAILY_USDT_E6", 10_000e6, 1000e6, 100_000e6);
        _define("KYC_LEVEL_MIN", 2, 1, 5);
    }

    /// @notice Sets a value; it must lie within the bounds.
    function setValue(bytes32 name, uint128 value, string calldata reason) external onlyGovernance(reason) {
        Parameter storage p = _known(name);
        if (value < p.min || value > p.max) revert OutOfBounds(name, value, p.min, p.max);
        emit ParameterUpdated(name, p.value, value, reason);
        p.value = value;
    }

    /// @notice Sets bounds; the value of today must lie within them.
    function setBounds(bytes32 name, uint128 min, uint128 max, string calldata reason)
        external
        onlyGovernance(reason)
    {
        Parameter storage p = _known(name);
        if (p.value < min || p.value > max) revert OutOfBounds(name, p.value, min, max);
        p.min = min;
        p.max = max;
        emit BoundsUpdated(name, min, max, reason);
    }

    /// @notice The value of a parameter; reverts for a name that is not one.
    function valueOf(bytes32 name) external view returns (uint128) {
        return _known(name).value;
    }

    /// @notice Value and bounds.
    function parameter(bytes32 name) external view returns (uint128 value, uint128 min, uint128 max) {
        Parameter storage p = _known(name);
        return (p.value, p.min, p.max);
    }

    /// @notice Every name there is.
    function allNames() external view returns (bytes32[] memory) {
        return names;
    }

    function _known(bytes32 name) private view returns (Parameter storage p) {
        p = parameters[name];
        if (!p.known) revert UnknownParameter(name);
    }

    function _define(bytes32 name, uint128 value, uint128 min, uint128 max) private {
        parameters[name] = Parameter(value, min, max, true);
        names.push(name);
        emit ParameterUpdated(name, 0, value, "genesis");
    }
}
