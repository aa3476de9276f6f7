// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/hash.hpp>
#include <lucid/common/crypto/random.hpp>
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/core/runtime/clock.hpp>
#include <lucid/core/runtime/file_lock.hpp>
#include <lucid/core/runtime/jail.hpp>
#include <lucid/core/runtime/log.hpp>
#include <lucid/sessions/format/envelope.hpp>
#include <lucid/sessions/recorder/chain_sink.hpp>
#include <lucid/sessions/recorder/recorder.hpp>
#include <lucid/sessions/recorder/recovery.hpp>
#include <lucid/sessions/recorder/session_loop.hpp>
#include <lucid/storage/catalog/catalog.hpp>

#include <array>
#include <cerrno>
#include <filesystem>
#include <list>
#include <map>
#include <set>
#include <sys/socket.h>
#include <thread>

#include <nlohmann/json.hpp>

namespace lucid::sessions::recorder {
namespace {

namespace fs = std::filesystem;
namespace log = core::runtime::log;
using Json = nlohmann::json;
using namespace std::chrono_literals;

constexpr auto channel_poll = 200ms;
/// In ms: a tenth of whole seconds would be none, and the loop would spin.
constexpr auto anchoring_pause = 1000ms;
constexpr std::size_t key_file_bytes_max = 4096;
/// How often what could not be sealed or noted (a full disk) is tried again.
constexpr auto retry_pause = 5s;
/// How long a recorder of an earlier run may take to seal and go.
constexpr auto predecessor_patience = 20s;
/// What indexers may take when everything ends.
constexpr auto drain_index_patience = 3s;

struct OpenRequest {
    SessionId id;
    std::string host;
    std::string user;
    std::string ticket;
    std::string client_address;
    std::string policy;
    std::uint64_t start_boottime_us = 0;
};

Result<OpenRequest> decode_open(const Json& json) {
    const auto session = json.find("session");
    if (session == json.end() || !session->is_object()) return fail(Errc::bad_value, "open");
    OpenRequest request;
    LUCID_TRY(request.id, SessionId::from_hex(session->value("id", "")));
    request.host = session->value("host", "");
    request.user = session->value("user", "");
    request.ticket = session->value("ticket", "");
    request.client_address = session->value("client_address", "");
    request.policy = session->value("policy", "");
    request.start_boottime_us = session->value("start_boottime_us", std::uint64_t{0});
    return request;
}

class RecorderProcess {
  public:
    RecorderProcess(const core::runtime::DataDir& data, core::net::FrameChannel channel,
                    std::string version, crypto::Ed25519Key key, crypto::Secret owner_secret,
                    blockchain::proto::Address node, storage::catalog::Catalog catalog)
        : data_(data),
          channel_(std::move(channel)),
          version_(std::move(version)),
          key_(std::move(key)),
          node_(node),
          catalog_(std::move(catalog)),
          sink_(data.chain_socket()),
          anchoring_(
              sink_, data.sessions(), std::move(owner_secret),
              [this](const SessionId& id, const core::ports::AnchorPlace& place) {
                  on_anchored(id, place);
              },
              [this](const SessionId& id) { return data_.session(id.hex()); }) {}

    void run() {
        note_volumes();
        recover_all();
        std::thread anchoring([this] { anchor_until_done(); });
        while (!stop_) {
            auto frame = channel_.receive(channel_poll);
            reap();
            retry();
            if (!frame) {
                if (frame.error().code == make_error_code(Errc::timed_out)) continue;
                log::warning("core is gone", {{"error", frame.error().message()}});
                break;
            }
            handle(std::move(*frame));
        }
        draining_ = true;
        for (auto& live : sessions_) live.thread.join();
        reap();
        for (const auto& tap : indexing_) tap->hurry(drain_index_patience);
        indexing_.remove_if([](const auto& tap) {
            while (!tap->done()) std::this_thread::sleep_for(channel_poll / 10);
            return true;
        });
        stop_ = true;
        anchoring.join();
    }

