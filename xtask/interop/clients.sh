#!/bin/sh
# A client that a generator makes: of the contract, which must work against the sandbox, or of the
# published file, which must not: if it did, the contract would have no reason to differ.
# Usage: clients.sh openapi-generator-cli|openapi-python-client contract|published
set -eu
# shellcheck source=serve.sh
. "${0%/*}/serve.sh"
generator="$1" package="$2" file="$CONTRACT" prefix=""

if [ "$package" = published ]; then
  file="$PUBLISHED" prefix=/v1
fi
if [ "$generator" = openapi-generator-cli ]; then
  openapi-generator-cli generate --generator-name python --package-name "$package" \
    --input-spec "$file" --output .
else
  openapi-python-client generate --meta none --overwrite --path "$file" --output-path "$package"
fi
serve '' "$PRECHECK" sandbox --port 0
# Byte code would lie in the sources.
PYTHONDONTWRITEBYTECODE=1 python "${0%/*}/foreign_client.py" \
  "$generator" "$package" "$url$prefix" sandbox-token "$CONTRACT"
