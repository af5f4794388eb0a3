# Two commands matter: `make run` starts everything on this machine, `make test` checks everything.
.DEFAULT_GOAL := help
.PHONY: help setup setup-test run test lint lock bench kill

PYTHON := .venv/bin/python
# One more than processors: one of them waits for the database or a browser.
WORKERS ?= $(shell echo $$(($$(nproc 2>/dev/null || sysctl -n hw.ncpu) + 1)))

help: ## 显示可用的命令 Show what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

setup: ## 只安装，不启动 Install only
	@sh .ci/setup.sh run

run: setup ## 启动全部（数据库、网页、调度、沙箱），Ctrl-C 停止 Start everything; Ctrl-C stops it
	@exec .venv/bin/youdang run $(if $(MONTHS),--months)

setup-test:
	@sh .ci/setup.sh test

test: lint ## 全部检查与测试（含浏览器） All checks and tests, browser included
	@chromium=$$(sh .ci/test-programs.sh) && CHROMIUM="$$chromium" \
	  $(PYTHON) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(TESTS)

lint: setup-test ## 只做静态检查 Static checks only
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m mypy
	@.venv/bin/lint-imports
	@npm run --silent lint

lock: ## 重新生成带哈希的依赖清单（需要 uv、npm） Renew the hash-locked requirements (needs uv and npm)
	@command -v uv >/dev/null || { echo "需要 uv。 uv is needed: pip install uv" >&2; exit 1; }
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-annotate --custom-compile-command "make lock" .ci/requirements/run.in -o .ci/requirements/run.txt
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-annotate --custom-compile-command "make lock" .ci/requirements/test.in -o .ci/requirements/test.txt
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-annotate --custom-compile-command "make lock" .ci/requirements/bench.in -o .ci/requirements/bench.txt
	npm install --package-lock-only

bench: setup-test ## 度量（bench/ 中的每个程序） Measurements: every program in bench/
	@set -e; export PEERS=$$(sh .ci/peers.sh); \
	  for file in $$(grep -l __main__ bench/*.py); do echo "== $$file"; $(PYTHON) "$$file"; done

kill: setup-test ## 十万项时限的停机考验（约十分钟） A hundred thousand deadlines while processes are killed
	@KILL_DEADLINES=$${KILL_DEADLINES:-100000} $(PYTHON) -m pytest -q -s tests/journeys/test_kill_ladder.py
