# Targets of the project. All but those that say so need only Go.
GO ?= go
SECONDS ?= 60
SEED ?= 1
HISTORIES ?= 100
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2

.PHONY: build ext demo deps test rqlite race asan bench fuzz simulate events lint

build:
	CGO_ENABLED=0 $(GO) build -o bin/sqlite-mv ./cmd/sqlite-mv

# ext builds the extension that SQLite loads: a C compiler and SQLite's header sqlite3ext.h (Debian: libsqlite3-dev).
ext:
	CGO_ENABLED=1 $(GO) build -buildmode=c-shared -trimpath -ldflags '-s -w' -o sqlite_mv.so ./ext/loadable
	rm -f sqlite_mv.h

# demo shows views over real flight data keeping themselves right. Pure Go.
demo: build
	CGO_ENABLED=0 $(GO) run ./bench/demo

# deps installs what the tests need beside Go, where it is missing (Debian).
deps:
	@[ -e /usr/include/sqlite3ext.h ] || ! command -v apt-get >/dev/null || .ci/install

test: deps lint
	$(GO) test ./...
	cd ext/driver/compat && $(GO) test ./...

# rqlite starts clusters of rqlite with the library, and breaks them. It builds rqlited, which takes minutes the first time.
rqlite: deps
	cd ext/loadable/rqlite && $(GO) vet ./... && $(GO) test -count=1 ./...

# race needs a C compiler, as Go's race detector does. SQLite itself, translated to Go, is left out: watching it takes
# four times as long, and its threads meet in mutexes that are watched.
race:
	CGO_ENABLED=1 $(GO) test -race -short -gcflags=modernc.org/sqlite/lib=-race=false -timeout 30m ./...

# asan runs the tests that go through C under AddressSanitizer, the C code of the binding and that of mattn's SQLite watched
# by it; then real hosts that load a library built so. It needs gcc's libasan. What a host does not free at its end is the
# host's; in the other tests leaks count too. Tests that prove the SQL tests over plain views run no C, and are left out.
asan: deps
	CGO_ENABLED=1 $(GO) test -asan -count=1 ./ext/sqlite3/capi ./ext/driver/mattn
	CGO_ENABLED=1 $(GO) test -asan -count=1 -short -timeout 30m -skip 'Plain$$' ./ext ./internal/oracle -driver sqlite-mv-mattn
	CGO_ENABLED=1 GOFLAGS=-asan LD_PRELOAD=$$(gcc -print-file-name=libasan.so) ASAN_OPTIONS=detect_leaks=0 \
		$(GO) test -count=1 ./ext/loadable/hosts

# bench measures maintenance against no view and against hand-written triggers, what capture adds to a row, and reading;
# and shapes of views over few rows and over many, and what creating them costs. Over modernc and, with cgo, over mattn.
bench:
	$(GO) run ./bench
	$(GO) run ./bench -costs
	$(GO) run ./bench -shapes
	$(GO) run ./bench -crsql
	[ "$$($(GO) env CGO_ENABLED)" = 0 ] || $(GO) run ./bench -engine mattn
	[ "$$($(GO) env CGO_ENABLED)" = 0 ] || $(GO) run ./bench -engine mattn -costs
	[ "$$($(GO) env CGO_ENABLED)" = 0 ] || $(GO) run ./bench -engine mattn -shapes
	[ "$$($(GO) env CGO_ENABLED)" = 0 ] || $(GO) run ./bench -engine mattn -crsql

# fuzz runs random histories for SECONDS from SEED.
fuzz:
	$(GO) run ./internal/history/cmd/fuzz -seconds $(SECONDS) -seed $(SEED)

# simulate runs replicating peers for SECONDS from SEED.
simulate:
	$(GO) run ./crsql/cmd/simulate -seconds $(SECONDS) -seed $(SEED)

# events runs HISTORIES random histories of logs on each engine, and a hundred times as many damaged changes, from SEED.
events:
	$(GO) test ./crsql -count=1 -timeout 0 -run 'TestLogHistories|TestMutatedChanges' -crsql.loghistories $(HISTORIES) \
		-crsql.logseed $(SEED) -crsql.mutations $(HISTORIES)00 -crsql.mutationseed $(SEED)

lint:
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then echo "not gofmt-ed: $$unformatted"; exit 1; fi
	$(GO) vet ./...
	CGO_ENABLED=0 $(GO) build ./...
	$(GO) run $(STATICCHECK) ./...
