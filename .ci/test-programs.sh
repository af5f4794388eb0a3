#!/bin/sh
# Makes sure that a Chromium, pdftotext and libzbar are there (root installs them from the system's packages); prints
# Chromium's path. Without libzbar one scanner less reads the labels. Chromium's headless shell is asked for first: the
# same engine without the windows, menus and services around it, which cost three quarters of the time of a page.
set -eu

browser() {
    for name in "${CHROMIUM:-}" chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable; do
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

[ -n "${CHROMIUM:-}" ] || command -v chromium-headless-shell >/dev/null || install chromium-headless-shell || true
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
