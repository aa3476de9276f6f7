// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/relay/html_cleaner.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <optional>
#include <vector>

namespace lucid::rdp::relay {
namespace {

constexpr std::array<std::string_view, 42> kept_elements = {
    "a",   "abbr",  "b",     "big", "blockquote", "br",    "caption", "cite",   "code",
    "col", "dd",    "del",   "div", "dl",         "dt",    "em",      "font",   "h1",
    "h2",  "h3",    "h4",    "h5",  "h6",         "hr",    "i",       "ins",    "kbd",
    "li",  "ol",    "p",     "pre", "s",          "small", "span",    "strong", "sub",
    "sup", "table", "tbody", "td",  "th",         "u"};
constexpr std::array<std::string_view, 5> more_elements = {"tfoot", "thead", "tr", "tt", "ul"};
/// Nothing stands inside them.
constexpr std::array<std::string_view, 3> void_elements = {"br", "col", "hr"};
/// These go with all that is inside.
constexpr std::array<std::string_view, 18> swallowed = {
    "script", "style",    "iframe", "frame",    "frameset", "object", "embed", "applet", "svg",
    "math",   "template", "title",  "noscript", "textarea", "select", "audio", "video",  "xml"};
constexpr std::array<std::string_view, 11> kept_attributes = {"align", "border", "color", "colspan",
                                                              "dir",   "face",   "lang",  "rowspan",
                                                              "size",  "valign", "width"};
constexpr std::size_t depth_max = 256;
constexpr std::size_t value_bytes_max = 2048;

template <class Array>
bool among(const Array& array, std::string_view value) {
    return std::find(array.begin(), array.end(), value) != array.end();
}

bool is_kept(std::string_view element) {
    return among(kept_elements, element) || among(more_elements, element);
}

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

std::string lowered(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), lower);
    return out;
}

void put_escaped(std::string& out, std::string_view text) {
    for (const char c : text) {
        switch (c) {
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\0':
                break;
            default:
                out += c;
        }
    }
}

/// http, https or mailto, spelled plainly: character references could spell something else.
bool is_harmless_link(std::string_view value) {
    if (value.find_first_of("\\\"'<>`") != value.npos) return false;
    for (const char c : value)
        if (static_cast<unsigned char>(c) <= 0x20) return false;
    const auto text = lowered(value.substr(0, 8));
    return text.starts_with("http://") || text.starts_with("https://") ||
           text.starts_with("mailto:");
}

/// Words, numbers, units and colours.
bool is_plain_value(std::string_view value) {
    return std::all_of(value.begin(), value.end(), [](char c) {
        return is_letter(c) || (c >= '0' && c <= '9') || c == ' ' || c == '#' || c == '%' ||
               c == '-' || c == ',' || c == '.';
    });
}

class Cleaner {
  public:
    explicit Cleaner(std::string_view html) : html_(html) {}

    std::string take() {
        while (at_ < html_.size()) {
            if (html_[at_] == '<')
                markup();
            else
                text();
        }
        while (!open_.empty()) close_last();
        return std::move(out_);
    }

  private:
    void text() {
        const auto end = std::min(html_.find('<', at_), html_.size());
        put_escaped(out_, html_.substr(at_, end - at_));
        at_ = end;
    }

    void markup() {
        const auto rest = html_.substr(at_);
        if (rest.starts_with("<!--")) return skip_to("-->");
        if (rest.starts_with("<!") || rest.starts_with("<?")) return skip_to(">");
        const bool closing = rest.starts_with("</");
        const std::size_t name_at = closing ? 2 : 1;
        if (rest.size() <= name_at || !is_letter(rest[name_at])) {
            // A sign, not a tag.
            out_ += "&lt;";
            ++at_;
            return;
        }
        at_ += name_at;
        const auto start = at_;
        while (at_ < html_.size() && !is_space(html_[at_]) && html_[at_] != '>' &&
               html_[at_] != '/')
            ++at_;
        const auto name = lowered(html_.substr(start, at_ - start));
        std::string attributes;
        if (!read_attributes(attributes)) return;
        if (closing) return close(name);
        if (among(swallowed, name)) return swallow(name);
        if (is_kept(name)) open(name, attributes);
    }

