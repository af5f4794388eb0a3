#!/bin/sh
# Makes sure that a Chromium, pdftotext and libzbar are there (root installs them from the system's packages); prints
# Chromium's path. Without libzbar one scanner less reads the labels.
set -eu

browser() {
    for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
        if [ -n "$name" ] && command -v "$name" 2>/dev/null; then return 0; fi
    done
    return 1
}

install() {
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        printf '%s\n' "正在安装 $1 …… Installing $1 …" >&2
        apt-get update -q >&2 && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$1" >&2
    fi
}

browser >/dev/null || install chromium || true
command -v pdftotext >/dev/null 2>&1 || install poppler-utils || true
.venv/bin/python -c 'import ctypes.util, sys; sys.exit(ctypes.util.find_library("zbar") is None)' || install libzbar0 || true
if ! command -v pdftotext >/dev/null 2>&1; then
    printf '%s\n' "测试需要 pdftotext：sudo apt-get install poppler-utils。 The tests need pdftotext: sudo apt-get install poppler-utils" >&2
    exit 1
fi
if ! browser; then
    printf '%s\n' "测试需要 Chromium：sudo apt-get install chromium，或用 CHROMIUM=/路径 指定。 The tests need Chromium: sudo apt-get install chromium, or name one with CHROMIUM=/path." >&2
    exit 1
fi
