#!/usr/bin/env bash
# Compares the source with its capture, as the base has it.
set -euo pipefail
# shellcheck source=common.sh
. "$GITHUB_ACTION_PATH/common.sh"

case "$FAIL_ON" in
  breaking | additive | wording | never) ;;
  *)
    say error "fail-on is \`$FAIL_ON\`; use breaking, additive, wording or never"
    exit 2
    ;;
esac

folder="$(mktemp -d "$RUNNER_TEMP/drift.XXXXXX")"
output folder "$folder"

# The base is laid out beside the checkout, which stays as it is for the steps that follow.
commit=HEAD
if [ -n "$BASE" ]; then
  muted git fetch --no-tags origin "refs/heads/$BASE"
  commit=FETCH_HEAD
fi
git worktree prune
muted git worktree add --detach "$folder/tree" "$commit"

arguments=(--root "$folder/tree" --format github)
arguments+=(--write "markdown=$folder/drift.md" --write "json=$folder/drift.json")
if [ -n "$IGNORE_FILE" ]; then
  arguments+=(--ignore-file "$IGNORE_FILE")
fi
code=0
cargo xtask drift "${arguments[@]}" -- "$SOURCE" >"$folder/annotations" 2>"$folder/said" || code=$?
muted cat "$folder/said"

case "$code" in
  0 | 1)
    impact="$(jq -r '.impact // ""' "$folder/drift.json")"
    output result "$([ -n "$impact" ] && echo drift || echo clean)"
    output impact "$impact"
    output capture "$(basename "$(jq -r .against "$folder/drift.json")" .toml)"
    # The annotations alone: any other line may hold what the source is called.
    sed -nE '/^::(error|warning|notice) (file|title)=/p' "$folder/annotations"
    shortened "$folder/drift.md" >>"$GITHUB_STEP_SUMMARY"
    # Without a difference that counts, 1 says that something is to be ignored that is not there.
    if [ "$code" = 1 ] && [ -z "$impact" ]; then
      say error "An entry of ignore-file matches nothing; the annotations and the summary name it"
      exit 1
    fi
    ;;
  3)
    # Nothing is known of the documentation then, least of all that it has changed.
    output result broken
    why="$(sed 's/^ *Failure //' "$folder/said")"
    say warning "The source is broken or cannot be read, and was not compared. $why"
    printf 'The source is broken or cannot be read, and was not compared:\n\n' >>"$GITHUB_STEP_SUMMARY"
    printf '%s\n' "$why" | sed 's/^/    /' >>"$GITHUB_STEP_SUMMARY"
    ;;
  *)
    say error "cargo xtask drift ended with $code; its output above tells why"
    exit "$code"
    ;;
esac
