// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ParamRegistry} from "./ParamRegistry.sol";

/// @title Credits for verified work
/// @notice What each entity (a node or a pool) did in an epoch of 720 slots, as every validator has verified it, and the weight
/// that follows. Integers only.
/// @dev Written by the chain itself: the consensus layer calls with the system address, which no key controls, once per epoch.
/// Work adds; participation only multiplies, so signals that cost nothing cannot be farmed. Credits of epoch e weigh from epoch
/// e + 2 on and can be taken back by governance until then.
contract WorkLedger {
    struct Work {
        /// Paid bytes that the entity relayed.
        uint64 relayBytes;
        /// Audited storage, in credits.
        uint64 storageCredits;
        /// Share of the epoch's duties fulfilled, 0 to 65536.
        uint32 participation;
        bool recorded;
        bool clawedBack;
    }

    /// @notice EIP-4788's system address: who writes.
    address public constant SYSTEM = 0xffffFFFfFFffffffffffffffFfFFFfffFFFfFFfE;
    /// @notice Participation of an entity that missed nothing.
    uint32 public constant PARTICIPATION_FULL = 65536;
    /// @notice Epochs until credits weigh.
    uint64 public constant MATURITY_EPOCHS = 2;
    /// @notice Entities that one call may record.
    uint256 public constant ENTITIES_PER_CALL_MAX = 512;

    ParamRegistry public immutable params;
    address public immutable governance;
    /// @notice The epoch after the last one that is closed.
    uint64 public nextEpoch;

    mapping(uint64 epoch => mapping(address entity => Work)) private work;

    event WorkRecorded(uint64 indexed epoch, address indexed entity, uint64 relayBytes, uint64 storageCredits, uint32 participation);
    event EpochClosed(uint64 indexed epoch);
    event ClawedBack(uint64 indexed epoch, address indexed entity, bytes32 evidence);

    error NotSystem(address sender);
    error NotGovernance(address sender);
    error WrongEpoch(uint64 epoch, uint64 wanted);
    error RecordedAlready(address entity);
    error TooMany(uint256 count);
    error BadParticipation(uint32 participation);
    error Matured(uint64 epoch);
    error NothingRecorded(uint64 epoch, address entity);
    error EvidenceMissing();

    modifier onlySystem() {
        if (msg.sender != SYSTEM) revert NotSystem(msg.sender);
        _;
    }

    constructor(ParamRegistry params_, address governance_) {
        params = params_;
        governance = governance_;
    }

    /// @notice Work of the open epoch; several calls may share an epoch, an entity is recorded once.
    function record(
        uint64 epoch,
        address[] calldata entities,
        uint64[] calldata relayBytes,
        uint64[] calldata storageCredits,
        uint32[] calldata participation
    ) external onlySystem {
        if (epoch != nextEpoch) revert WrongEpoch(epoch, nextEpoch);
        uint256 count = entities.length;
        if (
            count > ENTITIES_PER_CALL_MAX || relayBytes.length != count || storageCredits.length != count
                || participation.length != count
        ) revert TooMany(count);
        for (uint256 i = 0; i < count; ++i) {
            if (participation[i] > PARTICIPATION_FULL) revert BadParticipation(participation[i]);
            Work storage w = work[epoch][entities[i]];
            if (w.recorded) revert RecordedAlready(entities[i]);
            work[epoch][entities[i]] = Work(relayBytes[i], storageCredits[i], participation[i], true, false);
            emit WorkRecorded(epoch, entities[i], relayBytes[i], storageCredits[i], participation[i]);
        }
    }

    /// @notice Nothing is added to the epoch any more.
    function closeEpoch(uint64 epoch) external onlySystem {
        if (epoch != nextEpoch) revert WrongEpoch(epoch, nextEpoch);
        nextEpoch = epoch + 1;
        emit EpochClosed(epoch);
    }

    /// @notice Takes unmatured credits back, on evidence of equivocation or false proofs.
    /// @param evidence hash of what shows it
    function clawBack(uint64 epoch, address entity, bytes32 evidence) external {
        if (msg.sender != governance && msg.sender != SYSTEM) revert NotGovernance(msg.sender);
        if (evidence == 0) revert EvidenceMissing();
        if (nextEpoch > epoch + MATURITY_EPOCHS) revert Matured(epoch);
        Work storage w = work[epoch][entity];
        if (!w.recorded || w.clawedBack) revert NothingRecorded(epoch, entity);
        w.clawedBack = true;
        emit ClawedBack(epoch, entity, evidence);
    }

    /// @notice What was recorded.
    function workOf(uint64 epoch, address entity) external view returns (Work memory) {
        return work[epoch][entity];
    }

    /// @notice Score by which an entity weighs in `epoch`: over the window of closed epochs that ends two before it, work (relayed bytes
    /// over bytes per credit, plus storage) times participation; zero below the least participation. The cap on one entity's share needs the sum over all, and is applied
    /// where that is known: in the consensus layer.
    function scoreAt(uint64 epoch, address entity) external view returns (uint256) {
        if (epoch < MATURITY_EPOCHS) return 0;
        uint64 last = epoch - MATURITY_EPOCHS;
        if (last >= nextEpoch) revert WrongEpoch(epoch, nextEpoch);
        uint64 window = uint64(params.valueOf("LEADER_WINDOW_DAYS"));
        uint64 first = last + 1 > window ? last + 1 - window : 0;
        uint256 relayBytes;
        uint256 credits;
        uint256 participation;
        for (uint64 e = first; e <= last; ++e) {
            Work storage w = work[e][entity];
            if (!w.recorded || w.clawedBack) continue;
            relayBytes += w.relayBytes;
            credits += w.storageCredits;
            participation += w.participation;
        }
        // Rounded up once per window, so traffic cut into small pieces counts no more.
        uint256 unit = params.valueOf("RELAY_BYTES_PER_CREDIT");
        credits += (relayBytes + unit - 1) / unit;
        // Epochs in which the entity was not seen count as absence.
        uint256 full = uint256(PARTICIPATION_FULL) * (last + 1 - first);
        if (participation * 1000 < params.valueOf("PARTICIPATION_MIN_PER_MILLE") * full) return 0;
        return credits * participation / full;
    }
}