  private:
    struct Live {
        std::thread thread;
        std::atomic<bool> done{false};
        SessionEnd end;
    };

    void note_volumes() {
        for (const auto& volume : data_.volumes().look()) {
            if (!volume.ready())
                log::warning("volume is not used",
                             {{"volume", volume.path}, {"error", volume.problem}});
            else if (!volume.id.empty())
                (void)catalog_.put_volume({volume.id, volume.path});
        }
    }

    void recover_all() {
        for (const auto& volume : data_.volumes().look())
            if (volume.ready()) remove_unfinished_indexes(volume.sessions());
        for (const auto& found : data_.volumes().recordings()) {
            const auto id = SessionId::from_hex(found.id);
            if (!id) continue;
            if (needs_recovery(found.directory) && !seal_what_is_left(*id, found.directory)) {
                unsealed_.push_back(*id);
                continue;
            }
            std::error_code error;
            if (fs::exists(found.directory + "/anchor.json", error)) {
                // A catalog that was made anew does not know the block.
                const auto row = catalog_.session(found.id);
                if (row && *row && (*row)->anchor_block < 0) relearn_.push_back(*id);
                continue;
            }
            const auto json = core::runtime::read_file(found.directory + "/manifest.json",
                                                       format::manifest_bytes_max);
            const auto manifest = json ? format::Manifest::from_json(*json) : fail(json.error());
            if (manifest) anchoring_.end(*id, *manifest, format::manifest_hash(*json));
        }
    }

    bool seal_what_is_left(const SessionId& id, const std::string& directory) {
        const auto reason = reasons_.contains(id) ? reasons_.at(id) : "recorder lost";
        const auto manifest = recover(directory, reason, key_);
        if (!manifest) {
            if (complained_.insert(id).second)
                log::error("recording could not be recovered, it is tried again",
                           {{"session", id.hex()}, {"error", manifest.error().message()}});
            return false;
        }
        log::warning("recording recovered",
                     {{"session", id.hex()}, {"segments", manifest->tree_size}});
        reasons_.erase(id);
        complained_.erase(id);
        remember({id, *manifest, manifest->complete ? "complete" : "partial", manifest->reason});
        anchoring_.end(id, *manifest, format::manifest_hash(as_bytes(manifest->to_json())));
        return true;
    }

    /// What a full disk or a locked catalog left undone.
    void retry() {
        const auto now = std::chrono::steady_clock::now();
        if (now < retry_at_) return;
        retry_at_ = now + retry_pause;
        std::erase_if(unsealed_, [this](const SessionId& id) {
            return seal_what_is_left(id, data_.session(id.hex()));
        });
        std::erase_if(unnoted_, [this](const auto& row) {
            return static_cast<bool>(catalog_.put_session(row.second));
        });
    }

    void anchor_until_done() {
        std::string last_error;
        while (!stop_) {
            const auto done =
                anchoring_.round(static_cast<std::uint64_t>(core::runtime::wall_time_s()));
            const auto error = done ? std::string() : done.error().message();
            if (!error.empty() && error != last_error)
                log::warning("anchoring waits", {{"error", error}});
            last_error = error;
            std::erase_if(relearn_, [this](const SessionId& id) {
                const auto place = sink_.find(id);
                if (place && *place) on_anchored(id, **place);
                return static_cast<bool>(place);
            });
            for (int i = 0; i < 10 && !stop_; ++i)
                std::this_thread::sleep_for(anchoring_pause / 10);
        }
    }

    void handle(core::net::Frame frame) {
        const auto& payload = frame.payload;
        const auto json = Json::parse(payload.begin(), payload.end(), nullptr, false);
        const auto op = json.is_object() ? json.value("op", "") : "";
        if (op == "drain") {
            stop_ = true;
        } else if (op == "open") {
            const auto request = decode_open(json);
            const auto opened =
                request ? open(*request, std::move(frame.fd)) : fail(request.error());
            if (!opened)
                answer({{"ok", false},
                        {"session_id", request ? request->id.hex() : ""},
                        {"reason", opened.error().message()}});
        }
    }

