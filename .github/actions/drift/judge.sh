#!/usr/bin/env bash
# Fails the job if the impact is at least the one that `fail-on` names.
set -euo pipefail
# shellcheck source=common.sh
. "$GITHUB_ACTION_PATH/common.sh"

case "$FAIL_ON $IMPACT" in
  "wording "* | "additive additive" | "additive breaking" | "breaking breaking")
    say error "The documentation has changed: $IMPACT, and fail-on is $FAIL_ON"
    exit 1
    ;;
esac
