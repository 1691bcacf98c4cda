# SPDX-License-Identifier: MIT
# The commands for people. meson.build builds; this file installs what is needed, chooses the kind of build and runs.
#
#   make            build (release)           make demo     see it work
#   make check      every test                make bench    compare with the stock daemon and the floor
#   make install    DESTDIR=, PREFIX=/usr     make debug | asan | tsan | fuzz | clang   other builds, in build/KIND
PREFIX ?= /usr
DESTDIR ?=
BUILD ?= build

.PHONY: all demo check bench install needs debug asan tsan fuzz clang clean

all: $(BUILD)/.needs
	@scripts/build release $(BUILD)/release

$(BUILD)/.needs:
	@scripts/install-needs build
	@mkdir -p $(BUILD)
	@touch $@

demo: all
	@scripts/demo $(BUILD)/release

check:
	@scripts/install-needs check
	@mkdir -p $(BUILD)
	@/usr/bin/python3 tests/run.py $(BUILD)

bench:
	@scripts/install-needs bench
	@mkdir -p $(BUILD)
	@scripts/build bench $(BUILD)/bench
	@/usr/bin/python3 tests/bench/run.py --build $(BUILD)/bench $(BENCH_OPTIONS)

install: $(BUILD)/.needs
	@scripts/build release $(BUILD)/install-$(subst /,_,$(PREFIX)) --prefix=$(PREFIX) --sysconfdir=/etc --localstatedir=/var
	@meson install -C $(BUILD)/install-$(subst /,_,$(PREFIX)) --no-rebuild --quiet $(if $(DESTDIR),--destdir $(abspath $(DESTDIR)))

debug asan tsan fuzz clang: $(BUILD)/.needs
	@scripts/build $@ $(BUILD)/$@

clean:
	rm -rf $(BUILD)