    void answer(const Json& json, int fd = -1) {
        const auto text = json.dump();
        if (const auto sent = channel_.send(as_bytes(text), fd); !sent)
            log::warning("answer to core failed", {{"error", sent.error().message()}});
    }

    /// The volume for a new recording. The data directory has to have room, too, whatever the
    /// volume: catalog, checkpoints and chain are there.
    Result<core::runtime::Volume> place() const {
        const auto& config = data_.config();
        LUCID_TRY(const auto home, core::runtime::free_bytes(data_.path()));
        if (home >> 20 < config.free_space_live_mib())
            return fail(Errc::refused, "the data directory's disk is nearly full, MiB free",
                        home >> 20);
        return data_.volumes().place(config.free_space_min_mib << 20);
    }

    /// Live sessions end while there is room to seal them.
    [[nodiscard]] SpaceWatch watch_space(const core::runtime::Volume& volume) const {
        const auto floor = data_.config().free_space_live_mib();
        return [floor, paths = std::array{volume.path, data_.path()}] {
            std::optional<std::string> full;
            for (const auto& path : paths) {
                const auto free = core::runtime::free_bytes(path);
                if (free && *free >> 20 < floor)
                    full =
                        "disk nearly full: " + std::to_string(*free >> 20) + " MiB left on " + path;
            }
            return full;
        };
    }

    Result<std::vector<crypto::age::Recipient>> recipients() {
        LUCID_TRY(const auto users, catalog_.users());
        std::vector<crypto::age::Recipient> out;
        for (const auto& user : users) {
            LUCID_TRY(const auto recipient, crypto::age::Recipient::parse(user.recipient));
            out.push_back(recipient);
        }
        if (out.empty()) return fail(Errc::not_found, "users to seal the recording to");
        return out;
    }

    /// The session's zero on the wall clock, by which its events can be told from outside; a
    /// checkpoint that an earlier recorder made cannot be after it.
    [[nodiscard]] std::uint64_t wall_time_of(std::uint64_t boottime_us) const {
        const auto now = static_cast<std::uint64_t>(core::runtime::boottime_us());
        const auto zero_us = static_cast<std::uint64_t>(core::runtime::wall_time_us()) -
                             (now - std::min(now, boottime_us));
        return std::max(zero_us, begun_us_);
    }

    Result<void> open(const OpenRequest& request, core::net::Fd indexer) {
        const auto started_at_us =
            anchoring_.begin(request.id, wall_time_of(request.start_boottime_us));
        auto recording = record(request, started_at_us, std::move(indexer));
        if (!recording) anchoring_.drop(request.id);
        return recording;
    }

    Result<void> record(const OpenRequest& request, std::uint64_t started_at_us,
                        core::net::Fd indexer) {
        LUCID_TRY(const auto volume, place());
        LUCID_TRY(const auto to, recipients());
        Bytes key_bytes(32);
        crypto::fill_random(key_bytes);
        const crypto::Secret session_key(std::move(key_bytes));
        LUCID_TRY(const auto envelope, format::seal_session_envelope(request.id, session_key, to));
        const format::Parties parties{request.user, request.ticket, request.client_address};
        const auto salt = crypto::random_array<16>();

        format::Manifest skeleton;
        skeleton.session_id = request.id;
        skeleton.node = node_;
        skeleton.host = request.host;
        skeleton.policy_hash = crypto::sha256(as_bytes(request.policy));
        skeleton.consent_hash = crypto::sha256(as_bytes(request.ticket));
        skeleton.parties_commitment = format::commit_parties(parties, salt);
        skeleton.started_at_us = started_at_us;
        skeleton.ended_at_us = skeleton.started_at_us;
        skeleton.clock_synchronised = core::runtime::clock_synchronised();
        skeleton.recorder = "lucid " + version_;
        const auto directory = volume.sessions() + "/" + request.id.hex();
        LUCID_TRY(auto writer,
                  SessionWriter::create(directory, skeleton, session_key, envelope, key_));
        LUCID_CHECK(writer->add(format::EventClass::audit, format::kind_note, 0,
                                as_bytes(format::opening_note(parties, salt))));
        LUCID_CHECK(
            writer->add(format::EventClass::audit, format::kind_note, 0,
                        as_bytes(Json{{"what", "policy"}, {"policy", request.policy}}.dump())));
        std::array<int, 2> ends{};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
            return fail_errno(errno, "event pipe");
        core::net::Fd ours(ends[0]);
        const core::net::Fd theirs(ends[1]);
        remember_start(request, skeleton, volume.id);
        answer(
            {{"ok", true}, {"session_id", request.id.hex()}, {"receipt", writer->open_receipt()}},
            theirs.get());
        auto& live = sessions_.emplace_back();
        auto loop = std::make_shared<SessionLoop>(request.id, std::move(ours),
                                                  request.start_boottime_us, std::move(writer),
                                                  anchoring_, draining_, watch_space(volume));
        if (indexer.valid())
            loop->follow_with(tap(request.id, directory, session_key, std::move(indexer)));
        live.thread = std::thread([&live, loop = std::move(loop)] {
            live.end = loop->run();
            live.done = true;
        });
        log::info("session recording", {{"session", request.id.hex()}, {"host", request.host}});
        return {};
    }

