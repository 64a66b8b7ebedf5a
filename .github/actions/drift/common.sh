# shellcheck shell=bash
# What the steps share.

# All runs of a job know what was fetched before, and so do jobs where the workflow caches it.
export PRECHECK_FETCHED="${PRECHECK_FETCHED:-$GITHUB_WORKSPACE/target/xtask/fetched}"

# Runs a command whose output may hold anything, and lets the runner obey nothing of it.
muted() {
  local word code=0
  word="$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
  echo "::stop-commands::$word"
  "$@" 2>&1 || code=$?
  # The output may have ended within a line.
  printf '\n::%s::\n' "$word"
  return "$code"
}

# say notice|warning|error MESSAGE: an annotation, whatever the message holds.
say() {
  local message="$2"
  message="${message//'%'/%25}"
  message="${message//$'\r'/%0D}"
  message="${message//$'\n'/%0A}"
  echo "::$1 title=Documentation drift::$message"
}

# output NAME VALUE: an output of the step, of one line.
output() {
  printf '%s=%s\n' "$1" "${2//[$'\r\n']/ }" >>"$GITHUB_OUTPUT"
}

# A report as far as GitHub takes one, cut between lines.
shortened() {
  LC_ALL=C awk '
    { size += length($0) + 1 }
    size > 60000 { print "\nThe rest is left out here: it is too long for GitHub."; exit }
    { print }' "$1"
}
