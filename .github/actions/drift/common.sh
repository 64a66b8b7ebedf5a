# shellcheck shell=bash
# Functions that the steps share.

# Only git and gh get the token: nothing that cargo builds or runs sees it.
token="${GH_TOKEN:-}"
unset GH_TOKEN

# git, for commands that reach the remote. The checkout holds no credentials.
remote_git() {
  GH_TOKEN="$token" git -c credential.helper= -c 'credential.helper=!gh auth git-credential' "$@"
}

# gh, with the token.
remote_gh() {
  GH_TOKEN="$token" gh "$@"
}

# Runs a command whose output may contain anything, and keeps the runner from obeying any of it.
muted() {
  local word code=0
  word="$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
  echo "::stop-commands::$word"
  "$@" 2>&1 || code=$?
  # The output may have ended without a newline.
  printf '\n::%s::\n' "$word"
  return "$code"
}

# say notice|warning|error MESSAGE: an annotation, whatever the message contains.
say() {
  local message="$2"
  message="${message//'%'/%25}"
  message="${message//$'\r'/%0D}"
  message="${message//$'\n'/%0A}"
  echo "::$1 title=Documentation drift::$message"
}

# output NAME VALUE: an output of the step, on one line.
output() {
  printf '%s=%s\n' "$1" "${2//[$'\r\n']/ }" >>"$GITHUB_OUTPUT"
}

# is_branch INPUT NAME: refuses what git does not accept as the name of a branch.
is_branch() {
  if ! git check-ref-format "refs/heads/$2"; then
    say error "$1 is \`$2\`, which is not a valid branch name"
    exit 2
  fi
}

# A report, cut between lines at the length that GitHub accepts.
shortened() {
  LC_ALL=C awk '
    { size += length($0) + 1 }
    size > 60000 { print "\nThe rest is omitted: it is too long for GitHub."; exit }
    { print }' "$1"
}