    /// Null, and said in the log, where there will be no index.
    std::shared_ptr<IndexTap> tap(const SessionId& id, const std::string& directory,
                                  const crypto::Secret& session_key, core::net::Fd indexer) {
        auto writer = IndexWriter::create(directory, id, session_key);
        if (!writer) {
            log::warning("session has no index",
                         {{"session", id.hex()}, {"reason", writer.error().message()}});
            return nullptr;
        }
        indexing_.push_back(std::make_shared<IndexTap>(id, std::move(indexer), std::move(*writer),
                                                       key_, index_space_));
        return indexing_.back();
    }

    void reap() {
        indexing_.remove_if([](const auto& tap) { return tap->done(); });
        for (auto live = sessions_.begin(); live != sessions_.end();) {
            if (!live->done) {
                ++live;
                continue;
            }
            if (live->thread.joinable()) live->thread.join();
            remember(live->end);
            if (!live->end.manifest) {
                reasons_[live->end.id] = live->end.reason;
                unsealed_.push_back(live->end.id);
            }
            live = sessions_.erase(live);
        }
    }

    void note(storage::catalog::Session session) {
        unnoted_.erase(session.id);
        if (const auto put = catalog_.put_session(session); !put) {
            log::error("catalog", {{"error", put.error().message()}});
            unnoted_[session.id] = std::move(session);
        }
    }

    void remember_start(const OpenRequest& request, const format::Manifest& skeleton,
                        const std::string& volume) {
        storage::catalog::Session session;
        session.id = request.id.hex();
        session.host = request.host;
        session.user = request.user;
        session.started_s = static_cast<std::int64_t>(skeleton.started_at_us / 1'000'000);
        session.state = "recording";
        session.volume = volume;
        note(std::move(session));
    }

    void remember(const SessionEnd& end) {
        auto session = catalog_.session(end.id.hex());
        storage::catalog::Session row =
            session && *session ? **session : storage::catalog::Session{};
        row.id = end.id.hex();
        row.state = end.state;
        row.reason = end.reason;
        Json closed = {{"op", "closed"},       {"session_id", row.id}, {"state", end.state},
                       {"reason", end.reason}, {"segments", 0},        {"root", ""},
                       {"manifest_hash", ""}};
        if (end.manifest) {
            const auto& m = *end.manifest;
            row.host = m.host;
            row.started_s = static_cast<std::int64_t>(m.started_at_us / 1'000'000);
            row.ended_s = static_cast<std::int64_t>(m.ended_at_us / 1'000'000);
            row.segments = static_cast<std::int64_t>(m.tree_size);
            row.root = to_hex(m.root);
            row.manifest_hash = to_hex(format::manifest_hash(as_bytes(m.to_json())));
            closed["segments"] = m.tree_size;
            closed["root"] = row.root;
            closed["manifest_hash"] = row.manifest_hash;
        }
        note(row);
        log::info("session sealed", {{"session", row.id},
                                     {"state", row.state},
                                     {"reason", row.reason},
                                     {"segments", row.segments}});
        answer(closed);
    }

