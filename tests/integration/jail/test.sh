#!/usr/bin/env bash
# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# Native code inside a relay's jail: what it can still reach.
set -euo pipefail
cd "$(dirname "$0")/../../.."
exec out/release/tests/integration/jail/taken_over_relay
