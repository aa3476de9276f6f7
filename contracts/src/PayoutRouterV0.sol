// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TronUsdt} from "./TronUsdt.sol";

/// @title Payouts without identity checks, on TRON
/// @notice Holds USDT and pays it out once per request. The payment service asks and pays; the administrator sets limits, pauses
/// and takes what is left. Neither can pay a request twice or change it.
/// @dev Stands on TRON, where it is all of Lucid there is: it knows no chain, session content or governance.
contract PayoutRouterV0 {
    enum Status {
        None,
        Requested,
        Paid,
        Failed
    }

    struct Payout {
        address recipient;
        uint128 amount;
        Status status;
        bytes32 session;
    }

    /// @notice Bounds of the limits, in USDT with six decimals.
    uint128 public constant AMOUNT_FLOOR = 10e6;
    uint128 public constant AMOUNT_CEILING = 10_000e6;
    /// @notice What one UTC day may pay.
    uint256 public constant DAILY_MAX = 100_000e6;

    address public immutable usdt;
    address public immutable admin;
    address public service;
    bool public paused;
    uint128 public amountMin = AMOUNT_FLOOR;
    uint128 public amountMax = AMOUNT_CEILING;
    mapping(bytes32 id => Payout) private payouts;
    mapping(uint256 day => uint256) public paidOn;

    event PayoutRequested(bytes32 indexed id, address indexed recipient, uint128 amount, bytes32 session);
    event PayoutPaid(bytes32 indexed id, address indexed recipient, uint128 amount);
    event PayoutFailed(bytes32 indexed id, bytes32 reason);
    event LimitsChanged(uint128 amountMin, uint128 amountMax);
    event ServiceChanged(address service);
    event Paused(bool paused);
    event Withdrawn(address indexed to, uint256 amount);

    error NotAdmin(address sender);
    error NotService(address sender);
    error IsPaused();
    error NotPaused();
    error BadRecipient();
    error BadAmount(uint128 amount);
    error BadLimits(uint128 amountMin, uint128 amountMax);
    error Exists(bytes32 id);
    error WrongStatus(bytes32 id, Status status);
    error DailyLimit(uint256 left);
    error ReasonMissing();

    modifier onlyAdmin() {
        if (msg.sender != admin) revert NotAdmin(msg.sender);
        _;
    }

    modifier onlyService() {
        if (msg.sender != service) revert NotService(msg.sender);
        if (paused) revert IsPaused();
        _;
    }

    constructor(address usdt_, address admin_, address service_) {
        usdt = usdt_;
        admin = admin_;
        service = service_;
    }

    /// @notice Asks for a payout. `id` is the caller's: asking again with it changes nothing, so a lost answer can be repeated.
    function requestPayout(bytes32 id, address recipient, uint128 amount, bytes32 session) external onlyService {
        if (payouts[id].status != Status.None) revert Exists(id);
        if (recipient == address(0) || recipient == address(this) || recipient == usdt) revert BadRecipient();
        if (amount < amountMin || amount > amountMax) revert BadAmount(amount);
        payouts[id] = Payout(recipient, amount, Status.Requested, session);
        emit PayoutRequested(id, recipient, amount, session);
    }

    /// @notice Pays a request, once. A payment that fails leaves it requested.
    function pay(bytes32 id) external onlyService {
        Payout storage p = payouts[id];
        if (p.status != Status.Requested) revert WrongStatus(id, p.status);
        uint256 day = block.timestamp / 1 days;
        if (paidOn[day] + p.amount > DAILY_MAX) revert DailyLimit(DAILY_MAX - paidOn[day]);
        // Before the token is called: a token that calls back finds the request paid.
        p.status = Status.Paid;
        paidOn[day] += p.amount;
        TronUsdt.pay(usdt, p.recipient, p.amount);
        emit PayoutPaid(id, p.recipient, p.amount);
    }

    /// @notice Gives a request up; it can never be paid afterwards.
    function fail(bytes32 id, bytes32 reason) external onlyService {
        if (reason == 0) revert ReasonMissing();
        Payout storage p = payouts[id];
        if (p.status != Status.Requested) revert WrongStatus(id, p.status);
        p.status = Status.Failed;
        emit PayoutFailed(id, reason);
    }

    /// @notice What is known of a request.
    function payoutOf(bytes32 id) external view returns (Payout memory) {
        return payouts[id];
    }

    /// @notice Sets the least and the largest payout.
    function setLimits(uint128 min, uint128 max) external onlyAdmin {
        if (min < AMOUNT_FLOOR || max > AMOUNT_CEILING || min >= max) revert BadLimits(min, max);
        amountMin = min;
        amountMax = max;
        emit LimitsChanged(min, max);
    }

    /// @notice Hands the service's duties to another key.
    function setService(address service_) external onlyAdmin {
        service = service_;
        emit ServiceChanged(service_);
    }

    /// @notice Stops or resumes requests and payments.
    function setPaused(bool paused_) external onlyAdmin {
        paused = paused_;
        emit Paused(paused_);
    }

    /// @notice Takes USDT out, while paused: nothing can be half paid then.
    function withdraw(address to, uint256 amount) external onlyAdmin {
        if (!paused) revert NotPaused();
        if (to == address(0)) revert BadRecipient();
        TronUsdt.pay(usdt, to, amount);
        emit Withdrawn(to, amount);
    }
}