    /// Up to and with the tag's end; appends what may stay. False when the tag never ends.
    bool read_attributes(std::string& kept) {
        while (at_ < html_.size() && html_[at_] != '>') {
            if (is_space(html_[at_]) || html_[at_] == '/') {
                ++at_;
                continue;
            }
            const auto start = at_;
            while (at_ < html_.size() && !is_space(html_[at_]) && html_[at_] != '=' &&
                   html_[at_] != '>' && html_[at_] != '/')
                ++at_;
            const auto name = lowered(html_.substr(start, at_ - start));
            if (at_ == start) ++at_;  // a '=' without a name
            const auto value = read_value();
            const bool link = name == "href" && value && is_harmless_link(*value);
            const bool plain = among(kept_attributes, name) && value && is_plain_value(*value);
            if ((!link && !plain) || value->size() > value_bytes_max) continue;
            kept += " " + name + "=\"";
            put_escaped(kept, *value);
            kept += '"';
        }
        if (at_ == html_.size()) return false;
        ++at_;
        return true;
    }

    std::optional<std::string_view> read_value() {
        auto next = at_;
        while (next < html_.size() && is_space(html_[next])) ++next;
        if (next >= html_.size() || html_[next] != '=') return std::nullopt;
        at_ = next + 1;
        while (at_ < html_.size() && is_space(html_[at_])) ++at_;
        if (at_ >= html_.size()) return std::nullopt;
        const char quote = html_[at_];
        if (quote == '"' || quote == '\'') {
            const auto start = ++at_;
            const auto end = std::min(html_.find(quote, start), html_.size());
            at_ = std::min(end + 1, html_.size());
            return html_.substr(start, end - start);
        }
        const auto start = at_;
        while (at_ < html_.size() && !is_space(html_[at_]) && html_[at_] != '>') ++at_;
        return html_.substr(start, at_ - start);
    }

    void open(const std::string& name, const std::string& attributes) {
        if (open_.size() == depth_max) return;
        out_ += "<" + name + attributes + ">";
        if (!among(void_elements, name)) open_.push_back(name);
    }

    void close(const std::string& name) {
        if (std::find(open_.begin(), open_.end(), name) == open_.end()) return;
        while (open_.back() != name) close_last();
        close_last();
    }

    void close_last() {
        out_ += "</" + open_.back() + ">";
        open_.pop_back();
    }

    void skip_to(std::string_view end) {
        const auto found = html_.find(end, at_);
        at_ = found == html_.npos ? html_.size() : found + end.size();
    }

    /// Behind the element's end tag; without one, everything goes.
    void swallow(const std::string& name) {
        if (name == "frame" || name == "embed") return;
        for (;;) {
            const auto found = html_.find("</", at_);
            if (found == html_.npos) {
                at_ = html_.size();
                return;
            }
            at_ = found + 2;
            if (lowered(html_.substr(at_, name.size())) != name) continue;
            at_ += name.size();
            return skip_to(">");
        }
    }

    std::string_view html_;
    std::size_t at_ = 0;
    std::string out_;
    std::vector<std::string> open_;
};

std::optional<std::size_t> offset_in_header(std::string_view text, std::string_view key) {
    const auto found = text.find(key);
    if (found == text.npos) return std::nullopt;
    const auto* begin = text.data() + found + key.size();
    std::size_t value = 0;
    const auto parsed = std::from_chars(begin, text.data() + text.size(), value);
    if (parsed.ec != std::errc{} || value > text.size()) return std::nullopt;
    return value;
}

}  // namespace

std::string clean_html(std::string_view html) {
    return Cleaner(html).take();
}

std::string clean_clipboard_html(std::string_view cf_html) {
    while (!cf_html.empty() && cf_html.back() == '\0') cf_html.remove_suffix(1);
    if (!cf_html.starts_with("Version:")) return clean_html(cf_html);
    // Offsets may lie; then there is no fragment and the text behind the header is taken.
    auto fragment = cf_html.substr(std::min(cf_html.find('<'), cf_html.size()));
    const auto start = offset_in_header(cf_html, "StartFragment:");
    const auto end = offset_in_header(cf_html, "EndFragment:");
    if (start && end && *start <= *end) fragment = cf_html.substr(*start, *end - *start);
    constexpr std::string_view before = "<html><body>\r\n<!--StartFragment-->";
    constexpr std::string_view after = "<!--EndFragment-->\r\n</body></html>";
    const auto cleaned = clean_html(fragment);
    constexpr std::size_t header_bytes = 105;
    const auto fragment_at = header_bytes + before.size();
    std::array<char, header_bytes + 1> header{};
    std::snprintf(header.data(), header.size(),
                  "Version:0.9\r\nStartHTML:%010zu\r\nEndHTML:%010zu\r\nStartFragment:%010zu\r\n"
                  "EndFragment:%010zu\r\n",
                  header_bytes, fragment_at + cleaned.size() + after.size(), fragment_at,
                  fragment_at + cleaned.size());
    return std::string(header.data()) + std::string(before) + cleaned + std::string(after) + '\0';
}

}  // namespace lucid::rdp::relay
