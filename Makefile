# Targets of the project. All but those that say so need only Go.
GO ?= go
SECONDS ?= 60
SEED ?= 1
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2

.PHONY: build ext demo deps test rqlite race bench fuzz lint

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

# bench measures maintenance against no view and against hand-written triggers.
bench:
	$(GO) run ./bench

# fuzz runs random histories for SECONDS from SEED.
fuzz:
	$(GO) run ./internal/history/cmd/fuzz -seconds $(SECONDS) -seed $(SEED)

lint:
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then echo "not gofmt-ed: $$unformatted"; exit 1; fi
	$(GO) vet ./...
	CGO_ENABLED=0 $(GO) build ./...
	$(GO) run $(STATICCHECK) ./...
