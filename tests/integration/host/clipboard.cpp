// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>

#include <algorithm>
#include <cstring>
#include <optional>

#include "channels.hpp"
#include "connection.hpp"

// FreeRDP's clipboard server; its thread calls back.

namespace lucid::test_host {
namespace {

struct Format {
    const char* name;
    UINT32 id;
    const char* registered;
};
constexpr Format formats[] = {
    {"text", 13, ""},
    {"image", 8, ""},
    {"html", 0xc001, "HTML Format"},
    {"png", 0xc002, "PNG"},
    {"files", 0xc003, "FileGroupDescriptorW"},
};
constexpr UINT32 part_bytes = 64 * 1024;

Bytes utf16(const std::string& text) {
    Writer w;
    for (const char c : text) w.u16_le(static_cast<std::uint8_t>(c));
    return w.u16_le(0).take();
}

/// Four pixels of one colour.
Bytes bitmap(unsigned rgb) {
    Writer w;
    w.u32_le(40).u32_le(2).u32_le(2).u16_le(1).u16_le(24).u32_le(0).u32_le(16).zeros(16);
    for (int row = 0; row < 2; ++row) {
        for (int column = 0; column < 2; ++column)
            w.u8(static_cast<std::uint8_t>(rgb))
                .u8(static_cast<std::uint8_t>(rgb >> 8))
                .u8(static_cast<std::uint8_t>(rgb >> 16));
        w.u16_le(0);
    }
    return w.take();
}

FILEDESCRIPTORW descriptor(const std::string& name, std::optional<std::size_t> bytes) {
    FILEDESCRIPTORW file{};
    file.dwFlags = FD_ATTRIBUTES | (bytes ? FD_FILESIZE : 0U);
    file.dwFileAttributes = bytes ? FILE_ATTRIBUTE_NORMAL : FILE_ATTRIBUTE_DIRECTORY;
    file.nFileSizeLow = static_cast<DWORD>(bytes.value_or(0));
    for (std::size_t i = 0; i < name.size(); ++i)
        file.cFileName[i] = static_cast<WCHAR>(static_cast<unsigned char>(name[i]));
    return file;
}

Bytes file_list(const std::string& name, std::size_t bytes) {
    const FILEDESCRIPTORW files[] = {descriptor("box", std::nullopt),
                                     descriptor("box\\" + name, bytes)};
    BYTE* list = nullptr;
    UINT32 size = 0;
    if (cliprdr_serialize_file_list(files, 2, &list, &size) != CHANNEL_RC_OK) return {};
    auto copy = to_bytes(ByteView(list, size));
    std::free(list);
    return copy;
}

std::string printable(const BYTE* data, std::size_t size) {
    return Report::printable(reinterpret_cast<const char*>(data), size);
}

}  // namespace

Clip& Clip::of(CliprdrServerContext* context) {
    return *static_cast<Clip*>(context->custom);
}

Clip::Clip(Connection& connection)
    : connection_(connection), context_(cliprdr_server_context_new(connection.channels())) {
    context_->custom = this;
    context_->rdpcontext = connection.peer()->context;
    context_->useLongFormatNames = TRUE;
    context_->streamFileClipEnabled = TRUE;
    context_->fileClipNoFilePaths = TRUE;
    context_->hasHugeFileSupport = TRUE;
    context_->autoInitializationSequence = TRUE;
    context_->ClientFormatList = on_list;
    context_->ClientFormatDataRequest = on_request;
    context_->ClientFormatDataResponse = on_response;
    context_->ClientFileContentsRequest = on_file_request;
    context_->ClientFileContentsResponse = on_file_response;
    if (context_->Start(context_) != CHANNEL_RC_OK) connection_.report().say("refused", "cliprdr");
}

Clip::~Clip() {
    (void)context_->Stop(context_);
    cliprdr_server_context_free(context_);
}

UINT Clip::on_list(CliprdrServerContext* context, const CLIPRDR_FORMAT_LIST* list) {
    auto& self = of(context);
    CLIPRDR_FORMAT_LIST_RESPONSE answer{};
    answer.msgFlags = CB_RESPONSE_OK;
    std::string names;
    {
        const std::lock_guard lock(self.mutex_);
        self.theirs_.clear();
        for (UINT32 i = 0; i < list->numFormats; ++i) {
            const auto& offered = list->formats[i];
            const std::string name = offered.formatName != nullptr ? offered.formatName : "";
            for (const auto& known : formats)
                if (*known.registered != 0 ? name == known.registered
                                           : offered.formatId == known.id) {
                    self.theirs_[known.name] = offered.formatId;
                    names += (names.empty() ? "" : " ") + std::string(known.name);
                }
        }
    }
    const auto sent = context->ServerFormatListResponse(context, &answer);
    self.connection_.report().say("offered", names);
    return sent;
}

void Clip::copy(const std::string& format, const std::string& text) {
    std::string name = format;
    std::string registered;
    CLIPRDR_FORMAT one{};
    for (const auto& known : formats)
        if (format == known.name) {
            one.formatId = known.id;
            registered = known.registered;
        }
    one.formatName = registered.empty() ? nullptr : registered.data();
    {
        const std::lock_guard lock(mutex_);
        ours_ = format;
        data_ = to_bytes(as_bytes(text));
        if (format == "text") data_ = utf16(text);
        if (format == "image") data_ = bitmap(static_cast<unsigned>(std::stoul(text, nullptr, 16)));
        if (format == "files") {
            const auto blank = text.find(' ');
            file_text_ = text.substr(blank + 1);
            data_ = file_list(text.substr(0, blank), file_text_.size());
        }
    }
    CLIPRDR_FORMAT_LIST list{};
    list.numFormats = 1;
    list.formats = &one;
    (void)context_->ServerFormatList(context_, &list);
    connection_.report().say("copied", format);
}

UINT Clip::on_request(CliprdrServerContext* context, const CLIPRDR_FORMAT_DATA_REQUEST* request) {
    auto& self = of(context);
    const std::lock_guard lock(self.mutex_);
    CLIPRDR_FORMAT_DATA_RESPONSE answer{};
    const bool known = std::any_of(std::begin(formats), std::end(formats), [&](const auto& f) {
        return f.id == request->requestedFormatId && self.ours_ == f.name;
    });
    answer.msgFlags = known ? CB_RESPONSE_OK : CB_RESPONSE_FAIL;
    if (known) {
        answer.dataLen = static_cast<UINT32>(self.data_.size());
        answer.requestedFormatData = self.data_.data();
    }
    self.connection_.report().say("given", self.ours_);
    return context->ServerFormatDataResponse(context, &answer);
}

UINT Clip::on_file_request(CliprdrServerContext* context,
                           const CLIPRDR_FILE_CONTENTS_REQUEST* request) {
    auto& self = of(context);
    const std::lock_guard lock(self.mutex_);
    CLIPRDR_FILE_CONTENTS_RESPONSE answer{};
    answer.streamId = request->streamId;
    answer.msgFlags = CB_RESPONSE_FAIL;
    const auto position = std::min<std::size_t>(request->nPositionLow, self.file_text_.size());
    if (request->listIndex == 1 && request->dwFlags == FILECONTENTS_RANGE) {
        answer.msgFlags = CB_RESPONSE_OK;
        answer.cbRequested = static_cast<UINT32>(
            std::min<std::size_t>(request->cbRequested, self.file_text_.size() - position));
        answer.requestedData = reinterpret_cast<const BYTE*>(self.file_text_.data()) + position;
    }
    self.connection_.report().say("fetched", std::to_string(request->listIndex));
    return context->ServerFileContentsResponse(context, &answer);
}

void Clip::paste(const std::string& format) {
    CLIPRDR_FORMAT_DATA_REQUEST request{};
    request.dataLen =
        sizeof request.requestedFormatId;  // the library takes it for the size to send
    {
        const std::lock_guard lock(mutex_);
        const auto found = theirs_.find(format);
        if (found == theirs_.end()) {
            connection_.report().say("failed", "nobody offers " + format);
            return;
        }
        request.requestedFormatId = found->second;
        asked_ = format;
    }
    (void)context_->ServerFormatDataRequest(context_, &request);
}

UINT Clip::on_response(CliprdrServerContext* context,
                       const CLIPRDR_FORMAT_DATA_RESPONSE* response) {
    auto& self = of(context);
    const std::lock_guard lock(self.mutex_);
    if (response->msgFlags != CB_RESPONSE_OK) {
        self.connection_.report().say("pasted", self.asked_ + " refused");
    } else if (self.asked_ == "files") {
        self.take_files(*response);
        self.ask_for_file();
    } else {
        self.connection_.report().say(
            "pasted", self.asked_ + " " + std::to_string(response->dataLen) + " " +
                          printable(response->requestedFormatData, response->dataLen));
    }
    return CHANNEL_RC_OK;
}

void Clip::take_files(const CLIPRDR_FORMAT_DATA_RESPONSE& response) {
    FILEDESCRIPTORW* list = nullptr;
    UINT32 count = 0;
    if (cliprdr_parse_file_list(response.requestedFormatData, response.dataLen, &list, &count) !=
        CHANNEL_RC_OK)
        return connection_.report().say("failed", "list of files");
    files_.clear();
    for (UINT32 i = 0; i < count; ++i) {
        std::string name;
        for (const auto unit : list[i].cFileName) {
            if (unit == 0) break;
            name += static_cast<char>(unit);
        }
        const bool is_folder = (list[i].dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
        connection_.report().say(is_folder ? "folder" : "file", name);
        if (!is_folder) files_.push_back({i, name, list[i].nFileSizeLow});
    }
    std::free(list);
}

/// The first that is left, up to its size; none: it is over.
void Clip::ask_for_file() {
    if (files_.empty()) return connection_.report().say("pasted", "files");
    CLIPRDR_FILE_CONTENTS_REQUEST request{};
    request.streamId = files_.front().index + 100;
    request.listIndex = files_.front().index;
    request.dwFlags = FILECONTENTS_RANGE;
    request.cbRequested = part_bytes;
    (void)context_->ServerFileContentsRequest(context_, &request);
}

UINT Clip::on_file_response(CliprdrServerContext* context,
                            const CLIPRDR_FILE_CONTENTS_RESPONSE* response) {
    auto& self = of(context);
    const std::lock_guard lock(self.mutex_);
    if (self.files_.empty()) return CHANNEL_RC_OK;
    const auto file = self.files_.front();
    self.files_.erase(self.files_.begin());
    self.connection_.report().say(response->msgFlags == CB_RESPONSE_OK ? "content" : "denied",
                                  file.name + " " + std::to_string(file.bytes) + " " +
                                      printable(response->requestedData, response->cbRequested));
    self.ask_for_file();
    return CHANNEL_RC_OK;
}

}  // namespace lucid::test_host
