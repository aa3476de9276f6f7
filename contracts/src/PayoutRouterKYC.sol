// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TronUsdt} from "./TronUsdt.sol";

/// @title Payouts to people whose identity was checked, on TRON
/// @notice As PayoutRouterV0, for node operators: a payout goes only to the address that a valid identity record is bound to, and
/// only with the compliance authority's signature over this very payout.
/// @dev An identity is a hash; no personal data comes here.
contract PayoutRouterKYC {
    enum Status {
        None,
        Requested,
        Paid,
        Rejected
    }

    struct Identity {
        bytes32 kycId;
        uint64 expires;
        uint8 level;
        bool active;
    }

    struct Payout {
        address recipient;
        uint128 amount;
        uint32 day;
        Status status;
        bytes32 kycId;
    }

    /// @notice Bounds of the administrator's limits, in USDT with six decimals.
    uint128 public constant AMOUNT_FLOOR = 1e6;
    uint128 public constant AMOUNT_CEILING = 10_000e6;
    uint128 public constant DAILY_CEILING = 100_000e6;
    /// @notice How long an identity record holds, and how long a signature.
    uint64 public constant IDENTITY_VALID = 365 days;
    uint64 public constant SIGNATURE_VALID = 24 hours;
    uint8 public constant LEVEL_MAX = 5;

    address public immutable usdt;
    address public immutable admin;
    address public service;
    /// @notice Whose signature says that a payout may be made.
    address public compliance;
    bool public paused;
    uint8 public levelMin = 2;
    uint128 public amountMax = 5_000e6;
    /// @notice What one recipient may be promised on one UTC day.
    uint128 public dailyMax = 50_000e6;

    mapping(address user => Identity) private identities;
    /// @notice Whom an identity is bound to, for good.
    mapping(bytes32 kycId => address user) public holderOf;
    mapping(bytes32 id => Payout) private payouts;
    mapping(address user => mapping(uint32 day => uint128)) public promisedOn;

    event IdentityVerified(address indexed user, bytes32 indexed kycId, uint8 level, uint64 expires);
    event IdentityDeactivated(address indexed user, bytes32 indexed kycId);
    event PayoutRequested(bytes32 indexed id, address indexed recipient, uint128 amount, bytes32 kycId);
    event PayoutPaid(bytes32 indexed id, address indexed recipient, uint128 amount);
    event PayoutRejected(bytes32 indexed id, bytes32 reason);
    event LimitsChanged(uint8 levelMin, uint128 amountMax, uint128 dailyMax);
    event RolesChanged(address service, address compliance);
    event Paused(bool paused);
    event Withdrawn(address indexed to, uint256 amount);

    error NotAdmin(address sender);
    error NotService(address sender);
    error NotCompliance(address sender);
    error IsPaused();
    error NotPaused();
    error BadIdentity();
    error IdentityBound(bytes32 kycId, address user);
    error NotEligible(address user);
    error BadAmount(uint128 amount);
    error BadLimits();
    error BadRecipient();
    error BadSignature();
    error Exists(bytes32 id);
    error WrongStatus(bytes32 id, Status status);
    error DailyLimit(uint128 left);
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

    modifier onlyCompliance() {
        if (msg.sender != compliance) revert NotCompliance(msg.sender);
        _;
    }

    constructor(address usdt_, address admin_, address service_, address compliance_) {
        usdt = usdt_;
        admin = admin_;
        service = service_;
        compliance = compliance_;
    }

    /// @notice Binds a checked identity to an address, or renews it.
    function verifyIdentity(address user, bytes32 kycId, uint8 level) external onlyCompliance {
        if (user == address(0) || kycId == 0 || level == 0 || level > LEVEL_MAX) revert BadIdentity();
        address holder = holderOf[kycId];
        if (holder != address(0) && holder != user) revert IdentityBound(kycId, holder);
        bytes32 before = identities[user].kycId;
        if (before != 0 && before != kycId) revert IdentityBound(before, user);
        holderOf[kycId] = user;
        uint64 expires = uint64(block.timestamp) + IDENTITY_VALID;
        identities[user] = Identity(kycId, expires, level, true);
        emit IdentityVerified(user, kycId, level, expires);
    }

    /// @notice Ends an identity; open requests of its holder can no longer be paid.
    function deactivateIdentity(address user) external onlyCompliance {
        Identity storage i = identities[user];
        if (!i.active) revert NotEligible(user);
        i.active = false;
        emit IdentityDeactivated(user, i.kycId);
    }

    /// @notice May this address be paid today?
    function isEligible(address user) public view returns (bool) {
        Identity storage i = identities[user];
        return i.active && i.level >= levelMin && block.timestamp < i.expires;
    }

    /// @notice What the compliance authority signs (as an Ethereum signed message) for one payout.
    function digest(bytes32 id, address recipient, uint128 amount, bytes32 kycId, uint64 signedAt)
        public
        view
        returns (bytes32)
    {
        bytes32 inner = keccak256(abi.encode(block.chainid, address(this), id, recipient, amount, kycId, signedAt));
        return keccak256(abi.encodePacked("\x19Ethereum Signed Message:\n32", inner));
    }

    /// @notice Asks for a payout to the holder of an identity.
    /// @param signedAt when the compliance authority signed, unix seconds
    function requestPayout(
        bytes32 id,
        address recipient,
        uint128 amount,
        bytes32 kycId,
        uint64 signedAt,
        bytes calldata signature
    ) external onlyService {
        if (payouts[id].status != Status.None) revert Exists(id);
        if (kycId == 0 || holderOf[kycId] != recipient || !isEligible(recipient)) revert NotEligible(recipient);
        if (amount < AMOUNT_FLOOR || amount > amountMax) revert BadAmount(amount);
        if (signedAt > block.timestamp || block.timestamp - signedAt > SIGNATURE_VALID) revert BadSignature();
        if (_signer(digest(id, recipient, amount, kycId, signedAt), signature) != compliance) revert BadSignature();
        uint32 day = uint32(block.timestamp / 1 days);
        uint128 promised = promisedOn[recipient][day];
        if (promised + amount > dailyMax) revert DailyLimit(dailyMax > promised ? dailyMax - promised : 0);
        promisedOn[recipient][day] = promised + amount;
        payouts[id] = Payout(recipient, amount, day, Status.Requested, kycId);
        emit PayoutRequested(id, recipient, amount, kycId);
    }

    /// @notice Pays a request, once; the identity must still hold.
    function pay(bytes32 id) external onlyService {
        Payout storage p = payouts[id];
        if (p.status != Status.Requested) revert WrongStatus(id, p.status);
        if (!isEligible(p.recipient)) revert NotEligible(p.recipient);
        // Before the token is called: a token that calls back finds the request paid.
        p.status = Status.Paid;
        TronUsdt.pay(usdt, p.recipient, p.amount);
        emit PayoutPaid(id, p.recipient, p.amount);
    }

    /// @notice Gives a request up; its amount goes back to the quota of the day it was asked on.
    function reject(bytes32 id, bytes32 reason) external onlyService {
        if (reason == 0) revert ReasonMissing();
        Payout storage p = payouts[id];
        if (p.status != Status.Requested) revert WrongStatus(id, p.status);
        p.status = Status.Rejected;
        promisedOn[p.recipient][p.day] -= p.amount;
        emit PayoutRejected(id, reason);
    }

    /// @notice What is known of a request.
    function payoutOf(bytes32 id) external view returns (Payout memory) {
        return payouts[id];
    }

    /// @notice What is known of a person's record.
    function identityOf(address user) external view returns (Identity memory) {
        return identities[user];
    }

    /// @notice Sets the least identity level, the largest payout and a recipient's daily quota.
    function setLimits(uint8 levelMin_, uint128 amountMax_, uint128 dailyMax_) external onlyAdmin {
        if (levelMin_ == 0 || levelMin_ > LEVEL_MAX) revert BadLimits();
        if (amountMax_ < AMOUNT_FLOOR || amountMax_ > AMOUNT_CEILING) revert BadLimits();
        if (dailyMax_ < amountMax_ || dailyMax_ > DAILY_CEILING) revert BadLimits();
        levelMin = levelMin_;
        amountMax = amountMax_;
        dailyMax = dailyMax_;
        emit LimitsChanged(levelMin_, amountMax_, dailyMax_);
    }

    /// @notice Hands duties to other keys. Service and compliance are never one key.
    function setRoles(address service_, address compliance_) external onlyAdmin {
        if (service_ == compliance_) revert BadLimits();
        service = service_;
        compliance = compliance_;
        emit RolesChanged(service_, compliance_);
    }

    /// @notice Stops or resumes requests and payments.
    function setPaused(bool paused_) external onlyAdmin {
        paused = paused_;
        emit Paused(paused_);
    }

    /// @notice Takes USDT out, while paused.
    function withdraw(address to, uint256 amount) external onlyAdmin {
        if (!paused) revert NotPaused();
        if (to == address(0)) revert BadRecipient();
        TronUsdt.pay(usdt, to, amount);
        emit Withdrawn(to, amount);
    }

    /// @dev Zero for anything that is no canonical 65-byte signature (low s, v 27 or 28).
    function _signer(bytes32 hash, bytes calldata signature) private pure returns (address) {
        if (signature.length != 65) return address(0);
        bytes32 r = bytes32(signature[0:32]);
        bytes32 s = bytes32(signature[32:64]);
        uint8 v = uint8(signature[64]);
        if (uint256(s) > 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0) return address(0);
        if (v != 27 && v != 28) return address(0);
        return ecrecover(hash, v, r, s);
    }
}
