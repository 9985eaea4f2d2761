#!/usr/bin/env bash
# Builds the gateway's stylesheet and scripts into gateway/static, unless they are there for what the sources are now.
set -euo pipefail
# shellcheck source=deploy/local/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
cd "$ROOT"

command -v npm >/dev/null || die "Node and npm are needed to build the gateway's stylesheet and scripts"
mkdir -p "$LOCAL/stamps"
# Two calls at once would write into the same folder.
exec 9>"$LOCAL/assets.lock"
flock 9

sum="$(git ls-files -z --cached --others --exclude-standard gateway/assets | xargs -0 sha256sum | sha256sum)"
stamp="$LOCAL/stamps/assets"
if [ -f gateway/static/manifest.json ] && [ "$(cat "$stamp" 2>/dev/null)" = "$sum" ]; then exit 0; fi

say "building the stylesheet and the scripts"
npm ci --loglevel=error --no-fund --no-audit --prefix gateway/assets >/dev/null
npm run --silent build --prefix gateway/assets
printf '%s' "$sum" >"$stamp"
