#!/usr/bin/env bash
# Compares the source with its capture on the base branch.
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

# The base gets a worktree of its own, so that later steps find the checkout unchanged.
commit=HEAD
if [ -n "$BASE" ]; then
  is_branch base "$BASE"
  muted remote_git fetch --no-tags origin "refs/heads/$BASE" || {
    say error "base is \`$BASE\`, which cannot be fetched; the output above says why"
    exit 2
  }
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
cargo xtask drift "${arguments[@]}" -- "$SOURCE" >"$folder/annotations" 2>"$folder/stderr" || code=$?
muted cat "$folder/stderr"

case "$code" in
  0 | 1)
    impact="$(jq -r '.impact // ""' "$folder/drift.json")"
    output result "$([ -n "$impact" ] && echo drift || echo clean)"
    output impact "$impact"
    output capture "$(basename "$(jq -r .against "$folder/drift.json")" .toml)"
    # Only the annotations: any other line may contain the name of the source.
    sed -nE '/^::(error|warning|notice) (file|title)=/p' "$folder/annotations"
    shortened "$folder/drift.md" >>"$GITHUB_STEP_SUMMARY"
    # Exit code 1 without a difference that counts: an ignore entry matched nothing.
    if [ "$code" = 1 ] && [ -z "$impact" ]; then
      say error "An entry of ignore-file matches nothing; the annotations and the summary name it"
      exit 1
    fi
    ;;
  3)
    # This is no drift: nothing is known about the documentation.
    output result broken
    why="$(sed 's/^ *Failure //' "$folder/stderr")"
    say warning "The source is unreadable or broken and was not compared. $why"
    printf 'The source is unreadable or broken and was not compared:\n\n' >>"$GITHUB_STEP_SUMMARY"
    printf '%s\n' "$why" | sed 's/^/    /' >>"$GITHUB_STEP_SUMMARY"
    ;;
  *)
    say error "cargo xtask drift ended with exit code $code; its output above says why"
    exit "$code"
    ;;
esac
