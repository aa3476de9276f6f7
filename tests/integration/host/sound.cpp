// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstdint>
#include <vector>

#include "channels.hpp"
#include "connection.hpp"

namespace lucid::test_host {
namespace {

constexpr UINT32 samples_per_second = 44100;
constexpr double tone_hz = 440;

}  // namespace

Sound::Sound(Connection& connection)
    : connection_(connection), context_(rdpsnd_server_context_new(connection.channels())) {
    format_.wFormatTag = WAVE_FORMAT_PCM;
    format_.nChannels = 2;
    format_.nSamplesPerSec = samples_per_second;
    format_.wBitsPerSample = 16;
    format_.nBlockAlign = 4;
    format_.nAvgBytesPerSec = samples_per_second * 4;
    context_->data = this;
    context_->rdpcontext = connection.peer()->context;
    context_->server_formats = &format_;
    context_->num_server_formats = 1;
    context_->src_format = &format_;
    context_->latency = 50;
    context_->Activated = on_activated;
    context_->ConfirmBlock = on_confirmed;
    if (context_->Initialize(context_, TRUE) != CHANNEL_RC_OK)
        connection_.report().say("refused", "rdpsnd");
}

Sound::~Sound() {
    (void)context_->Stop(context_);
    // The formats are ours.
    context_->server_formats = nullptr;
    context_->num_server_formats = 0;
    context_->src_format = nullptr;
    rdpsnd_server_context_free(context_);
}

bool Sound::ready() {
    const std::lock_guard lock(mutex_);
    return ready_;
}

void Sound::on_activated(RdpsndServerContext* context) {
    auto& self = *static_cast<Sound*>(context->data);
    if (context->num_client_formats == 0) return;
    (void)context->SelectFormat(context, 0);
    {
        const std::lock_guard lock(self.mutex_);
        self.ready_ = true;
    }
    self.connection_.report().say("sound", std::to_string(context->num_client_formats));
}

UINT Sound::on_confirmed(RdpsndServerContext* context, BYTE block, UINT16) {
    static_cast<Sound*>(context->data)->connection_.report().say("heard", std::to_string(block));
    return CHANNEL_RC_OK;
}

void Sound::play(unsigned milliseconds) {
    const auto frames = samples_per_second * milliseconds / 1000;
    std::vector<std::int16_t> samples(std::size_t{frames} * 2);
    for (std::size_t i = 0; i < frames; ++i) {
        const double angle = 2 * M_PI * tone_hz * static_cast<double>(i) / samples_per_second;
        samples[2 * i] = samples[2 * i + 1] = static_cast<std::int16_t>(8000 * std::sin(angle));
    }
    (void)context_->SendSamples(context_, samples.data(), static_cast<int>(frames), 0);
    connection_.report().say("played", std::to_string(milliseconds));
}

}  // namespace lucid::test_host
