# One verb each. Nothing here is clever: read the recipe, run it by hand if you like.
SWIFT = swift
CHECK = --explicit-target-dependency-import-check error
RELEASE = -c release --static-swift-stdlib $(CHECK)
BENCH_FOLDER = .bench

.PHONY: setup build test unit lint format bench demo release clean
setup:  ## ask apt for what is missing
	scripts/setup.sh

build: setup  ## debug build of everything, room boundaries enforced, plugins put beside their plugin.toml
	$(SWIFT) build --build-tests $(CHECK)
	scripts/stage-plugins.sh .build/debug

test: build  ## every test; failures once more at the end
	scripts/test.sh

lint:  ## formatting and the house rules
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Plugins Tests
	scripts/lint.sh
	scripts/dump-abi-layout.sh --check

format:  ## rewrite the formatting in place
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Plugins Tests

release: setup  ## release build with its own Swift runtime
	$(SWIFT) build $(RELEASE)
	scripts/stage-plugins.sh .build/release

demo: release  ## the main job end to end on the data in configs/demo; results in .demo
	scripts/demo.sh

bench: release  ## speed and memory; figures in docs/performance.md come from here
	mkdir -p $(BENCH_FOLDER)
	.build/release/evalhost-bench --evalhost .build/release/evalhost --plugins Plugins --folder $(BENCH_FOLDER)
	.build/release/evalhost-bench-rwkv7 $(BENCH_FOLDER)
	scripts/bench-peers.sh $(BENCH_FOLDER)
	scripts/bench-coding.sh $(BENCH_FOLDER)
	scripts/bench-datasets.sh $(BENCH_FOLDER)
	scripts/bench-instructions.sh $(BENCH_FOLDER)
	scripts/bench-math.sh $(BENCH_FOLDER)

clean:  ## remove everything that was built
	rm -rf .build .demo .bench Plugins/*/*.so Plugins/datasets/*/*.so
