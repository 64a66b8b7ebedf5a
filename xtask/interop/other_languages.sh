#!/bin/sh
# A section of docs/other-languages.md: its commands and its program, asked of the sandbox, print what the
# section says.
# Usage: other_languages.sh Python|TypeScript
set -eu
# shellcheck source=serve.sh
. "${0%/*}/serve.sh"
root="${0%/*}/../.."

serve '' "$PRECHECK" sandbox --port 0
# A block of code belongs to the file of its language.
awk -v heading="## $1" -v url="$url" '
  /^## / { is_inside = $0 == heading }
  /^```$/ { file = "" }
  is_inside && file { gsub("http://127.0.0.1:8282", url); print > file }
  /^```sh$/ { file = "commands.sh" }
  /^```python$/ { file = "check.py" }
  /^```typescript$/ { file = "check.ts" }
  /^```text$/ { file = "expected.txt" }
' "$root/docs/other-languages.md"
ln -s "$root/spec" spec
# What the section has installed.
ln -s "$root/target/interop/node/node_modules" node_modules
echo '{ "type": "module" }' >package.json
sh -eu commands.sh >commands.log
tail -n "$(wc -l <expected.txt)" commands.log >printed.txt
diff expected.txt printed.txt
echo 'prints what the page says'
