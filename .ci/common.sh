# shellcheck shell=bash
# Functions that the scripts share.

# Runs a command, and says which and how long it took.
run() {
  local start=$SECONDS
  printf '\n$ %s\n' "$*"
  "$@"
  printf '(%s s)\n' $((SECONDS - start))
}