    void on_anchored(const SessionId& id, const core::ports::AnchorPlace& place) {
        log::info("session anchored", {{"session", id.hex()}, {"block", place.block_number}});
        if (const auto set = catalog_.set_anchor(
                id.hex(), static_cast<std::int64_t>(place.block_number), place.transaction);
            !set)
            log::error("catalog", {{"error", set.error().message()}});
    }

    const core::runtime::DataDir& data_;
    const std::uint64_t begun_us_ = static_cast<std::uint64_t>(core::runtime::wall_time_us());
    core::net::FrameChannel channel_;
    std::string version_;
    crypto::Ed25519Key key_;
    blockchain::proto::Address node_;
    storage::catalog::Catalog catalog_;
    ChainSink sink_;
    std::atomic<bool> stop_{false};
    std::atomic<bool> draining_{false};
    Anchoring anchoring_;
    IndexQueueSpace index_space_;
    std::list<Live> sessions_;
    std::list<std::shared_ptr<IndexTap>> indexing_;
    /// Not sealed because the disk would not have it; why each of them ended.
    std::vector<SessionId> unsealed_;
    std::map<SessionId, std::string> reasons_;
    std::set<SessionId> complained_;
    /// Anchored, and the catalog does not say where; the anchoring thread's.
    std::vector<SessionId> relearn_;
    /// Rows that the catalog would not take.
    std::map<std::string, storage::catalog::Session> unnoted_;
    std::chrono::steady_clock::time_point retry_at_{};
};

}  // namespace

Result<void> run_recorder(const core::runtime::DataDir& data, core::net::FrameChannel channel,
                          const std::string& version) {
    // After kill -9 of core its recorder seals on for a moment.
    LUCID_TRY(const auto lock,
              core::runtime::lock_file(data.recorder_lock(), predecessor_patience));
    LUCID_TRY(auto seed,
              core::runtime::read_secret_file(data.key("evidence.key"), key_file_bytes_max));
    if (seed.size() != 32) return fail(Errc::bad_length, "keys/evidence.key", seed.size());
    LUCID_TRY(auto owner,
              core::runtime::read_secret_file(data.key("owner.key"), key_file_bytes_max));
    LUCID_TRY(const auto account, core::runtime::read_file(data.key("account.address"), 64));
    LUCID_TRY(const auto address, from_hex(as_text(account).substr(0, 40)));
    if (address.size() != 20) return fail(Errc::bad_length, "keys/account.address", address.size());
    blockchain::proto::Address node{};
    std::copy(address.begin(), address.end(), node.begin());
    LUCID_TRY(auto catalog, storage::catalog::Catalog::open_existing(data.catalog()));
    // Keys are read and the catalog is open: from here on recordings are all that is in reach. Its
    // write-ahead log stays the same file while it is open.
    core::runtime::Jail jail;
    jail.write = {data.sessions(), data.file("log"), data.catalog(), data.catalog() + "-wal",
                  data.catalog() + "-shm"};
    for (const auto& volume : data.volumes().look()) {
        if (!volume.ready() || volume.id.empty()) continue;
        jail.read.push_back(volume.path);
        jail.write.push_back(volume.sessions());
    }
    jail.bind_tcp.emplace();
    jail.connect_tcp.emplace();
    LUCID_CHECK(core::runtime::enter_jail(jail));
    LUCID_CHECK(core::runtime::refuse_rare_system_calls(true));
    RecorderProcess(data, std::move(channel), version, crypto::Ed25519Key(std::move(seed)),
                    std::move(owner), node, std::move(catalog))
        .run();
    return {};
}

}  // namespace lucid::sessions::recorder
