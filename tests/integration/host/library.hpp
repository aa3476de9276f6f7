// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// FreeRDP's and WinPR's headers in the order that they need.

// clang-format off
#include <freerdp/freerdp.h>
#include <freerdp/peer.h>
#include <freerdp/autodetect.h>
#include <freerdp/display.h>
#include <freerdp/heartbeat.h>
#include <freerdp/error.h>
#include <freerdp/session.h>
#include <freerdp/channels/channels.h>
#include <freerdp/channels/wtsvc.h>
#include <freerdp/server/cliprdr.h>
#include <freerdp/server/disp.h>
#include <freerdp/server/rail.h>
#include <freerdp/server/rdpdr.h>
#include <freerdp/server/rdpei.h>
#include <freerdp/server/rdpsnd.h>
#include <freerdp/utils/cliprdr_utils.h>
#include <winpr/ntlm.h>
#include <winpr/ssl.h>
#include <winpr/wtsapi.h>
// clang-format on
