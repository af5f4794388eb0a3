#!/bin/sh
# Installs what the product needs into .venv and logistics/web/static/vendor; argument: run, or test for the tests' needs too
# (among them node_modules/.bin/oxlint).
# A second call finds its stamps and does nothing. Works as root and as a plain user, in a path with spaces.
set -eu
cd "$(dirname "$0")/.."
set_name=${1:-run}

say() { printf '%s\n' "$*" >&2; }
stop() { say "$*"; exit 1; }

find_python() {
    for candidate in "${PYTHON:-python3}" python3.13 python3.12 python3.11; do
        if command -v "$candidate" >/dev/null 2>&1 &&
            "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    stop "需要 Python 3.11 或更新版本（可用 PYTHON=/路径/python3 指定）。 Python 3.11 or newer is needed; name it with PYTHON=/path/python3."
}

make_venv() {
    say "正在建立 Python 环境 .venv …… Making the Python environment .venv …"
    python=$(find_python)
    rm -rf .venv
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
            apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends python3-venv
        else
            stop "缺少 Python 的 venv 模块，请先执行：sudo apt-get install python3-venv。 Python lacks its venv module; run: sudo apt-get install python3-venv"
        fi
    fi
    "$python" -m venv .venv
    pwd >.venv/made-in
}

digest() { # of the files named and of the extra words
    .venv/bin/python - "$@" <<'PY'
import hashlib, os, sys
digest = hashlib.sha256(sys.version.encode())
for word in sys.argv[1:]:
    digest.update(open(word, "rb").read() if os.path.isfile(word) else word.encode())
print(digest.hexdigest())
PY
}

install_python() {
    lock=.ci/requirements/$set_name.txt
    if grep -qs "$(digest .ci/requirements/test.txt pyproject.toml)" .venv/stamp-test; then return; fi
    stamp=$(digest "$lock" pyproject.toml)
    if grep -qs "$stamp" ".venv/stamp-$set_name"; then return; fi
    say "正在安装 Python 软件包（按哈希校验，首次约一分钟）…… Installing Python packages, checked by hash (about a minute the first time) …"
    if command -v uv >/dev/null 2>&1; then
        uv pip install --python .venv/bin/python --require-hashes -r "$lock"
        uv pip install --python .venv/bin/python --quiet --no-deps --no-build-isolation --no-index --editable .
    else
        .venv/bin/python -m pip install --disable-pip-version-check --no-input --require-hashes -r "$lock"
        .venv/bin/python -m pip install --disable-pip-version-check --no-input --quiet --no-deps --no-build-isolation --no-index --editable .
    fi
    printf '%s\n' "$stamp" >".venv/stamp-$set_name"
}

install_front_end() {
    vendor=logistics/web/static/vendor
    stamp=$(digest package-lock.json .ci/vendor.mjs)
    linted=node_modules/stamp-test # the tests' own packages are there too
    if grep -qs "$stamp" "$vendor/stamp" && { [ "$set_name" = run ] || grep -qs "$stamp" "$linted"; }; then return; fi
    command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 ||
        stop "需要 Node.js 与 npm：sudo apt-get install nodejs npm。 Node.js and npm are needed: sudo apt-get install nodejs npm"
    say "正在取得网页组件…… Fetching the packages of the pages …"
    cache=
    if [ ! -w "${HOME:-/nowhere}" ]; then # npm cannot do without a cache folder
        cache=$(mktemp -d)
        export npm_config_cache="$cache"
    fi
    if [ "$set_name" = run ]; then
        npm ci --ignore-scripts --no-audit --no-fund --omit=dev
    else
        npm ci --ignore-scripts --no-audit --no-fund
        printf '%s\n' "$stamp" >"$linted"
    fi
    node .ci/vendor.mjs
    [ -z "$cache" ] || rm -rf "$cache"
    printf '%s\n' "$stamp" >"$vendor/stamp"
}

case $set_name in run | test) ;; *) stop "usage: .ci/setup.sh run|test" ;; esac
if ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    make_venv
elif [ -f .venv/made-in ] && [ "$(cat .venv/made-in)" != "$(pwd)" ]; then
    make_venv # the folder was moved: programs in .venv still name the old place
fi
install_python
install_front_end
